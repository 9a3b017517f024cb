import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Annotations, type Stack } from "aws-cdk-lib";
import { CfnQueue, CfnQueuePolicy } from "aws-cdk-lib/aws-sqs";
import { afterAll, describe, expect, test } from "vitest";
import { isUserError } from "../../src/base/error.ts";
import { definitionOf } from "../../src/definition/validate.ts";
import { compileTopology } from "../../src/topology/compile.ts";
import type { ShippedStacks } from "../../src/aws/ship.ts";
import { type Assembly, synthesize } from "../../src/aws/synth.ts";

const folders: string[] = [];
const topology = compileTopology(
  definitionOf({
    name: "post",
    regions: { primary: "us-east-1", secondary: "us-west-2" },
    recovery: "warm-standby",
    queues: { letters: {} },
    services: {},
    journeys: {},
  }),
  { regions: "all", directory: "/srv/post" },
);

function synth(escape?: (stacks: ShippedStacks) => void): Promise<Assembly> {
  const outdir = mkdtempSync(join(tmpdir(), "holdfast-synth-"));
  folders.push(outdir);
  return synthesize({ topology, outdir, ...(escape === undefined ? {} : { escape }) });
}

async function codeOf(assembly: Promise<Assembly>): Promise<readonly [string, string]> {
  const error: unknown = await assembly.catch((cause: unknown) => cause);
  if (!isUserError(error)) throw error;
  return [error.code, error.message];
}

function messaging({ regions }: ShippedStacks): Stack {
  return regions["us-east-1"]!.messaging;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe("a cloud assembly", () => {
  test("has a template for each stack, and what deploy needs beside the CDK's manifest", async () => {
    const { directory, manifest, templates } = await synth();
    expect(Object.keys(templates).sort()).toEqual(manifest.stacks.map(({ name }) => name).sort());
    for (const { template } of manifest.stacks) expect(readdirSync(directory)).toContain(template);
    expect(JSON.parse(readFileSync(join(directory, "holdfast.json"), "utf8"))).toEqual(manifest);
    expect(manifest).toMatchObject({ holdfast: 1, system: "post", active: "us-east-1", recovery: "warm-standby" });
  });

  test("names each stack after all that it needs", async () => {
    const { stacks, wires } = (await synth()).manifest;
    const names = stacks.map(({ name }) => name);
    for (const { name, after } of stacks) {
      for (const needed of after) expect(names.indexOf(needed)).toBeLessThan(names.indexOf(name));
    }
    for (const { from, to } of wires) expect(names.indexOf(from.stack)).toBeLessThan(names.indexOf(to.stack));
  });

  test("is the same bytes each time", async () => {
    const [one, two] = [await synth(), await synth()];
    expect(JSON.stringify(two.templates)).toBe(JSON.stringify(one.templates));
    expect(two.manifest).toEqual(one.manifest);
  });

  test("has what the escape hatch made of the stacks", async () => {
    const { templates } = await synth((stacks) => void new CfnQueue(messaging(stacks), "Mine"));
    expect(templates["post-production-messaging-us-east-1"]?.Resources).toHaveProperty("Mine");
  });

  test("fails with AWS-003 when the escape hatch throws", async () => {
    const [code, message] = await codeOf(
      synth(() => {
        throw new Error("no such stack");
      }),
    );
    expect(code).toBe("AWS-003");
    expect(message).toContain("no such stack");
  });

  test("fails with AWS-002, and all reasons at once, where AWS would refuse a template", async () => {
    const [code, message] = await codeOf(
      synth((stacks) => {
        const queue = new CfnQueue(messaging(stacks), "Mine", { queueName: "x".repeat(81), delaySeconds: 901 });
        ["One", "Two"].map(
          (id) => new CfnQueuePolicy(messaging(stacks), id, { queues: [queue.ref], policyDocument: { Statement: [] } }),
        );
      }),
    );
    expect(code).toBe("AWS-002");
    for (const id of ["sqs-name", "sqs-range", "sqs-policy-twice"]) expect(message).toContain(id);
  });

  test("fails with AWS-004 where a construct warns", async () => {
    const [code, message] = await codeOf(
      synth((stacks) => Annotations.of(messaging(stacks)).addWarningV2("mine:odd", "this is odd")),
    );
    expect(code).toBe("AWS-004");
    expect(message).toContain("this is odd");
  });
});
