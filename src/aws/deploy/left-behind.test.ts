import { expect, test } from "vitest";
import { type AwsStub, startAwsStub } from "../../../test/support/aws-stub.ts";
import { TARGET, clusterSnapshots } from "../../../test/support/lost-region.ts";
import { listeningHost } from "../../../test/support/quick-clock.ts";
import type { Topology } from "../../topology/topology.ts";
import { Aws } from "./aws.ts";
import { keepAllLeftBehind, keepLeftBehind } from "./left-behind.ts";

const MADE = "rds:unplanned-global-failover-shop-production-database-2026-11-21-18-04";
const COPY = "left-behind-shop-production-database-2026-11-21-18-04";

function awsAt({ endpoint }: AwsStub): Aws {
  return new Aws({ endpoint, credentials: { accessKeyId: "a", secretAccessKey: "b" }, attempts: 1 });
}

function keep(stub: AwsStub): Promise<void> {
  return keepLeftBehind({ aws: awsAt(stub), target: TARGET, host: listeningHost() }, "us-east-1");
}

function copies(stub: AwsStub): readonly unknown[] {
  return stub.calls
    .filter(({ action }) => action === "CopyDBClusterSnapshot")
    .map(({ input }) => input["TargetDBClusterSnapshotIdentifier"]);
}

async function stubWith(snapshots: Readonly<Record<string, string>>): Promise<AwsStub> {
  const stub = await startAwsStub();
  stub.on("rds DescribeDBClusterSnapshots us-east-1", clusterSnapshots(snapshots));
  stub.on("rds CopyDBClusterSnapshot us-east-1", { xml: "" });
  return stub;
}

test("what a region had alone that was given up is copied to a snapshot that stays, once", async () => {
  await using stub = await stubWith({ [MADE]: "available", "rds:shop-production-database-2026-11-20": "available" });
  await keep(stub);
  expect(stub.calls.at(-1)?.input).toMatchObject({ SourceDBClusterSnapshotIdentifier: MADE });
  expect(copies(stub)).toEqual([COPY]);
  stub.on("rds DescribeDBClusterSnapshots us-east-1", clusterSnapshots({ [MADE]: "available", [COPY]: "creating" }));
  await keep(stub);
  expect(copies(stub)).toEqual([COPY]);
});

test("a deploy looks in the regions that do not serve, and asks nothing where no database is Aurora's", async () => {
  await using stub = await stubWith({ [MADE]: "available" });
  const host = listeningHost();
  for (const engine of ["postgresql", "aurora-postgresql"]) {
    const components = [{ id: "database", kind: "database", settings: { engine } }];
    const topology = { components } as unknown as Topology; // all that is looked at
    expect(stub.calls).toEqual([]);
    await keepAllLeftBehind({ aws: awsAt(stub), target: TARGET, host }, topology, TARGET.regions[1]);
  }
  expect(new Set(stub.calls.map(({ region }) => region))).toEqual(new Set(["us-east-1"]));
  expect(copies(stub)).toEqual([COPY]);
});

test("another system's is left alone, and one that is still being made is left for later", async () => {
  const other = MADE.replace("shop-", "tea-");
  await using stub = await stubWith({ [other]: "available", [MADE]: "creating" });
  await keep(stub);
  expect(copies(stub)).toEqual([]);
});

test("every page of snapshots is looked at, and a copy that somebody else has just made is enough", async () => {
  await using stub = await stubWith({});
  const second = clusterSnapshots({ [MADE]: "available" });
  stub.on("rds DescribeDBClusterSnapshots us-east-1", ({ input }) =>
    input["Marker"] === "more" ? second : { xml: "<Marker>more</Marker><DBClusterSnapshots/>" },
  );
  stub.on("rds CopyDBClusterSnapshot us-east-1", { error: "DBClusterSnapshotAlreadyExistsFault" });
  await keep(stub);
  expect(copies(stub)).toEqual([COPY]);
});

test("a long name keeps its end, which tells the moment, and has no more characters than RDS takes", async () => {
  const long = `rds:unplanned-global-failover-shop-production-${"very-".repeat(8)}long-2026-11-21-18-04`;
  await using stub = await stubWith({ [long]: "available" });
  await keep(stub);
  const [name] = copies(stub) as string[];
  expect(name).toMatch(/^left-behind-[a-z0-9](-?[a-z0-9])*-2026-11-21-18-04$/);
  expect(name?.length).toBeLessThanOrEqual(63);
});
