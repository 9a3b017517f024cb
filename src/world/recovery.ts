import type { UsedByRegion } from "../base/journal.ts";
import type { Ms } from "../base/units.ts";

/** What a person tells the recovery of regions. */
export type RecoveryCommand =
  /** Another region takes over, whatever is lost. */
  | { readonly what: "failover"; readonly to: string }
  /** Another region takes over without loss: planned, or a failback. */
  | { readonly what: "switchover"; readonly to: string }
  /** The answer to whether a region that cannot be seen is given up. */
  | { readonly what: "answer"; readonly approved: boolean };

/** A region, as recovery sees it. `given-up`: it serves nobody before it has rejoined. */
export interface RegionRecovery {
  readonly name: string;
  readonly role: "active" | "standby" | "given-up";
  /** Whether a majority of the vantage points sees it. */
  readonly seen: boolean;
  /** What it runs. */
  readonly data: "leads" | "follows" | "off";
  readonly services: "full" | "reduced" | "off";
  /** By database: how far its copy was behind, when last looked at; null: not known, or it takes writes itself. */
  readonly lagMs: Readonly<Record<string, Ms | null>>;
}

/** How the recovery of regions stands; part of a status where there is more than one. */
export interface RecoveryStatus {
  readonly active: string;
  readonly plan: {
    readonly kind: "failover" | "switchover" | "rejoin";
    readonly from: string;
    readonly to: string;
    /** The stage under way; null between two. */
    readonly stage: string | null;
  } | null;
  /** A person is asked whether the active region is given up. */
  readonly asked: boolean;
  readonly regions: readonly RegionRecovery[];
  /** Files with what a region that was given up had acknowledged and nobody else has; newest last. */
  readonly saved: readonly string[];
}

/** Something that was saved for a person to reconcile: a row that one region has alone, or a message in its queue. */
export interface SavedItem {
  readonly kind: "row" | "message";
  /** All of it, as JSON. */
  readonly text: string;
}

/** What the system's own processes and disks in a region use of this machine; zones, balancers and queues are AWS's. */
export type Footprint = UsedByRegion;
