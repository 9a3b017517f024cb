/**
 * How far what the simulator expects of a drill is from what the drill measures: by drill and by stage.
 *
 * `npm run bench -- prediction [DRILLS.json…] [--config FILE] [--seed N]`: the JSON of drills that were made before (of
 * several, the median counts), or where none is named, all drills of the shop's first region, which takes ten minutes.
 * Predictions are made anew, by the simulator as it is now: with the member that was struck, or those of the zone that
 * was, as the primaries.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { DrillPrediction } from "../src/base/prediction.ts";
import type { Ms } from "../src/base/units.ts";
import { predictionsFor } from "../src/cli/drill-prediction.ts";
import { STRATEGIES } from "../src/cli/system.ts";
import { loadDefinition } from "../src/definition/load.ts";
import type { DrillDocument, DrillsDocument } from "../src/base/drill-document.ts";
import { FAULTS } from "../src/fault/catalogue.ts";
import { compileTopology } from "../src/topology/compile.ts";
import { type Topology, componentsOf } from "../src/topology/topology.ts";
import { SHOP } from "./bench-world.ts";
import { distributionOf } from "./distribution.ts";

const CLI = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));

/** What must hold of a prediction. */
const RULE = { share: 0.25, ms: 250, width: 0.5 } as const;

/** A drill as it was made, with the document that it is in. */
interface Made {
  readonly drill: DrillDocument;
  readonly of: DrillsDocument;
}

/** One drill that was made once or more, and what is expected of it. */
interface Row {
  readonly name: string;
  readonly times: readonly Ms[];
  readonly measuredMs: Ms;
  readonly predicted: DrillPrediction;
  readonly made: readonly Made[];
}

/** Runs the bench and prints its table; the arguments are those of the command above. */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { config: { type: "string", default: SHOP }, seed: { type: "string", default: "1" } },
  });
  const documents = positionals.length > 0 ? await Promise.all(positionals.map(read)) : [await drillAll(values.config)];
  const made = documents.flatMap((of) => of.drills.map((drill) => ({ drill, of })));
  const rows: Row[] = [];
  for (const [name, same] of Map.groupBy(made, ({ drill }) => `${drill.name} ${drill.recovery ?? ""}`.trim())) {
    const row = await rowOf(name, same, { config: values.config, seed: Number(values.seed) });
    if (row === null) console.log(`  ${name.padEnd(28)} nothing is predicted`);
    else rows.push(row);
  }
  for (const row of rows) console.log(describe(row));
  console.log(verdict(rows));
}

async function read(file: string): Promise<DrillsDocument> {
  return JSON.parse(await readFile(file, "utf8")) as DrillsDocument;
}

