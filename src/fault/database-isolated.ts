import { observersOf } from "../topology/observer.ts";
import { componentsOf } from "../topology/topology.ts";
import type { LinkPurpose } from "../world/primitive.ts";
import { bothWays } from "./both-ways.ts";
import type { Fault } from "./fault.ts";
import { instanceNamed } from "./target.ts";

const FROM_OTHER_PLACES: readonly LinkPurpose[] = ["replication", "observe"];
/** From its own zone too: whoever promotes another one cannot count on killing it. */
const FROM_EVERYWHERE: readonly LinkPurpose[] = ["control"];

/**
 * The writer of a database is alive and its clients still reach it, but no other zone does: not its standbys, not those
 * who watch it, not those who command it. Whoever promotes a standby now must make sure that the old writer cannot
 * acknowledge any more.
 */
export const databaseIsolated: Fault = {
  name: "database-isolated",
  summary: "cuts the primary of a database off from the other zones, but not from its clients",
  scope: "link",
  blastClass: "instance",
  standsFor: "a partition on the replication network: the way to two writers at once",
  notModelled: ["Aurora's storage, which fences by its own quorum", "a partition that comes and goes"],
  fisAction: "aws:network:disrupt-connectivity",
  targets: (topology) => componentsOf(topology, "database").map(({ id }) => `primary of ${id}`),
  primitives(topology, subject) {
    const { zone } = instanceNamed(topology, subject);
    const others = topology.regions.flatMap(observersOf).filter((place) => place !== zone);
    const writer = { instance: subject };
    const effect = { kind: "black-hole" } as const;
    return [
      ...others.flatMap((place) => bothWays({ zone: place }, writer, { effect, purposes: FROM_OTHER_PLACES })),
      ...bothWays({}, writer, { effect, purposes: FROM_EVERYWHERE }),
    ];
  },
};
