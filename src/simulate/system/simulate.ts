import type {
  RecoveryBar,
  Sampled,
  SimulateDocument,
  SimulatedCause,
  SimulatedChange,
  SimulatedQueue,
} from "../../base/simulate-document.ts";
import type { Ms } from "../../base/units.ts";
import { YEAR } from "../../facts/failure.ts";
import type { Design } from "./design.ts";
import type { Hazard, SystemModel } from "./model.ts";
import type { WorkPlan } from "./part/work.ts";
import { batchMean, portionRate, quantile } from "./statistics.ts";
import { coincidences } from "./rare.ts";
import { scaledTime } from "./spread.ts";
import { Tally, type YearsTally } from "./tally.ts";
import { ALONE, type Players, startPlayers } from "./threads.ts";
import { worstSchedules } from "./worst.ts";

/** What to simulate. */
export interface SimulateRequest {
  readonly design: Design;
  readonly years: number;
  readonly seed: number;
  /** Another design to hold beside it. */
  readonly other?: { readonly name: string; readonly design: Design };
  /** Whether to look for what buys most. */
  readonly sensitivity?: boolean;
  /** Whether to look for what is too rare to be met in these years. */
  readonly rare?: boolean;
  /** How many threads play at a time; the result is the same. @default 1 */
  readonly threads?: number;
  /** Is told now and then how many of the years have passed. */
  readonly onProgress?: (years: number) => Promise<void>;
}

/** Years that are played in one piece; progress is told between them. */
const PIECE = 25;
/** The ends of the ranges are played for so much of the time: they say how little is known, not more. */
const ENDS = 0.1;
const MINUTE = 60_000;
/** Incidents that each hazard begins, when what is rare is looked for. */
const RARE_INCIDENTS = 40;
/** So many of the worst schedules are told. */
const WORST = 5;

/** Plays years of a system and says what came of them. `wallMs` is the caller's to add. */
export async function simulate(request: SimulateRequest): Promise<Omit<SimulateDocument, "wallMs">> {
  const { years, threads = 1 } = request;
  const players = startPlayers(Math.min(threads, Math.ceil(years / PIECE)));
  try {
    return await simulateWith(players, request);
  } finally {
    await players.close();
  }
}

async function simulateWith(players: Players, request: SimulateRequest): Promise<Omit<SimulateDocument, "wallMs">> {
  const { design, years, seed, onProgress } = request;
  const { modelAt } = design;
  const play = async (model: SystemModel, count: number): Promise<Tally> =>
    tallyYears(model, { years: count, seed: `${seed}`, players, ...(onProgress && { onProgress }) });
  const whole = await play(modelAt("middle"), years);
  const shorter = Math.max(1, Math.round(years * ENDS));
  const high = await play(modelAt("low"), shorter);
  const low = await play(modelAt("high"), shorter);
  const against = async (change: string, model: SystemModel): Promise<SimulatedChange> => ({
    change,
    addsMinutesPerYear: difference(await play(model, years), whole),
  });
  const downtime = portionRate(whole.portions, years * YEAR.value, longest(modelAt("middle")));
  const yearly = whole.yearMs.toSorted((a, b) => a - b);
  const minutesAt = (share: number): number => rough(quantile(yearly, share) / MINUTE);
  return {
    holdfast: 1,
    system: design.system,
    recovery: design.recovery,
    years,
    seed,
    events: whole.events,
    availability: {
      mean: available(downtime.mean),
      low95: available(downtime.high95),
      high95: available(downtime.low95),
    },
    availabilityRange: [
      available(low.unservedMs / (shorter * YEAR.value)),
      available(high.unservedMs / (shorter * YEAR.value)),
    ],
    downtimeMinutesPerYear: rough((downtime.mean * YEAR.value) / MINUTE),
    incidents: causesOf(whole, years),
    recoveryTimes: barsOf(whole),
    yearMinutes: { p5: minutesAt(0.05), p50: minutesAt(0.5), p95: minutesAt(0.95), p99: minutesAt(0.99) },
    weakest: weakestOf(whole),
    queues: queuesOf(modelAt("middle"), whole, years),
    coincidences: request.rare ? inMinutes(coincidences(modelAt("middle"), `${seed}`, RARE_INCIDENTS)) : null,
    worst: request.rare ? worstSchedules(modelAt("middle"), seed).slice(0, WORST) : null,
    whatIf: request.other ? await against(request.other.name, request.other.design.modelAt("middle")) : null,
    sensitivity: request.sensitivity ? await sensitivityOf(modelAt("middle"), whole, against) : null,
    assumes: [...design.assumes, ...assumedOfOther(request), ...ASSUMES],
  };
}

