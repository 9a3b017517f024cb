import type { DrillPrediction } from "./prediction.ts";
import type { Ms } from "./units.ts";

/** How an operation of a customer ended. Unknown is never counted as a success. */
export type Outcome = "ok" | "failed" | "unknown";

/** What a customer does in a journey. */
export type Action = "write" | "read";

/**
 * One HTTP exchange. `acknowledged` and `refused` are certain; after `timeout` and `reset` the work may have been done.
 */
export type AttemptOutcome = "acknowledged" | "absent" | "rejected" | "refused" | "timeout" | "reset";

export interface AttemptEvent {
  readonly kind: "attempt";
  readonly at: Ms;
  /** Unique in the drill. */
  readonly id: string;
  readonly operation: string;
  readonly journey: string;
  readonly action: Action;
  readonly key: string;
  /** 1 for the first attempt of an operation. */
  readonly number: number;
  readonly outcome: AttemptOutcome;
  readonly status: number | null;
  /** Time from its start to its end; `at` is the end. */
  readonly tookMs: Ms;
  /** The address that the DNS gave. */
  readonly address: string | null;
}

export interface OperationEvent {
  readonly kind: "operation";
  /** Its end. */
  readonly at: Ms;
  readonly id: string;
  readonly journey: string;
  readonly action: Action;
  readonly key: string;
  readonly outcome: Outcome;
  /** When it was due by the open-loop schedule; latency counts from here, so that nothing is omitted. */
  readonly dueAt: Ms;
  readonly attempts: number;
}

/** A look through the public endpoint after the fault, at one key. `replica` null: unpinned. */
export interface ReadBackEvent {
  readonly kind: "read-back";
  readonly at: Ms;
  readonly journey: string;
  readonly key: string;
  readonly replica: string | null;
  readonly outcome: "present" | "absent" | "unknown";
  /** How often the effect was applied, where the program says so. */
  readonly applied: number | null;
}

/** The conservation check of a journey that defines one: what the system's own books say was applied. */
export interface ConservationEvent {
  readonly kind: "conservation";
  readonly at: Ms;
  readonly journey: string;
  /** Keys whose effect must be there once, by the ledger. */
  readonly expected: number;
  /** With those that came to be there while the books were read: writes that nobody had acknowledged. */
  readonly expectedAtMost?: number;
  /** Effects that the books show; null where they could not be read. */
  readonly applied: number | null;
}

/** How many messages a queue holds, when looked at. */
export interface QueueEvent {
  readonly kind: "queue";
  readonly at: Ms;
  readonly queue: string;
  readonly pending: number;
  readonly stranded: number;
  /** Receives beyond the first, since the drill began; null where the world does not count them. */
  readonly redelivered: number | null;
}

/** A request of the crowd that comes with some faults: no customer's, so it counts in no journey. */
export interface ProbeEvent {
  readonly kind: "probe";
  readonly at: Ms;
  readonly label: string;
  /** What must become of it; null: to be blocked once it is noticed (a flood). */
  readonly expect: "blocked" | "served" | null;
  /** `blocked`: the firewall's 403; `served`: any other answer; `failed`: none. */
  readonly outcome: "blocked" | "served" | "failed";
  readonly status: number | null;
}

export type InstanceState = "starting" | "healthy" | "unhealthy" | "draining" | "stopped";

/** What the world saw, decided or did. */
export type WorldEvent =
  | {
      readonly kind: "instance";
      readonly at: Ms;
      readonly id: string;
      readonly component: string;
      readonly zone: string | null;
      readonly state: InstanceState;
      readonly role: string | null;
      readonly pid: number | null;
    }
  /** An observer's health checks of an instance crossed their threshold. */
  | {
      readonly kind: "sight";
      readonly at: Ms;
      readonly observer: string;
      readonly instance: string;
      readonly component: string;
      readonly ok: boolean;
    }
  /**
   * A controller came to a conclusion: `detected`, `fenced`, `promoted`, `shifted`, `waiting`, `rolled-back`, `scaled-
   * out`, `scaled-in`.
   */
  | {
      readonly kind: "decision";
      readonly at: Ms;
      readonly component: string;
      readonly what: string;
      readonly subject: string;
      readonly detail?: string;
    }
  /** An act that a controller asked for, at its end. */
  | {
      readonly kind: "act";
      readonly at: Ms;
      readonly component: string;
      readonly act: string;
      readonly subject: string;
      readonly ok: boolean;
      readonly tookMs: Ms;
      readonly detail?: string;
    }
  /** Every instance that the topology asks for is healthy, and every replica is in sync; or no longer. */
  | {
      readonly kind: "redundancy";
      readonly at: Ms;
      readonly component: string;
      /** The region that this is about: with several, each has its own. */
      readonly region?: string;
      readonly full: boolean;
    }
  | {
      readonly kind: "lag";
      readonly at: Ms;
      readonly component: string;
      readonly instance: string;
      /** Of another region's copy: the region that it is in. It is told each time that somebody looked. */
      readonly region?: string;
      readonly lagMs: Ms | null;
    }
  | {
      readonly kind: "alarm";
      readonly at: Ms;
      readonly component: string;
      readonly name: string;
      readonly state: "ok" | "alarm";
    };

