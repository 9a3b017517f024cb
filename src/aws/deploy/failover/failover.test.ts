import { describe, expect, test } from "vitest";
import { startAwsStub } from "../../../../test/support/aws-stub.ts";
import {
  type LostRegion,
  SERVICE,
  TARGET,
  assembly,
  clusterSnapshots,
  lostRegion,
  run,
  topology,
  twoRegions,
} from "../../../../test/support/lost-region.ts";
import type { FailoverResult } from "./failover.ts";

describe("a failover", () => {
  test("makes every stage in its order, and ends when the other region serves", async () => {
    await using stub = await lostRegion();
    const { end, stages } = await run(stub);
    expect(end).toBe("failed-over");
    expect(stages.map(({ name }) => name)).toEqual(["check", "fence", "promote", "scale", "shift", "verify"]);
    expect(stub.mutations()).toEqual([
      "RegisterScalableTarget",
      "FailoverGlobalCluster",
      "PutMetricData",
      "StopReplicationToReplica",
      "RotateSecret",
      "PutParameter",
    ]);
  });

  test("calls no API but those of the region that takes over", async () => {
    for (const plan of [false, true]) {
      await using stub = await lostRegion({ plan });
      await run(stub);
      expect(new Set(stub.calls.map(({ region }) => region))).toEqual(new Set(["us-west-2"]));
    }
  });

  test("raises the least number of tasks to the whole, keeps the most, and waits until they run", async () => {
    await using stub = await lostRegion();
    await run(stub);
    const raised = stub.calls.find(({ action }) => action === "RegisterScalableTarget");
    expect(raised?.input).toMatchObject({ ResourceId: SERVICE, MinCapacity: 4, MaxCapacity: 30 });
    expect(stub.calls.filter(({ action }) => action === "DescribeServices")).toHaveLength(2); // three tasks, then four
  });

  test("never lowers a least number that somebody has raised", async () => {
    await using stub = await lostRegion();
    stub.on("application-autoscaling DescribeScalableTargets us-west-2", {
      json: { ScalableTargets: [{ ResourceId: SERVICE, MinCapacity: 9, MaxCapacity: 40 }] },
    });
    stub.on("ecs DescribeServices us-west-2", { json: { services: [{ runningCount: 9 }] } });
    await run(stub);
    expect(stub.mutations()).not.toContain("RegisterScalableTarget");
  });

  test("measures how far Aurora is behind by what would be lost, as the alarms do", async () => {
    await using stub = await lostRegion();
    await run(stub);
    const measured = stub.calls.find(({ action }) => action === "GetMetricData");
    expect(JSON.stringify(measured?.input)).toContain("AuroraGlobalDBRPOLag");
  });

  test("allows data loss to Aurora by name, because that is what an unplanned failover is", async () => {
    await using stub = await lostRegion();
    await run(stub);
    const call = stub.calls.find(({ action }) => action === "FailoverGlobalCluster");
    expect(call?.input).toMatchObject({
      GlobalClusterIdentifier: "shop-production-database",
      TargetDbClusterIdentifier: "arn:aws:rds:us-west-2:123456789012:cluster:database-us-west-2",
      AllowDataLoss: "true",
    });
  });

  test("moves the customers by a number in the region that takes over, after its database takes writes", async () => {
    await using stub = await lostRegion();
    await run(stub);
    const put = stub.calls.find(({ action }) => action === "PutMetricData");
    expect(put).toMatchObject({
      region: "us-west-2",
      input: {
        MetricData: [{ Value: 1, Dimensions: expect.arrayContaining([{ Name: "Region", Value: "us-east-1" }]) }],
      },
    });
  });

  test("leaves the lost region by the plan's other workflow where both regions serve", async () => {
    await using stub = await lostRegion({ plan: true });
    await run(stub, { topology: topology("active-active") });
    const started = stub.calls.find(({ action }) => action === "StartPlanExecution");
    expect(started).toMatchObject({
      region: "us-west-2",
      input: { action: "deactivate", targetRegion: "us-east-1", mode: "ungraceful" },
    });
  });

  test("takes over the secret that is rotated, and not the one whose name begins alike", async () => {
    await using stub = await lostRegion();
    await run(stub);
    const promoted = stub.calls.filter(({ action }) => action === "StopReplicationToReplica");
    expect(promoted.map(({ input }) => input["SecretId"])).toEqual([
      "arn:aws:secretsmanager:us-west-2:123456789012:secret:shop-production-database-AbCdEf",
    ]);
    const armed = stub.calls.find(({ action }) => action === "RotateSecret");
    expect(armed?.input).toMatchObject({
      RotationLambdaARN: "arn:aws:lambda:us-west-2:123456789012:function:rotate-abc",
      RotateImmediately: false,
    });
  });

  test("refuses when the replica is further behind than the objective, and changes nothing", async () => {
    await using stub = await lostRegion({ lagMs: 45_000 });
    await expect(run(stub)).rejects.toMatchObject({ code: "AWS-032", message: expect.stringContaining("45 s behind") });
    expect(stub.mutations()).toEqual([]);
  });

  test("refuses when nobody knows how far the replica is behind", async () => {
    await using stub = await lostRegion({ lagMs: null });
    await expect(run(stub)).rejects.toMatchObject({ code: "AWS-032" });
    expect(stub.mutations()).toEqual([]);
  });

  test("goes on all the same where data loss is allowed", async () => {
    await using stub = await lostRegion({ lagMs: 45_000 });
    expect(await run(stub, { allowDataLoss: true })).toMatchObject({ end: "failed-over" });
  });

  test("a dry run looks at everything and changes nothing", async () => {
    await using stub = await lostRegion({ plan: true });
    const { end, check } = await run(stub, { confirm: async () => false });
    expect(end).toBe("declined");
    expect(check).toMatchObject({ plan: "shop-production-one", lags: [{ replica: "database-us-west-2", lagMs: 900 }] });
    expect(stub.mutations()).toEqual([]);
  });

  test("runs the Region switch plan where there is one, and leaves its database to it", async () => {
    await using stub = await lostRegion({ plan: true });
    const { stages } = await run(stub);
    expect(stages.map(({ name }) => name)).toContain("promote");
    expect(stub.mutations()).not.toContain("FailoverGlobalCluster");
    const started = stub.calls.find(({ action }) => action === "StartPlanExecution");
    expect(started?.input).toMatchObject({ action: "activate", mode: "ungraceful", targetRegion: "us-west-2" });
  });

  test("follows an execution that an interrupted run has started, instead of starting another", async () => {
    await using stub = await lostRegion({ plan: true });
    const items = [{ executionId: "e0", executionRegion: "us-west-2", executionAction: "activate" }];
    stub.on("arc-region-switch ListPlanExecutions us-west-2", { json: { items } });
    await run(stub);
    expect(stub.mutations()).not.toContain("StartPlanExecution");
    expect(stub.calls.find(({ action }) => action === "GetPlanExecution")?.input).toMatchObject({ executionId: "e0" });
  });

  test("says which step of the plan has failed", async () => {
    await using stub = await lostRegion({ plan: true });
    const stepStates = [{ name: "scale api", status: "failed" }];
    stub.on("arc-region-switch GetPlanExecution us-west-2", {
      json: { executionState: "pausedByFailedStep", stepStates },
    });
    await expect(run(stub)).rejects.toMatchObject({
      code: "AWS-036",
      message: expect.stringContaining("scale api: failed"),
    });
  });

  test("waits when it is throttled, and goes on", async () => {
    await using stub = await lostRegion({ plan: true });
    stub.on("arc-region-switch ListPlansInRegion us-west-2", (_, times) =>
      times === 1 ? { error: "ThrottlingException", status: 429 } : { json: { plans: [] } },
    );
    stub.on("cloudformation ListStackResources us-west-2", (_, times) =>
      times === 1 ? { error: "Throttling", message: "Rate exceeded" } : { xml: "<StackResourceSummaries/>" },
    );
    expect(await run(stub)).toMatchObject({ end: "failed-over" });
  });

  test("started again after it was done, it only says again where the traffic goes", async () => {
    await using stub = await lostRegion();
    await run(stub);
    stub.on("application-autoscaling DescribeScalableTargets us-west-2", {
      json: { ScalableTargets: [{ ResourceId: SERVICE, MinCapacity: 4, MaxCapacity: 30 }] },
    });
    stub.on("secretsmanager ListSecrets us-west-2", { json: { SecretList: [] } });
    stub.calls.length = 0;
    await run(stub);
    expect(stub.mutations()).toEqual(["PutMetricData", "PutParameter"]);
  });

  test("fails for a region that was never deployed", async () => {
    await using stub = await lostRegion();
    stub.on("cloudformation DescribeStacks us-west-2", {
      error: "ValidationError",
      message: "Stack with id x does not exist",
    });
    await expect(run(stub)).rejects.toMatchObject({ code: "AWS-035" });
  });

  test("fails for backup-restore, which runs nothing that could take over", async () => {
    await using stub = await startAwsStub();
    await expect(run(stub, { topology: topology("backup-restore") })).rejects.toMatchObject({ code: "AWS-040" });
    expect(stub.calls).toEqual([]);
  });

  test("fails for a system with one region, before it asks AWS anything", async () => {
    await using stub = await startAwsStub();
    const target = { ...TARGET, regions: ["us-west-2"] };
    await expect(run(stub, { target })).rejects.toMatchObject({ code: "AWS-033" });
    expect(stub.calls).toEqual([]);
  });
});

