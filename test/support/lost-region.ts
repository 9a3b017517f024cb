import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Aws } from "../../src/aws/deploy/aws.ts";
import { type FailoverOptions, type FailoverResult, failOver } from "../../src/aws/deploy/failover/failover.ts";
import type { Assembly } from "../../src/aws/synth.ts";
import type { RecoveryStrategy, Topology } from "../../src/topology/topology.ts";
import { type AwsStub, type StubAnswer, startAwsStub } from "./aws-stub.ts";
import { listeningHost, quickClock } from "./quick-clock.ts";

/** A system of two regions, as AWS knows it. */
export const TARGET = { system: "shop", stage: "production", regions: ["us-east-1", "us-west-2"] } as const;
/** The service whose least number of tasks is raised. */
export const SERVICE = "service/cluster/api";
const ROTATION = {
  Type: "AWS::SecretsManager::RotationSchedule",
  Properties: {
    SecretId: { "Fn::Sub": "arn:aws:secretsmanager:us-west-2:${AWS::AccountId}:secret:shop-production-database" },
    RotationLambdaARN: { "Fn::GetAtt": ["DatabaseRotation", "Arn"] },
    RotationRules: { AutomaticallyAfterDays: 30 },
  },
};

/** The system as it is when us-west-2 serves, as far as a failover looks at it. */
export function assembly(recovery = "warm-standby"): Assembly {
  const stack = (part: string) => ({
    name: `shop-production-${part}-us-west-2`,
    region: "us-west-2",
    template: "",
    after: [],
  });
  return {
    directory: "/nowhere",
    manifest: {
      holdfast: 1,
      system: "shop",
      stage: "production",
      recovery,
      active: "us-west-2",
      stacks: [stack("data"), stack("compute")],
      wires: [],
      sites: [],
    },
    templates: {
      "shop-production-data-us-west-2": {
        Resources: {
          DatabaseCluster: { Type: "AWS::RDS::DBCluster", Properties: {} },
          DatabaseRotation: { Type: "AWS::Lambda::Function", Properties: {} },
          DatabaseRotationSchedule: ROTATION,
        },
      },
      "shop-production-compute-us-west-2": {
        Resources: {
          ApiScale: {
            Type: "AWS::ApplicationAutoScaling::ScalableTarget",
            Properties: { MinCapacity: 4, MaxCapacity: 30 },
          },
          RegionSwitchActivePassive: {
            Type: "AWS::ARCRegionSwitch::Plan",
            Properties: { Name: "shop-production-one" },
          },
        },
      },
    },
  };
}

/** The topology, as far as a failover looks at it: an edge whose records lead to one service in both regions. */
export function topology(recovery: RecoveryStrategy): Topology {
  const regions = TARGET.regions.map((name, index) => ({ name, index, zones: [] }));
  const settings = { hostedZoneId: "Z1", domain: "shop.example.com", routes: [{ pattern: "/api/*", service: "api" }] };
  const components = [
    { id: "edge", kind: "edge", settings },
    { id: "api", kind: "service", settings: { protocol: "http" } },
  ];
  const objectives = { region: { rtoMs: null, rpoMs: 30_000 } };
  const shipping = { stage: "production" };
  const seen = { system: "shop", recovery, regions, components, objectives, shipping };
  return seen as unknown as Topology; // all that is looked at
}

/** The global database, with its writer in one of the regions. */
export function globalCluster(writer: string, status = "available"): StubAnswer {
  const member = (region: string): string =>
    `<GlobalClusterMember><DBClusterArn>arn:aws:rds:${region}:123456789012:cluster:database-${region}</DBClusterArn>` +
    `<IsWriter>${region === writer}</IsWriter></GlobalClusterMember>`;
  return {
    xml:
      "<GlobalClusters><GlobalClusterMember>" +
      "<GlobalClusterIdentifier>shop-production-database</GlobalClusterIdentifier>" +
      `<Status>${status}</Status><GlobalClusterMembers>${member("us-east-1")}${member("us-west-2")}` +
      "</GlobalClusterMembers></GlobalClusterMember></GlobalClusters>",
  };
}

/** Snapshots of clusters, by name, with their status. */
export function clusterSnapshots(those: Readonly<Record<string, string>>): StubAnswer {
  const found = Object.entries(those).map(
    ([id, status]) =>
      `<DBClusterSnapshot><DBClusterSnapshotIdentifier>${id}</DBClusterSnapshotIdentifier>` +
      `<Status>${status}</Status></DBClusterSnapshot>`,
  );
  return { xml: `<DBClusterSnapshots>${found.join("")}</DBClusterSnapshots>` };
}

const RESOURCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "shop-production-data-us-west-2": { DatabaseRotation: "rotate-abc", DatabaseCluster: "database-us-west-2" },
  "shop-production-compute-us-west-2": { ApiScale: `${SERVICE}|ecs:service:DesiredCount|ecs` },
};

/** AWS after a region was lost, with the file that a failover is recorded in. */
export type LostRegion = AwsStub & { readonly record: string };