async function drillAll(config: string): Promise<DrillsDocument> {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-prediction-"));
  const json = join(folder, "drills.json");
  try {
    const options = ["--all", "--config", config, "--state", join(folder, "state"), "--json", json];
    spawnSync(process.execPath, ["--conditions=source", CLI, "drill", ...options], { stdio: "inherit" });
    return await read(json);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function rowOf(
  name: string,
  made: readonly Made[],
  { config, seed }: { readonly config: string; readonly seed: number },
): Promise<Row | null> {
  const [{ drill, of }] = made as [Made]; // it is a group
  const fault = FAULTS.find((each) => each.name === drill.name);
  const times = made.flatMap((each) => slowest(each.drill) ?? []);
  if (!fault || times.length === 0) return null;
  const { definition, directory } = await loadDefinition(config);
  const tried = STRATEGIES.find((each) => each === drill.recovery);
  const chosen = tried === undefined ? definition : { ...definition, recovery: tried };
  const regions = fault.blastClass === "region" ? "all" : "primary";
  const topology = compileTopology(chosen, { regions, directory });
  const target = fault.blastClass === "region" ? (fault.targets(topology)[0] ?? "") : (drill.target ?? "");
  const predict = predictionsFor({ topology, paceFactor: of.paceFactor }, seed);
  const before = { rate: of.rate * (fault.rateShare ?? 1), primaries: primariesAt(topology, target) };
  const predicted = predict({ fault, target }, before);
  return predicted && { name, times, measuredMs: medianOf(times), predicted, made };
}

/** What was struck, or what stands in the zone that was, takes writes: drills aim at that. */
function primariesAt(topology: Topology, target: string): Readonly<Record<string, string>> {
  const replicated = [...componentsOf(topology, "database"), ...componentsOf(topology, "cache")];
  const entries = replicated.flatMap(({ id }) => {
    const struck = topology.instances.find((each) => each.component === id && [each.id, each.zone].includes(target));
    return struck ? [[id, struck.id] as const] : [];
  });
  return Object.fromEntries(entries);
}

function slowest({ journeys }: DrillDocument): Ms | null {
  const times = Object.values(journeys).map(({ recoveryTimeMs }) => recoveryTimeMs);
  return times.includes(null) ? null : Math.max(0, ...times.map((ms) => ms ?? 0));
}

function medianOf(times: readonly Ms[]): Ms {
  return distributionOf(times)?.p50 ?? 0;
}

function isNear({ predicted, measuredMs }: Row): boolean {
  return Math.abs(predicted.medianMs - measuredMs) <= Math.max(RULE.ms, RULE.share * measuredMs);
}

function covers({ predicted: { recoveryTimeMs }, measuredMs }: Row): boolean {
  return measuredMs >= recoveryTimeMs[0] && measuredMs <= recoveryTimeMs[1];
}

function isWide({ predicted: { recoveryTimeMs, medianMs } }: Row): boolean {
  return recoveryTimeMs[1] - recoveryTimeMs[0] > Math.max(RULE.ms, RULE.width * medianMs);
}

function describe(row: Row): string {
  const { name, times, measuredMs, predicted } = row;
  const [low, high] = predicted.recoveryTimeMs;
  const marks = [isNear(row) ? [] : "far off", covers(row) ? [] : "missed", isWide(row) ? "wide" : []].flat();
  const expected = `predicted ${predicted.medianMs} (${low} to ${high})`;
  const total = `${times.length} × ${measuredMs} ms, ${expected}, ${errorOf(predicted.medianMs, measuredMs)}`;
  return [`${marks.length === 0 ? " " : "!"} ${name.padEnd(28)} ${[total, ...marks].join("; ")}`, ...stages(row)].join(
    "\n",
  );
}

function errorOf(predictedMs: Ms, measuredMs: Ms): string {
  const off = Math.round(predictedMs - measuredMs);
  const share = measuredMs === 0 ? "" : ` (${off >= 0 ? "+" : ""}${Math.round((100 * off) / measuredMs)} %)`;
  return `${off >= 0 ? "+" : ""}${off} ms${share}`;
}

function stages({ predicted, made }: Row): readonly string[] {
  return predicted.stages.flatMap(({ name, component, ms: [low, high] }) => {
    const same = made.flatMap(({ drill }) =>
      drill.stages.filter((each) => each.name === name && each.component === component),
    );
    if (same.length === 0) return [];
    const measuredMs = medianOf(same.map(({ ms }) => ms));
    const middle = Math.round((low + high) / 2);
    const what = `      ${`${component} ${name}`.padEnd(24)} ${measuredMs} ms`;
    return [`${what}, predicted ${low} to ${high}, ${errorOf(middle, measuredMs)}`];
  });
}

function verdict(rows: readonly Row[]): string {
  const near = rows.filter(isNear).length;
  const missed = rows.filter((row) => !covers(row)).length;
  const wide = rows.filter(isWide).length;
  const intervals = `${missed} intervals miss it, ${wide} are too wide`;
  return `  ${near} of ${rows.length} within 25 % or 250 ms of the median measured; ${intervals}`;
}
