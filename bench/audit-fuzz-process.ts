/** Audits the inputs of the bench `audit-fuzz`, one after the other, in a thread that can be ended. */
import { parentPort, workerData } from "node:worker_threads";
import { seededRandom } from "../src/base/random.ts";
import { auditText, mutated, seedTexts } from "../test/support/audit-mutation.ts";

/** What came of one input. */
export interface Report {
  readonly input: number;
  readonly ms: number;
  readonly resources: number;
  readonly findings: number;
  readonly problems: number;
  readonly broken: readonly string[];
}

const { total, seed } = workerData as { total: number; seed: string };
const seeds = seedTexts();

for (let input = 0; input < total; input += 1) {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(await reportOf(input));
}

async function reportOf(input: number): Promise<Report> {
  const text = mutated(seeds, seededRandom(`${seed}/${input}`));
  const began = performance.now();
  try {
    return { input, ...(await auditText(text)), ms: performance.now() - began };
  } catch (error) {
    const broken = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
    return { input, ms: performance.now() - began, resources: 0, findings: 0, problems: 0, broken };
  }
}
