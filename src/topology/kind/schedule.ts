import type { ScheduleDefinition } from "../../definition/schedule.ts";

export interface ScheduleSettings {
  /** EventBridge Scheduler's own: `rate(5 minutes)` or `cron(0 3 * * ? *)`. */
  readonly expression: string;
  readonly timezone: string;
  /** The function that is invoked or the queue that gets a message. */
  readonly to: string;
}

/** What a definition says of a schedule. */
export function scheduleSettings({ expression, timezone, to }: ScheduleDefinition): ScheduleSettings {
  return { expression, timezone, to };
}
