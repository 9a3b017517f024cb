import { type Answer, answerOf, every, not, some } from "../../../base/answer.ts";
import { elementsOf, isNumber, isOneOf, isSet, isTrue, judge, numberOf } from "../../evaluate/judge.ts";
import { type Value, partOf, shown } from "../../evaluate/value.ts";
import type { Resource } from "../../model/resource.ts";
import type { Rule, Verdict } from "../rule.ts";
import { judged, propertyRule, resourceRule } from "../table.ts";

const GROUP = "AWS::ElastiCache::ReplicationGroup";
const CLUSTER = "AWS::ElastiCache::CacheCluster";
const GUIDE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg";

/** Rules about ElastiCache. Serverless caches are in several zones by themselves. */
export const ELASTICACHE: readonly Rule[] = [
  resourceRule({
    id: "elasticache-no-replica",
    title: "a replication group has a primary without replica",
    severity: "high",
    loss: "instance",
    practice: "REL11-BP02",
    type: GROUP,
    judge: hasNoReplica,
    why: "With its node a shard is gone with all that it holds, until a new and empty one is there.",
    fix: "set `NumCacheClusters` to 2 (`ReplicasPerNodeGroup` to 1), `AutomaticFailoverEnabled` and `MultiAZEnabled`",
    source: `${GUIDE}/Replication.html`,
  }),
  resourceRule({
    id: "elasticache-automatic-failover",
    title: "a replication group does not fail over by itself",
    severity: "high",
    loss: "instance",
    practice: "REL11-BP02",
    type: GROUP,
    judge: doesNotFailOver,
    why: "When the primary is lost nobody takes writes until somebody promotes a replica by hand.",
    fix: "set `AutomaticFailoverEnabled` and `MultiAZEnabled` to true",
    source: `${GUIDE}/AutoFailover.html`,
  }),
  propertyRule({
    id: "elasticache-multi-az",
    title: "the nodes of a replication group may all stand in one zone",
    severity: "medium",
    practice: "REL10-BP01",
    type: GROUP,
    property: "MultiAZEnabled",
    holds: isTrue,
    unless: (group) =>
      some([
        not(isTrue(group.at("AutomaticFailoverEnabled"))),
        not(hasReplicas(group)),
        isSecondary(group),
        isSpread(group),
      ]),
    why: "Nothing keeps primary and replicas in different zones: with the one that holds them all the cache is gone.",
    fix: "set `MultiAZEnabled` to true",
    source: `${GUIDE}/AutoFailover.html`,
  }),
  resourceRule({
    id: "elasticache-single-node",
    title: "a cache is one node",
    severity: "high",
    loss: "instance",
    practice: "REL11-BP02",
    type: CLUSTER,
    judge: isSingleNode,
    why: "With its node the cache is gone with all that it holds, until a new and empty one is there.",
    fix: "use `AWS::ElastiCache::ReplicationGroup` with a replica, `AutomaticFailoverEnabled` and `MultiAZEnabled`",
    source: `${GUIDE}/FaultTolerance.html`,
  }),
  resourceRule({
    id: "elasticache-memcached-zones",
    title: "the nodes of a Memcached cluster stand in one zone",
    severity: "medium",
    practice: "REL10-BP01",
    type: CLUSTER,
    judge: isMemcachedInOneZone,
    why: "With that zone the whole cache is gone at once, and all that it kept from the database falls on it.",
    fix: "set `AZMode` to cross-az, and `NumCacheNodes` to 2 or more",
    source: `${GUIDE}/FaultTolerance.html`,
  }),
  resourceRule({
    id: "elasticache-snapshots",
    title: "a cache of Redis or Valkey takes no snapshots",
    severity: "low",
    loss: "data",
    practice: "REL09-BP03",
    type: GROUP,
    judge: takesNoSnapshots,
    why: "A cache that is lost comes back empty; sessions, locks and counters that are only there do not come back.",
    fix: "set `SnapshotRetentionLimit` to 1 or more, where the cache holds what nothing else does",
    source: `${GUIDE}/backups.html`,
  }),
  resourceRule({
    id: "elasticache-one-region",
    title: "a cache is in one region, where objectives ask for more",
    severity: "low",
    loss: "region",
    applies: "multi-region",
    practice: "REL13-BP02",
    type: GROUP,
    judge: (group, model) => {
      const joined = model.mentionsOf(group, "AWS::ElastiCache::GlobalReplicationGroup").length > 0;
      const value = group.at("GlobalReplicationGroupId");
      const wrong = not(some([isSet(value), answerOf(joined)]));
      return judged(wrong, "no other region has its data: it is in no GlobalReplicationGroup", { value });
    },
    why: "The second region starts with an empty cache, and its database takes the whole load at the worst moment.",
    fix: "make the group a member of an `AWS::ElastiCache::GlobalReplicationGroup`",
    source: `${GUIDE}/Redis-Global-Datastore.html`,
  }),
];

