/**
 * Runs cfn-lint over the examples' templates, under each strategy: `npm run test:aws-lint`. cfn-lint is Python's, so it
 * gets a virtual environment of its own beside the repository's `node_modules`; `npm test` does not run it.
 *
 * It knows schemas and many rules, and neither what AWS refuses at deploy time (`src/aws/refused.ts`) nor an account.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "../../../src/aws/synth.ts";
import { EXAMPLES, STRATEGIES, topologyOf, withHostedZone } from "../shipped.ts";
import { tool } from "./environment.ts";

/** Rules that are switched off, and why. */
const IGNORED: Readonly<Record<string, string>> = {
  // Fill in with a reason each.
};

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const lint = tool("cfn-lint", "cfn-lint>=1.40");
let worst = 0;
for (const example of EXAMPLES) {
  for (const recovery of STRATEGIES) {
    const outdir = mkdtempSync(join(tmpdir(), "holdfast-lint-"));
    const topology = withHostedZone(await topologyOf(example, { recovery }));
    const { manifest } = await synthesize({ topology, outdir });
    for (const { template, region, name } of manifest.stacks) {
      const file = join(outdir, template);
      if (!existsSync(file)) continue;
      const ignored = Object.keys(IGNORED).flatMap((rule) => ["--ignore-checks", rule]);
      const { status, stdout } = spawnSync(lint, [file, "--regions", region, "--format", "parseable", ...ignored]);
      if (status !== 0) say(`${example} ${recovery} ${name}\n${stdout.toString().replaceAll(file, name)}`);
      worst = Math.max(worst, status ?? 1);
    }
    rmSync(outdir, { recursive: true, force: true });
  }
}
say(worst === 0 ? "cfn-lint: no errors, no warnings" : "cfn-lint: see above");
process.exitCode = worst === 0 ? 0 : 1;
