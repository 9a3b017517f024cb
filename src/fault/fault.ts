import type { Topology } from "../topology/topology.ts";
import type { Primitive } from "../world/primitive.ts";

/** The objective that a fault is held against: losing an instance, a zone or a region each has its own RTO and RPO. */
export type BlastClass = "instance" | "zone" | "region";

/** What a fault touches. */
export type FaultScope = "instance" | "link" | "zone" | "region";

/** One way to break a system, made of the world's primitives. Pure data and functions over the topology. */
export interface Fault {
  /** As it is named on the command line. */
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  readonly scope: FaultScope;
  readonly blastClass: BlastClass;
  /** What happens in life that looks like this. */
  readonly standsFor: string;
  /** What such an event also does, and this does not. */
  readonly notModelled: readonly string[];
  /** AWS FIS's action or scenario that comes closest; null where there is none. */
  readonly fisAction: string | null;
  /**
   * What it can be aimed at, the most telling first: an instance, a zone, or a role that is looked up when it strikes,
   * such as `primary of database` and `zone of the primary of database`. Empty where the system has nothing for it.
   */
  targets(topology: Topology): readonly string[];
  /** What to do to the world; `subject` is an instance or a zone, never a role. */
  primitives(topology: Topology, subject: string): readonly Primitive[];
}
