import { describe, expect, test } from "vitest";
import type { PlacedTemplate } from "../../src/aws/refused.ts";
import { STRATEGIES, ship } from "./shipped.ts";

/** What is looked for beside the type: a property that must be there in some resource of the type. */
type Wanted = string | readonly [type: string, path: string, value?: unknown];

const ELB = "AWS::ElasticLoadBalancingV2";

/** Each system and practice that is shipped, and the CloudFormation types without which it is not. */
const ROWS: readonly (readonly [row: number, name: string, wanted: readonly Wanted[]])[] = [
  [
    1,
    "Route 53: health checks, failover and latency",
    ["AWS::Route53::HealthCheck", ["AWS::Route53::RecordSet", "Failover"]],
  ],
  [
    2,
    "CloudFront with cached answers and origin failover",
    [
      ["AWS::CloudFront::Distribution", "DistributionConfig.OriginGroups.Items"],
      ["AWS::CloudFront::CachePolicy", "CachePolicyConfig.DefaultTTL", 0],
    ],
  ],
  [3, "WAF: managed rules and a rate limit", [["AWS::WAFv2::WebACL", "Rules"], "AWS::WAFv2::LoggingConfiguration"]],
  [4, "Global Accelerator", ["AWS::GlobalAccelerator::Accelerator", "AWS::GlobalAccelerator::EndpointGroup"]],
  [5, "API Gateway", ["AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Stage", "AWS::ApiGatewayV2::Integration"]],
  [6, "Application Load Balancer", [[`${ELB}::LoadBalancer`, "Type", "application"], `${ELB}::TargetGroup`]],
  [7, "Network Load Balancer", [[`${ELB}::LoadBalancer`, "Type", "network"]]],
  [8, "ECS on Fargate", ["AWS::ECS::Cluster", ["AWS::ECS::TaskDefinition", "RequiresCompatibilities", ["FARGATE"]]]],
  [9, "EKS with node groups, and on Fargate", ["AWS::EKS::Cluster", "AWS::EKS::Nodegroup", "AWS::EKS::FargateProfile"]],
  [10, "EC2 Auto Scaling with launch templates", ["AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::LaunchTemplate"]],
  [
    11,
    "Lambda with retries and dead letters",
    ["AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping", "AWS::Lambda::EventInvokeConfig"],
  ],
  [
    12,
    "auto scaling on custom metrics",
    [["AWS::ApplicationAutoScaling::ScalingPolicy", "TargetTrackingScalingPolicyConfiguration"]],
  ],
  [
    13,
    "vertical and horizontal scaling",
    ["AWS::ApplicationAutoScaling::ScalableTarget", ["AWS::ECS::TaskDefinition", "Cpu"]],
  ],
  [14, "stateless compute", [["AWS::ECS::Service", "DeploymentConfiguration.DeploymentCircuitBreaker.Rollback", true]]],
  [
    15,
    "SQS with dead letters and redrive",
    [
      ["AWS::SQS::Queue", "RedrivePolicy"],
      ["AWS::SQS::Queue", "RedriveAllowPolicy"],
    ],
  ],
  [16, "SNS fan-out", ["AWS::SNS::Topic", ["AWS::SNS::Subscription", "RedrivePolicy"]]],
  [17, "EventBridge: rules, archive", ["AWS::Events::EventBus", "AWS::Events::Rule", "AWS::Events::Archive"]],
  [19, "Aurora over zones", ["AWS::RDS::DBCluster", ["AWS::RDS::DBInstance", "PromotionTier"]]],
  [
    20,
    "RDS Multi-AZ with replicas",
    [
      ["AWS::RDS::DBInstance", "MultiAZ", true],
      ["AWS::RDS::DBInstance", "SourceDBInstanceIdentifier"],
    ],
  ],
  [
    21,
    "DynamoDB, on demand and scaled, DAX",
    [
      ["AWS::DynamoDB::GlobalTable", "BillingMode", "PAY_PER_REQUEST"],
      ["AWS::DynamoDB::GlobalTable", "WriteProvisionedThroughputSettings"],
      "AWS::DAX::Cluster",
    ],
  ],
  [22, "ElastiCache with failover", [["AWS::ElastiCache::ReplicationGroup", "MultiAZEnabled", true]]],
  [
    23,
    "S3: versions and replication",
    [
      ["AWS::S3::Bucket", "VersioningConfiguration"],
      ["AWS::S3::Bucket", "ReplicationConfiguration"],
    ],
  ],
  [24, "EBS snapshots", ["AWS::DLM::LifecyclePolicy"]],
  [25, "EFS over zones", ["AWS::EFS::FileSystem", "AWS::EFS::MountTarget"]],
  [
    26,
    "FSx",
    [
      ["AWS::FSx::FileSystem", "FileSystemType", "LUSTRE"],
      ["AWS::FSx::FileSystem", "FileSystemType", "WINDOWS"],
    ],
  ],
  [
    27,
    "VPC over zones, NAT a zone, endpoints",
    [
      "AWS::EC2::VPC",
      "AWS::EC2::NatGateway",
      "AWS::EC2::VPCEndpoint",
      "AWS::EC2::FlowLog",
      ["AWS::EC2::VPCEncryptionControl", "Mode", "monitor"],
    ],
  ],
  [
    28,
    "CloudWatch: dashboards, alarms with a response",
    [
      "AWS::CloudWatch::Alarm",
      "AWS::CloudWatch::CompositeAlarm",
      "AWS::CloudWatch::Dashboard",
      "AWS::Synthetics::Canary",
    ],
  ],
  [29, "CloudTrail", [["AWS::CloudTrail::Trail", "EnableLogFileValidation", true]]],
  [
    30,
    "Systems Manager: patching, runbooks",
    [["AWS::SSM::Document", "DocumentType", "Automation"], "AWS::SSM::PatchBaseline"],
  ],
  [
    31,
    "AWS Backup with copies and restore tests",
    [
      "AWS::Backup::BackupPlan",
      "AWS::Backup::BackupVault",
      "AWS::Backup::BackupSelection",
      "AWS::Backup::RestoreTestingPlan",
    ],
  ],
  [36, "Aurora Global Database", ["AWS::RDS::GlobalCluster"]],
  [37, "DynamoDB global tables", [["AWS::DynamoDB::GlobalTable", "Replicas"]]],
  [40, "an instance in a chosen zone", [["AWS::RDS::DBInstance", "AvailabilityZone"]]],
  [
    41,
    "services instead of servers",
    [
      "AWS::Lambda::Function",
      "AWS::Scheduler::Schedule",
      "AWS::ApiGatewayV2::Api",
      ["AWS::ECS::TaskDefinition", "RequiresCompatibilities", ["FARGATE"]],
    ],
  ],
  [
    44,
    "static site, application, database with standby",
    ["AWS::S3::Bucket", "AWS::ECS::Service", "AWS::RDS::DBInstance"],
  ],
  [
    45,
    "the order flow: queue, worker, sessions",
    ["AWS::SQS::Queue", "AWS::ECS::Service", "AWS::ElastiCache::ReplicationGroup"],
  ],
];

