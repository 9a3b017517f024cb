import { type FaultSchedule, type ScheduledStrike, scheduleCostText, scheduleText } from "../../base/fault-schedule.ts";
import { type Ms, formatDuration } from "../../base/units.ts";
import { FAULTS } from "../../fault/catalogue.ts";
import type { Fault } from "../../fault/fault.ts";
import { regionOf, seenFrom, subjectsOf } from "../../fault/target.ts";
import { withinRegion } from "../../fault/within-region.ts";
import type { Component, Kind, Topology } from "../../topology/topology.ts";
import { limitOn } from "../drills.ts";
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
  /** And by then where a region is lost, and another one takes over. */
  takenOver: 25_000,
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
/** How the region that serves is lost, in turn: a simulation does not tell, and each is recovered from otherwise. */
const WAYS_TO_LOSE_A_REGION = ["region-loss", "region-isolated", "region-flapping"] as const;
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
  let [from, lostRegions]: [Ms, number] = [TIMES.first * slower, 0];
  for (const schedule of schedules) {
    const wayToLose = WAYS_TO_LOSE_A_REGION[lostRegions % WAYS_TO_LOSE_A_REGION.length]!; // it is one of them
    const aimed = schedule.strikes.map((strike) => translate(strike, { topology, limits, wayToLose }));
    const obstacle = aimed.find((each) => "why" in each);
    if (obstacle) {
      plan.leftOut.push({ name: scheduleText(schedule), why: obstacle.why });
      continue;
    }
    const faults = aimed.flatMap((each) => ("why" in each ? [] : [each]));
    const key = faults.map(textOf).join(", ");
    if (played.has(key)) continue; // causes that are told apart there may be one fault here
    const times = timesOf(schedule, paceFactor);
    const strikes = faults.map((aim, index): Strike => {
      const { atMs, healMs } = times[index]!; // one for each
      return { ...aim, atMs: from + atMs, againMs: null, healMs: from + healMs, begins: index === 0 };
    });
    const until = Math.max(...strikes.map(({ healMs }) => healMs));
    if (until > durationMs) break;
    played.add(key);
    plan.strikes.push(...strikes);
    plan.told.push(tell(schedule, strikes));
    from = until + TIMES.pause * slower;
    if (faults.some(({ fault }) => fault.name === wayToLose)) lostRegions += 1;
  }
  return plan;
}

function tell(schedule: FaultSchedule, strikes: readonly Strike[]): string {
  const [first] = strikes;
  const here = strikes.map((strike) => {
    const afterMs = Math.round(strike.atMs - (first?.atMs ?? 0));
    const later = afterMs === 0 ? "" : ` after ${formatDuration(afterMs)}`;
    return `${textOf(strike)}${later}`;
  });
  return `${scheduleText(schedule)}: at AWS ${scheduleCostText(schedule)}; here ${here.join(", ")}`;
}

type Aim = Pick<Strike, "fault" | "target" | "region">;

function textOf({ fault, target, region }: Aim): string {
  return `${fault.name} of ${target}${region === undefined ? "" : ` in ${region}`}`;
}

interface Stage {
  readonly topology: Topology;
  readonly limits: ScheduleWish["limits"];
  /** How a region that serves is lost this time. */
  readonly wayToLose: string;
}

function translate(strike: ScheduledStrike, stage: Stage): Aim | { readonly why: string } {
  const { cause, harm, target, region } = strike;
  const { topology, limits, wayToLose } = stage;
  if (harm === "region" && topology.regions.length < 2)
    return { why: "one region runs, and none could take over: `--regions all` runs the others" };
  const serving = topology.regions.find(({ role }) => role === "primary")?.name;
  const ofRegion = target === serving ? wayToLose : "standby-region-loss";
  const ofOthers = TO_ZONE[harm] ?? componentFault(harm, componentOf(target, topology));
  const fault = FAULTS.find(({ name }) => name === (harm === "region" ? ofRegion : ofOthers));
  if (!fault) return { why: `no fault of the catalogue does this: ${cause}` };
  const from = seenFrom(topology, regionOf(topology, target) ?? serving ?? "");
  const subjects = fault.targets(from).flatMap((each) => subjectsOf(from, each));
  const confined = region === undefined ? null : withinRegion(region, fault.primitives(topology, target));
  const isElsewhere = region !== undefined && region !== serving && confined === null;
  if (isElsewhere || !subjects.includes(target))
    return { why: `${fault.name} does not reach ${target} where it stands` };
  if (!isPlayable(fault, topology, limits)) return { why: `this machine cannot make ${fault.name}` };
  return { fault, target, ...(confined && topology.regions.length > 1 ? { region: region! } : {}) }; // confined to it
}

/** A nemesis draws no loss of a region; it plays one that it is given. */
function isPlayable(fault: Fault, topology: Topology, limits: ScheduleWish["limits"]): boolean {
  if (fault.blastClass !== "region") return isDrawable(fault, topology, limits);
  const [target] = fault.targets(topology);
  return target !== undefined && limitOn({ fault, target }, topology, limits) === null;
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
    const isTakenOver = strikes.some(({ harm, atMs }) => harm === "region" && atMs < instant);
    const atMost = meetsCrash ? TIMES.crashed : isTakenOver ? TIMES.takenOver : TIMES.settled;
    now += Math.min((instant - before) / paceFactor, atMost * slower);
    here.set(instant, now);
  }
  return strikes.map(({ atMs, lastsMs }) => {
    const at = here.get(atMs) ?? 0;
    const end = lastsMs === null ? at : (here.get(atMs + lastsMs) ?? at);
    return { atMs: at, healMs: Math.max(end, at + TIMES.lastsAtLeast * slower) };
  });
}
