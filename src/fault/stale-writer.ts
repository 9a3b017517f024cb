import { componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";
import { instanceNamed } from "./target.ts";

/**
 * The writer fails over, and programs go on dialling where it was: the instance is back there, as a standby that
 * refuses every write (SQLSTATE 25006). Once the name is fresh, new connections lead to the new writer and open ones
 * stay: a program that keeps its connection in spite of that error never writes again.
 */
export const staleWriter: Fault = {
  name: "stale-writer",
  summary: "fails a database over while its writer's name goes on leading to the old instance",
  scope: "instance",
  blastClass: "instance",
  standsFor: "a DNS answer that is kept too long, by a JVM or a pool, and the connections that were made with it",
  notModelled: [
    "a cache that outlives the heal: a JVM that keeps an answer for ever",
    "drivers that know the topology",
  ],
  fisAction: "aws:rds:failover-db-cluster",
  targets: (topology) => componentsOf(topology, "database").map(({ id }) => `primary of ${id}`),
  primitives: (topology, subject) => [
    { kind: "hold-endpoint", component: instanceNamed(topology, subject).component },
    { kind: "kill", instance: subject },
  ],
  /** Nobody can write until the name leads to the new writer. */
  expects: (topology, subject) => ({
    unavailable: [instanceNamed(topology, subject).component],
    claims: [],
    trace: "world",
  }),
};
