/* oxlint-disable no-new -- a construct is made by being constructed in its stack */
import { App, CfnDeletionPolicy, CfnOutput, CfnParameter, Stack } from "aws-cdk-lib";
import { CfnGlobalTable } from "aws-cdk-lib/aws-dynamodb";
import { CfnLoadBalancer } from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { CfnDBCluster } from "aws-cdk-lib/aws-rds";
import { CfnBucket } from "aws-cdk-lib/aws-s3";
import { CfnParameter as CfnSsmParameter } from "aws-cdk-lib/aws-ssm";
import { CfnQueue } from "aws-cdk-lib/aws-sqs";
import { deletionProtection } from "../../src/aws/protection.ts";
import { keep } from "../../src/aws/ship.ts";
import type { Assembly } from "../../src/aws/synth.ts";

/** What a tiny assembly is made with. */
export interface TinyOptions {
  readonly directory: string;
  readonly active?: string;
  /** The name of the queue: another one replaces it. */
  readonly queueName?: string;
  /** A bucket beside it, kept or not when its stack goes. */
  readonly bucket?: "kept" | "deleted";
  /** Whether the first stack wants something of the second one, too, which comes after it. */
  readonly late?: boolean;
  /** What is protected from deletion in the first stack: balancers, a cluster that is retained, a table's replicas. */
  readonly guarded?: Guarded;
}

export interface Guarded {
  readonly balancers?: readonly string[];
  readonly cluster?: true;
  readonly replicas?: readonly string[];
}

const SHIPPED = { system: "tiny", stage: "production" } as const;

function guard(stack: Stack, { balancers = [], cluster, replicas = [] }: Guarded): void {
  for (const id of balancers) {
    const value = String(deletionProtection(stack, SHIPPED, [id]));
    const loadBalancerAttributes = [{ key: "deletion_protection.enabled", value }];
    new CfnLoadBalancer(stack, id, { subnets: ["subnet-0a", "subnet-0b"], loadBalancerAttributes });
  }
  if (cluster) {
    const made = new CfnDBCluster(stack, "Cluster", { deletionProtection: deletionProtection(stack, SHIPPED, ["db"]) });
    keep(made, SHIPPED);
  }
  if (replicas.length === 0) return;
  const table = new CfnGlobalTable(stack, "Table", {
    attributeDefinitions: [{ attributeName: "id", attributeType: "S" }],
    keySchema: [{ attributeName: "id", keyType: "HASH" }],
    replicas: replicas.map((region) => ({
      region,
      deletionProtectionEnabled: deletionProtection(stack, SHIPPED, ["table", region]),
    })),
  });
  keep(table, SHIPPED);
}

/** Two stacks in two regions, the second of which gets an output of the first as a parameter. */
export function tinyAssembly({
  directory,
  active = "us-east-1",
  queueName,
  bucket,
  late,
  guarded,
}: TinyOptions): Assembly {
  const app = new App({ outdir: directory, analyticsReporting: false, treeMetadata: false });
  const data = new Stack(app, "tiny-dev-data-us-east-1", { env: { region: "us-east-1" } });
  new CfnQueue(data, "OrdersQueue", queueName === undefined ? {} : { queueName });
  if (bucket !== undefined) {
    const made = new CfnBucket(data, "SiteBucket");
    made.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    made.cfnOptions.deletionPolicy =
      bucket === "kept" ? CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE : CfnDeletionPolicy.DELETE;
  }
  if (guarded !== undefined) guard(data, guarded);
  new CfnSsmParameter(data, "Settings", { type: "String", value: active });
  new CfnOutput(data, "KeyArn", { value: "arn:of:the:key" });
  const other = new Stack(app, "tiny-dev-data-us-west-2", { env: { region: "us-west-2" } });
  const key = new CfnParameter(other, "KeyArn", { type: "String" });
  new CfnSsmParameter(other, "Settings", { type: "String", value: key.valueAsString });
  if (late) {
    const plan = new CfnParameter(data, "PlanArn", { type: "String", default: "none" });
    new CfnSsmParameter(data, "Plan", { type: "String", value: plan.valueAsString });
    new CfnOutput(other, "PlanArn", { value: "arn:of:the:plan" });
  }
  const { stacks } = app.synth();
  const region = (name: string): string => name.slice("tiny-dev-data-".length);
  return {
    directory,
    manifest: {
      holdfast: 1,
      system: "tiny",
      stage: "dev",
      recovery: "warm-standby",
      active,
      stacks: stacks.map(({ stackName, templateFile }) => ({
        name: stackName,
        region: region(stackName),
        template: templateFile,
        after: [],
      })),
      wires: [
        {
          from: { stack: "tiny-dev-data-us-east-1", output: "KeyArn" },
          to: { stack: "tiny-dev-data-us-west-2", parameter: "KeyArn" },
        },
        ...(late
          ? [
              {
                from: { stack: "tiny-dev-data-us-west-2", output: "PlanArn" },
                to: { stack: "tiny-dev-data-us-east-1", parameter: "PlanArn" },
                late: true as const,
              },
            ]
          : []),
      ],
      sites: [],
    },
    templates: Object.fromEntries(stacks.map(({ stackName, template }) => [stackName, template as object])),
  };
}
