import { componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";
import { withoutQueue } from "./queue-expectation.ts";

/** Far below what a drill's load sends, so that producers and consumers compete for it. */
const CALLS_PER_SECOND = 5;

/** The queue service serves a few calls a second about one queue, and tells all others to slow down. */
export const queueThrottled: Fault = {
  name: "queue-throttled",
  summary: `throttles a queue to ${CALLS_PER_SECOND} calls a second, producers and consumers together`,
  scope: "instance",
  blastClass: "instance",
  standsFor:
    "a quota that is used up by this system or by a neighbour: of a FIFO queue, or of the key that encrypts the queue",
  notModelled: [
    "a quota for each kind of call: here sends, receives and deletes share one",
    "a quota that comes and goes",
  ],
  // FIS throttles API calls of EC2 and Kinesis alone.
  fisAction: null,
  targets: (topology) => componentsOf(topology, "queue").map(({ id }) => id),
  primitives: (_topology, subject) => [
    { kind: "service-fault", queue: subject, effect: { kind: "throttle", callsPerSecond: CALLS_PER_SECOND } },
  ],
  /** Many customers are turned away until the quota is back; what was accepted must be worked off all the same. */
  expects: withoutQueue,
};
