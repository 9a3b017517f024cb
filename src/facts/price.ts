import { type Fact, documented } from "./fact.ts";

/*
 * AWS's list prices on demand, in US dollars, for us-east-1. Beside the pricing page a second source says each of them,
 * mostly AWS's price list as tools that compute with it keep it: Karpenter's table of instances (2026-07), Infracost's
 * golden files (2026-08), tables from the price list of DynamoDB (2026-07) and ElastiCache (2026-10), tables of RDS and
 * Aurora (2026), and for nodes of DAX ScyllaDB's calculator (github.com/scylladb/calculator, 2025-06). Compare with
 * https://calculator.aws before you rely on one.
 */

const HOURS = "an hour, us-east-1";
const MONTH = "a month, us-east-1";
const POSTGRES = `${HOURS}, one zone; MySQL asks up to 5% less`;

function price(value: number, page: string, per: string): Fact<number> {
  return documented(value, "usd", `https://aws.amazon.com/${page}/pricing/`, per);
}

/** Hours that AWS's own calculator puts into a month. */
export const HOURS_PER_MONTH = documented(
  730,
  "count",
  "https://docs.aws.amazon.com/pricing-calculator/latest/userguide/what-is-pricing-calculator.html",
);

/** What runs by the hour, whether it is used or not. */
export const HOURLY = {
  fargateVcpu: price(0.04048, "fargate", HOURS),
  fargateGiB: price(0.004445, "fargate", HOURS),
  loadBalancer: price(0.0225, "elasticloadbalancing", `${HOURS}, without capacity units`),
  natGateway: price(0.045, "vpc", `${HOURS}, without traffic`),
  interfaceEndpoint: price(0.01, "privatelink", `${HOURS} and zone, without traffic`),
  encryptionControl: documented(
    0.15,
    "usd",
    "https://aws.amazon.com/about-aws/whats-new/2026/03/vpc-encryption-controls-pricing/",
    `${HOURS} and network with anything in it, whatever the mode; up to 0.31 elsewhere`,
  ),
  publicAddress: price(0.005, "vpc", `${HOURS} and public IPv4 address`),
  eksCluster: price(0.1, "eks", HOURS),
  accelerator: price(0.025, "global-accelerator", HOURS),
  rdsProxyVcpu: price(0.015, "rds/proxy", `${HOURS} and vCPU of the database, two at least`),
  tableWriteUnit: price(0.00065, "dynamodb", `${HOURS} and provisioned write unit`),
  tableReadUnit: price(0.00013, "dynamodb", `${HOURS} and provisioned read unit`),
} as const;

/** What costs by the month, whether it is used or not. */
export const MONTHLY = {
  key: price(1, "kms", `${MONTH}, each replica too; the first two rotations add as much each`),
  secret: price(0.4, "secrets-manager", `${MONTH}, each replica too`),
  alarmMetric: price(0.1, "cloudwatch", `${MONTH} and metric that an alarm looks at`),
  compositeAlarm: price(0.5, "cloudwatch", MONTH),
  dashboard: price(3, "cloudwatch", `${MONTH}; an account's first three are free`),
  webAcl: price(5, "waf", MONTH),
  webAclRule: price(1, "waf", `${MONTH} and rule or group of rules`),
  healthCheck: price(0.5, "route53", `${MONTH}, of an AWS endpoint`),
  healthCheckFeature: price(1, "route53", `${MONTH} for HTTPS, a fast interval, a search string, latency`),
  hostedZone: price(0.5, "route53", MONTH),
  regionSwitchPlan: price(70, "application-recovery-controller", `${MONTH} and plan`),
  resilienceHubApp: price(15, "resilience-hub", `${MONTH}; an account's first three are free for six months`),
  shieldAdvanced: price(3_000, "shield", `${MONTH} and organisation, for a year at least`),
  canaryRun: price(0.0012, "cloudwatch", "a run"),
  gp3GiB: price(0.08, "ebs", `${MONTH} and GiB`),
  rdsGiB: price(0.115, "rds/postgresql", `${MONTH} and GiB of gp3 in one zone`),
  fsxWindowsGiB: price(0.23, "fsx/windows", `${MONTH} and GiB of SSD in two zones`),
  fsxWindowsMBps: price(4.5, "fsx/windows", `${MONTH} and MB/s in two zones`),
  fsxWindowsOneZoneGiB: price(0.13, "fsx/windows", `${MONTH} and GiB of SSD in one zone`),
  fsxWindowsOneZoneMBps: price(2.2, "fsx/windows", `${MONTH} and MB/s in one zone`),
  fsxLustreGiB: price(0.145, "fsx/lustre", `${MONTH} and GiB of persistent SSD at 125 MB/s per TiB`),
} as const;

