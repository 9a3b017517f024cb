import type { Ms } from "../../base/units.ts";

/** What keeps the tasks of one service running. All times at the pace of the run. */
export interface ReplacementSpec {
  readonly service: string;
  readonly zones: readonly string[];
  /** Tasks wanted, perhaps none, and the revision of the program, in the beginning. */
  readonly desired: number;
  readonly revision: string;
  /** Never fewer than this serve while there is capacity for them, and as many are wanted. */
  readonly min: number;
  /**
   * Pause before a replacement starts in a zone after a failure; doubles from `firstMs` to `maxMs` with each in a
   * row. A task that has served `resetAfterMs` has proven itself: the failures before it are forgotten, and a new
   * revision takes over.
   */
  readonly backoff: { readonly firstMs: Ms; readonly maxMs: Ms; readonly resetAfterMs: Ms };
  /** A task that does not serve this long after its process was started has failed. */
  readonly startTimeoutMs: Ms;
  /**
   * ECS's health-check grace period, from when its process was started: until then a starting task may be found to be
   * unhealthy; one that still is then has failed.
   */
  readonly healthGraceMs: Ms;
  /** How long a stopping task may finish what it works on. */
  readonly drainMs: Ms;
  /** Failures of a new revision, before its deployment is complete, after which it is rolled back. */
  readonly crashLoopFailures: number;
  /** Whether a balancer checks it. False for a queue worker, which serves once its start is done. */
  readonly checked: boolean;
}

/** What the world tells. */
export type ReplacementSeen =
  /** By the user, or by `scaling.ts`. */
  | { readonly kind: "desired"; readonly count: number }
  /**
   * The agent of its zone says that the process is gone; once the zone can be heard. Told before a later start of
   * that name ends.
   */
  | { readonly kind: "exited"; readonly task: string }
  /** The balancer's health checks crossed their threshold. */
  | { readonly kind: "health"; readonly task: string; readonly healthy: boolean }
  /**
   * Tasks can, or cannot, be started there. What ran or was starting in a zone that is lost is forgotten: when the
   * zone is back the world ends what runs there and is not in `tasks`, and a start that ends after that leaves
   * nothing running.
   */
  | { readonly kind: "zone"; readonly zone: string; readonly available: boolean }
  /**
   * The end of a `start` or a `stop`; comes for each in finite time. A stop that ends also says `exited`, in any
   * order.
   */
  | { readonly kind: "done"; readonly id: number; readonly ok: boolean }
  /** Another revision of the program is wanted. */
  | { readonly kind: "revision"; readonly revision: string };

/** What the controller asks for, in order. */
export type ReplacementAct =
  /** Starts the process. Ids of tasks: `<service>-<zone>`, then `-2`, `-3`: the lowest that is free. */
  | {
      readonly kind: "start";
      readonly id: number;
      readonly task: string;
      readonly zone: string;
      readonly revision: string;
    }
  /** It may receive work: a target of the balancer. Only where `checked`. */
  | { readonly kind: "register"; readonly task: string }
  /** It receives no new work; what it works on goes on. */
  | { readonly kind: "deregister"; readonly task: string }
  /**
   * Asks it to end (SIGTERM) once nothing is under way on it, and ends it after `graceMs`. 0 for what has failed
   * already.
   */
  | { readonly kind: "stop"; readonly id: number; readonly task: string; readonly graceMs: Ms }
  /** A new revision did not come up: the last one that served is back. */
  | { readonly kind: "rolled-back"; readonly from: string; readonly to: string }
  /** For the journal: as many tasks serve as are wanted; or no longer. */
  | { readonly kind: "redundancy"; readonly full: boolean };

/** What is believed of a task. */
export interface TaskState {
  readonly id: string;
  readonly zone: string;
  readonly revision: string;
  /**
   * `starting` until it serves for the first time; `unhealthy`: runs, but failed its checks; `draining`: asked to
   * stop.
   */
  readonly phase: "starting" | "serving" | "unhealthy" | "draining";
  /** It starts, and health checks found it to be unhealthy. */
  readonly failing: boolean;
  readonly registered: boolean;
  /** When its process was started (until then: when that was asked for), and when it began to serve. */
  readonly startedAt: Ms;
  readonly servingSince: Ms | null;
  /** The start or stop under way. */
  readonly doing: number | null;
  /** When an end that failed may be asked for again. */
  readonly retryAt: Ms;
}

/** What is believed of the whole. */
export interface ReplacementBeliefs {
  readonly desired: number;
  /** The revision that is wanted, and the last one whose deployment was completed. */
  readonly revision: string;
  readonly good: string;
  /** In the order in which they came. */
  readonly tasks: readonly TaskState[];
  /** Zones that are lost. */
  readonly lost: readonly string[];
  /** By zone: failures in a row and when the next start may be. */
  readonly backoff: Readonly<Record<string, { readonly failures: number; readonly until: Ms }>>;
  /** Failures of the wanted revision since it was asked for, until its deployment is complete. */
  readonly crashes: number;
  readonly redundant: boolean;
  readonly nextId: number;
}

/** The same, with the tasks by their ids. */
export interface ReplacementState extends Omit<ReplacementBeliefs, "tasks"> {
  readonly tasks: Readonly<Record<string, TaskState>>;
}