/** What is taken for granted of the other design alone. */
function assumedOfOther({ design, other }: SimulateRequest): readonly string[] {
  const own = (other?.design.assumes ?? []).filter((each) => !design.assumes.includes(each));
  return own.map((each) => `${other?.name}: ${each}`);
}

function inMinutes({ mean, low95, high95 }: Sampled): Sampled {
  const inYear = (share: number): number => rough((share * YEAR.value) / MINUTE);
  return { mean: inYear(mean), low95: inYear(low95), high95: inYear(high95) };
}

/** The longest that anything lasts. */
function longest({ hazards }: SystemModel): Ms {
  const lasting = hazards.flatMap(({ harm }) => ("lastsMs" in harm ? [harm.lastsMs] : []));
  return Math.max(0, ...lasting.map((spread) => ("meanMs" in spread ? 3 * spread.meanMs : spread[1])));
}

/** Downtime of one design less that of another, in minutes a year, by pairs of years on the same seed. */
function difference(one: Tally, other: Tally): Sampled {
  const pairs = one.yearMs.map((ms, year) => (ms - (other.yearMs[year] ?? 0)) / MINUTE);
  const { mean, low95, high95 } = batchMean(pairs);
  return { mean: rough(mean), low95: rough(low95), high95: rough(high95) };
}

/** So many of the worst causes are looked at. */
const CAUSES = 6;

/** What it would change if one of the worst causes came half as often, or lasted half as long; the best first. */
async function sensitivityOf(
  model: SystemModel,
  { byCause }: Tally,
  against: (change: string, model: SystemModel) => Promise<SimulatedChange>,
): Promise<readonly SimulatedChange[]> {
  const worst = [...byCause].toSorted(([, a], [, b]) => b.unservedMs - a.unservedMs).slice(0, CAUSES);
  const changes: SimulatedChange[] = [];
  for (const [cause] of worst) {
    const changed = (change: (hazard: Hazard) => Hazard): SystemModel => ({
      ...model,
      hazards: model.hazards.map((hazard) => (hazard.cause === cause ? change(hazard) : hazard)),
    });
    changes.push(
      await against(
        `half as often: ${cause}`,
        changed((hazard) => ({ ...hazard, spared: 0.5 })),
      ),
    );
    const lasting = model.hazards.some((hazard) => hazard.cause === cause && "lastsMs" in hazard.harm);
    if (lasting) changes.push(await against(`half as long: ${cause}`, changed(halved)));
  }
  return changes.toSorted((a, b) => a.addsMinutesPerYear.mean - b.addsMinutesPerYear.mean);
}

function halved(hazard: Hazard): Hazard {
  const { harm } = hazard;
  if (!("lastsMs" in harm)) return hazard;
  return { ...hazard, harm: { ...harm, lastsMs: scaledTime(harm.lastsMs, 0.5) } };
}

/** Plays years in pieces, each with chance of its own: so it does not matter which thread plays which. */
export async function tallyYears(
  model: SystemModel,
  run: {
    readonly years: number;
    readonly seed: string;
    /** @default this thread */
    readonly players?: Players;
    readonly onProgress?: (years: number) => Promise<void>;
  },
): Promise<Tally> {
  const { seed, players = ALONE } = run;
  const tally = new Tally(run.years);
  const playing: Promise<YearsTally>[] = [];
  let begun = 0;
  for (let from = 0; from < run.years; from += PIECE) {
    for (; playing.length < players.ahead && begun < run.years; begun += PIECE) {
      const years = Math.min(PIECE, run.years - begun);
      playing.push(players.play({ model, seed: `${seed}/${begun}`, years }));
    }
    tally.merge(await playing.shift()!, from); // it was begun
    await run.onProgress?.(Math.min(from + PIECE, run.years));
  }
  return tally;
}

