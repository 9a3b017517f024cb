import { observersOf } from "../topology/observer.ts";
import { componentsOf } from "../topology/topology.ts";
import { bothWays } from "./both-ways.ts";
import type { Fault } from "./fault.ts";
import { instanceNamed } from "./target.ts";

/**
 * Most of those who watch a writer do not see it, while its clients, its standbys and its own zone do. The system may
 * fail over for nothing; what it must not do is have two writers, or lose what the healthy one has acknowledged.
 */
export const observersBlind: Fault = {
  name: "observers-blind",
  summary: "hides the healthy primary of a database from all health checks but those of its own zone",
  scope: "link",
  blastClass: "instance",
  standsFor: "health checks that fail for their own reasons: a security group, a full conntrack table, a bad deploy",
  notModelled: ["checks that come and go", "Aurora's own health checks, which are not documented"],
  fisAction: "aws:network:disrupt-connectivity",
  targets: (topology) => componentsOf(topology, "database").map(({ id }) => `primary of ${id}`),
  primitives(topology, subject) {
    const { zone } = instanceNamed(topology, subject);
    const others = topology.regions.flatMap(observersOf).filter((place) => place !== zone);
    const writer = { instance: subject };
    const rule = { purposes: ["observe"], effect: { kind: "black-hole" } } as const;
    return others.flatMap((place) => bothWays({ zone: place }, writer, rule));
  },
};
