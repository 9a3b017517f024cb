import { componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";
import { withoutQueue } from "./queue-expectation.ts";

/** The queue service fails every call about one queue, and keeps what it holds. */
export const queueDown: Fault = {
  name: "queue-down",
  summary: "makes every call about a queue fail with 503",
  scope: "instance",
  blastClass: "instance",
  standsFor: "an impaired SQS in the region: nobody sends, nobody receives, and nothing that was accepted is gone",
  notModelled: [
    "an SQS that fails some of the calls, or for some callers alone",
    "calls that hang instead of failing",
    "the dead-letter queue, which goes on working here",
  ],
  // FIS makes API calls fail for EC2 and Kinesis alone.
  fisAction: null,
  targets: (topology) => componentsOf(topology, "queue").map(({ id }) => id),
  primitives: (_topology, subject) => [{ kind: "service-fault", queue: subject, effect: { kind: "unavailable" } }],
  /** There is no second queue: who cannot send must say so to the customer, and go on by itself once it works again. */
  expects: withoutQueue,
};
