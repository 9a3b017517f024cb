import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { distributionOf } from "./distribution.ts";

const APP = fileURLToPath(new URL("synth-app.ts", import.meta.url));
const ROUNDS = 5;

/**
 * How long the shop in two regions takes to synthesize, beside a bare CDK app with as many stacks and resources: whole
 * processes, in turn, and the ratio of their medians. `npm run bench -- synth [ROUNDS]`
 */
export async function run([rounds = String(ROUNDS)]: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-synth-"));
  try {
    const [stacks = "0", resources = "0"] = timed(["shop", folder]).said.trim().split(" ");
    const times = { shop: [] as number[], bare: [] as number[] };
    for (let round = 0; round < Number(rounds); round++) {
      times.shop.push(timed(["shop", folder]).ms);
      times.bare.push(timed(["bare", folder, stacks, resources]).ms);
    }
    const [shop, bare] = [median(times.shop), median(times.bare)];
    console.log(`shop in two regions, ${stacks} stacks, ${resources} resources: ${shop} ms (median)`);
    console.log(`bare CDK app with as many: ${bare} ms (median)`);
    console.log(`ratio ${(shop / bare).toFixed(2)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function timed(args: readonly string[]): { readonly ms: number; readonly said: string } {
  const from = performance.now();
  const said = execFileSync(process.execPath, ["--conditions=source", APP, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return { ms: performance.now() - from, said };
}

function median(times: readonly number[]): number {
  return distributionOf(times)?.p50 ?? 0;
}
