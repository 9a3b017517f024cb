import { documented } from "./fact.ts";

const DOCS = "https://docs.aws.amazon.com";
const SECOND = 1_000;

const subnetSizing = `${DOCS}/vpc/latest/userguide/subnet-sizing.html`;
const balancerSubnets = `${DOCS}/elasticloadbalancing/latest/application/application-load-balancers.html`;

/** Subnets: what of them can be used. */
export const SUBNET = {
  reserved: documented(5, "count", subnetSizing, "the first four addresses of a subnet and its last"),
  balancerPrefix: documented(27, "count", balancerSubnets, "an Application Load Balancer takes no smaller subnet"),
} as const;

const advisor = `${DOCS}/awssupport/latest/user/fault-tolerance-checks.html`;
const failoverValues = `${DOCS}/Route53/latest/DeveloperGuide/resource-record-sets-values-failover.html`;

/** DNS: what resolvers keep, and who answers for a zone. */
export const DNS = {
  failoverTtl: documented(60 * SECOND, "ms", failoverValues, "at most, for a record that follows a health check"),
  nameServers: documented(4, "count", advisor, "of a public hosted zone, each under another top-level domain"),
} as const;
