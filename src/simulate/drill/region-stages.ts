import type { Ms } from "../../base/units.ts";
import type { RecoveryMark } from "./region-recovery.ts";
import type { PlayedDrill } from "./summary.ts";

type Stages = PlayedDrill["stages"];

/** Stages that no plan is made of: marks of its decisions. */
const DECISIONS: ReadonlySet<string> = new Set([
  "lost",
  "seen-again",
  "waiting",
  "asked",
  "declined",
  "refused",
  "began",
  "taken-back",
  "finished",
]);

/** What of a play its stages are made of. */
export interface StageMarks {
  readonly faultAt: Ms;
  /** What was decided, and the stages that ended, in their order. */
  readonly marks: readonly RecoveryMark[];
  /** When a watcher lost sight of a region. */
  readonly sightsLost: readonly Ms[];
  /** When new answers of the DNS led customers elsewhere, and how long those that were given before are known. */
  readonly shifts: readonly Ms[];
  readonly ttlMs: Ms;
}

/**
 * What the recovery of a region went through, as a drill tells it from its journal: noticed, decided, and the stages of
 * the first plan one after the other, each until it had succeeded. Where no other region took over, what the watchers
 * lost sight of.
 */
export function regionStages({ faultAt, sightsLost, shifts, ttlMs, ...of }: StageMarks): Stages {
  const marks = of.marks.filter(({ at }) => at >= faultAt);
  const began = marks.findIndex(({ what }) => what === "began");
  const beganAt = marks[began]?.at;
  if (beganAt === undefined) return watched(sightsLost, faultAt);
  const ended = marks.findIndex(({ what }, at) => what === "finished" && at > began);
  const lostAt = marks.slice(0, began).findLast(({ what }) => what === "lost")?.at;
  const stages: { name: string; component: string; ms: Ms }[] = [];
  const add = (name: string, from: Ms, to: Ms): void =>
    void stages.push({ name, component: "recovery", ms: to - from });
  if (lostAt !== undefined) {
    add("detect", faultAt, lostAt);
    add("decide", lostAt, beganAt);
  }
  let from = beganAt;
  let forgets = false;
  for (const { at, what } of marks.slice(began, ended < 0 ? undefined : ended)) {
    if (DECISIONS.has(what)) continue;
    const since = from;
    const ledAt = what === "shift" ? shifts.find((each) => each >= since) : undefined;
    forgets ||= ledAt !== undefined;
    add(what, from, Math.max(at, ledAt ?? at));
    from = at;
  }
  if (forgets) add("forget", 0, ttlMs);
  return stages;
}

function watched(sightsLost: readonly Ms[], faultAt: Ms): Stages {
  const after = sightsLost.filter((at) => at >= faultAt);
  return after.length === 0 ? [] : [{ name: "detect", component: "region", ms: Math.max(...after) - faultAt }];
}
