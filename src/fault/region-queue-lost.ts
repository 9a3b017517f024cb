import { componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";
import { withoutQueue } from "./queue-expectation.ts";
import { staysWhereItIs } from "./region-claims.ts";
import { regionTargets } from "./target.ts";

/** The queue service of the region that serves fails every call, while everything else in it works. */
export const regionQueueLost: Fault = {
  name: "region-queue-lost",
  summary: "makes every call to the queues of the region that serves fail, while the rest of it lives",
  scope: "region",
  blastClass: "region",
  standsFor: "a regional service that is impaired: a reason to shed what needs it, and not to give the region up",
  notModelled: [
    "a person who decides for a failover all the same, because the service stays away for hours",
    "calls that hang instead of failing",
  ],
  fisAction: null, // FIS makes API calls fail for EC2 and Kinesis alone
  targets: (topology) => (componentsOf(topology, "queue").length === 0 ? [] : regionTargets(topology, "active")),
  primitives: (topology) =>
    componentsOf(topology, "queue").map(({ id }) => ({
      kind: "service-fault",
      queue: id,
      effect: { kind: "unavailable" },
    })),
  expects(topology) {
    const each = componentsOf(topology, "queue").map(({ id }) => withoutQueue(topology, id));
    return {
      unavailable: each.flatMap(({ unavailable }) => unavailable),
      claims: [...staysWhereItIs(), ...each.flatMap(({ claims }) => claims)],
      trace: each.some(({ trace }) => trace === "customers") ? "customers" : "none",
    };
  },
};
