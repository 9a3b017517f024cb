import { componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";

/**
 * A mistaken statement deletes every row of a database, and replication carries it to each copy within milliseconds: no
 * standby, zone or region helps. What helps is a backup: every database goes back to the moment before it, while
 * customers come. What they were promised in between is given up, and counted.
 */
export const restore: Fault = {
  name: "restore",
  summary: "deletes every row of a database, and restores all of them to the moment before it",
  scope: "instance",
  blastClass: "data",
  standsFor: "a statement without its `where`, a migration gone wrong, a bug that overwrites: what replication copies",
  notModelled: [
    "damage that nobody notices for days, or that is mixed with what must be kept",
    "a restore beside the database, from which people take what is missing by hand",
    "size: at AWS a restore takes as long as the data is large",
    "what caches, queues and other systems know of what was given up",
  ],
  fisAction: null, // FIS destroys no data
  targets: (topology) => componentsOf(topology, "database").map(({ id }) => id),
  primitives: (_topology, subject) => [{ kind: "delete-rows", component: subject }],
  expects: (topology, subject) => ({
    unavailable: componentsOf(topology, "database").map(({ id }) => id), // all of them go back
    claims: [
      {
        claim: { kind: "decided", what: "rows-deleted", component: subject },
        proves: "the rows are gone, and no copy has them",
      },
      {
        claim: { kind: "decided", what: "restored-to", component: subject, after: "heal" },
        proves: "backups are verified, replayed to the moment before it, and put in place",
      },
      {
        claim: { kind: "rewound" },
        proves: "no write is lost that was acknowledged before the mistake, or after the restore",
      },
    ],
    trace: "world",
    rewinds: true,
  }),
};
