import { componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";
import { withoutQueue } from "./queue-expectation.ts";

/** Longer than a program that answers people waits for a queue. */
const DELAY_MS = 1_000;

/** The queue service serves every call about one queue, but late. */
export const queueSlow: Fault = {
  name: "queue-slow",
  summary: `makes every call about a queue take ${DELAY_MS / 1_000} s longer`,
  scope: "instance",
  blastClass: "instance",
  standsFor: "a grey failure of SQS: no error anywhere, and messages that arrive after the sender has given up",
  notModelled: ["delays that differ from call to call", "a network that is slow instead of the service"],
  // FIS has no delay for calls to SQS; its network latency is one for a whole instance or task.
  fisAction: null,
  targets: (topology) => componentsOf(topology, "queue").map(({ id }) => id),
  primitives: (_topology, subject) => [
    { kind: "service-fault", queue: subject, effect: { kind: "slow", delayMs: DELAY_MS } },
  ],
  /** Whoever waits less than that fails until it is over, though the message may have come in: it must count once. */
  expects: withoutQueue,
};
