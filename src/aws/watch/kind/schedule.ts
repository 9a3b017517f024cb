import { type AlarmRow, metricsOf } from "../alarm.ts";

/**
 * What is watched of a region's schedules: AWS counts by their group. What they could not deliver is watched in their
 * dead-letter queues.
 *
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
 */
export function watchSchedules(groupName: string): readonly AlarmRow[] {
  const group = metricsOf("AWS/Scheduler", { ScheduleGroup: groupName });
  return [
    {
      name: "refused",
      says: "the target of a schedule answers with errors, and is tried again for a day",
      of: group("TargetErrorCount", "Sum"),
      is: [">", 0],
      during: [3, 5],
      silence: "fine",
    },
    {
      name: "lost",
      says: "what a schedule had to do was given up and is in no dead-letter queue: it was not done",
      of: group("InvocationsFailedToBeSentToDeadLetterCount", "Sum"),
      is: [">", 0],
      during: [1, 1],
      silence: "fine",
      alone: true,
    },
  ];
}
