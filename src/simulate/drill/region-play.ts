import type { Random } from "../../base/random.ts";
import { STEADY } from "../../base/steady.ts";
import type { Ms } from "../../base/units.ts";
import type { Expectation } from "../../fault/fault.ts";
import { TAKEOVER } from "../../facts/takeover.ts";
import { callsOf } from "../../topology/assumption.ts";
import { dnsOf } from "../../topology/region-spec.ts";
import { timer } from "../../topology/timing.ts";
import type { Primitive } from "../../world/primitive.ts";
import { type Played, playCustomers } from "./customers.ts";
import type { DrillToPredict } from "./drill-to-predict.ts";
import { type Paths, answerIn } from "./region-customers.ts";
import type { Demand } from "./region-directory.ts";
import { RegionRecovery } from "./region-recovery.ts";
import { lostWrites } from "./region-loss.ts";
import { regionStages } from "./region-stages.ts";
import { type RegionView, RegionWorld } from "./region-world.ts";
import type { PlayedDrill } from "./summary.ts";

/** A drill of regions, made ready to be played again and again. */
export interface RegionPlay {
  readonly drill: DrillToPredict;
  /** The region that is struck. */
  readonly subject: string;
  readonly expectation: Expectation;
  readonly paths: Paths;
  readonly demand: Demand;
}

/** Before anything is struck, at AWS's scale: everything runs, and everybody believes what is so. */
const SETTLED_MS: Ms = 100_000;
/** How often a drill looks whether it can go on. */
const LOOK_AGAIN_MS: Ms = 50;
/** A world in which nothing has changed for so long, at AWS's scale, and nothing is under way, is over. */
const QUIET_MS: Ms = 50_000;
/** What takes longer, at AWS's scale, does not come to its end. */
const AT_MOST_MS: Ms = 2_400_000;
/** Customers are played for so long after the last change: until steadiness shows. */
const AFTER_MS: Ms = (STEADY.windows + 3) * STEADY.windowMs;
/** What of an operation is slow, where the control run is not made yet: 100 ms over what is usual. */
const SLOW_AFTER_MS: Ms = 150;

/** Plays a drill once. */
export function playRegionDrill(play: RegionPlay, random: Random): PlayedDrill {
  const world = new RegionWorld({ ...play.drill, demand: play.demand }, random.fork("world"));
  const recovery = new RegionRecovery(world);
  welcome(play, world);
  const { faultAt, primitives } = strike(play, world, recovery);
  const isHealed = play.expectation.unavailable.length > 0;
  const healAt = isHealed ? faultAt + play.drill.observeMs + LOOK_AGAIN_MS * random.next() : null;
  if (healAt !== null) {
    const usedAgainMs = callsOf(play.drill.topology).breakForMs * random.next();
    world.time.after(healAt + usedAgainMs - world.time.now(), () => world.heal(primitives));
  }
  const until = faultAt + timer(AT_MOST_MS, play.drill.pace);
  while (world.time.now() < until && !isOver({ world, recovery, from: healAt ?? faultAt }))
    world.time.runUntil(world.time.now() + 1_000);
  const { marks, sightsLost } = recovery;
  const lost = lostWrites(play.drill, { world, recovery, faultAt, random });
  return {
    journeys: playJourneys(play, { world, random, faultAt, healAt }),
    stages: regionStages({ faultAt, marks, sightsLost, shifts: world.shifts, ttlMs: world.ttlMs }),
    lost,
  };
}

/** Lets everything settle, and then customers come. */
function welcome({ drill }: RegionPlay, world: RegionWorld): void {
  world.time.runUntil(timer(SETTLED_MS, drill.pace));
  world.directory.begin();
  world.time.runUntil(world.time.now() + drill.steadyMs);
}

/** Strikes, once or twice; gives when what recovery is counted from has struck, and what is to be undone. */
function strike(
  { drill, subject }: RegionPlay,
  world: RegionWorld,
  recovery: RegionRecovery,
): { readonly faultAt: Ms; readonly primitives: readonly Primitive[] } {
  const { fault, topology } = drill;
  const first = fault.primitives(topology, subject);
  world.strike(first);
  recovery.notice(first);
  const struckAt = world.time.now();
  if (fault.then === undefined) return { faultAt: struckAt, primitives: first };
  const until = struckAt + timer(AT_MOST_MS, drill.pace);
  while (!isPrepared(drill, { world, recovery, struckAt }) && world.time.now() < until)
    world.time.runUntil(world.time.now() + LOOK_AGAIN_MS);
  const second = fault.then.primitives(topology, subject);
  const secondAt = world.time.now();
  world.strike(second);
  recovery.notice(second);
  return { faultAt: fault.then.when === "prepared" ? secondAt : struckAt, primitives: [...first, ...second] };
}

/** As a drill waits: for a while, until no plan is under way, and until customers know where they are led. */
function isPrepared(
  { fault, observeMs, pace, topology }: DrillToPredict,
  { world, recovery, struckAt }: { readonly world: RegionWorld; readonly recovery: RegionRecovery; struckAt: Ms },
): boolean {
  const now = world.time.now();
  if (now < struckAt + observeMs || recovery.isBusy) return false;
  const isAwaited = fault.then?.after === "traffic-shifted" && !world.shifts.some((at) => at >= struckAt);
  const finished = recovery.last("finished");
  const trafficMs = timer(TAKEOVER.alarm.value[1] + 2 * dnsOf(topology).ttlMs, pace);
  return !isAwaited && (finished === undefined || now >= finished.at + trafficMs);
}

function isOver({
  world,
  recovery,
  from,
}: {
  readonly world: RegionWorld;
  readonly recovery: RegionRecovery;
  readonly from: Ms;
}): boolean {
  const last = Math.max(from, world.views.at(-1)?.at ?? 0, recovery.marks.at(-1)?.at ?? 0);
  return !recovery.isBusy && world.time.now() >= last + timer(QUIET_MS, world.pace);
}

/** A play whose world is over: what customers make of it is still to be seen. */
interface Over {
  readonly world: RegionWorld;
  readonly random: Random;
  readonly faultAt: Ms;
  readonly healAt: Ms | null;
}

function playJourneys(play: RegionPlay, { world, random, faultAt, healAt }: Over): ReadonlyMap<string, Played> {
  const { drill, expectation, paths } = play;
  const { views } = world;
  const lastMs = Math.max(0, (views.at(-1)?.at ?? 0) - faultAt);
  // A world begins with a view.
  const viewAt = (at: Ms): RegionView => views.findLast((view) => view.at <= at) ?? views[0]!;
  return playCustomers({
    journeys: drill.topology.journeys,
    customers: drill.customers,
    untilMs: lastMs + AFTER_MS,
    slowAfterMs: SLOW_AFTER_MS,
    random: random.fork("customers"),
    steadyFrom: ({ needs }) =>
      healAt !== null && expectation.unavailable.some((component) => needs.includes(component)) ? healAt - faultAt : 0,
    attempt: (attempt) => answerIn(viewAt(faultAt + attempt.at), paths, attempt),
  });
}
