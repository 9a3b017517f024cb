import type { InstanceState, WorldEvent } from "../base/journal.ts";
import type { Ms } from "../base/units.ts";
import type { Topology } from "../topology/topology.ts";
import type { Footprint, RecoveryCommand, RecoveryStatus, SavedItem } from "./recovery.ts";
import type { BackupWorld } from "./backup.ts";
import type { Primitive, PrimitiveKind } from "./primitive.ts";

export interface InstanceStatus {
  readonly id: string;
  readonly component: string;
  readonly region: string | null;
  readonly zone: string | null;
  readonly pid: number | null;
  readonly state: InstanceState;
  /** What a member of a database or cache does: `primary` or `replica`. Null where it is stopped, and for all else. */
  readonly role: string | null;
}

export interface ActiveFault {
  readonly id: string;
  readonly name: string;
  readonly target: string | null;
  readonly since: Ms;
}

/** What `holdfast status --json` prints; see docs/contract.md. */
export interface Status {
  readonly state: "starting" | "healthy" | "degraded" | "down";
  readonly since: string;
  readonly endpoints: { readonly site: string | null; readonly dns: string; readonly control: string };
  readonly regions: readonly {
    readonly name: string;
    readonly role: string;
    readonly aws: Readonly<Record<string, string>>;
    /** What customers near it meet first; left out where `endpoints` says all of it. Each is a host and its port. */
    readonly entry?: {
      readonly dns: string;
      /** The static addresses of each accelerator, by its name. */
      readonly accelerators: Readonly<Record<string, readonly string[]>>;
    };
  }[];
  /** How the recovery of regions stands; null with one region. */
  readonly recovery: RecoveryStatus | null;
  readonly instances: readonly InstanceStatus[];
  readonly faults: readonly ActiveFault[];
}

export interface QueueDepth {
  readonly queue: string;
  /** Visible, delayed and in flight. */
  readonly pending: number;
  /** In its dead-letter queue. */
  readonly stranded: number;
  /** Receives beyond the first, since the system came up; left out where the world does not count them. */
  readonly redelivered?: number;
}

/**
 * What every world is to a drill. The drill knows nothing else of it: no process, no file, no engine.
 * All calls reject with a `UserError` when the world is gone.
 */
export interface World extends BackupWorld {
  readonly topology: Topology;
  /** AWS's intervals are divided by this: 10 at `--pace fast`, 1 at `--pace aws`. */
  readonly paceFactor: number;
  status(): Promise<Status>;
  /**
   * What cannot be done in this world on this machine, each with the reason. `needed`: what is about to be done, which
   * is made ready (a library is fetched); what cannot be made ready is among what cannot be done.
   */
  limits(needed?: readonly PrimitiveKind[]): Promise<Readonly<Partial<Record<PrimitiveKind, string>>>>;
  /** Does all of `primitives` as one fault, in order; resolves with its id when they have taken effect. */
  inject(fault: { name: string; target: string | null; primitives: readonly Primitive[] }): Promise<string>;
  /**
   * Undoes a fault: power is back, links are whole, what was paused goes on. Ends are fenced before traffic reaches
   * them.
   */
  heal(faultId: string): Promise<void>;
  /**
   * Tells the recovery of regions what a person wants; resolves when it was told. What comes of it is decided in the
   * journal (`began`, or `refused` with why). With one region it is refused.
   */
  recover(command: RecoveryCommand): Promise<void>;
  /** What each region's own processes use of this machine now. */
  footprint(): Promise<readonly Footprint[]>;
  /** What was saved for people to reconcile since then, when regions that had been given up came back. */
  saved(since: Ms): Promise<readonly SavedItem[]>;
  /** Everything that the world sees, decides and does from now on, until the returned function is called. */
  watch(listener: (event: WorldEvent) => void): () => void;
  /** Resolves with true once no component lacks redundancy, with false at the deadline. */
  settled(withinMs: Ms): Promise<boolean>;
  queueDepths(): Promise<readonly QueueDepth[]>;
  /** Replicas that can serve reads now, of one component. */
  replicas(component: string): Promise<readonly string[]>;
  /** Makes the reader endpoint of `component` lead to one replica alone, in every zone; null: to all of them again. */
  pinReader(component: string, replica: string | null): Promise<void>;
  /**
   * A checksum of each surviving replica's contents, once they have caught up; null for one that cannot be read. Empty
   * where the kind has none.
   */
  checksums(component: string): Promise<Readonly<Record<string, string | null>>>;
  /** The largest event-loop delay of each of the world's own processes since the last call, in milliseconds. */
  eventLoopDelays(): Promise<Readonly<Record<string, Ms>>>;
}
