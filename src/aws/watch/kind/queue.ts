import { componentsOf } from "../../../topology/topology.ts";
import type { QueueHandle } from "../../handle.ts";
import type { Site } from "../../ship.ts";
import { type AlarmRow, metricsOf } from "../alarm.ts";

/** Shorter waits are what a queue is for. */
const SHORTEST_WAIT_SECONDS = 600;

/** A message that was received so often and is still there is being tried in vain. */
const TRIES_OF_WAIT = 3;

/**
 * What is watched of a queue: whether anything is set aside, and whether the workers keep up.
 *
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function watchQueue(site: Site, handle: QueueHandle): readonly AlarmRow[] {
  const queue = metricsOf("AWS/SQS", { QueueName: handle.name });
  const wait = Math.max(SHORTEST_WAIT_SECONDS, (TRIES_OF_WAIT * handle.visibilityTimeoutMs) / 1_000);
  const most = mostAtOnce(site, handle.id);
  return [
    deadLetters(handle.deadLetters.name),
    {
      name: "oldest",
      says: `the oldest message waits for more than ${wait / 60} minutes`,
      of: queue("ApproximateAgeOfOldestMessage", "Maximum"),
      is: [">", wait],
      during: [5, 5],
      silence: "fine",
    },
    ...(most === null
      ? []
      : [
          {
            name: "backlog",
            says: `more than ${most} messages wait: more than all workers that there may be are meant for`,
            of: queue("ApproximateNumberOfMessagesVisible", "Maximum"),
            is: [">", most],
            during: [10, 15],
            silence: "fine",
          } as const,
        ]),
  ];
}

/** That a message waits in a dead-letter queue: it was tried in vain, and nobody tries it again. */
export function deadLetters(queueName: string): AlarmRow {
  return {
    name: "dead-letters",
    says: "messages were set aside: mend what refused them, then start a redrive",
    of: metricsOf("AWS/SQS", { QueueName: queueName })("ApproximateNumberOfMessagesVisible", "Maximum"),
    is: [">", 0],
    during: [1, 1],
    silence: "fine",
    alone: true,
  };
}

/**
 * What the workers are meant for once they have been scaled out as far as they may be; null where they do not scale.
 */
function mostAtOnce({ shipment }: Site, queue: string): number | null {
  const workers = componentsOf(shipment.topology, "service").filter(({ settings }) => settings.consumes === queue);
  const most = workers.flatMap(({ settings: { scale } }) =>
    scale.on?.metric === "queueDepth" ? [scale.max * scale.on.target] : [],
  );
  return most.length === 0 ? null : Math.max(...most);
}
