import { type Answer, answerOf, every, not, some } from "../../../base/answer.ts";
import { isNumber, isOneOf, isSet, numberOf } from "../../evaluate/judge.ts";
import { keyOf, shown } from "../../evaluate/value.ts";
import { derived } from "../../model/derived.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { isRecoveredByBackup } from "../recovery/region.ts";
import type { Context, Rule, Verdict } from "../rule.ts";
import { fail, judged, resourceRule, unknown } from "../table.ts";
import { clusterNeedsTwo, clusterRules } from "./cluster.ts";
import { membershipOf } from "./member.ts";
import { isAurora } from "./rds.ts";

const CLUSTER = "AWS::RDS::DBCluster";
const INSTANCE = "AWS::RDS::DBInstance";
const GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide";

/** A recovery objective that leaves no time to create an instance in a region that has none. */
const HEADLESS_RTO_MS = 10 * 60_000;

/** Rules about Aurora clusters, and what Multi-AZ DB clusters share with them. */
export const AURORA: readonly Rule[] = [
  resourceRule({
    id: "aurora-one-instance",
    title: "an Aurora cluster has one instance",
    severity: "high",
    loss: "instance",
    practice: "REL11-BP02",
    type: CLUSTER,
    judge: (cluster, model) => clusterNeedsTwo(cluster, INSTANCE, model, hasInstancesOfItsOwn(cluster, model)),
    why: "Its data is in three zones, and it has nothing to fail over to: nobody reads or writes meanwhile.",
    fix: "add a second `AWS::RDS::DBInstance` with this `DBClusterIdentifier`",
    source: `${GUIDE}/Concepts.AuroraHighAvailability.html`,
  }),
  resourceRule({
    id: "aurora-failover-to-smaller",
    title: "an Aurora cluster fails over to a smaller instance",
    severity: "medium",
    loss: "instance",
    practice: "REL11-BP05",
    type: CLUSTER,
    judge: failsOverToSmaller,
    why: "The instance that is promoted has to carry the writer's load at once, and is not built for it.",
    fix: "give the instance with the best `PromotionTier` the writer's `DBInstanceClass`",
    source: `${GUIDE}/Concepts.AuroraHighAvailability.html`,
  }),
  resourceRule({
    id: "aurora-serverless-reader-tier",
    title: "a serverless reader that is promoted does not scale with the writer",
    severity: "medium",
    loss: "instance",
    practice: "REL11-BP05",
    type: CLUSTER,
    judge: readersStaySmall,
    why: "Readers of tier 2 and beyond may stand at the minimum when the writer is lost, and grow under its full load.",
    fix: "set `PromotionTier` of one reader to 0 or 1",
    source: `${GUIDE}/aurora-serverless-v2.how-it-works.html`,
  }),
  ...clusterRules({
    prefix: "rds-cluster",
    name: "a cluster of RDS or Aurora",
    type: CLUSTER,
    backups: `${GUIDE}/Aurora.Managing.Backups.html`,
    deletion: `${GUIDE}/USER_DeleteCluster.html`,
  }),
  resourceRule({
    id: "aurora-global-database",
    title: "an Aurora cluster is in one region, where objectives ask for more",
    severity: "high",
    loss: "region",
    applies: "multi-region",
    practice: "REL13-BP02",
    type: CLUSTER,
    judge: isInOneRegion,
    why: "With the region the database is gone, and no other region has its data.",
    fix: "make the cluster part of an `AWS::RDS::GlobalCluster`, with a cluster in a second region",
    source: `${GUIDE}/aurora-global-database.html`,
  }),
  resourceRule({
    id: "aurora-headless-secondary",
    title: "the second region's Aurora cluster has no instance, and no time to create one",
    severity: "high",
    loss: "region",
    applies: "multi-region",
    practice: "REL13-BP02",
    type: CLUSTER,
    judge: hasNoInstance,
    why: "Before the second region takes over an instance has to be made, which may take longer than the objective.",
    fix: "add an `AWS::RDS::DBInstance` with this `DBClusterIdentifier`",
    source: `${GUIDE}/aurora-global-database-attach.console.headless.html`,
  }),
];

/** Aurora's serverless v1 and Limitless, and RDS's Multi-AZ DB clusters, bring their own instances. */
function hasInstancesOfItsOwn(cluster: Resource, model: Model): Answer {
  const headless = every([isSet(cluster.at("GlobalClusterIdentifier")), answerOf(isEmpty(cluster, model))]);
  return some([
    not(isAurora(cluster)),
    isOneOf(cluster.at("EngineMode"), ["serverless"]),
    isOneOf(cluster.at("ClusterScalabilityType"), ["limitless"]),
    isSet(cluster.at("DBClusterInstanceClass")),
    headless,
  ]);
}

function isEmpty(cluster: Resource, model: Model): boolean {
  return membershipOf(cluster, INSTANCE, model).instances.length === 0;
}

interface Member {
  readonly id: string;
  readonly size: number;
  readonly tier: number;
  readonly shown: string;
}

/** Sizes in the order of what they carry, of one family at least: `micro` to `48xlarge`. */
function sizeOf(instanceClass: string): number {
  const size = instanceClass.split(".")[2] ?? "";
  const small = ["micro", "small", "medium", "large"].indexOf(size);
  if (small >= 0) return 2 ** (small - 4);
  const times = /^(\d*)xlarge$/.exec(size)?.[1];
  return times === undefined ? Number.NaN : Number(times === "" ? 1 : times);
}

