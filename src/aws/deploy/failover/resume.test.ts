import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  type LostRegion,
  assembly,
  globalCluster,
  lostRegion,
  run,
  topology,
  twoRegions,
} from "../../../../test/support/lost-region.ts";
import { quickClock } from "../../../../test/support/quick-clock.ts";
import type { FailoverOptions, FailoverResult } from "./failover.ts";

const DENIED = { error: "AccessDeniedException" };
const SILENT = { error: "ServiceUnavailable", status: 503 };

const FAILOVER = ["fence", "promote", "scale", "shift", "verify"];
const SWITCHOVER = ["scale", "quiesce", "catch-up", "promote", "shift", "follow", "verify"];

/** Runs until a call of AWS's fails, and lets that call succeed from then on. */
async function breakOff(stub: LostRegion, call: string, options: Partial<FailoverOptions> = {}): Promise<void> {
  const inner = stub.handler(call);
  stub.on(call, DENIED);
  await expect(run(stub, options)).rejects.toMatchObject({ code: "AWS-023" });
  stub.on(call, inner);
}

const look = { confirm: async () => false } as const;
const names = ({ stages }: FailoverResult): string[] => stages.map(({ name }) => name);
const count = (stub: LostRegion, action: string): number => stub.mutations().filter((each) => each === action).length;

describe("a failover that broke off", () => {
  test.each([
    ["promote", "rds FailoverGlobalCluster us-west-2"],
    ["scale", "ecs DescribeServices us-west-2"],
    ["shift", "monitoring PutMetricData us-west-2"],
    ["verify", "ssm PutParameter us-west-2"],
  ])("in stage %s goes on with it, and makes none before it again", async (stage, call) => {
    await using stub = await lostRegion();
    await breakOff(stub, call);
    stub.calls.length = 0;
    const result = await run(stub);
    expect(result.end).toBe("failed-over");
    expect(names(result)).toEqual(["check", ...FAILOVER.slice(FAILOVER.indexOf(stage))]);
    expect(count(stub, "FailoverGlobalCluster")).toBe(stage === "promote" ? 1 : 0);
    expect(existsSync(stub.record), "nothing is under way any more").toBe(false);
  });

  test.each([
    ["scale", "ecs DescribeServices us-west-2"],
    ["catch-up", "rds SwitchoverGlobalCluster us-west-2"],
    ["shift", "monitoring PutMetricData us-west-2"],
    ["follow", "secretsmanager PutSecretValue us-west-2"],
    ["verify", "ssm PutParameter us-west-2"],
  ])("as a failback in stage %s goes on with it, and makes none before it again", async (stage, call) => {
    await using stub = await lostRegion();
    twoRegions(stub);
    await breakOff(stub, call, { planned: true });
    stub.calls.length = 0;
    const result = await run(stub, { planned: true });
    expect(names(result)).toEqual(["check", ...SWITCHOVER.slice(SWITCHOVER.indexOf(stage))]);
    expect(count(stub, "SwitchoverGlobalCluster")).toBe(SWITCHOVER.indexOf(stage) <= 2 ? 1 : 0);
    expect(existsSync(stub.record)).toBe(false);
  });

  test.each([
    ["fence", "promote"],
    ["promote", "promote"],
    ["shift", "verify"],
  ])("by Ctrl-C in stage %s goes on with %s", async (stage, next) => {
    await using stub = await lostRegion({ plan: true });
    const stop = new AbortController();
    const host = { say: ({ about }: { about?: string }) => void (about === stage && stop.abort()) };
    expect(await run(stub, { host, signal: stop.signal })).toMatchObject({ end: "interrupted" });
    expect(names(await run(stub))).toEqual(["check", ...FAILOVER.slice(FAILOVER.indexOf(next))]);
  });

  test("says in a dry run what is ahead, and goes on with it afterwards all the same", async () => {
    await using stub = await lostRegion();
    await breakOff(stub, "monitoring PutMetricData us-west-2");
    for (const _ of [1, 2]) expect((await run(stub, look)).check.stages).toEqual(["check", "shift", "verify"]);
  });

  test("begins with its first stage where somebody has deployed or failed over since then", async () => {
    await using stub = await lostRegion();
    await breakOff(stub, "monitoring PutMetricData us-west-2");
    const noted = (at: number) => ({ json: { Parameter: { Value: "us-west-2", LastModifiedDate: at / 1_000 } } });
    const now = quickClock().now();
    stub.on("ssm GetParameter us-west-2", noted(now - 1_000));
    expect((await run(stub, look)).check.stages).toEqual(["check", "shift", "verify"]);
    stub.on("ssm GetParameter us-west-2", noted(now + 3_600_000));
    expect((await run(stub, look)).check.stages).toEqual(["check", ...FAILOVER]);
  });

  test("begins with its first stage where the writer that it had moved is elsewhere again", async () => {
    await using stub = await lostRegion();
    await breakOff(stub, "monitoring PutMetricData us-west-2");
    stub.on("rds DescribeGlobalClusters us-west-2", globalCluster("us-east-1"));
    expect((await run(stub, look)).check.stages).toEqual(["check", ...FAILOVER]);
  });
});

