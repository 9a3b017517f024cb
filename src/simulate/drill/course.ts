import type { Random } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import { BACKUP_ENGINE } from "../../facts/machine.ts";
import type { Expectation } from "../../fault/fault.ts";
import type { Instance } from "../../topology/topology.ts";
import type { Primitive, PrimitiveKind } from "../../world/primitive.ts";
import { type Spread, drawTime } from "../system/spread.ts";
import type { DrillToPredict } from "./drill-to-predict.ts";
import type { Scene } from "./scene.ts";
import type { PlayedDrill } from "./summary.ts";

/** A fault with its target found, and what is expected of it. */
export interface Aimed {
  readonly drill: DrillToPredict;
  readonly expectation: Expectation;
  readonly subject: string;
  readonly running: readonly Instance[];
}

/** When what was done to a scene, since the fault. */
export interface Course {
  /** When the last change came before the fault was undone. */
  readonly lastAt: Ms;
  readonly healedAt: Ms;
  /** When what had to wait for that could work again: later where undoing it is a restore. */
  readonly mendedAt: Ms;
  /** What was given up by going back in time: from the mistake until the restored disks were put in place. */
  readonly givenUpMs: Ms;
}

/** How often a drill looks whether it may go on. */
const LOOKS_EVERY_MS: Ms = 50;

/** What takes its time until it is done; what comes after it waits for that. */
const DONE_WITHIN: Readonly<Partial<Record<PrimitiveKind, Spread>>> = {
  "back-up": BACKUP_ENGINE.begin.value,
  "delete-rows": BACKUP_ENGINE.deleteRows.value,
};

/** Strikes as a drill does, once or twice, watches for as long, and undoes it all. */
export function runCourse(scene: Scene, { drill, expectation, subject, running }: Aimed, random: Random): Course {
  const { fault, topology, observeMs, observeAtMostMs } = drill;
  const first = fault.primitives(topology, subject, running);
  strike(scene, first, random);
  const struckAt = scene.now;
  if (fault.crowd?.kind === "spike") scene.crowdBy(fault.crowd.factor);
  const waitFor = (isOver: () => boolean, atMostMs: Ms): void => {
    const from = scene.now;
    while (scene.now - from < atMostMs && !isOver()) scene.runUntil(scene.now + LOOKS_EVERY_MS);
  };
  scene.runUntil(scene.now + random.next() * LOOKS_EVERY_MS);
  let second: readonly Primitive[] = [];
  let since: Ms = 0;
  if (fault.then) {
    const { when } = fault.then;
    if (when === "detected") waitFor(() => scene.isFailingOver, observeAtMostMs);
    else waitFor(() => false, observeMs);
    second = fault.then.primitives(topology, subject);
    strike(scene, second, random);
    since = scene.now;
  }
  // What must wait is watched for as long as that takes; what need not is left in force until the last.
  const isSeen = (): boolean => scene.now - since >= observeMs && !scene.isFailingOver;
  waitFor(() => expectation.unavailable.length > 0 && isSeen(), observeAtMostMs);
  const [healedAt, lastAt] = [scene.now, scene.history.at(-1)?.at ?? 0];
  if (fault.crowd?.kind === "spike") scene.crowdBy(1);
  scene.heal([...first, ...second]);
  if (!expectation.rewinds) return { lastAt, healedAt, mendedAt: healedAt, givenUpMs: 0 };
  waitFor(() => scene.isRestored, observeAtMostMs);
  const lastOf = (what: string): Ms => scene.decisions.findLast((each) => each.what === what)?.at ?? scene.now;
  return { lastAt, healedAt, mendedAt: lastOf("restored-to"), givenUpMs: lastOf("restore-made") - struckAt };
}

function strike(scene: Scene, primitives: readonly Primitive[], random: Random): void {
  for (const primitive of primitives) {
    const takes = DONE_WITHIN[primitive.kind];
    if (takes) scene.runUntil(scene.now + drawTime(takes, random));
    scene.strike([primitive]);
  }
}

/**
 * What each component went through, as a drill's stages have it: what could not go on before the fault was undone
 * counts from there. Where databases were restored, that is what customers waited for.
 */
export function stagesOf(scene: Scene, { expectation }: Aimed, healedAt: Ms): PlayedDrill["stages"] {
  const chain = expectation.rewinds ? RESTORED : null;
  return [...Map.groupBy(scene.decisions, ({ component }) => component)].flatMap(([component, own]) => {
    const first = (what: string, from: Ms): Ms | undefined =>
      own.find((each) => each.what === what && each.at >= from)?.at;
    if (chain !== null) return chained(component, chain, first);
    const detected = first("detected", 0) ?? first("zone-lost", 0) ?? first("scaled-out", 0);
    if (detected === undefined) return [];
    const stages = [{ name: "detect", component, ms: detected }];
    const scaled = first("scale-out-complete", detected);
    if (scaled !== undefined) stages.push({ name: "scale", component, ms: scaled - detected });
    const promoted = first("promoted", detected);
    if (promoted === undefined) return stages;
    const waited = expectation.unavailable.includes(component) && promoted >= healedAt;
    stages.push({ name: "promote", component, ms: promoted - (waited ? Math.max(detected, healedAt) : detected) });
    const shifted = first("shifted", promoted);
    if (shifted !== undefined) stages.push({ name: "shift", component, ms: shifted - promoted });
    return stages;
  });
}

/** The stages of a restore, each with what ends it. */
const RESTORED = [
  { name: "decide", ends: "restoring" },
  { name: "restore", ends: "restore-made" },
  { name: "replace", ends: "restored-to" },
] as const;

function chained(
  component: string,
  chain: typeof RESTORED,
  first: (what: string, from: Ms) => Ms | undefined,
): PlayedDrill["stages"] {
  let from: Ms = 0;
  return chain.flatMap(({ name, ends }) => {
    const at = first(ends, from);
    if (at === undefined) return [];
    const stage = { name, component, ms: at - from };
    from = at;
    return [stage];
  });
}
