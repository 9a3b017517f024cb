import { Worker } from "node:worker_threads";
import { mutated, seedTexts } from "../test/support/audit-mutation.ts";
import { seededRandom } from "../src/base/random.ts";
import type { Report } from "./audit-fuzz-process.ts";

const INPUTS = 10_000;

/** No input may take longer, on a machine that does other things too. */
const LONGEST_MS = 5_000;

/**
 * Takes thousands of templates that somebody fell over through the whole audit: none may crash it, hang it, or get a
 * finding that cannot be. `npm run bench -- audit-fuzz [INPUTS] [SEED]`
 */
export async function run([inputs = String(INPUTS), seed = String(Date.now())]: readonly string[]): Promise<void> {
  const total = Number(inputs);
  console.log(`${total} inputs, seed ${seed}`);
  const worker = new Worker(new URL("audit-fuzz-process.ts", import.meta.url), { workerData: { total, seed } });
  const bad: string[] = [];
  const sums = { resources: 0, findings: 0, problems: 0, slowestMs: 0 };
  let next = 0;
  const began = performance.now();
  await new Promise<void>((resolve, reject) => {
    const hung = (): void => {
      bad.push(`input ${next}: more than ${LONGEST_MS} ms`);
      void worker.terminate().then(() => resolve());
    };
    let watchdog = setTimeout(hung, LONGEST_MS * 4); // the first has to load everything
    worker.on("message", (report: Report) => {
      clearTimeout(watchdog);
      next = report.input + 1;
      sums.resources += report.resources;
      sums.findings += report.findings;
      sums.problems += report.problems;
      sums.slowestMs = Math.max(sums.slowestMs, report.ms);
      bad.push(...report.broken.map((what) => `input ${report.input}: ${what}`));
      if (next === total) return resolve();
      watchdog = setTimeout(hung, LONGEST_MS);
    });
    worker.on("error", reject);
  });
  await worker.terminate();
  const { resources, findings, problems, slowestMs } = sums;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${next} inputs in ${seconds} s: ${resources} resources, ${findings} findings, ${problems} problems`);
  console.log(
    `slowest input ${Math.round(slowestMs)} ms, ${Math.round(process.memoryUsage().rss / 1e6)} MB at the end`,
  );
  for (const each of bad.slice(0, 50)) console.log(each);
  console.log(
    bad.length === 0 ? "none crashed, none hung" : `${bad.length} broken; again: audit-fuzz ${total} ${seed}`,
  );
  if (bad.length > 0) process.exitCode = 1;
}

/**
 * Writes one input, to look at it: `node -e "import('./bench/audit-fuzz.ts').then((bench) => bench.show(SEED,
 * INPUT))"`.
 */
export function show(seed: string, input: number): void {
  console.log(mutated(seedTexts(), seededRandom(`${seed}/${input}`)));
}
