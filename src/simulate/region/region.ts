import type { Ms } from "../../base/units.ts";

/** A write that a customer was told is kept. */
export interface Write {
  readonly id: number;
  readonly at: Ms;
}

/** A region's copy of the data, and what it does with writes. */
export interface ModelRegion {
  readonly name: string;
  log: Write[];
  role: "writer" | "follower" | "idle";
  /** It was told to acknowledge nothing. */
  quiesced: boolean;
  /** When each witness last let it in, by its own clock, as it asked. */
  grants: Map<string, Ms>;
}

/** A region that has nothing yet. */
export function newRegion(name: string, role: ModelRegion["role"]): ModelRegion {
  return { name, log: [], role, quiesced: false, grants: new Map() };
}

/** Copies what a follower lacks, as far as its log is a beginning of the writer's; whether it is. */
export function replicate(from: ModelRegion, to: ModelRegion, upTo: Ms): boolean {
  const last = to.log.at(-1);
  if (last !== undefined && from.log[to.log.length - 1]?.id !== last.id) return false; // its past is another
  for (let next = from.log[to.log.length]; next && next.at <= upTo; next = from.log[to.log.length]) to.log.push(next);
  return true;
}

/** Writes that one region has and the other has not. */
export function missing(has: ModelRegion, lacks: ModelRegion): readonly Write[] {
  const kept = new Set(lacks.log.map(({ id }) => id));
  return has.log.filter(({ id }) => !kept.has(id));
}
