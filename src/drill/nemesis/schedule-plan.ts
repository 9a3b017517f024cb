import { type FaultSchedule, type ScheduledStrike, scheduleCostText, scheduleText } from "../../base/fault-schedule.ts";
import { type Ms, formatDuration } from "../../base/units.ts";
import { FAULTS } from "../../fault/catalogue.ts";
import type { Fault } from "../../fault/fault.ts";
import { subjectsOf } from "../../fault/target.ts";
import type { Component, Kind, Topology } from "../../topology/topology.ts";
import { type NemesisWish, type Strike, isDrawable } from "./plan.ts";

/** What of a simulation's schedules is played, in the order in which they were given. */
export interface SchedulePlan {
  readonly strikes: readonly Strike[];
  /** Each schedule that is played, in words. */
  readonly told: readonly string[];
  /** What would have been played before the time was up, were there a way to do it here. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
}

/** For how long, and what cannot be done in this world. */
export type ScheduleWish = Pick<NemesisWish, "durationMs" | "paceFactor" | "limits">;

/** Times at the fast pace; at AWS's all are ten times as long. */
const TIMES = {
  first: 1_000,
  /** What has settled by then stays as it is, however long a simulation lets it last. */
  settled: 8_000,
  /** What has crashed is here again sooner than at AWS: what meets it there must come before that. */
  crashed: 1_000,
  lastsAtLeast: 2_000,
  /** After a schedule, at least: most recoveries are over, and then everything is waited for. */
  pause: 5_000,
} as const;

type Harm = ScheduledStrike["harm"];

/** The fault of the catalogue that does such harm to a component of that kind. */
const TO_COMPONENT: Readonly<Partial<Record<Harm, Readonly<Partial<Record<Kind, string>>>>>> = {
  crash: { service: "task-crash", database: "database-crash", cache: "cache-crash" },
  hang: { service: "task-hang", database: "database-zombie" },
  fail: { service: "bad-deploy", queue: "queue-down" },
  slow: { queue: "queue-slow", database: "dependency-slow", cache: "dependency-slow" },
};
/** The one that does it to a zone. */
const TO_ZONE: Readonly<Partial<Record<Harm, string>>> = {
  zone: "zone-loss",
  cut: "zone-partition",
  mute: "zone-partition-one-way",
  "slow-zone": "zone-slow",
};

/**
 * Translates schedules of a simulation into faults of the catalogue at the drill's pace, as many as there is time for.
 * A gap is shortened where nothing would happen in it, and never turned round: what overlaps still does. A schedule of
 * which a strike cannot be made here is left out whole, because the rest would be another one.
 */
export function planSchedules(
  topology: Topology,
  schedules: readonly FaultSchedule[],
  { durationMs, paceFactor, limits }: ScheduleWish,
): SchedulePlan {
  const slower = 10 / paceFactor;
  const plan: { strikes: Strike[]; told: string[]; leftOut: { name: string; why: string }[] } = {
    strikes: [],
    told: [],
    leftOut: [],
  };
  const played = new Set<string>();
  let from: Ms = TIMES.first * slower;
  for (const schedule of schedules) {
    const aimed = schedule.strikes.map((strike) => translate(strike, topology, limits));
    const obstacle = aimed.find((each) => "why" in each);
    if (obstacle) {
      plan.leftOut.push({ name: scheduleText(schedule), why: obstacle.why });
      continue;
    }
    const faults = aimed.flatMap((each) => ("why" in each ? [] : [each]));
    const key = faults.map(({ fault, target }) => `${fault.name} of ${target}`).join(", ");
    if (played.has(key)) continue; // causes that are told apart there may be one fault here
    const times = timesOf(schedule, paceFactor);
    const strikes = faults.map(({ fault, target }, index): Strike => {
      const { atMs, healMs } = times[index]!; // one for each
      return { fault, target, atMs: from + atMs, againMs: null, healMs: from + healMs, begins: index === 0 };
    });
    const until = Math.max(...strikes.map(({ healMs }) => healMs));
    if (until > durationMs) break;
    played.add(key);
    plan.strikes.push(...strikes);
    plan.told.push(tell(schedule, strikes));
    from = until + TIMES.pause * slower;
  }
  return plan;
}

function tell(schedule: FaultSchedule, strikes: readonly Strike[]): string {
  const [first] = strikes;
  const here = strikes.map((strike) => {
    const afterMs = Math.round(strike.atMs - (first?.atMs ?? 0));
    const later = afterMs === 0 ? "" : ` after ${formatDuration(afterMs)}`;
    return `${strike.fault.name} of ${strike.target}${later}`;
  });
  return `${scheduleText(schedule)}: at AWS ${scheduleCostText(schedule)}; here ${here.join(", ")}`;
}

type Aimed = { readonly fault: Fault; readonly target: string } | { readonly why: string };

function translate(strike: ScheduledStrike, topology: Topology, limits: ScheduleWish["limits"]): Aimed {
  const { cause, harm, target, region } = strike;
  if (harm === "region") return { why: "a nemesis loses no region; `holdfast drill region-loss` does" };
  const name = TO_ZONE[harm] ?? componentFault(harm, componentOf(target, topology));
  const fault = FAULTS.find((each) => each.name === name);
  if (!fault) return { why: `no fault of the catalogue does this: ${cause}` };
  const isElsewhere = region !== undefined && topology.regions.find(({ role }) => role === "primary")?.name !== region;
  const subjects = fault.targets(topology).flatMap((each) => subjectsOf(topology, each));
  if (isElsewhere || !subjects.includes(target))
    return { why: `${fault.name} does not reach ${target} where it stands` };
  return isDrawable(fault, topology, limits) ? { fault, target } : { why: `this machine cannot make ${fault.name}` };
}

/** The component of that name, or that the instance of that name is one of. */
function componentOf(target: string, { components, instances }: Topology): Component | undefined {
  const id = instances.find((each) => each.id === target)?.component ?? target;
  return components.find((component) => component.id === id);
}

/** A worker is no target of what is done to services that answer. */
function componentFault(harm: Harm, component: Component | undefined): string | undefined {
  if (component?.kind === "service" && component.settings.consumes !== null)
    return harm === "crash" ? "worker-crash" : undefined;
  return component && TO_COMPONENT[harm]?.[component.kind];
}

interface Times {
  readonly atMs: Ms;
  readonly healMs: Ms;
}

/** When each strike falls and is undone here, since the first of them. */
function timesOf({ strikes }: FaultSchedule, paceFactor: number): readonly Times[] {
  const slower = 10 / paceFactor;
  const ends = strikes.flatMap(({ atMs, lastsMs }) => (lastsMs === null ? [] : [atMs + lastsMs]));
  const instants = [...new Set([...strikes.map(({ atMs }) => atMs), ...ends])].toSorted((a, b) => a - b);
  const here = new Map<Ms, Ms>();
  let now: Ms = 0;
  for (const [index, instant] of instants.entries()) {
    const before = instants[index - 1] ?? instant;
    const meetsCrash =
      strikes.some(({ atMs }) => atMs === instant) &&
      strikes.some(({ atMs, lastsMs }) => lastsMs === null && atMs < instant);
    const atMost = (meetsCrash ? TIMES.crashed : TIMES.settled) * slower;
    now += Math.min((instant - before) / paceFactor, atMost);
    here.set(instant, now);
  }
  return strikes.map(({ atMs, lastsMs }) => {
    const at = here.get(atMs) ?? 0;
    const end = lastsMs === null ? at : (here.get(atMs + lastsMs) ?? at);
    return { atMs: at, healMs: Math.max(end, at + TIMES.lastsAtLeast * slower) };
  });
}