/**
 * The price of the size `large` of each family, an hour; the other sizes of a family follow from it by their size.
 * Families with a `db.`, `cache.` or `dax.` before them are what RDS, ElastiCache and DAX ask.
 */
export const LARGE_HOURLY: Readonly<Record<string, Fact<number>>> = {
  t3: price(0.0832, "ec2/on-demand", HOURS),
  t4g: price(0.0672, "ec2/on-demand", HOURS),
  m6g: price(0.077, "ec2/on-demand", HOURS),
  m6i: price(0.096, "ec2/on-demand", HOURS),
  m7g: price(0.0816, "ec2/on-demand", HOURS),
  m7i: price(0.1008, "ec2/on-demand", HOURS),
  c6g: price(0.068, "ec2/on-demand", HOURS),
  c7g: price(0.0725, "ec2/on-demand", HOURS),
  r6g: price(0.1008, "ec2/on-demand", HOURS),
  r7g: price(0.1071, "ec2/on-demand", HOURS),
  "aurora.t4g": price(0.146, "rds/aurora", `${HOURS}, standard storage`),
  "aurora.r6g": price(0.26, "rds/aurora", `${HOURS}, standard storage`),
  "aurora.r7g": price(0.276, "rds/aurora", `${HOURS}, standard storage`),
  "db.t4g": price(0.129, "rds/postgresql", POSTGRES),
  "db.m6g": price(0.159, "rds/postgresql", POSTGRES),
  "db.m7g": price(0.168, "rds/postgresql", POSTGRES),
  "db.r6g": price(0.225, "rds/postgresql", POSTGRES),
  "db.r7g": price(0.239, "rds/postgresql", POSTGRES),
  "cache.t4g": price(0.129, "elasticache", `${HOURS}, Redis OSS, from cache.t4g.medium at 0.065`),
  "cache.m7g": price(0.158, "elasticache", `${HOURS}, Redis OSS`),
  "cache.r6g": price(0.206, "elasticache", `${HOURS}, Redis OSS`),
  "cache.r7g": price(0.219, "elasticache", `${HOURS}, Redis OSS`),
  "dax.t3": price(0.16, "dynamodb", `${HOURS}, from dax.t3.small at 0.04`),
  "dax.r5": price(0.255, "dynamodb", HOURS),
};

/** What a Valkey node costs of a Redis OSS one. */
export const VALKEY_SHARE = documented(0.8, "share", "https://aws.amazon.com/elasticache/pricing/");

/** The sizes of a family, in terms of `large`. */
export const SIZE_IN_LARGE: Readonly<Record<string, number>> = {
  nano: 1 / 16,
  micro: 1 / 8,
  small: 1 / 4,
  medium: 1 / 2,
  large: 1,
  xlarge: 2,
};

/** vCPU of a size `large`, in every family here. */
export const LARGE_VCPU = documented(2, "count", "https://aws.amazon.com/ec2/instance-types/");

/** Regions of which list prices are known to be those of us-east-1; others mostly cost more. */
export const PRICED_AS_US_EAST_1 = documented(
  "us-east-1 us-east-2 us-west-2",
  "text",
  "https://aws.amazon.com/ec2/pricing/on-demand/",
  "confirmed for Fargate, balancers, NAT gateways and endpoints of us-west-2, and for ElastiCache of both",
);
