import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { shipPrograms, systemOf } from "../../../test/support/program-rig.ts";

const SERVICE = "AWS::ECS::Service";
const TASK = "AWS::ECS::TaskDefinition";
const TARGET = "AWS::ApplicationAutoScaling::ScalableTarget";
const api = { build: "./program", run: "node server.ts", health: "/healthz" };
const SHOP = {
  services: {
    api: {
      ...api,
      uses: ["orders", "sessions", "database"],
      scale: { min: 3, max: 30, on: { concurrentRequests: 50 } },
    },
    fulfilment: {
      build: "./program",
      run: "node worker.ts --once 'a b'",
      consumes: "orders",
      uses: ["database"],
      scale: { min: 3, max: 30, on: { queueDepth: 100 } },
    },
  },
  queues: { orders: {} },
  caches: { sessions: {} },
  databases: { database: {} },
};
const shop = shipPrograms(systemOf(SHOP));
const compute = shop.template("compute");

interface Container {
  readonly Name: string;
  readonly [key: string]: unknown;
}

function containersOf(id: string): readonly Container[] {
  return compute.findResources(TASK)[id]?.["Properties"].ContainerDefinitions as Container[];
}

describe("a service on ECS", () => {
  test("runs in all zones, is balanced over them again, and is rolled back by itself", () => {
    compute.hasResourceProperties(SERVICE, {
      LaunchType: "FARGATE",
      AvailabilityZoneRebalancing: "ENABLED",
      DeploymentConfiguration: {
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        Alarms: { Enable: true, Rollback: true, AlarmNames: [{ Ref: "ApiRevisionErrors" }] },
      },
      HealthCheckGracePeriodSeconds: 60,
      PropagateTags: "SERVICE",
      EnableExecuteCommand: false,
      NetworkConfiguration: {
        AwsvpcConfiguration: Match.objectLike({ AssignPublicIp: "DISABLED", Subnets: Match.anyValue() }),
      },
    });
    for (const [id, { Properties }] of Object.entries(compute.findResources(SERVICE))) {
      expect(Properties, id).not.toHaveProperty("DesiredCount");
      expect(Properties.NetworkConfiguration.AwsvpcConfiguration.Subnets, id).toHaveLength(3);
      expect(Properties.DeploymentConfiguration.Alarms.AlarmNames, id).not.toEqual([]);
    }
  });

  test("waits for its listener, without which ECS refuses its target group", () => {
    expect(compute.findResources(SERVICE)["ApiService"]!["DependsOn"]).toEqual(
      expect.arrayContaining(["ApiListener", "ApiFromEdge"]),
    );
  });

  test("is a worker without a balancer where it works off a queue, and its dead letters roll it back", () => {
    const { FulfilmentService } = compute.findResources(SERVICE);
    expect(FulfilmentService!["Properties"]).not.toHaveProperty("LoadBalancers");
    expect(FulfilmentService!["Properties"]).not.toHaveProperty("HealthCheckGracePeriodSeconds");
    compute.hasResourceProperties("AWS::CloudWatch::Alarm", {
      MetricName: "ApproximateNumberOfMessagesVisible",
      TreatMissingData: "notBreaching",
    });
  });
});

describe("a task", () => {
  test("has secrets injected, and none in the clear", () => {
    const [program] = containersOf("ApiTask");
    const secrets = program!["Secrets"] as { Name: string; ValueFrom: unknown }[];
    expect(secrets.map(({ Name }) => Name).sort()).toEqual([
      "DATABASE_PASSWORD",
      "DATABASE_USER",
      "PGPASSWORD",
      "PGUSER",
      "SESSIONS_PASSWORD",
      "SESSIONS_USER",
    ]);
    expect(JSON.stringify(secrets.find(({ Name }) => Name === "PGUSER"))).toContain(":username::");
    const plain = program!["Environment"] as { Name: string; Value: unknown }[];
    expect(JSON.stringify(plain)).not.toContain("resolve:secretsmanager");
    expect(plain).toContainEqual({ Name: "PORT", Value: "8080" });
    expect(JSON.stringify(plain.find(({ Name }) => Name === "SESSIONS_URL"))).toMatch(/"rediss:\/\/",[^@]*":6379"/);
  });

  test("cannot change its image, has its words as the definition has them, and never waits for its log", () => {
    const [program] = containersOf("FulfilmentTask");
    expect(program).toMatchObject({
      Command: ["node", "worker.ts", "--once", "a b"],
      ReadonlyRootFilesystem: true,
      StopTimeout: 30,
      LinuxParameters: { InitProcessEnabled: true },
      MountPoints: [{ ContainerPath: "/tmp", SourceVolume: "scratch", ReadOnly: false }],
      LogConfiguration: { LogDriver: "awslogs", Options: { mode: "non-blocking" } },
    });
  });

  test("carries what experiments need, in production alone, where there is room for it", () => {
    compute.hasResourceProperties(TASK, { EnableFaultInjection: true, PidMode: "task" });
    const [, agent] = containersOf("ApiTask");
    expect(agent).toMatchObject({ Name: "fault-agent", Essential: false, Memory: 256 });
    const dev = shipPrograms(systemOf(SHOP), { stage: "dev" }).template("compute");
    expect(Object.values(dev.findResources(TASK)).map(({ Properties }) => Properties.EnableFaultInjection)).toEqual([
      undefined,
      undefined,
    ]);
  });

  test("may do what it uses, and nothing else", () => {
    const roles = compute.findResources("AWS::IAM::Role");
    const actionsOf = (id: string): string[] => {
      const [{ PolicyDocument }] = roles[id]!["Properties"].Policies;
      return PolicyDocument.Statement.flatMap(({ Action }: { Action: string | string[] }) => Action);
    };
    expect(actionsOf("ApiTaskRole")).toContain("sqs:SendMessage");
    expect(actionsOf("ApiTaskRole")).not.toContain("sqs:ReceiveMessage");
    expect(actionsOf("FulfilmentTaskRole")).toContain("sqs:DeleteMessage");
    expect(actionsOf("FulfilmentTaskRole")).not.toContain("sqs:SendMessage");
    for (const [id, { Properties }] of Object.entries(roles)) {
      expect(JSON.stringify(Properties.Policies ?? []), id).not.toMatch(/"Action":\s*"[^"]*\*/);
    }
  });

  test("is let in by what it uses", () => {
    const rules = Object.keys(compute.findResources("AWS::EC2::SecurityGroupIngress"));
    expect(rules).toEqual(
      expect.arrayContaining(["DatabaseLetsInApi", "SessionsLetsInApi", "DatabaseLetsInFulfilment"]),
    );
    expect(rules).not.toContain("SessionsLetsInFulfilment");
  });

  test("fails without a Dockerfile", () => {
    const services = { api: { run: "node server.ts", build: "./site" } };
    expect(() => shipPrograms(systemOf({ services }))).toThrow(expect.objectContaining({ code: "AWS-051" }));
  });
});