const ASSUMES = [
  "AWS publishes service levels and no failure rates: rates are ours, with wide ranges, of which this is the middle",
  "the interval is of chance alone; the range beside it is by the ends of the rates",
] as const;

function causesOf({ byCause }: Tally, years: number): readonly SimulatedCause[] {
  const causes = [...byCause].map(([cause, { unservedMs, downMs, lostMs, lateMs }]) => {
    const times = downMs.toSorted((a, b) => a - b);
    const secondsOf = (ms: readonly Ms[]): { readonly p50: number; readonly p99: number } => {
      const sorted = ms.toSorted((a, b) => a - b);
      return { p50: rough(quantile(sorted, 0.5) / 1_000), p99: rough(quantile(sorted, 0.99) / 1_000) };
    };
    return {
      cause,
      perYear: rough(times.length / years),
      feltPerYear: rough(times.filter((ms) => ms > 0).length / years),
      downtimeMinutesPerYear: rough(unservedMs / MINUTE / years),
      recoveryTimeMs: {
        p50: Math.round(quantile(times, 0.5)),
        p95: Math.round(quantile(times, 0.95)),
        p99: Math.round(quantile(times, 0.99)),
      },
      lostSeconds: secondsOf(lostMs),
      lateSeconds: secondsOf(lateMs),
    };
  });
  return causes.toSorted((a, b) => b.downtimeMinutesPerYear - a.downtimeMinutesPerYear || compare(a.cause, b.cause));
}

/** How late the work behind each queue was, as shares of all of it. */
function queuesOf({ parts, componentOf }: SystemModel, { work }: Tally, years: number): readonly SimulatedQueue[] {
  const plans = new Map<string, WorkPlan>();
  for (const [key, plan] of parts) if (plan.kind === "work") plans.set(componentOf.get(key) ?? key, plan);
  return [...plans].map(([queue, { peak, trough, objectiveMs }]) => {
    const messages = peak * ((1 + trough) / 2) * ((years * YEAR.value) / 1_000);
    const { beyondObjective, lost, longestMs } = work.get(queue) ?? { beyondObjective: 0, lost: 0, longestMs: 0 };
    return {
      queue,
      longestSeconds: rough(longestMs / 1_000),
      lostShare: rough(lost / messages),
      objectiveSeconds: objectiveMs === null ? null : objectiveMs / 1_000,
      beyondObjectiveShare: objectiveMs === null ? null : rough(beyondObjective / messages),
    };
  });
}

function weakestOf(tally: Tally): SimulateDocument["weakest"] {
  const all = sumOf([...tally.unservedMsOf.values()]);
  return [...tally.unservedMsOf]
    .map(([component, ms]) => ({ component, share: rough(ms / all) }))
    .toSorted((a, b) => b.share - a.share || compare(a.component, b.component));
}

/** Bars from an eighth of a second on, each twice as wide as the one before. */
function barsOf({ byCause }: Tally): readonly RecoveryBar[] {
  const counts = new Map<number, number>();
  for (const { downMs } of byCause.values()) {
    for (const ms of downMs.filter((each) => each > 0)) {
      const power = Math.max(-3, Math.floor(Math.log2(ms / 1_000)));
      counts.set(power, (counts.get(power) ?? 0) + 1);
    }
  }
  const powers = [...counts.keys()];
  if (powers.length === 0) return [];
  const first = Math.min(...powers);
  return Array.from({ length: Math.max(...powers) - first + 1 }, (_, index) => {
    const power = first + index;
    return { fromMs: 1_000 * 2 ** power, toMs: 2_000 * 2 ** power, count: counts.get(power) ?? 0 };
  });
}

/** Of a share of the time; ten digits, of which the interval says how many count. */
function available(missing: number): number {
  return Number((1 - missing).toPrecision(10));
}

/** Three digits are all that these figures bear. */
function rough(value: Ms): number {
  return Number(value.toPrecision(3));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}
