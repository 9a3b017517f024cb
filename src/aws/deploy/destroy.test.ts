import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type AwsStub, startAwsStub } from "../../../test/support/aws-stub.ts";
import { teachCloudFormation } from "../../../test/support/cloud-formation.ts";
import { TINY_STACKS, tinyAccount } from "../../../test/support/tiny-account.ts";
import { type TinyOptions, tinyAssembly } from "../../../test/support/tiny-assembly.ts";
import { deploy } from "./deploy.ts";
import { type DestroyOptions, type DestroyResult, destroy } from "./destroy.ts";

const { data: DATA, other: OTHER } = TINY_STACKS;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "holdfast-test-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

/** A system that is deployed, and what destroys it. */
async function deployed(stub: AwsStub, options: Omit<TinyOptions, "directory"> = {}) {
  const { stacks } = teachCloudFormation(stub);
  const assembly = tinyAssembly({ directory: join(directory, "out"), ...options });
  const common = tinyAccount(stub);
  await deploy({ ...common, synth: async () => assembly, allowReplacement: false });
  stub.calls.length = 0;
  const run = (more: Partial<DestroyOptions> = {}): Promise<DestroyResult> => destroy({ ...common, assembly, ...more });
  return { stacks, run };
}

describe("destroying a system", () => {
  test("deletes its stacks from the last to the first, and forgets which region served", async () => {
    await using stub = await startAwsStub();
    const { stacks, run } = await deployed(stub);
    expect(await run()).toMatchObject({ end: "destroyed", destroyed: [OTHER, DATA], left: [] });
    expect(stacks.size).toBe(0);
    expect(stub.mutations()).toEqual(["DeleteStack", "DeleteStack", "DeleteParameter", "DeleteParameter"]);
  });

  test("tells beforehand what is retained, and leaves its objects alone", async () => {
    await using stub = await startAwsStub();
    const { run } = await deployed(stub, { bucket: "kept" });
    stub.objects.set("sitebucket/index.html", "page");
    const { plan } = await run();
    expect(plan.retained).toEqual([{ stack: DATA, logicalId: "SiteBucket", type: "AWS::S3::Bucket" }]);
    expect(stub.objects.has("sitebucket/index.html")).toBe(true);
  });

  test("empties a bucket that goes with its stack, every version of it", async () => {
    await using stub = await startAwsStub();
    const { run } = await deployed(stub, { bucket: "deleted" });
    stub.objects.set("sitebucket/index.html", "page");
    stub.objects.set("other/index.html", "page");
    await run();
    expect([...stub.objects.keys()].filter((key) => key.endsWith("index.html"))).toEqual(["other/index.html"]);
  });

  test("changes nothing where it is declined", async () => {
    await using stub = await startAwsStub();
    const { run } = await deployed(stub);
    expect(await run({ confirm: async () => false })).toMatchObject({ end: "declined" });
    expect(stub.mutations()).toEqual([]);
  });

  test("refuses before the first stack is gone where one is protected, with the command that lifts it", async () => {
    await using stub = await startAwsStub();
    const { stacks, run } = await deployed(stub);
    stacks.get(`${DATA} us-east-1`)!.isProtected = true;
    await expect(run()).rejects.toMatchObject({
      code: "AWS-047",
      fix: expect.stringContaining(`--stack-name ${DATA}`),
    });
    expect(stub.mutations()).toEqual([]);
  });

  test("started again after it was interrupted, it deletes what is left", async () => {
    await using stub = await startAwsStub();
    const { stacks, run } = await deployed(stub);
    stacks.delete(`${OTHER} us-west-2`);
    expect(await run()).toMatchObject({ end: "destroyed", destroyed: [DATA] });
  });
});
