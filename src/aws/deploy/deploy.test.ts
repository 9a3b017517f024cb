import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type AwsStub, startAwsStub } from "../../../test/support/aws-stub.ts";
import { teachCloudFormation } from "../../../test/support/cloud-formation.ts";
import { listeningHost, quickClock } from "../../../test/support/quick-clock.ts";
import { TINY_STACKS, tinyAccount } from "../../../test/support/tiny-account.ts";
import { tinyAssembly } from "../../../test/support/tiny-assembly.ts";
import { type DeployOptions, type DeployResult, deploy } from "./deploy.ts";

const { data: DATA, other: OTHER } = TINY_STACKS;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "holdfast-test-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

function run(
  stub: AwsStub,
  options: Partial<DeployOptions> & { queueName?: string; late?: boolean } = {},
): Promise<DeployResult> {
  const { queueName, late, ...others } = options;
  return deploy({
    ...tinyAccount(stub),
    allowReplacement: false,
    synth: async (active) =>
      tinyAssembly({
        directory: join(directory, active),
        active,
        ...(queueName === undefined ? {} : { queueName }),
        ...(late === undefined ? {} : { late }),
      }),
    ...others,
  });
}

describe("a deploy", () => {
  test("creates every stack in its order, and carries an output over to the other region", async () => {
    await using stub = await startAwsStub();
    const { stacks } = teachCloudFormation(stub);
    const result = await run(stub);
    expect(result).toMatchObject({ end: "deployed", deployed: [DATA, OTHER] });
    expect(stacks.get(`${DATA} us-east-1`)?.status).toBe("CREATE_COMPLETE");
    expect(stacks.get(`${OTHER} us-west-2`)?.parameters).toMatchObject({ KeyArn: "arn:of:the:key" });
    const noted = stub.calls.filter(({ action }) => action === "PutParameter");
    expect(noted.map(({ region, input }) => [region, input["Value"]])).toEqual([
      ["us-east-1", "us-east-1"],
      ["us-west-2", "us-east-1"],
    ]);
  });

  test("says before it asks whose account it is, by its name where that may be known", async () => {
    await using stub = await startAwsStub();
    teachCloudFormation(stub);
    const asked = async (): Promise<unknown> => (await run(stub, { confirm: async () => false })).plan.account;
    expect(await asked()).toEqual({ id: "123456789012", alias: "tea" });
    stub.on("iam ListAccountAliases", { error: "AccessDenied", status: 403 });
    expect(await asked()).toEqual({ id: "123456789012", alias: null });
    expect(stub.mutations()).toEqual([]);
  });

  test("carries what comes late over by a second update, and only once", async () => {
    await using stub = await startAwsStub();
    const { stacks } = teachCloudFormation(stub);
    await run(stub, { late: true });
    expect(stacks.get(`${DATA} us-east-1`)?.parameters).toMatchObject({ PlanArn: "arn:of:the:plan" });
    expect(stub.mutations().filter((action) => action === "ExecuteChangeSet")).toHaveLength(3);
    stub.calls.length = 0;
    await run(stub, { late: true });
    expect(stub.mutations()).toEqual(["PutParameter", "PutParameter"]);
  });

  test("asks nothing of a region that it may not touch, and leaves its values as they are", async () => {
    await using stub = await startAwsStub();
    const { stacks } = teachCloudFormation(stub);
    await run(stub);
    stub.calls.length = 0;
    await run(stub, { active: "us-west-2", regions: ["us-west-2"] });
    expect(new Set(stub.calls.map(({ region }) => region))).toEqual(new Set(["us-west-2"]));
    expect(stacks.get(`${OTHER} us-west-2`)?.parameters).toMatchObject({ KeyArn: "arn:of:the:key" });
  });

  test("started again with nothing to do, it deploys nothing", async () => {
    await using stub = await startAwsStub();
    teachCloudFormation(stub);
    await run(stub);
    stub.calls.length = 0;
    expect(await run(stub)).toMatchObject({ end: "unchanged" });
    expect(stub.mutations()).toEqual(["PutParameter", "PutParameter"]);
  });

  test("reads first which region serves, so that after a failover nothing is scaled down", async () => {
    await using stub = await startAwsStub();
    const { stacks } = teachCloudFormation(stub);
    await run(stub);
    const asked = (name: unknown): boolean => String(name).endsWith("active-region");
    stub.on("ssm GetParameter us-west-2", ({ input }) =>
      asked(input["Name"])
        ? { json: { Parameter: { Value: "us-west-2", LastModifiedDate: 1_800_000_000 } } }
        : { json: { Parameter: { Value: "30" } } },
    );
    const result = await run(stub);
    expect(result.plan.active).toBe("us-west-2");
    expect(JSON.parse(stacks.get(`${DATA} us-east-1`)!.template)).toMatchObject({
      Resources: { Settings: { Properties: { Value: "us-west-2" } } },
    });
  });

  test("a dry run reads, and makes no call that changes anything", async () => {
    await using stub = await startAwsStub();
    teachCloudFormation(stub);
    const result = await run(stub, { confirm: async () => false });
    expect(result).toMatchObject({ end: "declined", plan: { stacks: [{ action: "create" }, { action: "create" }] } });
    expect(stub.mutations()).toEqual([]);
    expect(stub.objects.size).toBe(0);
  });

  test("refuses to replace what keeps data, before anything is changed", async () => {
    await using stub = await startAwsStub();
    teachCloudFormation(stub);
    await run(stub);
    stub.calls.length = 0;
    await expect(run(stub, { queueName: "another" })).rejects.toMatchObject({
      code: "AWS-027",
      message: expect.stringContaining("OrdersQueue (AWS::SQS::Queue) would be replaced, because QueueName changes"),
    });
    expect(stub.mutations()).toEqual([]);
  });

  test("replaces it where that is allowed", async () => {
    await using stub = await startAwsStub();
    teachCloudFormation(stub);
    await run(stub);
    expect(await run(stub, { queueName: "another", allowReplacement: true })).toMatchObject({ end: "deployed" });
  });

  test("refuses a change set that replaces what keeps data although the templates do not show it", async () => {
    await using stub = await startAwsStub();
    const { replaces, stacks } = teachCloudFormation(stub);
    await run(stub);
    const before = stacks.get(`${DATA} us-east-1`)?.template;
    replaces.set(DATA, ["OrdersQueue"]);
    await expect(run(stub, { active: "us-west-2" })).rejects.toMatchObject({ code: "AWS-027" });
    expect(stacks.get(`${DATA} us-east-1`)?.template).toBe(before);
  });

  test("tells of a stack in ROLLBACK_FAILED, with the command that mends it", async () => {
    await using stub = await startAwsStub();
    const { stacks } = teachCloudFormation(stub);
    await run(stub);
    stacks.get(`${DATA} us-east-1`)!.status = "ROLLBACK_FAILED";
    stacks.get(`${OTHER} us-west-2`)!.status = "UPDATE_ROLLBACK_FAILED";
    stub.calls.length = 0;
    await expect(run(stub, { active: "us-west-2" })).rejects.toMatchObject({
      code: "AWS-026",
      fix: expect.stringMatching(/delete-stack --stack-name tiny-dev-data-us-east-1 .*\n.*continue-update-rollback/),
    });
    expect(stub.mutations()).toEqual([]);
  });

  test("an interrupted run is started again: what was in review or in progress does not stop it", async () => {
    await using stub = await startAwsStub();
    const { stacks } = teachCloudFormation(stub);
    await run(stub);
    const east = stacks.get(`${DATA} us-east-1`)!;
    east.status = "UPDATE_IN_PROGRESS";
    stacks.set(`${OTHER} us-west-2`, { ...east, template: "{}", parameters: {}, status: "REVIEW_IN_PROGRESS" });
    const host = listeningHost();
    const clock = quickClock();
    const sleep = clock.sleep.bind(clock);
    clock.sleep = async (ms, signal) => {
      east.status = "UPDATE_COMPLETE";
      await sleep(ms, signal);
    };
    expect(await run(stub, { host, clock, active: "us-west-2" })).toMatchObject({ end: "deployed" });
    expect(host.said.join()).toContain("UPDATE_IN_PROGRESS since before");
    expect(stacks.get(`${OTHER} us-west-2`)?.status).toBe("CREATE_COMPLETE");
  });

  test("plans anew what was under way and was rolled back since", async () => {
    await using stub = await startAwsStub();
    const { stacks } = teachCloudFormation(stub);
    await run(stub);
    const east = stacks.get(`${DATA} us-east-1`)!;
    const former = east.template;
    await run(stub, { active: "us-west-2" });
    const wanted = stacks.get(`${DATA} us-east-1`)!;
    wanted.status = "UPDATE_IN_PROGRESS";
    const clock = quickClock();
    const sleep = clock.sleep.bind(clock);
    clock.sleep = async (ms, signal) => {
      Object.assign(wanted, { status: "UPDATE_ROLLBACK_COMPLETE", template: former });
      await sleep(ms, signal);
    };
    await run(stub, { clock, active: "us-west-2" });
    expect(JSON.parse(stacks.get(`${DATA} us-east-1`)!.template)).toMatchObject({
      Resources: { Settings: { Properties: { Value: "us-west-2" } } },
    });
  });

  test("stops between two stacks when it is told to, and says what is left", async () => {
    await using stub = await startAwsStub();
    const { stacks } = teachCloudFormation(stub);
    const controller = new AbortController();
    const host = { say: ({ text }: { text: string }) => text.startsWith("deployed in") && controller.abort() };
    const result = await run(stub, { signal: controller.signal, host: host as never });
    expect(result).toMatchObject({ end: "interrupted", deployed: [DATA], left: [OTHER] });
    expect(stacks.has(`${OTHER} us-west-2`)).toBe(false);
    expect(await run(stub)).toMatchObject({ end: "deployed" });
  });

  test("deletes a stack that the system has no more, and only after the others", async () => {
    await using stub = await startAwsStub();
    const { stacks } = teachCloudFormation(stub);
    const former = "tiny-dev-compute-us-west-2";
    const template = JSON.stringify({ Resources: { Rule: { Type: "AWS::Events::Rule" } } });
    const parts = { template, parameters: {}, outputs: {}, isProtected: false };
    stacks.set(`${former} us-west-2`, { ...parts, status: "CREATE_COMPLETE" });
    const result = await run(stub);
    expect(result.deployed).toEqual([DATA, OTHER, former]);
    expect(result.plan.stacks.at(-1)).toMatchObject({
      action: "delete",
      changes: [{ logicalId: "Rule", what: "remove" }],
    });
    expect(stacks.has(`${former} us-west-2`)).toBe(false);
  });

  test("refuses to delete one that would take data with it, or that is protected", async () => {
    await using stub = await startAwsStub();
    const { stacks } = teachCloudFormation(stub);
    const template = JSON.stringify({ Resources: { Orders: { Type: "AWS::SQS::Queue" } } });
    const former = { template, parameters: {}, outputs: {}, isProtected: false, status: "CREATE_COMPLETE" };
    stacks.set("tiny-dev-messaging-us-west-2 us-west-2", former);
    await expect(run(stub)).rejects.toMatchObject({ code: "AWS-027" });
    former.isProtected = true;
    await expect(run(stub)).rejects.toMatchObject({ code: "AWS-047" });
    expect(stub.mutations()).toEqual([]);
  });

  test("takes the protection off a stack that was rolled back at its creation, and makes it anew", async () => {
    await using stub = await startAwsStub();
    const { stacks } = teachCloudFormation(stub);
    await run(stub);
    const east = stacks.get(`${DATA} us-east-1`)!;
    Object.assign(east, { status: "ROLLBACK_COMPLETE", isProtected: true });
    await run(stub);
    expect(stub.mutations().indexOf("UpdateTerminationProtection")).toBeLessThan(
      stub.mutations().indexOf("DeleteStack"),
    );
    expect(stacks.get(`${DATA} us-east-1`)?.status).toBe("CREATE_COMPLETE");
  });

  test("waits and goes on when it is throttled", async () => {
    await using stub = await startAwsStub();
    teachCloudFormation(stub);
    stub.on("ssm GetParameter us-west-2", (_, times) =>
      times === 1 ? { error: "ThrottlingException" } : { json: { Parameter: { Value: "us-east-1" } } },
    );
    expect(await run(stub, { confirm: async () => false })).toMatchObject({ plan: { active: "us-east-1" } });
  });

  test("says that credentials have expired, and what to do", async () => {
    await using stub = await startAwsStub();
    teachCloudFormation(stub);
    stub.on("cloudformation DescribeStacks", {
      error: "ExpiredToken",
      message: "The security token is expired",
      status: 403,
    });
    await expect(run(stub)).rejects.toMatchObject({ code: "AWS-021", fix: expect.stringContaining("sign in again") });
  });

  test("says so where a region is not bootstrapped", async () => {
    await using stub = await startAwsStub();
    teachCloudFormation(stub);
    stub.on("ssm GetParameter", { error: "ParameterNotFound" });
    await expect(run(stub)).rejects.toMatchObject({ code: "AWS-028" });
  });

  test("says which stack failed", async () => {
    await using stub = await startAwsStub();
    const { fails } = teachCloudFormation(stub);
    fails.set(DATA, "ROLLBACK_COMPLETE");
    await expect(run(stub)).rejects.toMatchObject({
      code: expect.stringMatching(/^AWS-/),
      message: expect.stringContaining(DATA),
    });
  });
});
