import type { Ms } from "../../base/units.ts";

/** How another region is kept ready. */
export type Readiness = "backup-restore" | "pilot-light" | "warm-standby" | "active-active";

/**
 * `failover`: the region that serves is lost. `switchover`: planned, without loss; a failback is one. `rejoin`: a
 * region that was given up comes back as the standby.
 */
export type PlanKind = "failover" | "switchover" | "rejoin";

/**
 * What is done with a region, one after the other. Each can be repeated: one that has taken effect succeeds at once.
 */
export type StageName =
  /** The region that is given up gets no lease any more, and the last that it had has run out. */
  | "fence"
  /** The data of the other region is restored from backups. */
  | "restore"
  /** The region that takes over starts what does not run in it. */
  | "start"
  /** The region that takes over grows to what it needs to serve everybody. */
  | "scale"
  /** The region that serves acknowledges no more writes, and says so. */
  | "quiesce"
  /** The region that takes over has every write that the other acknowledged. */
  | "catch-up"
  /** The region that takes over gets the lease, and its database takes writes. */
  | "promote"
  /** Customers are led to the region that takes over. */
  | "shift"
  /** The region that served follows the one that does. */
  | "follow"
  /** Customers' own requests succeed in it. */
  | "verify"
  /** A region that took no writes for a while takes them again: the plan is taken back. */
  | "resume"
  /** What the region that was given up acknowledged, and nobody else has, is written to a file. */
  | "save"
  /** Its data is replaced by a copy of what the region that serves has. */
  | "reseed";

/** What the recovery of a system over two regions rests on. All times at the pace of the run. */
export interface RecoverySpec {
  readonly regions: readonly string[];
  /** The region that takes writes in the beginning. */
  readonly first: string;
  readonly readiness: Readiness;
  /** Vantage points; a majority of all of them decides that a region is lost. */
  readonly watchers: readonly string[];
  /** `approval`: a person says yes before a region is given up. */
  readonly mode: "automatic" | "approval";
  /** What a failover may lose without asking; null: whatever it is. */
  readonly onLag: {
    readonly mostMs: Ms;
    /** How long the lost region is waited for, before somebody is asked or it is given up all the same. */
    readonly waitMs: Ms;
    readonly afterwards: "ask" | "promote";
  } | null;
  /** Pause before a stage that failed is tried again. */
  readonly retryMs: Ms;
  /** How long a region must be seen without a break before it is taken back: a flapping one stays out. */
  readonly calmMs: Ms;
}

/** What the world tells. */
export type RecoverySeen =
  | { readonly kind: "sight"; readonly watcher: string; readonly region: string; readonly ok: boolean }
  /** How far the standby was behind, at `at`. Silence is no sample: it would only say that time passes. */
  | { readonly kind: "lag"; readonly region: string; readonly ms: Ms; readonly at: Ms }
  | { readonly kind: "command"; readonly what: "failover" | "switchover"; readonly to: string }
  /** The answer to what was asked. */
  | { readonly kind: "answer"; readonly approved: boolean }
  /** The end of a stage; comes for each in finite time. */
  | { readonly kind: "done"; readonly id: number; readonly ok: boolean };

export interface StageAct {
  readonly kind: "stage";
  readonly id: number;
  readonly name: StageName;
  /** The region that it is done with. */
  readonly region: string;
  /** The other one: that it takes over from, or follows. */
  readonly other: string;
}

/** What the controller concluded. */
export type RecoveryDecision =
  | "lost"
  | "seen-again"
  | "waiting"
  | "asked"
  | "declined"
  | "refused"
  | "began"
  | "taken-back"
  | "finished";

export type RecoveryAct =
  | StageAct
  /** For the journal, and for whoever is asked. */
  | { readonly kind: "decision"; readonly what: RecoveryDecision; readonly subject: string; readonly detail: string };

/** What is believed of a region. */
export interface RegionState {
  /** By watcher; one that is missing has said nothing. */
  readonly sights: Readonly<Record<string, boolean>>;
  /** Since when a majority does not see it; null: it is not lost. */
  readonly lostSince: Ms | null;
  /** Since when a majority sees it; null: none does. */
  readonly seenSince: Ms | null;
  /** It was given up, and may have writes that nobody else has: it serves nobody before it has rejoined. */
  readonly givenUp: boolean;
  /** The last sample from before contact with the other region was lost. */
  readonly lag: { readonly ms: Ms; readonly at: Ms } | null;
}

/** A plan under way. There is at most one. */
export interface PlanState {
  readonly kind: PlanKind;
  readonly from: string;
  readonly to: string;
  readonly stages: readonly StageName[];
  /** How many stages are done. */
  readonly step: number;
  readonly doing: StageAct | null;
  readonly failures: number;
  readonly retryAt: Ms;
  /** From the first try to promote on there is no way back. */
  readonly promoting: boolean;
  /** It ends with the region that served before still serving. */
  readonly takenBack: boolean;
}

/** What is believed of the whole; recorded before anything is done. */
export interface RecoveryState {
  /** The region that takes writes; during a plan the one that did before. */
  readonly active: string;
  readonly regions: Readonly<Record<string, RegionState>>;
  readonly plan: PlanState | null;
  /** Somebody was asked whether the active region is to be given up. */
  readonly asked: boolean;
  /** Somebody said no: it is not asked again before the region was seen. */
  readonly declined: boolean;
  /** Said that it waits. */
  readonly waiting: boolean;
  readonly nextId: number;
}
