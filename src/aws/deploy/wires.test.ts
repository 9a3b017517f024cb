import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, expect, test } from "vitest";
import { type AwsStub, startAwsStub } from "../../../test/support/aws-stub.ts";
import { teachCloudFormation } from "../../../test/support/cloud-formation.ts";
import { tinyAssembly } from "../../../test/support/tiny-assembly.ts";
import { Aws } from "./aws.ts";
import { readState } from "./stack-state.ts";
import { type Wanted, parametersOf } from "./wires.ts";

const directory = mkdtempSync(`${tmpdir()}/holdfast-test-`);
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const assembly = tinyAssembly({ directory });

/** The parameters of the stack in us-west-2, which gets an output of the one in us-east-1. */
async function parameters(stub: AwsStub, { outputs = {}, regions = ["us-east-1"] }: Partial<Wanted> = {}) {
  teachCloudFormation(stub);
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const aws = new Aws({ endpoint: stub.endpoint, credentials, attempts: 1 });
  const state = await readState(aws, { name: "tiny-dev-data-us-west-2", region: "us-west-2" });
  return parametersOf(aws, { state, assembly, outputs, regions });
}

test("a value that this run knows is carried over without a question", async () => {
  await using stub = await startAwsStub();
  const outputs = { "tiny-dev-data-us-east-1": { KeyArn: "arn:of:the:key" } };
  expect(await parameters(stub, { outputs })).toEqual({ KeyArn: "arn:of:the:key" });
  expect(stub.calls.map(({ region }) => region)).toEqual(["us-west-2"]);
});

test.each([{ regions: ["us-east-1"] }, { regions: ["us-west-2"] }])(
  "fails for a value that is not there yet and never was, whether or not its region may be asked",
  async ({ regions }) => {
    await using stub = await startAwsStub();
    await expect(parameters(stub, { regions })).rejects.toMatchObject({
      code: "AWS-037",
      message: expect.stringContaining("needs output KeyArn of tiny-dev-data-us-east-1"),
    });
  },
);
