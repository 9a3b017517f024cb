import type { Ms } from "../../base/units.ts";
import type { FailoverMember, FailoverSpec } from "./language.ts";

/** Pauses of the control plane itself: they are ours, run at their own speed, and are no timers of AWS's. */
const RETRY_MS = 200;
const RESTART_DELAY_MS = 500;
const MARGIN_MS = 1_000;

/** How often the control plane asks a primary what its standbys do, at AWS's scale. */
export const REPLICATION_POLL_MS: Ms = 2_000;

/** What a failover controller rests on. */
export interface FailoverSettings {
  readonly component: string;
  /** The first of them is the primary in the beginning. */
  readonly members: readonly FailoverMember[];
  /** Places whose observers vote. */
  readonly observers: readonly string[];
  /** How many standbys hold a commit before it is acknowledged. */
  readonly acknowledging: number;
  /** How observers probe, by the definition. */
  readonly detection: { readonly intervalMs: Ms; readonly timeoutMs: Ms; readonly unhealthyThreshold: number };
  /** A timer of the definition's at the pace of the run. */
  timer(ms: Ms): Ms;
}

/** What the failover controller of a database or cache is given, in every world. */
export function failoverSpec(settings: FailoverSettings): FailoverSpec {
  const { component, members, observers, acknowledging, detection, timer } = settings;
  const { intervalMs, timeoutMs, unhealthyThreshold } = detection;
  return {
    component,
    members: members.map(({ id, zone }) => ({ id, zone })),
    observers,
    acknowledging,
    retryMs: RETRY_MS,
    restartDelayMs: RESTART_DELAY_MS,
    patienceMs: timer((intervalMs + timeoutMs) * (unhealthyThreshold + 1)) + MARGIN_MS,
    first: members[0]?.id ?? "",
  };
}
