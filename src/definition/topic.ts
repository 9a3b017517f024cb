import { type Context, reference } from "./context.ts";
import { type Read, listOfAll, optional, shape } from "./schema.ts";

/**
 * A message that everybody gets who wants it: each subscriber has a copy of its own. SNS on AWS; what cannot be
 * delivered is kept in a dead-letter queue.
 *
 * @example
 * delivered: { subscribers: ["invoices", "thanks"] }
 */
export interface Topic<Name extends string = string> {
  /** Queues and functions. @default none */
  readonly subscribers?: readonly Name[];
}

/** A topic as a definition has it, with all that was left out. */
export type TopicDefinition = Read<ReturnType<typeof readTopic>>;

const MAX_SUBSCRIBERS = 100;

/** Reads a topic. */
export function readTopic(context: Context) {
  const allowed = [...context.queues, ...context.functions];
  return shape({
    subscribers: optional(listOfAll(reference(context, allowed, "a queue or function"), MAX_SUBSCRIBERS), []),
  });
}
