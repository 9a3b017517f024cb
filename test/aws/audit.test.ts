import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { synthesize } from "../../src/aws/synth.ts";
import { auditAssembly } from "../../src/cli/audit-assembly.ts";
import { EXAMPLES, STRATEGIES, topologyOf } from "./shipped.ts";

let outdir = "";
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "holdfast-test-own-"));
});
afterEach(() => rmSync(outdir, { recursive: true, force: true }));

describe.each(EXAMPLES)("the audit finds nothing in %s", (example) => {
  test.each(STRATEGIES)("shipped for %s", async (recovery) => {
    const topology = await topologyOf(example, { recovery });
    const { directory } = await synthesize({ topology, outdir });
    const findings = await auditAssembly(directory, topology);
    expect(findings.map(({ rule, file, resource, message }) => `${rule} ${file} ${resource}: ${message}`)).toEqual([]);
  });
});
