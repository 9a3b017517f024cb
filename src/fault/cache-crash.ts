import { componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";

/** The primary node of a cache dies at once, and with it what it had not replicated yet. */
export const cacheCrash: Fault = {
  name: "cache-crash",
  summary: "kills the primary node of a cache",
  scope: "instance",
  blastClass: "instance",
  standsFor: "an ElastiCache node that fails: sessions move to a replica, the newest writes may be gone",
  notModelled: ["a cold cache after the loss of every replica", "several shards (cluster mode)"],
  fisAction: "aws:elasticache:replicationgroup-interrupt-az-power",
  targets: (topology) => componentsOf(topology, "cache").map(({ id }) => `primary of ${id}`),
  primitives: (_topology, subject) => [{ kind: "kill", instance: subject }],
};
