import { componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";

/** No JSON, no number, and a hint for whoever finds it. */
const GARBAGE = "{poison: a drill of Holdfast sent this message, delete it";

/**
 * One message that no consumer can make sense of is in the queue, and one good message meets a consumer that always
 * fails. Both use up their receives and are set aside; the good one comes back with the redrive and must be worked off.
 */
export const poisonMessage: Fault = {
  name: "poison-message",
  summary:
    "sends a message that cannot be parsed, and strands a good one in the dead-letter queue until it is redriven",
  scope: "instance",
  blastClass: "instance",
  standsFor: "a producer's bug, a schema that changed, a consumer's bad release, and the redrive after the mend",
  notModelled: [
    "a message that kills its consumer or keeps it busy for ever",
    "so many bad messages that consumers do nothing else",
    "a redrive that leaves bad messages behind: here they come back too, and are set aside again",
  ],
  fisAction: null,
  targets: (topology) => componentsOf(topology, "queue").map(({ id }) => id),
  primitives: (_topology, subject) => [
    { kind: "poison", queue: subject, body: GARBAGE },
    { kind: "strand", queue: subject, messages: 1 },
  ],
  expects: (_topology, subject) => ({
    unavailable: [],
    claims: [
      {
        claim: { kind: "decided", what: "dead-lettered", component: subject, times: 2 },
        proves: "what cannot be worked off is set aside",
      },
      { claim: { kind: "decided", what: "redriven", component: subject, after: "heal" }, proves: "it can be redriven" },
      { claim: { kind: "unharmed" }, proves: "one bad message harms no other" },
    ],
    trace: "world",
  }),
};