describe("scaling", () => {
  test("follows the requests that are under way in each task, and is calm without any", () => {
    const policies = compute.findResources("AWS::ApplicationAutoScaling::ScalingPolicy");
    const config = policies["ApiTracking"]!["Properties"].TargetTrackingScalingPolicyConfiguration;
    expect(config).toMatchObject({ TargetValue: 50, ScaleOutCooldown: 60, ScaleInCooldown: 300 });
    const { Metrics } = config.CustomizedMetricSpecification;
    expect(Metrics.at(-1)).toMatchObject({
      Expression: "(FILL(requests0, 0) * FILL(seconds0, 0) / 60) / IF(FILL(tasks, 0) > 0, tasks, 1)",
      ReturnData: true,
    });
    expect(Metrics.filter(({ ReturnData }: { ReturnData: boolean }) => ReturnData)).toHaveLength(1);
  });

  test("follows the requests a minute of each task, and is calm without any", () => {
    const scale = { on: { requestsPerMinute: 600 } };
    const services = { ...SHOP.services, api: { ...SHOP.services.api, scale } };
    const policies = shipPrograms(systemOf({ ...SHOP, services }))
      .template("compute")
      .findResources("AWS::ApplicationAutoScaling::ScalingPolicy");
    const config = policies["ApiTracking"]!["Properties"].TargetTrackingScalingPolicyConfiguration;
    expect(config.TargetValue).toBe(600);
    const { Metrics } = config.CustomizedMetricSpecification;
    expect(Metrics.at(-1).Expression).toBe("(FILL(requests0, 0)) / IF(FILL(tasks, 0) > 0, tasks, 1)");
    expect(Metrics[0].MetricStat).toMatchObject({ Metric: { MetricName: "RequestCount" }, Stat: "Sum" });
    expect(JSON.stringify(Metrics)).not.toContain("TargetResponseTime");
  });

  test("follows the messages that wait for each task", () => {
    const policies = compute.findResources("AWS::ApplicationAutoScaling::ScalingPolicy");
    const config = policies["FulfilmentTracking"]!["Properties"].TargetTrackingScalingPolicyConfiguration;
    expect(config.TargetValue).toBe(100);
    expect(config.CustomizedMetricSpecification.Metrics.at(-1).Expression).toMatch(/^FILL\(waiting, 0\) \/ /);
  });

  const least = (recovery: string, region: number, active?: string): unknown =>
    shipPrograms(systemOf({ ...SHOP, recovery }), active === undefined ? {} : { active })
      .template("compute", region)
      .findResources(TARGET)["ApiScaling"]?.["Properties"];

  test.each([
    ["pilot-light", 0],
    ["warm-standby", 2],
    ["active-active", 3],
  ])("of %s keeps %i tasks in the other region, and may grow there", (recovery, min) => {
    expect(least(recovery, 1)).toMatchObject({ MinCapacity: min, MaxCapacity: 30 });
  });

  test("after a failover nothing is scaled down where customers are", () => {
    expect(least("pilot-light", 1, "us-west-2")).toMatchObject({ MinCapacity: 3 });
    expect(least("pilot-light", 0, "us-west-2")).toMatchObject({ MinCapacity: 0 });
  });
});
