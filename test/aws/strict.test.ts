import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type IIoHost, Toolkit } from "@aws-cdk/toolkit-lib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { synthesize } from "../../src/aws/synth.ts";
import { EXAMPLES, STRATEGIES, topologyOf, withHostedZone } from "./shipped.ts";

const ALL = EXAMPLES.flatMap((example) => STRATEGIES.map((recovery) => [example, recovery] as const));

/** The part of an assembly's manifest that is changed here. */
interface CloudManifest {
  readonly artifacts: Readonly<Record<string, { readonly type: string; metadata?: Readonly<Record<string, object>> }>>;
}

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "holdfast-strict-"));
});
afterEach(() => rmSync(outdir, { recursive: true, force: true }));

/** What `cdk synth --strict` does with an assembly: the CDK's own toolkit, which fails at a warning. Its complaints. */
async function strictly(): Promise<readonly string[]> {
  const complaints: string[] = [];
  const ioHost: IIoHost = {
    async notify({ level, message }) {
      if (level === "warn" || level === "error") complaints.push(`${level}: ${message}`);
    },
    requestResponse: async ({ defaultResponse }) => defaultResponse,
  };
  const toolkit = new Toolkit({ ioHost, color: false, emojis: false, assemblyFailureAt: "warn" });
  const assembly = await toolkit.synth(await toolkit.fromAssemblyDirectory(outdir));
  await assembly.dispose();
  return complaints;
}

describe("cdk synth --strict", () => {
  test.each(ALL)("has nothing to say of %s, shipped for %s", async (example, recovery) => {
    await synthesize({ topology: withHostedZone(await topologyOf(example, { recovery })), outdir });
    expect(await strictly()).toEqual([]);
  });

  test.each(["warning", "error"])("fails for an assembly in which a construct has a %s", async (level) => {
    await synthesize({ topology: withHostedZone(await topologyOf("shop")), outdir });
    const file = join(outdir, "manifest.json");
    const manifest = JSON.parse(readFileSync(file, "utf8")) as CloudManifest;
    const stack = Object.values(manifest.artifacts).find(({ type }) => type === "aws:cloudformation:stack")!;
    stack.metadata = { ...stack.metadata, "/shop/Odd": [{ type: `aws:cdk:${level}`, data: "this is odd" }] };
    writeFileSync(file, JSON.stringify(manifest));
    await expect(strictly()).rejects.toThrow(/warnings|errors/);
  });
});
