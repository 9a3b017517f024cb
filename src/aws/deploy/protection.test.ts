import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type AwsStub, startAwsStub } from "../../../test/support/aws-stub.ts";
import { teachCloudFormation } from "../../../test/support/cloud-formation.ts";
import { protectedIn } from "../../../test/support/protection-rule.ts";
import { TINY_STACKS, tinyAccount } from "../../../test/support/tiny-account.ts";
import { type Guarded, tinyAssembly } from "../../../test/support/tiny-assembly.ts";
import type { Host } from "../../base/host.ts";
import type { Assembly } from "../synth.ts";
import type { Template } from "../template.ts";
import { type DeployResult, deploy } from "./deploy.ts";
import { type DestroyResult, destroy } from "./destroy.ts";
import { switchProtection } from "./protection.ts";

const { data: DATA } = TINY_STACKS;
const ALL: Guarded = { balancers: ["Api"], cluster: true, replicas: ["us-east-1", "us-west-2"] };
const PARTS = ["Cluster", "Api", "Table/us-east-1", "Table/us-west-2"].sort();

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "holdfast-test-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

/** An account, with a deploy and a destroy of a system in it, and what AWS would refuse to delete there. */
function account(stub: AwsStub) {
  const cloud = teachCloudFormation(stub);
  const common = tinyAccount(stub);
  let count = 0;
  const assembled = (guarded: Guarded): Assembly =>
    tinyAssembly({ directory: join(directory, String((count += 1))), guarded });
  return {
    ...cloud,
    ...common,
    cloud,
    run: (guarded: Guarded, host: Host = common.host, allowReplacement = true): Promise<DeployResult> =>
      deploy({ ...common, host, synth: async () => assembled(guarded), allowReplacement }),
    end: (guarded: Guarded): Promise<DestroyResult> => destroy({ ...common, assembly: assembled(guarded) }),
    stack: () => cloud.stacks.get(`${DATA} us-east-1`)!,
    guarded: () => {
      const { template, parameters } = cloud.stacks.get(`${DATA} us-east-1`)!;
      return protectedIn({ template: JSON.parse(template) as Template, parameters }).toSorted();
    },
  };
}