describe("at most one plan is under way", () => {
  test("a failback is refused while a failover is, and changes nothing", async () => {
    await using stub = await lostRegion();
    await breakOff(stub, "monitoring PutMetricData us-west-2");
    stub.calls.length = 0;
    await expect(run(stub, { planned: true })).rejects.toMatchObject({
      code: "AWS-061",
      message: expect.stringContaining("a failover is under way"),
      fix: expect.stringContaining("holdfast failover --to us-west-2"),
    });
    expect(stub.mutations()).toEqual([]);
    expect((await run(stub, look)).check.stages).toEqual(["check", "shift", "verify"]);
  });

  test("a failback whose source is not seen is refused, and changes nothing", async () => {
    await using stub = await lostRegion();
    stub.on("ssm GetParameter us-east-1", SILENT);
    await expect(run(stub, { planned: true })).rejects.toMatchObject({
      code: "AWS-061",
      message: expect.stringContaining("us-east-1 is not seen: only a failover can be had"),
    });
    expect(stub.mutations()).toEqual([]);
    expect(existsSync(stub.record)).toBe(false);
  });

  test("a failback whose source is lost half-way becomes a failover, and only where somebody says so", async () => {
    await using stub = await lostRegion();
    twoRegions(stub);
    await breakOff(stub, "rds SwitchoverGlobalCluster us-west-2", { planned: true });
    stub.on("ssm GetParameter us-east-1", SILENT);
    await expect(run(stub, { planned: true })).rejects.toMatchObject({ code: "AWS-061" });
    stub.calls.length = 0;
    expect(names(await run(stub))).toEqual(["check", ...FAILOVER]);
    expect(count(stub, "FailoverGlobalCluster")).toBe(1);
    expect(new Set(stub.calls.map(({ region }) => region))).toEqual(new Set(["us-west-2"]));
  });

  test("a failback whose source is lost when it has handed everything over ends without it", async () => {
    await using stub = await lostRegion();
    twoRegions(stub);
    await breakOff(stub, "monitoring PutMetricData us-west-2", { planned: true });
    stub.on("ssm GetParameter us-east-1", SILENT);
    stub.calls.length = 0;
    const result = await run(stub, { planned: true });
    expect(names(result)).toEqual(["check", "shift", "verify"]);
    const asked = stub.calls.filter(({ region }) => region === "us-east-1").map(({ action }) => action);
    expect(new Set(asked)).toEqual(new Set(["GetParameter"]));
  });

  test("a failback that moved no writer yet is taken back by a failover to the region that serves", async () => {
    await using stub = await lostRegion();
    twoRegions(stub);
    await breakOff(stub, "rds SwitchoverGlobalCluster us-west-2", { planned: true });
    stub.on("ssm GetParameter us-east-1", { error: "ParameterNotFound" });
    stub.on("rds DescribeGlobalClusters us-east-1", globalCluster("us-east-1"));
    stub.on("arc-region-switch ListPlansInRegion us-east-1", { json: { plans: [] } });
    stub.calls.length = 0;
    expect(names(await run(stub, { to: "us-east-1" }))).toEqual(["check", "resume"]);
    expect(stub.mutations()).toEqual(["PutMetricData", "PutParameter"]);
    expect(existsSync(stub.record)).toBe(false);
  });
});

describe("what nobody can say of the region that is given up", () => {
  test("is said before, of a failover, and not of a failback", async () => {
    await using stub = await lostRegion();
    twoRegions(stub);
    const { check } = await run(stub, look);
    expect(check.inDoubt).toContain("what us-east-1 acknowledges alone is lost");
    expect((await run(stub, { ...look, planned: true })).check.inDoubt).toBeNull();
  });
});

describe("a pilot light", () => {
  const options = { topology: topology("pilot-light"), synth: async () => assembly("pilot-light") };

  test("has its databases write before anything is set up, and goes on with that where it broke off", async () => {
    await using stub = await lostRegion({ plan: true });
    stub.on("cloudformation GetTemplate us-west-2", DENIED);
    await expect(run(stub, options)).rejects.toThrow();
    expect(stub.mutations()).toEqual(["FailoverGlobalCluster", "StopReplicationToReplica", "RotateSecret"]);
    expect((await run(stub, { ...options, ...look })).check).toMatchObject({
      plan: null,
      stages: ["check", "start", "shift", "verify"],
    });
  });
});