/** What a drill is, and all that its figures are held against: the journal alone is enough to compute them again. */
export interface DrillEvent {
  readonly kind: "drill";
  readonly at: Ms;
  readonly name: string;
  /** What the fault is aimed at: an instance, a zone, or a role; null for the control run. */
  readonly target: string | null;
  readonly system: string;
  readonly seed: number;
  readonly rate: number;
  readonly pace: string;
  readonly paceFactor: number;
  /** Whose objective counts; null for the control run. */
  readonly blastClass: "instance" | "zone" | "region" | "data" | null;
  readonly objective: { readonly rtoMs: Ms | null; readonly rpoMs: Ms | null };
  readonly journeys: readonly DrilledJourney[];
  /** Components that are queues: what a journey needs of them may be pending or stranded there. */
  readonly queues: readonly string[];
  /** What the fault is expected to do, beside the objectives: `Expectation` of `fault/`; null for the control run. */
  readonly expectation: DrilledExpectation | null;
  /** What the provider documents for the promotion of a component's replica, by component. */
  readonly documentedMs: Readonly<Record<string, Ms>>;
  /** What was expected of it before it was made; null or left out where nobody could say. */
  readonly predicted?: DrillPrediction | null;
  /** The command that repeats it, where the name of the drill does not tell. */
  readonly repeat?: string;
}

/** See `Expectation` in `fault/`; plain JSON here, because a journal knows of no fault. */
export interface DrilledExpectation {
  readonly unavailable: readonly string[];
  readonly claims: readonly {
    readonly claim: {
      readonly kind: string;
      readonly what?: string;
      readonly component?: string | null;
      readonly times?: number;
      readonly atMost?: number;
      readonly atLeast?: number;
      readonly ms?: Ms;
      readonly after?: "fault" | "heal";
      readonly during?: "drill" | "fault" | "second-blow";
    };
    readonly proves: string;
  }[];
  readonly trace: "world" | "customers" | "none";
  readonly rewinds?: boolean;
}

/** A journey as a drill takes it, and how it did without a fault. */
export interface DrilledJourney {
  readonly id: string;
  readonly durability: "acknowledged" | "best-effort";
  /** Whether it writes at all; one that only reads has nothing to lose. */
  readonly writes: boolean;
  readonly needs: readonly string[];
  /** Its 99th percentile in the control run; null in the control run itself. */
  readonly controlP99Ms: Ms | null;
}

/** What one fault of many is held against; a drill of a single fault says so at its own beginning. */
export interface HeldFault {
  readonly objective: DrillEvent["objective"];
  /** Components that cannot work until it is undone. */
  readonly unavailable: readonly string[];
  /** The zones that it touches; all of them where it concerns a component as a whole. */
  readonly zones: readonly string[];
  /** The region that it takes as a whole, or that takes over again; left out by all else. */
  readonly region?: string;
  /** Of a region: what must come of it where nothing else is broken. */
  readonly claims?: DrilledExpectation["claims"];
}

/** What the system's own processes and disks in a region use of the machine. */
export interface UsedByRegion {
  readonly region: string;
  readonly processes: number;
  /** Proportional set size of all of them. */
  readonly pssBytes: number;
  readonly diskBytes: number;
}

/** One line of a drill's journal. Every figure of a report is a pure function of these. */
export type JournalEvent =
  | DrillEvent
  | {
      readonly kind: "phase";
      readonly at: Ms;
      readonly phase: "steady" | "fault" | "observe" | "heal" | "failback" | "check" | "end";
      readonly detail?: string;
    }
  | {
      readonly kind: "fault";
      readonly at: Ms;
      readonly action: "inject" | "heal";
      readonly fault: string;
      readonly target: string | null;
      readonly primitives: readonly unknown[];
      /** Of a second blow: what it waited for; one that was `prepared` by the first is what everything counts from. */
      readonly second?: "detected" | "observed" | "prepared";
      /** With a fault that is one of many, at its beginning. */
      readonly held?: HeldFault;
      /** With a heal: why the fault could not be made after all. */
      readonly detail?: string;
    }
  | { readonly kind: "world"; readonly at: Ms; readonly event: WorldEvent }
  /** Whether every component had its full redundancy back, waited for at most `withinMs`. */
  | { readonly kind: "settled"; readonly at: Ms; readonly ok: boolean; readonly withinMs: Ms }
  /** What each region's own processes used of the machine before the fault. */
  | { readonly kind: "footprint"; readonly at: Ms; readonly regions: readonly UsedByRegion[] }
  /** Keys of this drill that are in the files which were written for people to reconcile, and how much those hold. */
  | {
      readonly kind: "saved";
      readonly at: Ms;
      readonly keys: readonly string[];
      readonly rows: number;
      readonly messages: number;
    }
  | {
      readonly kind: "divergence";
      readonly at: Ms;
      readonly component: string;
      readonly checksums: Readonly<Record<string, string | null>>;
      readonly rows: number | null;
    }
  | { readonly kind: "event-loop"; readonly at: Ms; readonly process: string; readonly maxDelayMs: Ms }
  | AttemptEvent
  | OperationEvent
  | ReadBackEvent
  | ProbeEvent
  | ConservationEvent
  | QueueEvent;
