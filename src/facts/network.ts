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

const encryptionLaunch =
  "https://aws.amazon.com/blogs/aws/" +
  "introducing-vpc-encryption-controls-enforce-encryption-in-transit-within-and-across-vpcs-in-a-region/";

/** VPC encryption controls: AWS's machines encrypt what is sent from one to another. */
export const ENCRYPTION_CONTROL = {
  regions: documented(
    "us-east-1 us-east-2 us-west-1 us-west-2 af-south-1 ap-east-1 ap-south-1 ap-south-2 ap-southeast-1 " +
      "ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-northeast-1 ap-northeast-3 ca-central-1 ca-west-1 " +
      "eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-west-1 eu-west-2 eu-west-3 me-central-1 me-south-1 sa-east-1",
    "text",
    encryptionLaunch,
    "the regions that have them; more may have come since",
  ),
  burstable: documented(
    "t3 t3a t4g",
    "text",
    `${DOCS}/AmazonECS/latest/developerguide/managed-instances-vpc-encryption.html`,
    "families of instances whose traffic AWS's machines do not encrypt",
  ),
} as const;
