import type { TopicHandle } from "../../handle.ts";
import type { Site } from "../../ship.ts";
import { type AlarmRow, metricsOf } from "../alarm.ts";

/**
 * What is watched of a topic: what subscribers did not get. What waits in the subscriptions' dead-letter queues has
 * alarms of its own.
 *
 * https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
 */
export function watchTopic(_site: Site, { name }: TopicHandle): readonly AlarmRow[] {
  const metric = metricsOf("AWS/SNS", { TopicName: name });
  return [
    {
      name: "undelivered",
      says: "a subscriber could not be reached after all retries",
      of: metric("NumberOfNotificationsFailed", "Sum"),
      is: [">", 0],
      during: [3, 5],
      silence: "fine",
    },
    {
      name: "lost",
      says: "a message could not even be put into a dead-letter queue: it is gone",
      of: metric("NumberOfNotificationsFailedToRedriveToDlq", "Sum"),
      is: [">", 0],
      during: [1, 1],
      silence: "fine",
      alone: true,
    },
  ];
}
