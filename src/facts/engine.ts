import type { Range } from "./failure.ts";

/** What an engine or a program takes on the machine that drills run on: measured, and no number of AWS's. */
export interface EngineTime {
  /** From the shortest to the longest that is usual, in milliseconds. */
  readonly value: Range;
  readonly measuredOn: "2026-11-21";
  /** What was measured, between which two moments. */
  readonly how: string;
}

/** A time of the machine's, from the shortest to the longest that is usual. */
export function measured(low: number, high: number, how: string): EngineTime {
  return { value: [low, high] as const, measuredOn: "2026-11-21", how };
}

/** How many processors the machine had that all of these were measured on. */
export const PROCESSORS = 2;

/**
 * How many of them the shop takes while a drill's fifty operations a second come and all is well: what all processes of
 * a drill used over six seconds, on 2026-11-21.
 */
export const PROCESSORS_TAKEN: EngineTime["value"] = [0.5, 0.65];

/** How many it takes while nobody comes. */
export const PROCESSORS_IDLE: EngineTime["value"] = [0.2, 0.3];

/**
 * What engines and programs take when a region takes over from another. `program`, `warmUp` and `backup` are times of a
 * processor: what shares it takes longer.
 */
export const REGION_ENGINE = {
  program: measured(500, 750, "from the start of one of the shop's programs to its listening, while a drill runs"),
  warmUp: measured(150, 300, "from there to its answering at its usual speed, in a region where all of them start"),
  backup: measured(1_000, 1_600, "the base backup that a region takes as soon as it leads, sealed and checked"),
  fence: measured(2, 15, "telling the witnesses, and ending what can be reached"),
  restore: measured(600, 2_700, "the shop's database from its backups, verified and replayed, for three members"),
  promote: measured(70, 200, "three members of a copy that lead from then on, each restarted, until one takes writes"),
  catchUp: measured(10, 40, "asking both ends how far the log goes"),
  follow: measured(1_900, 3_600, "a region's databases copy the other's from then on, tasks that are too many end"),
  verify: measured(8, 60, "a request to each balancer node from outside"),
  cache: measured(60, 160, "from the start of a cache's members to a primary with replicas"),
} as const;
