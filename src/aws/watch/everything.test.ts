import { describe, expect, test } from "vitest";
import { shipWatched } from "../../../test/support/watch-rig.ts";

/** A system with a component of every kind that is watched. */
const EVERYTHING = {
  name: "all",
  regions: { primary: "us-east-1", secondary: "us-west-2" },
  recovery: "warm-standby",
  services: {
    api: { run: "node server.js", health: "/healthz", uses: ["files"] },
    feed: { run: "node feed.js", protocol: "tcp", port: 9000 },
    old: {
      run: "node old.js",
      health: "/healthz",
      platform: "ec2",
      size: { cpu: 0.5 },
      scale: { min: 9, max: 9 },
      uses: ["disks"],
    },
    pods: { run: "node pods.js", health: "/healthz", platform: "eks" },
  },
  queues: { orders: {} },
  topics: { news: { subscribers: ["orders"] } },
  buses: { events: { rules: { placed: { match: { source: ["shop"] }, to: ["orders"] } } } },
  functions: { thumbnails: { code: "./thumbnails", handler: "index.handler", runtime: "nodejs24.x" } },
  httpApis: { public: { routes: { "GET /": "thumbnails" } } },
  databases: { legacy: { engine: "postgresql" }, ledger: { engine: "aurora-mysql" } },
  tables: { carts: { partitionKey: "id", accelerator: true } },
  buckets: { images: {} },
  fileSystems: { files: {} },
  volumes: { disks: { size: "20 GiB" } },
  schedules: { nightly: { expression: "rate(1 day)", to: "orders" } },
};

describe("every kind", () => {
  const rig = shipWatched(EVERYTHING);
  const alarms = rig.watched("AWS::CloudWatch::Alarm");
  const ids = Object.keys(alarms);
  const of = (component: string) =>
    ids.filter((id) => id.startsWith(component)).map((id) => id.slice(component.length));

  test.each([
    ["Api", ["ErrorsAlarm", "LatencyAlarm", "TooFewAlarm", "CpuAlarm", "MemoryAlarm"]],
    ["Feed", ["NoTargetsAlarm", "NoPortsAlarm", "UnhealthyInAAlarm", "TooFewAlarm"]],
    ["Old", ["ErrorsAlarm", "TooFewAlarm", "TooFewInstancesAlarm", "StatusChecksAlarm"]],
    ["Pods", ["ErrorsAlarm", "NodesAlarm"]],
    ["Orders", ["DeadLettersAlarm", "OldestAlarm"]],
    ["News", ["UndeliveredAlarm", "LostAlarm"]],
    ["Events", ["UndeliveredAlarm", "LostAlarm"]],
    ["Thumbnails", ["ErrorsAlarm", "ThrottlesAlarm", "DurationAlarm", "LateEventsAlarm", "LostEventsAlarm"]],
    ["Public", ["ErrorsAlarm", "LatencyAlarm"]],
    ["Legacy", ["CpuAlarm", "MemoryAlarm", "ConnectionsAlarm", "StorageAlarm", "ReplicaLagAlarm"]],
    ["Ledger", ["CpuAlarm", "MemoryAlarm", "ConnectionsAlarm", "ReaderLagAlarm", "OtherRegionLagAlarm"]],
    ["Carts", ["ThrottlesAlarm", "AwsErrorsAlarm", "OtherRegionLagAlarm"]],
    ["Carts", ["AcceleratorErrorsAlarm", "AcceleratorCpuAlarm", "AcceleratorMemoryAlarm"]],
    ["Disks", ["SnapshotsFailedAlarm"]],
    ["ScheduleGroup", ["RefusedAlarm", "LostAlarm"]],
    ["Images", ["NotCopiedAlarm", "OtherRegionLagAlarm"]],
    ["Files", ["OperationsAlarm"]],
  ])("%s is watched for %j", (component, expected) => {
    expect(of(component)).toEqual(expect.arrayContaining(expected));
  });

  test("a service on instances is measured by its own name, and its instances by their group's", () => {
    const dimensions = (id: string) => alarms[id]?.Properties.Dimensions;
    expect(dimensions("OldTooFewAlarm")).toContainEqual({ Name: "ServiceName", Value: "old" });
    expect(dimensions("OldStatusChecksAlarm")).toEqual([{ Name: "AutoScalingGroupName", Value: "old" }]);
  });

  test("a service on instances has too few tasks, or too few instances, each counted by its own", () => {
    const of = (id: string) => [alarms[id]?.Properties.MetricName, alarms[id]?.Properties.Threshold];
    expect(of("OldTooFewAlarm")).toEqual(["RunningTaskCount", 9]);
    expect(of("OldTooFewInstancesAlarm")).toEqual(["GroupInServiceInstances", 3]);
  });

  test("instances are patched weekly, one at a time, by a baseline of the system's own", () => {
    const [baseline] = Object.values(rig.watched("AWS::SSM::PatchBaseline"));
    expect(baseline?.Properties.PatchGroups).toEqual(["all-production"]);
    const [task] = Object.values(rig.watched("AWS::SSM::MaintenanceWindowTask"));
    expect(task?.Properties).toMatchObject({ TaskArn: "AWS-RunPatchBaseline", MaxConcurrency: "1", MaxErrors: "0" });
  });

  test("the dashboard shows each component, zones together, and every widget within the grid", () => {
    const [dashboard] = Object.values(rig.watched("AWS::CloudWatch::Dashboard"));
    const body = JSON.stringify(dashboard?.Properties.DashboardBody);
    for (const component of ["api", "feed", "ledger", "carts", "images"]) expect(body).toContain(`## ${component}`);
    const at = [...body.matchAll(/\\"x\\":(\d+),\\"y\\":(\d+),\\"width\\":(\d+),\\"height\\":(\d+)/g)].map((match) =>
      match.slice(1).map(Number),
    );
    expect(at.length).toBeGreaterThan(40);
    const taken = new Set<string>();
    for (const [x = 0, y = 0, width = 0, height = 0] of at) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column++) {
        for (let row = y; row < y + height; row++) {
          expect(taken.has(`${column},${row}`), `two widgets at ${column},${row}`).toBe(false);
          taken.add(`${column},${row}`);
        }
      }
    }
    expect(body).toContain("errors by zone");
  });

  test("a system without instances has nothing to patch", () => {
    const { services: _, ...rest } = EVERYTHING;
    const services = { api: { run: "node server.js", health: "/healthz", uses: ["files"] } };
    expect(shipWatched({ ...rest, services }).watched("AWS::SSM::PatchBaseline")).toEqual({});
  });
});

