/**
 * Looks for the worst that can befall a system: two strikes at a time, of any two hazards, the second at any moment
 * before the system is well again after the first. How often that happens does not count, which is what sets it apart
 * from the years that are played: a thousand of them hold some five coincidences, and none in which one strike makes
 * the other worse. Three strikes at a time are not looked for.
 */
import type { FaultSchedule, ScheduledStrike } from "../../base/fault-schedule.ts";
import { type Random, seededRandom } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import { YEAR } from "../../facts/failure.ts";
import { Incident, type StrikeReport } from "./incident.ts";
import type { Hazard, SystemModel } from "./model.ts";

/** How many pairs are tried. */
const PAIRS = 800;
const MINUTE = 60_000;
/** The shortest time between two strikes; beyond it, every doubling is as likely as the next. */
const SOONEST_MS = 1_000;
/** Two strikes make each other worse where their meeting adds a minute, and this share of what both cost. */
const ADDS_MS = MINUTE;
const ADDS_SHARE = 0.1;

/**
 * The worst schedules of a system: those first whose strikes make each other worse, by how much; then single ones, by
 * what they cost. One for each pair of causes, and for each cause. The same seed finds the same.
 */
export function worstSchedules(model: SystemModel, seed: number, pairs = PAIRS): readonly FaultSchedule[] {
  const possible = model.hazards.filter(({ perYear }) => perYear > 0);
  const causes = [...Map.groupBy(possible, ({ cause }) => cause).values()];
  const random = seededRandom(`${seed}/worst`);
  const found = new Map<string, FaultSchedule>();
  const keep = (schedule: FaultSchedule): void => {
    const names = schedule.strikes.map(({ cause }) => cause).toSorted();
    const known = found.get(names.join(" + "));
    if (known === undefined || compare(schedule, known) < 0) found.set(names.join(" + "), schedule);
  };
  for (let pair = 0; pair < pairs && causes.length > 0; pair += 1) {
    const beginsAt = random.next() * YEAR.value;
    const blow = (order: "first" | "second", atMs: Ms): Blow => {
      const stem = `${seed}/worst/${pair}`;
      const chanceOf = (name: string): Random => seededRandom(`${stem}/${name === "lasts" ? order : ""}/${name}`);
      return { hazard: random.pick(random.pick(causes)), atMs, chanceOf };
    };
    const first = blow("first", 0);
    const alone = play(model, beginsAt, [first]);
    if (alone.costMs > 0) keep(scheduleOf(alone, 0));
    const second = blow("second", between(alone.lengthMs, random));
    const both = play(model, beginsAt, [first, second]);
    const leastMs = Math.max(ADDS_MS, ADDS_SHARE * both.costMs);
    if (both.costMs - alone.costMs < leastMs) continue;
    const addsMs = both.costMs - alone.costMs - play(model, beginsAt, [second]).costMs;
    if (addsMs >= leastMs) keep(scheduleOf(both, addsMs));
  }
  return [...found.values()].toSorted(compare);
}

interface Blow {
  readonly hazard: Hazard;
  readonly atMs: Ms;
  /** The same for all blows but for how long each lasts, so that what one adds is no whim of chance. */
  readonly chanceOf: (name: string) => Random;
}

interface Played {
  readonly strikes: readonly StrikeReport[];
  readonly costMs: Ms;
  readonly lengthMs: Ms;
}

/** What comes of these blows, from the moment of the first until all is well. */
function play(model: SystemModel, beginsAt: Ms, blows: readonly [Blow, ...Blow[]]): Played {
  const [{ atMs: from }] = blows;
  const incident = new Incident(model, beginsAt + from);
  for (const { hazard, atMs, chanceOf } of blows) {
    incident.runUntil(atMs - from);
    incident.strike(hazard, chanceOf);
  }
  for (let next = incident.nextMs(); next !== null; next = incident.nextMs()) incident.runUntil(next);
  const { strikes } = incident.report();
  const costMs = strikes.reduce((sum, { unservedMs }) => sum + unservedMs, 0);
  return { strikes, costMs, lengthMs: incident.elapsedMs };
}

/** Soon after the first strike as likely as late. */
function between(lengthMs: Ms, random: Random): Ms {
  const longest = Math.max(SOONEST_MS, lengthMs);
  return SOONEST_MS * (longest / SOONEST_MS) ** random.next();
}

function compare(a: FaultSchedule, b: FaultSchedule): number {
  return b.addsMinutes - a.addsMinutes || b.minutes - a.minutes;
}

function scheduleOf({ strikes, costMs }: Played, addsMs: Ms): FaultSchedule {
  return { strikes: strikes.map(strikeOf), minutes: minutes(costMs), addsMinutes: minutes(addsMs) };
}

function strikeOf({ hazard: { cause, harm }, atMs, lastsMs }: StrikeReport): ScheduledStrike {
  const when = { atMs: Math.round(atMs), lastsMs: lastsMs === null ? null : Math.round(lastsMs) };
  switch (harm.kind) {
    case "crash":
    case "hang":
      return { cause, harm: harm.kind, target: harm.instance, ...when };
    case "fail":
    case "slow": {
      const where = harm.region === undefined ? {} : { region: harm.region };
      return { cause, harm: harm.kind, target: harm.component, ...where, ...when };
    }
    case "zone":
      return { cause, harm: "zone", target: harm.zone, ...when };
    case "link":
      return { cause, harm: harm.trouble === "slow" ? "slow-zone" : harm.trouble, target: harm.zone, ...when };
    case "region":
      return { cause, harm: "region", target: harm.region, ...when };
  }
}

/** Three digits are all that these figures bear. */
function minutes(ms: Ms): number {
  return Number((ms / MINUTE).toPrecision(3));
}