/** AWS after us-east-1 was lost: every call to it fails, as it does to anything that a test does not expect. */
export async function lostRegion(options: { lagMs?: number | null; plan?: boolean } = {}): Promise<LostRegion> {
  const { lagMs = 900, plan = false } = options;
  const stub = await startAwsStub();
  let writer = "us-east-1";
  let running = 2;
  stub.on("cloudformation DescribeStacks us-west-2", {
    xml: "<Stacks><member><StackName>x</StackName><StackStatus>UPDATE_COMPLETE</StackStatus></member></Stacks>",
  });
  stub.on("cloudformation ListStackResources us-west-2", ({ input }) => {
    const found = Object.entries(RESOURCES[String(input["StackName"])] ?? {}).map(
      ([logical, physical]) =>
        `<member><LogicalResourceId>${logical}</LogicalResourceId>` +
        `<PhysicalResourceId>${physical}</PhysicalResourceId></member>`,
    );
    return { xml: `<StackResourceSummaries>${found.join("")}</StackResourceSummaries>` };
  });
  stub.on("rds DescribeGlobalClusters us-west-2", () => globalCluster(writer));
  stub.on("rds FailoverGlobalCluster us-west-2", () => {
    writer = "us-west-2";
    return { xml: "" };
  });
  stub.on("rds SwitchoverGlobalCluster us-west-2", () => {
    writer = "us-west-2";
    return { xml: "" };
  });
  stub.on("monitoring GetMetricData us-west-2", {
    json: { MetricDataResults: lagMs === null ? [] : [{ Id: "lag0", Values: [lagMs, 1] }] },
  });
  let least: unknown = 2;
  stub.on("application-autoscaling DescribeScalableTargets us-west-2", () => ({
    json: { ScalableTargets: [{ ResourceId: SERVICE, MinCapacity: least, MaxCapacity: 30 }] },
  }));
  stub.on("application-autoscaling RegisterScalableTarget us-west-2", ({ input }) => {
    least = input["MinCapacity"];
    return { json: {} };
  });
  stub.on("ecs DescribeServices us-west-2", () => {
    running = Math.min(4, running + 1);
    return { json: { services: [{ serviceName: "api", runningCount: running }] } };
  });
  const arn = "arn:aws:secretsmanager:us-west-2:123456789012:secret:";
  stub.on("secretsmanager ListSecrets us-west-2", {
    json: {
      SecretList: [
        { Name: "shop-production-database", ARN: `${arn}shop-production-database-AbCdEf`, PrimaryRegion: "us-east-1" },
        {
          Name: "shop-production-database-master",
          ARN: `${arn}shop-production-database-master-AbCdEf`,
          PrimaryRegion: "us-east-1",
        },
      ],
    },
  });
  stub.on("secretsmanager StopReplicationToReplica us-west-2", { json: {} });
  stub.on("secretsmanager RotateSecret us-west-2", { json: {} });
  stub.on("ssm PutParameter us-west-2", { json: { Version: 1 } });
  stub.on("ssm GetParameter us-west-2", { error: "ParameterNotFound" });
  stub.on("monitoring PutMetricData us-west-2", { json: {} });
  const name = { name: "shop-production-one", arn: "arn:plan", regions: TARGET.regions };
  stub.on("arc-region-switch ListPlansInRegion us-west-2", { json: { plans: plan ? [name] : [] } });
  stub.on("arc-region-switch ListPlanExecutions us-west-2", { json: { items: [] } });
  stub.on("arc-region-switch StartPlanExecution us-west-2", { json: { executionId: "e1" } });
  stub.on("arc-region-switch GetPlanExecution us-west-2", (_, times) => {
    const isDone = times > 2;
    if (isDone) writer = "us-west-2";
    const step = { name: "database", status: isDone ? "completed" : "running" };
    return { json: { executionState: isDone ? "completed" : "inProgress", stepStates: [step] } };
  });
  const folder = mkdtempSync(join(tmpdir(), "holdfast-test-failover-"));
  return {
    ...stub,
    record: join(folder, "recovery.json"),
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true, force: true });
      await stub[Symbol.asyncDispose]();
    },
  };
}

/** Fails over to us-west-2. */
export function run(
  stub: AwsStub & Partial<LostRegion>,
  options: Partial<FailoverOptions> = {},
): Promise<FailoverResult> {
  return failOver({
    aws: new Aws({ endpoint: stub.endpoint, credentials: { accessKeyId: "a", secretAccessKey: "b" }, attempts: 3 }),
    target: TARGET,
    host: listeningHost(),
    clock: quickClock(),
    signal: new AbortController().signal,
    topology: topology("warm-standby"),
    to: "us-west-2",
    planned: false,
    allowDataLoss: false,
    record: stub.record ?? "/nowhere/recovery.json",
    synth: async () => assembly(),
    confirm: async () => true,
    ...options,
  });
}

/** What a failback asks of both regions besides: their secrets, and where they write down who serves. */
export function twoRegions(stub: AwsStub): void {
  stub.on("ssm PutParameter us-east-1", { json: { Version: 1 } });
  stub.on("ssm GetParameter us-east-1", { error: "ParameterNotFound" });
  stub.on("rds DescribeDBClusterSnapshots us-west-2", clusterSnapshots({}));
  const east = "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-production-database-AbCdEf";
  const west = east.replace("us-east-1", "us-west-2");
  const secret = { Name: "shop-production-database" };
  stub.on("secretsmanager ListSecrets us-west-2", { json: { SecretList: [{ ...secret, ARN: west }] } });
  stub.on("secretsmanager ListSecrets us-east-1", { json: { SecretList: [{ ...secret, ARN: east }] } });
  stub.on("secretsmanager GetSecretValue us-east-1", { json: { SecretString: "in-use" } });
  stub.on("secretsmanager DescribeSecret us-east-1", { json: { KmsKeyId: "key-of-east" } });
  stub.on("secretsmanager PutSecretValue us-west-2", { json: {} });
  stub.on("secretsmanager ReplicateSecretToRegions us-west-2", { json: {} });
}
