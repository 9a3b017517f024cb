import type { Duration } from "../base/units.ts";
import { SQS } from "../facts/timing.ts";
import { duration, oneOf, optional, type Read, shape, whole } from "./schema.ts";

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
  /**
   * What becomes of its messages when the region is lost. A queue stays in its region, so with `none` they wait until
   * the region is back. With `outbox` the programs keep a message in a replicated database until its work is done:
   * whoever puts messages in is told by `<NAME>_ACROSS_REGIONS=outbox` to write there first, and needs a database or a
   * table in its `uses`. Accepting a message then takes a commit, and fails while the database cannot be written.
   * @default "none"
   */
  readonly acrossRegions?: AcrossRegions;
}

/** What carries a queue's messages over the loss of its region: nothing, or its programs' outbox. */
export type AcrossRegions = "none" | "outbox";

/** A queue as a definition has it, with all that was left out. */
export type QueueDefinition = Read<typeof readQueue>;

/** Reads a queue. */
export const readQueue = shape({
  maxReceives: optional(whole(SQS.maxReceives), SQS.maxReceives.value),
  visibilityTimeout: optional(duration({ ...SQS.visibilityTimeout, min: 1_000 }), SQS.visibilityTimeout.value),
  retention: optional(duration(SQS.retention), SQS.retention.value),
  acrossRegions: optional(oneOf("none", "outbox"), "none"),
});
