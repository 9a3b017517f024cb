import type { Ms } from "../../base/units.ts";
import type { AcrossRegions, QueueDefinition } from "../../definition/queue.ts";
import { SQS } from "../../facts/timing.ts";

export interface QueueSettings {
  readonly maxReceives: number;
  readonly visibilityTimeoutMs: Ms;
  readonly retentionMs: Ms;
  /** Id of the dead-letter queue that comes by itself: `<queue>-dead-letters`. */
  readonly deadLetterQueue: string;
  readonly deadLetterRetentionMs: Ms;
  readonly acrossRegions: AcrossRegions;
}

/** What a definition says of a queue. */
export function queueSettings(queue: QueueDefinition, id: string): QueueSettings {
  return {
    maxReceives: queue.maxReceives,
    visibilityTimeoutMs: queue.visibilityTimeout,
    retentionMs: queue.retention,
    deadLetterQueue: `${id}-dead-letters`,
    deadLetterRetentionMs: SQS.retention.max,
    acrossRegions: queue.acrossRegions,
  };
}
