import { isNumber, judge, numberOf } from "../../evaluate/judge.ts";
import type { Rule } from "../rule.ts";
import { propertyRule } from "../table.ts";

const CLUSTER = "AWS::MemoryDB::Cluster";
const GUIDE = "https://docs.aws.amazon.com/memorydb/latest/devguide";

/** Rules about MemoryDB. */
export const MEMORYDB: readonly Rule[] = [
  propertyRule({
    id: "memorydb-no-replica",
    title: "a shard of MemoryDB has no replica",
    severity: "high",
    loss: "instance",
    practice: "REL11-BP02",
    type: CLUSTER,
    property: "NumReplicasPerShard",
    holds: (value) => judge(value, (plain) => numberOf(plain) !== 0),
    message: (replicas) => `has no replica: NumReplicasPerShard is ${replicas}`,
    why: "With its node a shard neither reads nor writes until a new one has read the whole log.",
    fix: "set `NumReplicasPerShard` to 1 or more",
    source: `${GUIDE}/autofailover.html`,
  }),
  propertyRule({
    id: "memorydb-snapshots",
    title: "a MemoryDB cluster takes no snapshots",
    severity: "medium",
    loss: "data",
    practice: "REL09-BP03",
    type: CLUSTER,
    property: "SnapshotRetentionLimit",
    holds: (value) => isNumber(value, (days) => days > 0),
    message: (days) => `takes no snapshots: SnapshotRetentionLimit is ${days}`,
    why: "What a wrong release or a mistaken call destroys cannot be had back.",
    fix: "set `SnapshotRetentionLimit` to 1 or more",
    source: `${GUIDE}/snapshots.html`,
  }),
];
