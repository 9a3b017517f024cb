import { type Topology, findComponent } from "../topology/topology.ts";
import type { Expectation } from "./fault.ts";

/**
 * What is expected while a queue itself fails: who needs it is turned away until it is healed, and no message is set
 * aside for it, because a message that was not received has not used up a receive. Customers show the trace: the
 * provider tells nobody. Where programs write into an outbox first, customers must not notice either.
 */
export function withoutQueue(topology: Topology, queue: string): Expectation {
  if (findComponent(topology, "queue", queue)?.settings.acrossRegions === "outbox") {
    return {
      unavailable: [],
      claims: [{ claim: { kind: "unharmed" }, proves: "what is meant for the queue waits in the outbox" }],
      trace: "none",
    };
  }
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