/** A member of a global datastore in another region takes over what its primary is. */
function isSecondary(group: Resource): Answer {
  return isSet(group.at("GlobalReplicationGroupId"));
}

/** Whether the template itself picks different zones for the nodes. */
function isSpread(group: Resource): Answer {
  const zones = elementsOf(group.at("PreferredCacheClusterAZs"));
  return zones.whole ? answerOf(new Set(zones.elements.map(shown)).size > 1) : "unknown";
}

/** Whether every shard has a replica. The nodes of what is made from an existing cluster are not told. */
function hasReplicas(group: Resource): Answer {
  const perShard = group.at("ReplicasPerNodeGroup");
  const shards = elementsOf(group.at("NodeGroupConfiguration"));
  const counts = [perShard, ...shards.elements.map((shard) => partOf(shard, "ReplicaCount"))].filter(
    (count) => count !== undefined,
  );
  if (counts.length > 0) return every(counts.map((count) => isNumber(count, (replicas) => replicas >= 1)));
  const nodes = group.at("NumCacheClusters");
  if (nodes !== undefined) return isNumber(nodes, (count) => count >= 2);
  const told = [group.at("NumNodeGroups"), group.at("PrimaryClusterId"), group.at("GlobalReplicationGroupId")];
  const zones = elementsOf(group.at("PreferredCacheClusterAZs")).elements.length;
  return told.some((value) => value !== undefined) || zones > 1 || !shards.whole ? "unknown" : "no";
}

function nodesOf(group: Resource): { readonly at?: string; readonly value: Value | undefined } {
  const at = ["ReplicasPerNodeGroup", "NumCacheClusters", "NodeGroupConfiguration"].find(
    (path) => group.at(path) !== undefined,
  );
  return at === undefined ? { value: undefined } : { at, value: group.at(at) };
}

function hasNoReplica(group: Resource): Verdict {
  const { at = "NumCacheClusters", value } = nodesOf(group);
  return judged(not(hasReplicas(group)), `has no replica: ${at} is ${shown(value)}`, { at, value });
}

function doesNotFailOver(group: Resource): Verdict {
  const value = group.at("AutomaticFailoverEnabled");
  const alone = not(hasReplicas(group)) === "yes";
  const wrong = every([not(isTrue(value)), not(isSecondary(group)), answerOf(!alone)]);
  const zones =
    isTrue(group.at("MultiAZEnabled")) === "yes" ? "" : `, MultiAZEnabled is ${shown(group.at("MultiAZEnabled"))}`;
  const message = `does not fail over by itself: AutomaticFailoverEnabled is ${shown(value)}${zones}`;
  return judged(wrong, message, { at: "AutomaticFailoverEnabled", value });
}

/** Redis and Valkey have one node outside of a replication group, Memcached as many as are asked for. */
function isSingleNode(cluster: Resource): Verdict {
  const engine = cluster.at("Engine");
  const nodes = cluster.at("NumCacheNodes");
  const one = judge(nodes, (plain) => plain === undefined || numberOf(plain) === 1);
  const memcached = isMemcached(cluster);
  const wrong = memcached === "no" ? "yes" : one;
  return judged(wrong, `is one node: Engine is ${shown(engine)}, NumCacheNodes is ${shown(nodes)}`, {
    at: "NumCacheNodes",
    value: memcached === "unknown" ? engine : nodes,
  });
}

function isMemcached(cluster: Resource): Answer {
  return isOneOf(cluster.at("Engine"), ["memcached"]);
}

function isMemcachedInOneZone(cluster: Resource): Verdict {
  const value = cluster.at("AZMode");
  const zones = elementsOf(cluster.at("PreferredAvailabilityZones"));
  const spread = zones.whole ? answerOf(new Set(zones.elements.map(shown)).size > 1) : "unknown";
  const wrong = every([
    isMemcached(cluster),
    isNumber(cluster.at("NumCacheNodes"), (nodes) => nodes > 1),
    not(isOneOf(value, ["cross-az"])),
    not(spread),
  ]);
  const told = value === undefined ? "not set, so single-az" : shown(value);
  return judged(wrong, `stands in one zone: AZMode is ${told}`, { at: "AZMode", value });
}

function takesNoSnapshots(group: Resource): Verdict {
  const value = group.at("SnapshotRetentionLimit");
  const wrong = every([not(isNumber(value, (days) => days > 0)), not(isSecondary(group))]);
  return judged(wrong, `takes no snapshots: SnapshotRetentionLimit is ${shown(value)}`, {
    at: "SnapshotRetentionLimit",
    value,
  });
}
