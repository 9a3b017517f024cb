import { componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";
import { instanceNamed } from "./target.ts";

/**
 * The writer of a database dies while a backup is being copied from it. The failover must not wait for the backup, half
 * a backup must never be offered for a restore, and the next one must be whole.
 */
export const failoverDuringBackup: Fault = {
  name: "failover-during-backup",
  summary: "kills the primary of a database while a backup is being copied from it",
  scope: "instance",
  blastClass: "instance",
  standsFor: "a crash at the worst moment of the night; what is copied for hours meets one sooner or later",
  notModelled: [
    "Aurora's backups, which are made of its storage and never touch an instance",
    "the snapshot of a large volume, which a failover may slow",
  ],
  fisAction: "aws:rds:failover-db-cluster",
  targets: (topology) => componentsOf(topology, "database").map(({ id }) => `primary of ${id}`),
  primitives: (topology, subject) => [
    { kind: "back-up", component: instanceNamed(topology, subject).component },
    { kind: "kill", instance: subject },
  ],
  expects(topology, subject) {
    const { component } = instanceNamed(topology, subject);
    return {
      unavailable: [],
      claims: [
        {
          claim: { kind: "decided", what: "backup-broken-off", component },
          proves: "the primary was lost while a backup was copied from it",
        },
        { claim: { kind: "decided", what: "promoted", component }, proves: "a standby takes over all the same" },
        {
          claim: { kind: "decided", what: "backup-proved", component, after: "heal" },
          proves: "half a backup is never offered, and the next one is whole and can be restored",
        },
        { claim: { kind: "lossless" }, proves: "no acknowledged write is lost" },
      ],
      trace: "world",
    };
  },
};
