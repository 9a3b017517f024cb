import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type AwsStub, startAwsStub } from "../../../test/support/aws-stub.ts";
import { type StubCloudFormation, teachCloudFormation } from "../../../test/support/cloud-formation.ts";
import { type LinkedOptions, linkedAssembly } from "../../../test/support/linked-assembly.ts";
import { listeningHost, quickClock } from "../../../test/support/quick-clock.ts";
import { Aws } from "./aws.ts";
import { type DeployOptions, type DeployResult, deploy } from "./deploy.ts";
import { destroy } from "./destroy.ts";

const [DATA, COMPUTE, WATCH] = ["data", "compute", "watch"].map((part) => `tiny-dev-${part}-us-east-1`) as [
  string,
  string,
  string,
];

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "holdfast-test-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

function common(stub: AwsStub) {
  vi.stubEnv("AWS_ENDPOINT_URL", stub.endpoint);
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  return {
    aws: new Aws({ endpoint: stub.endpoint, credentials, attempts: 3, pollMs: 10 }),
    target: { system: "tiny", stage: "dev", regions: ["us-east-1"] } as const,
    host: listeningHost(),
    clock: quickClock(),
    signal: new AbortController().signal,
    confirm: async () => true,
  };
}

function run(
  stub: AwsStub,
  linked: Omit<LinkedOptions, "directory">,
  options: Partial<DeployOptions> = {},
): Promise<DeployResult> {
  const own = join(directory, linked.queues.join("-"));
  const synth = async () => linkedAssembly({ directory: own, ...linked });
  return deploy({ ...common(stub), allowReplacement: true, synth, ...options });
}

/** The logical ids that a stack has. */
function idsIn({ stacks }: StubCloudFormation, name: string): readonly string[] {
  const { template } = stacks.get(`${name} us-east-1`)!;
  return Object.keys((JSON.parse(template) as { Resources: object }).Resources);
}

describe("a deploy that takes away what other stacks use", () => {
  test("ends with the new templates, and CloudFormation has nothing against any step", async () => {
    await using stub = await startAwsStub();
    const cloudFormation = teachCloudFormation(stub);
    await run(stub, { queues: ["Orders", "Returns"] });
    const { end, deployed, assembly } = await run(stub, { queues: ["Orders", "Refunds"] });
    expect(cloudFormation.refused).toEqual([]);
    expect({ end, deployed }).toEqual({ end: "deployed", deployed: [WATCH, COMPUTE, DATA].toReversed() });
    for (const [name, template] of Object.entries(assembly.templates)) {
      expect(JSON.parse(cloudFormation.stacks.get(`${name} us-east-1`)!.template)).toEqual(template);
    }
  });

  test("says which stacks keep something for now, and updates only them a second time", async () => {
    await using stub = await startAwsStub();
    teachCloudFormation(stub);
    await run(stub, { queues: ["Orders", "Returns"] });
    const host = listeningHost();
    await run(stub, { queues: ["Orders"] }, { host });
    expect(host.said.filter((text) => / of \d/.test(text))).toEqual([
      `${DATA}: 1 of 5: nothing is taken away yet, because other stacks use it`,
      `${COMPUTE}: 2 of 5: nothing is taken away yet, because other stacks use it`,
      `${WATCH}: 3 of 5`,
      `${COMPUTE}: 4 of 5: once more, now that the others are there`,
      `${DATA}: 5 of 5: once more, now that the others are there`,
    ]);
  });

  test("is gone on with by the same command, wherever it was stopped", async () => {
    await using stub = await startAwsStub();
    const cloudFormation = teachCloudFormation(stub);
    for (const stopAfter of [1, 2, 3, 4]) {
      await run(stub, { queues: ["Orders", "Returns"] });
      const controller = new AbortController();
      let done = 0;
      const host = {
        say: ({ text }: { text: string }) => {
          if (text.startsWith("deployed in")) done += 1;
          if (done === stopAfter) controller.abort();
        },
      };
      const stopped = await run(
        stub,
        { queues: ["Orders", "Refunds"] },
        { host: host as never, signal: controller.signal },
      );
      expect(stopped).toMatchObject({ end: "interrupted" });
      expect(stopped.left).toContain(DATA);
      expect(idsIn(cloudFormation, DATA)).toContain("ReturnsQueue");
      expect(await run(stub, { queues: ["Orders", "Refunds"] })).toMatchObject({ end: "deployed" });
      expect(idsIn(cloudFormation, DATA)).toEqual(["Own", "OrdersQueue", "RefundsQueue"]);
    }
    expect(cloudFormation.refused).toEqual([]);
  });

  test("publishes the interim template under a name of its own", async () => {
    await using stub = await startAwsStub();
    const cloudFormation = teachCloudFormation(stub);
    await run(stub, { queues: ["Returns"] });
    await run(stub, { queues: ["Refunds"] });
    const published = [...stub.objects.values()].filter((text) => text.includes("Queue"));
    const queues = published.map((text) => Object.keys((JSON.parse(text) as { Resources: object }).Resources));
    for (const own of [["ReturnsQueue"], ["ReturnsQueue", "RefundsQueue"], ["RefundsQueue"]]) {
      expect(queues).toContainEqual(["Own", ...own]);
    }
    expect(cloudFormation.refused).toEqual([]);
  });

  test("deletes a stack only when nobody uses it", async () => {
    await using stub = await startAwsStub();
    const cloudFormation = teachCloudFormation(stub);
    await run(stub, { queues: ["Orders"] });
    const withoutCompute = async () => {
      const whole = linkedAssembly({ directory: join(directory, "less"), queues: [] });
      const stacks = whole.manifest.stacks.filter(({ name }) => name !== COMPUTE);
      const { [COMPUTE]: _gone, ...templates } = whole.templates;
      return { ...whole, manifest: { ...whole.manifest, stacks }, templates };
    };
    await run(stub, { queues: [] }, { synth: withoutCompute });
    expect(cloudFormation.refused).toEqual([]);
    expect([...cloudFormation.stacks.keys()]).toEqual([`${DATA} us-east-1`, `${WATCH} us-east-1`]);
    expect(idsIn(cloudFormation, DATA)).toEqual(["Own"]);
  });
});

test("fails before anything is changed where what others use would be replaced, and says who uses it", async () => {
  await using stub = await startAwsStub();
  teachCloudFormation(stub);
  await run(stub, { queues: ["Orders"] });
  stub.calls.length = 0;
  await expect(run(stub, { queues: ["Orders"], queueName: "other" })).rejects.toMatchObject({
    code: "AWS-055",
    message: expect.stringContaining(`OrdersQueue (AWS::SQS::Queue) of ${DATA}, used by ${COMPUTE}`),
    fix: expect.stringContaining("another name"),
  });
  expect(stub.mutations()).toEqual([]);
});

test("a system is destroyed from its users on, also where they are no more in its definition", async () => {
  await using stub = await startAwsStub();
  const cloudFormation = teachCloudFormation(stub);
  const { assembly } = await run(stub, { queues: ["Orders"] });
  const stacks = assembly.manifest.stacks.filter(({ name }) => name !== DATA);
  const { [DATA]: _former, ...templates } = assembly.templates;
  const withoutData = { ...assembly, manifest: { ...assembly.manifest, stacks }, templates };
  const { destroyed } = await destroy({ ...common(stub), assembly: withoutData });
  expect(destroyed).toEqual([WATCH, COMPUTE, DATA]);
  expect(cloudFormation.refused).toEqual([]);
});
