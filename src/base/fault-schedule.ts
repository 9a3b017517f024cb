import { type Ms, formatDuration } from "./units.ts";

/** One blow of a {@link FaultSchedule}. Times are AWS's. */
export interface ScheduledStrike {
  /** What people call it. */
  readonly cause: string;
  /**
   * `crash`, `hang`: an instance; `fail`, `slow`: a component as a whole; `zone`, `region`: all that it holds is lost;
   * `cut`, `mute`, `slow-zone`: a zone that works is reached by nobody, reaches nobody, or is slow to reach.
   */
  readonly harm: "crash" | "hang" | "fail" | "slow" | "zone" | "region" | "cut" | "mute" | "slow-zone";
  /** An instance, a component, a zone or a region. */
  readonly target: string;
  /** Of a component: the region in which alone it is struck. */
  readonly region?: string;
  /** Since the first blow. */
  readonly atMs: Ms;
  /** Null: until what was lost is replaced. */
  readonly lastsMs: Ms | null;
}

/** What strikes a system that is well, one after the other, before it is well again. */
export interface FaultSchedule {
  readonly strikes: readonly ScheduledStrike[];
  /** Downtime: minutes times the share of the operations that fail. */
  readonly minutes: number;
  /** How much of it these strikes would not have cost one by one; 0 for a single one. */
  readonly addsMinutes: number;
}

/** A schedule in words: "loss of a zone (us-east-1a), 13 s later brown-out: sessions". */
export function scheduleText({ strikes }: Pick<FaultSchedule, "strikes">): string {
  return strikes
    .map((strike, index) => {
      const before = strikes[index - 1];
      const later = before === undefined ? "" : `${formatDuration(strike.atMs - before.atMs)} later `;
      return `${later}${strikeText(strike)}`;
    })
    .join(", ");
}

function strikeText({ cause, target }: ScheduledStrike): string {
  return cause.endsWith(`: ${target}`) ? cause : `${cause} (${target})`;
}

/** What a schedule costs in words: "500 min, of which 480 because they meet". */
export function scheduleCostText({ minutes, addsMinutes }: Pick<FaultSchedule, "minutes" | "addsMinutes">): string {
  return `${minutes} min${addsMinutes > 0 ? `, of which ${addsMinutes} because they meet` : ""}`;
}