/** The members with their sizes and tiers; none where any of them is not known, or has no size of its own. */
function sizedMembers(cluster: Resource, model: Model): readonly Member[] {
  const members = membershipOf(cluster, INSTANCE, model).instances.map((instance): Member => {
    const type = instance.at("DBInstanceClass");
    const tier = instance.at("PromotionTier");
    return {
      id: instance.id,
      size: typeof type === "string" ? sizeOf(type) : Number.NaN,
      tier: tier === undefined ? 1 : (numberOf(tier) ?? Number.NaN),
      shown: shown(type),
    };
  });
  return members.every(({ size, tier }) => !Number.isNaN(size) && !Number.isNaN(tier)) ? members : [];
}

/**
 * Whichever of the largest instances is the writer: the one that is promoted (the best tier, then the largest) is
 * smaller.
 */
function failsOverToSmaller(cluster: Resource, model: Model): Verdict {
  const members = sizedMembers(cluster, model);
  const most = Math.max(...members.map(({ size }) => size));
  const promoted = members
    .filter(({ size }) => size === most)
    .map((writer) => members.filter((each) => each !== writer).toSorted(byPromotion)[0]);
  const [first] = promoted;
  if (first === undefined || promoted.some((each) => each === undefined || each.size === most)) return undefined;
  const largest = members.find(({ size }) => size === most)?.shown;
  return fail(`${first.id} (${first.shown}) takes over from an instance of ${largest}`);
}

function byPromotion(one: Member, other: Member): number {
  return one.tier - other.tier || other.size - one.size;
}

/**
 * Readers of tiers 0 and 1 are kept as large as the writer, all others only as large as their own load needs. The
 * writer is the instance that is created first.
 */
function readersStaySmall(cluster: Resource, model: Model): Verdict {
  const { instances } = membershipOf(cluster, INSTANCE, model);
  const serverless = every(instances.map((each) => isOneOf(each.at("DBInstanceClass"), ["db.serverless"])));
  if (instances.length < 2 || serverless === "no") return undefined;
  const late = instances.map((each) => isNumber(each.at("PromotionTier"), (tier) => tier > 1));
  const keepUp = late.flatMap((answer, at) => (answer === "yes" ? [] : [at]));
  if (keepUp.length === 0 || (keepUp.length === 1 && keepUp[0] === 0 && late[0] === "no")) {
    return serverless === "yes" ? fail("every reader has a PromotionTier above 1") : maybeSmall();
  }
  return late.filter((answer) => answer === "no").length >= 2 ? undefined : maybeSmall();
}

function maybeSmall(): Verdict {
  return unknown(
    "every reader may have a PromotionTier above 1; it depends on which instance is the writer, and its class",
  );
}

function isInOneRegion(cluster: Resource, model: Model, { objectives }: Context): Verdict {
  const name = cluster.at("GlobalClusterIdentifier");
  const global = model.target(name) ?? model.mentionsOf(cluster, "AWS::RDS::GlobalCluster")[0]?.from;
  const replicas = model.mentionsOf(cluster, CLUSTER).filter(({ path }) => path === "ReplicationSourceIdentifier");
  const joins = some([isSet(name), isSet(cluster.at("ReplicationSourceIdentifier")), answerOf(replicas.length > 0)]);
  if (global !== undefined && joinersOf(global, model) < 2) {
    return unknown(`alone in ${global.id}; it depends on other stacks whether a second region joins it`);
  }
  const wrong = every([
    isAurora(cluster),
    not(joins),
    answerOf(global === undefined),
    not(isRecoveredByBackup(cluster, model, objectives)),
  ]);
  return judged(wrong, "no other region has its data: GlobalClusterIdentifier is not set", { value: name });
}

/** The clusters of these files that join a global one, by its key and by its name; one of them may be its source. */
const joinersByGlobal = derived((model): ReadonlyMap<string, number> => {
  const joined = model.of(CLUSTER).flatMap((cluster) => {
    const name = cluster.at("GlobalClusterIdentifier");
    return name === undefined ? [] : [model.target(name)?.key ?? keyOf(name)];
  });
  const sources = model
    .of("AWS::RDS::GlobalCluster")
    .filter((global) => {
      const source = model.target(global.at("SourceDBClusterIdentifier"));
      return source !== undefined && isSet(source.at("GlobalClusterIdentifier")) === "no";
    })
    .map((global) => global.key);
  return new Map([...Map.groupBy([...joined, ...sources], (key) => key)].map(([key, each]) => [key, each.length]));
});

function joinersOf(global: Resource, model: Model): number {
  const joiners = joinersByGlobal(model);
  const name = keyOf(global.at("GlobalClusterIdentifier"));
  return (joiners.get(global.key) ?? 0) + (joiners.get(name) ?? 0);
}

function hasNoInstance(cluster: Resource, model: Model, { objectives }: Context): Verdict {
  if (objectives.regionRtoMs === null || objectives.regionRtoMs >= HEADLESS_RTO_MS) return undefined;
  const { atMost } = membershipOf(cluster, INSTANCE, model);
  const joins = isSet(cluster.at("GlobalClusterIdentifier"));
  const wrong = every([joins, isAurora(cluster), atMost === 0 ? "yes" : atMost === Infinity ? "unknown" : "no"]);
  return judged(wrong, "has no instance, so one has to be created before it can take over");
}