describe("the trail", () => {
  const SMALL = { name: "small", services: { api: { run: "node server.js" } }, regions: { primary: "eu-west-1" } };

  test("tells of every region, cannot be changed unnoticed, and is encrypted", () => {
    const rig = shipWatched(SMALL);
    const [trail] = Object.values(rig.watched("AWS::CloudTrail::Trail"));
    expect(trail?.Properties).toMatchObject({
      IsMultiRegionTrail: true,
      EnableLogFileValidation: true,
      IncludeGlobalServiceEvents: true,
      IsLogging: true,
    });
    expect(trail?.Properties.KMSKeyId).toBeDefined();
    expect(trail?.DependsOn).toContain("TrailBucketPolicy");
    const policy = rig.watched("AWS::S3::BucketPolicy")["TrailBucketPolicy"];
    const given = policy?.Properties.PolicyDocument.Statement.filter(
      ({ Effect }: Record<string, string>) => Effect === "Allow",
    );
    expect(given).toHaveLength(2);
    for (const { Condition } of given) expect(Condition.StringEquals["aws:SourceArn"]).toBeDefined();
    expect(rig.watched("AWS::S3::Bucket")["TrailBucket"]?.DeletionPolicy).toBe("RetainExceptOnCreate");
  });

  test("is the account's where the definition names one, and there is one for both regions", () => {
    expect(shipWatched({ ...SMALL, trail: "everything" }).watched("AWS::CloudTrail::Trail")).toEqual({});
    expect(shipWatched(EVERYTHING).watched("AWS::CloudTrail::Trail", 1)).toEqual({});
  });
});
