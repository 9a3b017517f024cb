import type { Expectation } from "./fault.ts";

/**
 * What is expected while a queue itself fails: who needs it is turned away until it is healed, and no message is set
 * aside for it, because a message that was not received has not used up a receive. Customers show the trace: the
 * provider tells nobody.
 */
export function withoutQueue(queue: string): Expectation {
  return {
    unavailable: [queue],
    claims: [
      {
        claim: { kind: "undecided", what: "dead-lettered", component: queue },
        proves: "no message is set aside for the queue's own failure",
      },
    ],
    trace: "customers",
  };
}