describe("protection from deletion", () => {
  test("is put on when a creation has succeeded, and a second run changes nothing", async () => {
    await using stub = await startAwsStub();
    const { run, guarded } = account(stub);
    await run(ALL);
    expect(guarded()).toEqual(PARTS);
    const order = stub.mutations();
    expect(order.indexOf("ExecuteChangeSet")).toBeLessThan(order.indexOf("UpdateStack"));
    stub.calls.length = 0;
    expect(await run(ALL)).toMatchObject({ end: "unchanged" });
    expect(stub.mutations()).toEqual(["PutParameter", "PutParameter"]);
  });

  test("is not in the way of the rollback of a first creation, nor of the next attempt", async () => {
    await using stub = await startAwsStub();
    const { run, stack, guarded, fails, refused } = account(stub);
    fails.set(DATA, "ROLLBACK_COMPLETE");
    await expect(run(ALL)).rejects.toThrow(DATA);
    expect(stack().status).toBe("ROLLBACK_COMPLETE");
    fails.clear();
    await run(ALL);
    expect(guarded()).toEqual(PARTS);
    expect(refused).toEqual([]);
  });

  test("is put on by the next run when one was ended between creation and protection", async () => {
    await using stub = await startAwsStub();
    const { run, stack, guarded } = account(stub);
    const say: Host["say"] = ({ text }) => {
      if (text.startsWith("protects")) throw new Error("the machine went down");
    };
    await expect(run(ALL, { say })).rejects.toThrow("went down");
    expect(stack().status).toBe("CREATE_COMPLETE");
    expect(guarded()).toEqual([]);
    await run(ALL);
    expect(guarded()).toEqual(PARTS);
  });

  test("stays on what is there while something is added, and what is added can be rolled back", async () => {
    await using stub = await startAwsStub();
    const { run, guarded, fails, refused } = account(stub);
    await run({ balancers: ["Api"] });
    fails.set(DATA, "UPDATE_ROLLBACK_COMPLETE");
    await expect(run({ balancers: ["Api", "Quotes"], cluster: true })).rejects.toThrow(DATA);
    fails.clear();
    stub.calls.length = 0;
    await run({ balancers: ["Api", "Quotes"], cluster: true });
    expect(guarded()).toEqual(["Api", "Cluster", "Quotes"]);
    expect(refused).toEqual([]);
    const told = stub.calls.filter(({ action }) => action === "CreateChangeSet").map(({ input }) => valuesOf(input));
    expect(told[0]).toMatchObject({
      ApiDeletionProtection: "true",
      QuotesDeletionProtection: "false",
      DbDeletionProtection: "false",
    });
  });

  test("is lifted of what goes, and of nothing else: neither what stays nor what is retained", async () => {
    await using stub = await startAwsStub();
    const { run, guarded, refused } = account(stub);
    await run({ ...ALL, balancers: ["Api", "Quotes"] });
    stub.calls.length = 0;
    await run({ balancers: ["Api"], replicas: ["us-east-1"] });
    expect(refused).toEqual([]);
    expect(guarded()).toEqual(["Api", "Table/us-east-1"]);
    const [lifted] = stub.calls.filter(({ action }) => action === "UpdateStack").map(({ input }) => valuesOf(input));
    const off = Object.entries(lifted ?? {}).filter(([, value]) => value === "false");
    expect(off.map(([name]) => name).sort()).toEqual(["QuotesDeletionProtection", "TableUsWest2DeletionProtection"]);
  });

  test("is lifted before a system is destroyed, but for what is retained", async () => {
    await using stub = await startAwsStub();
    const { run, end, stacks, refused } = account(stub);
    await run(ALL);
    stub.calls.length = 0;
    expect(await end(ALL)).toMatchObject({ end: "destroyed" });
    expect(stacks.size).toBe(0);
    expect(refused).toEqual([]);
    const [lifted, ...more] = stub.calls.filter(({ action }) => action === "UpdateStack");
    expect(more).toEqual([]);
    expect(valuesOf(lifted!.input)).toMatchObject({ ApiDeletionProtection: "false", DbDeletionProtection: undefined });
  });

  test("is lifted of a stack that the system has no more", async () => {
    await using stub = await startAwsStub();
    const { run, stacks, stack, refused } = account(stub);
    await run({ balancers: ["Api"] });
    const { template, parameters } = stack();
    const { Resources, Parameters } = JSON.parse(template) as Template;
    const former = JSON.stringify({ Parameters, Resources: { Api: Resources!["Api"] } });
    stacks.set("tiny-dev-compute-us-west-2 us-west-2", { ...stack(), template: former, parameters, outputs: {} });
    await run({ balancers: ["Api"] });
    expect(stacks.has("tiny-dev-compute-us-west-2 us-west-2")).toBe(false);
    expect(refused).toEqual([]);
  });

  test("is put on again when what was to go stays, because its deploy was refused or failed", async () => {
    await using stub = await startAwsStub();
    const { run, guarded, fails, stack, replaces } = account(stub);
    await run({ balancers: ["Api", "Quotes"] });
    replaces.set(DATA, ["OrdersQueue"]);
    await expect(run({ balancers: ["Api"] }, undefined, false)).rejects.toMatchObject({ code: "AWS-027" });
    expect(guarded()).toEqual(["Api", "Quotes"]);
    replaces.clear();
    stub.on("cloudformation CreateChangeSet", { error: "LimitExceeded", message: "not now" });
    await expect(run({ balancers: ["Api"] })).rejects.toThrow("not now");
    expect(guarded()).toEqual(["Api", "Quotes"]);
    expect(fails.size).toBe(0);
    expect(stack().status).toBe("UPDATE_COMPLETE");
  });

  test("is put on again when a stack that was to go cannot be deleted", async () => {
    await using stub = await startAwsStub();
    const { run, end, guarded } = account(stub);
    await run({ balancers: ["Api"] });
    stub.on("cloudformation DeleteStack", { error: "ValidationError", message: "somebody uses it" });
    await expect(end({ balancers: ["Api"] })).rejects.toThrow("somebody uses it");
    expect(guarded()).toEqual(["Api"]);
  });

  test("that could not be put on again is told, and is put on by the next run", async () => {
    await using stub = await startAwsStub();
    const { run, guarded, replaces, aws, host } = account(stub);
    await run({ balancers: ["Api", "Quotes"] });
    replaces.set(DATA, ["OrdersQueue"]);
    let updates = 0;
    const real = aws.cloudFormation.bind(aws);
    aws.cloudFormation = async (region) => {
      const client = await real(region);
      const update = client.updateStack.bind(client);
      return new Proxy(client, {
        get: (of, name) =>
          name !== "updateStack"
            ? (Reflect.get(of, name) as unknown)
            : async (...args: Parameters<typeof update>) => {
                if ((updates += 1) === 2) throw new Error("the line is cut");
                return update(...args);
              },
      });
    };
    await expect(run({ balancers: ["Api"] }, undefined, false)).rejects.toMatchObject({ code: "AWS-027" });
    expect(guarded()).toEqual(["Api"]);
    expect(host.said.join()).toContain("Quotes stays unprotected from deletion");
    replaces.clear();
    await run({ balancers: ["Api", "Quotes"] });
    expect(guarded()).toEqual(["Api", "Quotes"]);
  });

  test("is not taken for refused while CloudFormation still tells what was before", async () => {
    await using stub = await startAwsStub();
    const cloud = account(stub);
    cloud.cloud.lag = 3;
    await cloud.run(ALL);
    expect(cloud.guarded()).toEqual(PARTS);
    await cloud.run({ ...ALL, balancers: [] });
    expect(cloud.refused).toEqual([]);
    expect(cloud.guarded()).toEqual(PARTS.filter((part) => part !== "Api"));
  });

  test("that AWS does not put on is an error, and not taken for done", async () => {
    await using stub = await startAwsStub();
    const { run, stack, fails, aws, host, clock, signal } = account(stub);
    await run({ balancers: ["Api"] });
    fails.set(DATA, "UPDATE_ROLLBACK_COMPLETE");
    const lift = { parameters: ["ApiDeletionProtection"], isOn: false };
    const stackName = { name: DATA, region: "us-east-1" };
    await expect(switchProtection(aws, stackName, lift, { host, clock, signal })).rejects.toMatchObject({
      code: "AWS-056",
    });
    expect(stack().parameters["ApiDeletionProtection"]).toBe("true");
  });
});

/** The parameters of a call; undefined where the previous value is used. */
function valuesOf(input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const keys = Object.keys(input).filter((key) => key.endsWith(".ParameterKey"));
  return Object.fromEntries(keys.map((key) => [String(input[key]), input[key.replace(/Key$/, "Value")]]));
}
