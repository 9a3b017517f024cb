import { componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";

/** The writer of a database dies at once; its disk stays. */
export const databaseCrash: Fault = {
  name: "database-crash",
  summary: "kills the primary of a database",
  scope: "instance",
  blastClass: "instance",
  standsFor: "a crash of the engine or of its host; Aurora's writer failing over",
  notModelled: [
    "crash recovery of a large log",
    "a cold buffer pool after the failover",
    "Aurora's shared storage: here each instance has its own",
  ],
  fisAction: "aws:rds:failover-db-cluster",
  targets: (topology) => componentsOf(topology, "database").map(({ id }) => `primary of ${id}`),
  primitives: (_topology, subject) => [{ kind: "kill", instance: subject }],
};
