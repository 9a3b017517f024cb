import { type Fact, documented } from "./fact.ts";

function price(value: number, page: string, per: string): Fact<number> {
  return documented(value, "usd", `https://aws.amazon.com/${page}/pricing/`, `${per}, us-east-1`);
}

/** What costs by its use, at the price of the first tier: more than a whole bill of a large system would say. */
export const METERED = {
  edgeRequests: price(0.01, "cloudfront", "10,000 HTTPS requests"),
  edgeGB: price(0.085, "cloudfront", "a GB to customers"),
  firewallRequests: price(0.6, "waf", "a million requests"),
  balancerUnitHour: price(0.008, "elasticloadbalancing", "a capacity unit and hour"),
  queueRequests: price(0.4, "sqs", "a million requests"),
  apiRequests: price(3.5, "api-gateway", "a million requests of a REST API"),
  functionRequests: price(0.2, "lambda", "a million requests"),
  functionGBSecond: price(0.0000166667, "lambda", "a GB-second"),
  auroraGB: price(0.1, "rds/aurora", "a GB stored, a month"),
  auroraIo: price(0.2, "rds/aurora", "a million I/O requests"),
  replicatedIo: price(0.2, "rds/aurora", "a million replicated writes of a global database"),
  tableWrites: price(0.625, "dynamodb", "a million write request units"),
  tableGB: price(0.25, "dynamodb", "a GB stored, a month"),
  backupGB: price(0.021, "rds/aurora", "a GB of backup, a month"),
} as const;

/**
 * What one capacity unit of an Application Load Balancer takes: it is the largest of several, GB an hour among them.
 */
export const BALANCER_UNIT = {
  gbPerHour: documented(1, "count", "https://aws.amazon.com/elasticloadbalancing/pricing/", "processed"),
} as const;

/** AWS's requests for one message that goes through a queue: it is sent, received and deleted. */
export const REQUESTS_A_MESSAGE = documented(
  3,
  "count",
  "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-architecture.html",
);