describe("a failback", () => {
  test("switches over without loss, carries the secret over, and notes it in both regions", async () => {
    await using stub = await lostRegion();
    twoRegions(stub);
    await run(stub, { planned: true });
    expect(stub.mutations()).toEqual([
      "RegisterScalableTarget",
      "SwitchoverGlobalCluster",
      "PutMetricData",
      "PutSecretValue",
      "ReplicateSecretToRegions",
      "RotateSecret",
      "PutParameter",
      "PutParameter",
    ]);
    const replicated = stub.calls.find(({ action }) => action === "ReplicateSecretToRegions");
    expect(replicated?.input).toMatchObject({ AddReplicaRegions: [{ Region: "us-east-1", KmsKeyId: "key-of-east" }] });
  });

  test("keeps what the region had alone that was given up, before its writer moves there", async () => {
    await using stub = await lostRegion();
    twoRegions(stub);
    const made = "rds:unplanned-global-failover-shop-production-database-2026-11-21-18-04";
    stub.on("rds DescribeDBClusterSnapshots us-west-2", clusterSnapshots({ [made]: "available" }));
    stub.on("rds CopyDBClusterSnapshot us-west-2", { xml: "" });
    await run(stub, { planned: true });
    const [first, second] = stub.mutations().filter((action) => action !== "RegisterScalableTarget");
    expect([first, second]).toEqual(["CopyDBClusterSnapshot", "SwitchoverGlobalCluster"]);
  });

  describe("to a region whose database does not follow the one that serves", () => {
    /** A plain engine's instance, as the template of a region that follows has it. */
    async function withInstance(stub: LostRegion, source: string): Promise<() => Promise<FailoverResult>> {
      twoRegions(stub);
      const whole = assembly();
      const data = "shop-production-data-us-west-2";
      const resources = { Database: { Type: "AWS::RDS::DBInstance", Properties: {} } };
      const templates = { ...whole.templates, [data]: { Resources: resources } };
      stub.on("cloudformation ListStackResources us-west-2", {
        xml:
          "<StackResourceSummaries><member><LogicalResourceId>Database</LogicalResourceId>" +
          "<PhysicalResourceId>shop-production-ledger</PhysicalResourceId></member></StackResourceSummaries>",
      });
      stub.on("rds DescribeGlobalClusters us-west-2", { xml: "<GlobalClusters/>" });
      stub.on("rds DescribeDBInstances us-west-2", {
        xml:
          "<DBInstances><DBInstance><DBInstanceStatus>available</DBInstanceStatus>" +
          `<ReadReplicaSourceDBInstanceIdentifier>${source}</ReadReplicaSourceDBInstanceIdentifier>` +
          "</DBInstance></DBInstances>",
      });
      const synth = async () => ({ ...whole, templates });
      return () => run(stub, { planned: true, synth, confirm: async () => false });
    }

    test("is refused, and changes nothing: customers would be led to what it had before", async () => {
      await using stub = await lostRegion();
      const goBack = await withInstance(stub, "");
      await expect(goBack()).rejects.toMatchObject({
        code: "AWS-062",
        message: expect.stringContaining("in us-west-2 shop-production-ledger does not follow us-east-1"),
      });
      expect(stub.mutations()).toEqual([]);
    });

    test("can be made once somebody has made it a replica, and again once it serves", async () => {
      await using stub = await lostRegion();
      const goBack = await withInstance(stub, "arn:aws:rds:us-east-1:123456789012:db:shop-production-ledger");
      expect(await goBack()).toMatchObject({ end: "declined" });
      const again = await withInstance(stub, "");
      stub.on("ssm GetParameter us-east-1", { json: { Parameter: { Value: "us-west-2", LastModifiedDate: 1 } } });
      expect(await again()).toMatchObject({ end: "declined" });
    });

    test("is refused for a global database without a cluster there", async () => {
      await using stub = await lostRegion();
      twoRegions(stub);
      const member = "arn:aws:rds:us-east-1:123456789012:cluster:database-us-east-1";
      stub.on("rds DescribeGlobalClusters us-west-2", {
        xml:
          "<GlobalClusters><GlobalClusterMember>" +
          "<GlobalClusterIdentifier>shop-production-database</GlobalClusterIdentifier><Status>available</Status>" +
          `<GlobalClusterMembers><GlobalClusterMember><DBClusterArn>${member}</DBClusterArn><IsWriter>true</IsWriter>` +
          "</GlobalClusterMember></GlobalClusterMembers></GlobalClusterMember></GlobalClusters>",
      });
      await expect(run(stub, { planned: true })).rejects.toMatchObject({ code: "AWS-062" });
      expect(stub.mutations()).toEqual([]);
    });
  });
});