/** The strategies, each with a test of its own below. */
const STRATEGY_ROWS = [32, 33, 34, 35];
/** What nobody can deploy: how a program calls others, and what `simulate`, `estimate`, `drill` and `audit` say. */
const NOT_SHIPPED = [18, 38, 39, 42, 43];

function has(templates: readonly PlacedTemplate[], wanted: Wanted): boolean {
  const [type, path, value] = typeof wanted === "string" ? [wanted] : wanted;
  return templates
    .flatMap(({ template }) => Object.values(template.Resources ?? {}))
    .filter((resource) => resource.Type === type)
    .map((resource) => (path === undefined ? resource : at(resource.Properties, path)))
    .some((found) => found !== undefined && (value === undefined || JSON.stringify(found) === JSON.stringify(value)));
}

function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((each, key) => (each as Record<string, unknown> | undefined)?.[key], value);
}

describe("everything that the documents name is shipped", () => {
  test.each(ROWS)("row %i: %s", async (_row, _name, wanted) => {
    const { templates } = await ship("everything");
    expect(wanted.filter((each) => !has(templates, each))).toEqual([]);
  });

  test("no row is forgotten", () => {
    const rows = [...ROWS.map(([row]) => row), ...STRATEGY_ROWS, ...NOT_SHIPPED];
    expect(rows.sort((a, b) => a - b)).toEqual(Array.from({ length: 45 }, (_, index) => index + 1));
  });
});

