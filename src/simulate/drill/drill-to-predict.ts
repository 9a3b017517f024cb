import type { Ms } from "../../base/units.ts";
import type { Fault } from "../../fault/fault.ts";
import type { Pace } from "../../topology/timing.ts";
import type { Topology } from "../../topology/topology.ts";
import type { DrillCustomers } from "./customers.ts";

/** A drill that is to be made. */
export interface DrillToPredict {
  readonly topology: Topology;
  readonly fault: Fault;
  /** What it is aimed at: an instance, a zone, or a role. */
  readonly target: string;
  readonly pace: Pace;
  readonly customers: DrillCustomers;
  /** How long customers come before it strikes: what they look up follows from that. */
  readonly steadyMs: Ms;
  /** How long it watches what cannot work until the fault is undone. */
  readonly observeMs: Ms;
  /** How long it watches at most. */
  readonly observeAtMostMs: Ms;
  /** By database or cache: the member that takes writes now, where that is known. @default the first */
  readonly primaries?: Readonly<Record<string, string>>;
  readonly seed: number;
}
