import type { Ms } from "../../base/units.ts";

/** One copy of the data: a database instance or a cache node, in a zone. */
export interface FailoverMember {
  readonly id: string;
  readonly zone: string;
}

/** What the failover of one component rests on. All times at the pace of the run. */
export interface FailoverSpec {
  readonly component: string;
  readonly members: readonly FailoverMember[];
  /**
   * Places whose observers vote: zones, and perhaps one beside them. A majority of *all* of them decides, so one that
   * is silent counts against a failover.
   */
  readonly observers: readonly string[];
  /**
   * How many standbys hold a commit before it is acknowledged (k). 0, for caches: no quorum, the best of those that
   * answer is promoted.
   */
  readonly acknowledging: number;
  /**
   * Pause before an act that failed is tried again; grows while a standby does not come up, never during a failover.
   */
  readonly retryMs: Ms;
  /** Pause before a standby that exited is started again. */
  readonly restartDelayMs: Ms;
  /**
   * How long observers may take to notice a primary that exited before it is started again in place, how long a
   * quorum may take before the old primary is tried instead, and how long a primary that just came up may stay
   * unseen by a majority. Longer than detection takes, or a crash is never failed over.
   */
  readonly patienceMs: Ms;
  /** Member that is primary in the beginning; the others are seeded from it. */
  readonly first: string;
}

/** How far a copy reaches: the higher timeline wins, then the larger offset. */
export interface LogPosition {
  readonly timeline: number;
  /** Bytes of log that are on its disk, received or replayed, whichever is more. */
  readonly offset: number;
}

/** What the world tells. Telling again what is believed already does nothing. */
export type FailoverSeen =
  /**
   * An observer's health checks of a member crossed their threshold. Whether its zone can be heard is told by `zone`.
   */
  | { readonly kind: "sight"; readonly observer: string; readonly member: string; readonly ok: boolean }
  /**
   * The agent of its zone says that the process is gone: used to start it again, never to detect. Told again once the
   * zone is heard again.
   */
  | { readonly kind: "exited"; readonly member: string }
  /** The control plane can, or cannot, command and hear what is in this zone. All can be reached in the beginning. */
  | { readonly kind: "zone"; readonly zone: string; readonly reachable: boolean }
  /**
   * It replicates from the current primary and is in sync. Believed false after every act on that member and every
   * promotion.
   */
  | { readonly kind: "streaming"; readonly member: string; readonly ok: boolean }
  /**
   * The end of an act; comes for each, in finite time, unless a later act on the member made it void. `position` with
   * a `hold`. `diverged`, of `start`, `follow` and `reseed`: this copy is of no use (its history left the primary's,
   * or its disk is empty) and must be seeded anew.
   */
  | {
      readonly kind: "done";
      readonly id: number;
      readonly ok: boolean;
      readonly position?: LogPosition;
      readonly diverged?: boolean;
    };

/**
 * What a member is started as. `held`: a standby that receives from nobody until it is promoted or told whom to
 * follow.
 */
export type StartAs =
  /** `initial`: the very first start. Only then may an empty disk be initialised; any other time it is `diverged`. */
  | { readonly role: "primary"; readonly standbys: readonly string[]; readonly initial: boolean }
  | { readonly role: "standby"; readonly primary: string }
  | { readonly role: "held" };

/**
 * What the world does to one member. Ids only grow. All can be repeated: one that has taken effect already succeeds
 * at once. A later act on a member makes an earlier one void: the earlier must take no effect after the later one's
 * end, so a member refuses what has a lower id than what it did last. All but `fence` travel over control links; none
 * hangs.
 */
export type MemberAct =
  /** Starts the process; ok when it accepts connections. Ok at once where it runs in that role already. */
  | { readonly kind: "start"; readonly id: number; readonly member: string; readonly as: StartAs }
  /** Makes it receive from nobody, also over a restart of the process, and confirms; then says how far it reaches. */
  | { readonly kind: "hold"; readonly id: number; readonly member: string }
  /** Makes it the primary, with the quorum over `standbys` in force before the first write. */
  | { readonly kind: "promote"; readonly id: number; readonly member: string; readonly standbys: readonly string[] }
  | { readonly kind: "follow"; readonly id: number; readonly member: string; readonly primary: string }
  /** Replaces its disk by a copy of the primary's, whatever runs there, and starts it as a standby. */
  | { readonly kind: "reseed"; readonly id: number; readonly member: string; readonly primary: string }
  /**
   * SIGKILL of the process tree, paused or not; ok when it is gone. In a zone that comes back it is done before
   * users' traffic flows.
   */
  | { readonly kind: "fence"; readonly id: number; readonly member: string };

/** What the controller concluded; see {@link FailoverAct}. */
export type FailoverDecision = "detected" | "waiting" | "fenced" | "promoted" | "shifted" | "cancelled" | "restarted";

/** What the controller asks for, in order. */
export type FailoverAct =
  | MemberAct
  /**
   * Where writers and readers are led; without replicas, readers go to the primary. Said once the first primary is
   * up, and at each change. The world repeats it to zones that it could not reach. Its `done` is not waited for.
   */
  | { readonly kind: "endpoint"; readonly id: number; readonly primary: string; readonly replicas: readonly string[] }
  /**
   * For the journal only. `fenced`: the quorum is held, so `subject`, the old primary, can acknowledge nothing more.
   */
  | { readonly kind: "decision"; readonly what: FailoverDecision; readonly subject: string; readonly detail?: string }
  /** For the journal only: every member replicates in sync; or no longer. */
  | { readonly kind: "redundancy"; readonly full: boolean };

/** What is believed of a member. */
export interface MemberState {
  /** Its process; believed up until its agent says that it exited. */
  readonly up: boolean;
  /** When it went down, to pace restarts. */
  readonly downSince: Ms;
  /** Its log is a beginning of the current history. Others must be seeded anew, and count in no quorum. */
  readonly valid: boolean;
  /** Deposed, and not yet known to be dead: it is fenced before anything else is done to it. */
  readonly fence: boolean;
  readonly streaming: boolean;
  /** Its answer to `hold` in the failover under way. */
  readonly position: LogPosition | null;
  /** The act under way. */
  readonly doing: MemberAct | null;
  /** Failed acts in a row, and when the next may be tried. */
  readonly failures: number;
  readonly retryAt: Ms;
  /** By observer; one that is missing has said nothing. */
  readonly sights: Readonly<Record<string, boolean>>;
}

/** What is believed of the whole; recorded before anything is done. */
export interface FailoverState {
  /** How many primaries there were; 0 until the first has started. */
  readonly epoch: number;
  /** The current primary; during a failover the old one. */
  readonly primary: string;
  /** Set while a failover is under way. */
  readonly failing: {
    readonly since: Ms;
    /** Chosen, and perhaps promoted already: from here there is no way back to the old primary. */
    readonly candidate: string | null;
    /** Said that it waits for a quorum. */
    readonly waiting: boolean;
  } | null;
  /** A primary that just came up, or before observers that were blind, is given until then to be seen. */
  readonly unseenUntil: Ms;
  /** A majority of the observers sees nobody at all. */
  readonly blind: boolean;
  readonly members: Readonly<Record<string, MemberState>>;
  /** Zones that cannot be reached. */
  readonly unreachable: readonly string[];
  /** What was said last; null: nothing yet. */
  readonly endpoint: { readonly primary: string; readonly replicas: readonly string[] } | null;
  readonly redundant: boolean;
  readonly nextId: number;
}
