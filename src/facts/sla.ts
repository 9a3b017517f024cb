import { type Fact, documented } from "./fact.ts";

/**
 * What AWS promises of a service a month, as shares of the time: over several zones, and for a single instance or zone
 * where that differs.
 */
export interface Sla {
  readonly multiZone: Fact<number>;
  readonly single?: Fact<number>;
}

const share = (value: number, page: string, note?: string): Fact<number> =>
  documented(value, "share", `https://aws.amazon.com/${page}/sla/`, note);

/** AWS's service level agreements: a promise to pay back, not a measurement. Below it a customer gets credits. */
export const SLA = {
  compute: {
    multiZone: share(0.9999, "compute", "EC2, EBS, ECS and Fargate over two zones or more"),
    single: share(0.995, "compute"),
  },
  loadBalancer: { multiZone: share(0.9999, "elasticloadbalancing"), single: share(0.999, "elasticloadbalancing") },
  aurora: { multiZone: share(0.9999, "rds/aurora"), single: share(0.999, "rds/aurora") },
  rds: { multiZone: share(0.9995, "rds"), single: share(0.995, "rds") },
  elastiCache: { multiZone: share(0.9999, "elasticache"), single: share(0.995, "elasticache") },
  route53: { multiZone: share(1, "route53") },
  cloudFront: { multiZone: share(0.999, "cloudfront") },
  s3: { multiZone: share(0.999, "s3") },
  lambda: { multiZone: share(0.9995, "lambda") },
  apiGateway: { multiZone: share(0.9995, "api-gateway") },
  dynamoDb: { multiZone: share(0.9999, "dynamodb", "of one region; 0.99999 for global tables") },
  efs: { multiZone: share(0.9999, "efs") },
  fsx: { multiZone: share(0.9999, "fsx") },
  eventBridge: { multiZone: share(0.9999, "eventbridge") },
  globalAccelerator: { multiZone: share(0.9999, "global-accelerator") },
  sqs: { multiZone: share(0.999, "messaging", "Amazon Messaging: SQS and SNS") },
} as const satisfies Readonly<Record<string, Sla>>;