/** What a strategy keeps in the region that does not serve. */
describe("the strategies differ in the region that stands by", () => {
  const standby = async (recovery: (typeof STRATEGIES)[number]): Promise<readonly PlacedTemplate[]> =>
    (await ship("shop", { recovery })).templates.filter(
      ({ stack, region }) => region === "us-west-2" && !stack.includes("-recovery-"),
    );
  const leastTasks = (templates: readonly PlacedTemplate[]) =>
    templates
      .flatMap(({ template }) => Object.values(template.Resources ?? {}))
      .filter(({ Type }) => Type === "AWS::ApplicationAutoScaling::ScalableTarget")
      .map(({ Properties }) => Properties?.["MinCapacity"] as number);

  test("row 32: backup and restore runs nothing there, and has a vault for copies", async () => {
    const templates = await standby("backup-restore");
    for (const type of ["AWS::ECS::Service", "AWS::RDS::DBInstance", "AWS::EC2::NatGateway"]) {
      expect(has(templates, type), type).toBe(false);
    }
    expect(has(templates, "AWS::Backup::BackupVault")).toBe(true);
  });

  test("row 33: pilot light follows the data, and its services have no task", async () => {
    const templates = await standby("pilot-light");
    expect(has(templates, "AWS::RDS::DBCluster")).toBe(true);
    expect(has(templates, "AWS::ECS::Service")).toBe(true);
    expect(new Set(leastTasks(templates))).toEqual(new Set([0]));
  });

  test("row 34: warm standby runs some tasks, fewer than where customers are served", async () => {
    const least = leastTasks(await standby("warm-standby"));
    const { templates } = await ship("shop", { recovery: "warm-standby" });
    const serving = leastTasks(templates.filter(({ region }) => region === "us-east-1"));
    expect(least.length).toBe(serving.length);
    for (const [at, count] of least.entries()) {
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThan(serving[at]!);
    }
  });

  test("row 35: active-active runs as many tasks there, and forwards writes", async () => {
    const templates = await standby("active-active");
    const { templates: all } = await ship("shop", { recovery: "active-active" });
    expect(leastTasks(templates)).toEqual(leastTasks(all.filter(({ region }) => region === "us-east-1")));
    expect(has(templates, ["AWS::RDS::DBCluster", "EnableGlobalWriteForwarding", true])).toBe(true);
  });

  test.each(STRATEGIES)("a deploy after a failover scales nothing down that serves, with %s", async (recovery) => {
    const { templates: before } = await ship("shop", { recovery });
    const { templates: after } = await ship("shop", { recovery, active: "us-west-2" });
    const inRegion = (templates: readonly PlacedTemplate[], region: string) =>
      leastTasks(templates.filter((each) => each.region === region));
    expect(inRegion(after, "us-west-2")).toEqual(inRegion(before, "us-east-1"));
  });

  test.each(STRATEGIES)("no stack of a region needs the global one, with %s", async (recovery) => {
    const { assembly } = await ship("shop", { recovery });
    const global = assembly.manifest.stacks.find(({ name }) => name.includes("-global-"))?.name;
    expect(global).toBeDefined();
    const needing = assembly.manifest.stacks.filter(({ after }) => after.includes(global!)).map(({ name }) => name);
    expect(needing).toEqual([]);
    // What comes late is not waited for: without it the rotation of the edge's header rests.
    expect(assembly.manifest.wires.filter(({ from, late }) => from.stack === global && late !== true)).toEqual([]);
  });
});
