import type { Address } from "../address.ts";
import type { Child } from "../process/child.ts";
import type { DifferentRow } from "./database-rows.ts";
import type { SessionTarget } from "./database-session.ts";

/** How far a member's copy reaches, comparable between members: the higher timeline wins, then the later position. */
export interface Position {
  readonly timeline: number;
  /** Bytes of log that it holds: the larger of received and replayed (received alone falls back after a restart). */
  readonly offset: number;
}

/** Where a standby reaches its primary: the link from its own zone, purpose `replication`. */
export type MemberRole =
  | { readonly role: "primary"; readonly standbys: readonly string[] }
  | { readonly role: "standby"; readonly primary: Address }
  /** A standby that receives from nobody until it is promoted or follows somebody, also over a restart. */
  | { readonly role: "held" };

/** What the disk of a member says about itself while the process is down. */
export interface DiskState {
  readonly role: "primary" | "standby";
  /** The newest history that it knows of; the disk of a primary with the highest one holds every acknowledged write. */
  readonly timeline: number;
  /** It was told to receive from nobody. */
  readonly held: boolean;
}

export interface Replication {
  /**
   * Standbys that stream from this primary now, with how far behind they are (null: unknown), and whether they count
   * for the quorum.
   */
  readonly standbys: readonly { readonly id: string; readonly streaming: boolean; readonly lagMs: number | null }[];
}

/**
 * One member of a replicated engine (a database instance, a cache node): performs what the failover controller decides.
 * `via` is how the control plane reaches it, through a link with purpose `control`, so a member that is cut off cannot
 * be commanded.
 * Calls reject, within a few seconds, where the member cannot be reached or refuses; none hangs.
 */
export interface Member {
  readonly id: string;
  readonly zone: string;
  /** The running process; null where it is down. */
  process(): Child | null;
  /** Makes an empty disk, to be started as the first primary. Does nothing where there is one already. */
  initialise(): Promise<void>;
  /** Whether there is a disk to start from. */
  hasDisk(): boolean;
  /** What the disk says of a member that is down; null where there is none. See `choosePrimary`. */
  disk(): DiskState | null;
  /** Starts the process on its disk; resolves when it accepts connections. At once where it runs already. */
  start(role: MemberRole): Promise<void>;
  /**
   * Stops receiving from the primary and confirms it, so that this copy can acknowledge nothing more for it; then says
   * how far it reaches.
   */
  hold(via: Address): Promise<Position>;
  /**
   * Makes it the primary, with the quorum of `standbys` in force before the first write. Resolves when it is out of
   * recovery.
   */
  promote(via: Address, standbys: readonly string[]): Promise<void>;
  /**
   * Follows another primary; `of` "standby": one that itself copies another region's (a cascade). `diverged`: its
   * history left the primary's, so it needs `reseed`. @default of "primary"
   */
  follow(via: Address, primary: Address, of?: "primary" | "standby"): Promise<"streaming" | "diverged">;
  /** Replaces its disk by a copy of the primary's (reached at `from`), then starts it as a standby of it. */
  reseed(from: Address): Promise<void>;
  /** What its standbys do, asked of a primary. */
  replication(via: Address): Promise<Replication>;
  /** Position of a running member. */
  position(via: Address): Promise<Position & { readonly role: "primary" | "standby" }>;
  /** A checksum of the user's data, equal on copies that hold the same, and its count of rows or keys. */
  checksum(via: Address): Promise<{ readonly checksum: string; readonly rows: number }>;
  /**
   * Its disk takes no byte more, or as much as ever again: for the process that runs, and for each that is started for
   * it. Left out where a member keeps nothing on a disk.
   */
  fillDisk?(full: boolean): Promise<void>;
  /**
   * The oldest transaction that had not ended for this copy. With {@link written}, this and the next are left out where
   * the kind has no rows.
   */
  horizon?(via: Address): Promise<string>;
  /** What it wrote since a `horizon` that the copy at `kept` has not, or has otherwise. Both must run. */
  written?(via: Address, kept: Address, horizon: string): Promise<readonly DifferentRow[]>;
  /** How to open sessions of the control plane at `via`. */
  target?(via: Address): SessionTarget;
  /** Puts a primary's disk that was made elsewhere in the place of its own; it is moved, on the same file system. */
  adopt?(from: string): Promise<void>;
  /** Ends the programs' sessions. */
  endSessions?(via: Address): Promise<void>;
  /** SIGKILL of the process tree. */
  kill(): Promise<void>;
  /** A clean stop. */
  stop(): Promise<void>;
}

/** A health check that an observer repeats. Keeps its connection open between checks. */
export interface Probe {
  /** True where it answered within `timeoutMs`. Never rejects. */
  check(timeoutMs: number): Promise<boolean>;
  close(): void;
}
