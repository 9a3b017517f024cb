import type { Duration } from "../base/units.ts";
import { SQS } from "../facts/timing.ts";
import { duration, optional, type Read, shape, whole } from "./schema.ts";

/**
 * Work that is accepted now and done later, at least once. SQS on AWS; it survives the loss of a zone.
 * A dead-letter queue named `<queue>-dead-letters` comes by itself.
 *
 * @example
 * orders: { maxReceives: 5 }
 */
export interface Queue {
  /** How often a message is tried before it goes to the dead-letter queue, from 1 to 1000. @default 5 */
  readonly maxReceives?: number;
  /** How long a received message is hidden from other workers, from 1 second to 12 hours. @default "30 seconds" */
  readonly visibilityTimeout?: Duration;
  /**
   * How long an unworked message is kept, from 60 seconds to 14 days; the dead-letter queue keeps it 14 days. @default
   * "4 days"
   */
  readonly retention?: Duration;
}

/** A queue as a definition has it, with all that was left out. */
export type QueueDefinition = Read<typeof readQueue>;

/** Reads a queue. */
export const readQueue = shape({
  maxReceives: optional(whole(SQS.maxReceives), SQS.maxReceives.value),
  visibilityTimeout: optional(duration({ ...SQS.visibilityTimeout, min: 1_000 }), SQS.visibilityTimeout.value),
  retention: optional(duration(SQS.retention), SQS.retention.value),
});
