import { isNumber, isOneOf, numberOf } from "../../evaluate/judge.ts";
import { Unknown, keyOf, optionsOf } from "../../evaluate/value.ts";
import { derived } from "../../model/derived.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";

/** The instances of a database cluster: those that these files declare, and how many there are. */
export interface Membership {
  readonly instances: readonly Resource[];
  readonly atLeast: number;
  /** Infinity where instances of other files may join. */
  readonly atMost: number;
}

interface Joining {
  readonly byCluster: ReadonlyMap<string, readonly Resource[]>;
  /** Those whose cluster the files do not tell. */
  readonly open: readonly Resource[];
}

const TARGET = "AWS::ApplicationAutoScaling::ScalableTarget";

/** By the type of the instances. */
const joinings = derived((_model) => new Map<string, Joining>());

/** The members of a cluster, among the resources of `type`; replicas that a scaling target adds are counted. */
export function membershipOf(cluster: Resource, type: string, model: Model): Membership {
  const { byCluster, open } = joiningOf(type, model);
  const name = cluster.at("DBClusterIdentifier");
  const instances = [
    ...(byCluster.get(cluster.key) ?? []),
    ...(name === undefined ? [] : (byCluster.get(keyOf(name)) ?? [])),
  ];
  const certain = instances.filter((instance) => instance.exists === "yes" || isTiedTo(instance, cluster)).length;
  const scaled = replicasAtLeast(cluster, model);
  const isOpen = scaled.open || open.some((instance) => !instances.includes(instance));
  return {
    instances,
    atLeast: certain + scaled.count,
    atMost: isOpen ? Infinity : instances.length + scaled.count,
  };
}

function joiningOf(type: string, model: Model): Joining {
  const ofModel = joinings(model);
  const known = ofModel.get(type) ?? findJoining(type, model);
  ofModel.set(type, known);
  return known;
}

function findJoining(type: string, model: Model): Joining {
  const byCluster = new Map<string, Resource[]>();
  const open: Resource[] = [];
  for (const instance of model.of(type)) {
    const name = instance.at("DBClusterIdentifier");
    if (name === undefined) continue;
    for (const option of optionsOf(name)) {
      const key = model.target(option)?.key ?? keyOf(option);
      byCluster.set(key, [...(byCluster.get(key) ?? []), instance]);
    }
    if (name instanceof Unknown) open.push(instance);
  }
  return { byCluster, open };
}

/** Whether an instance is there exactly where its cluster is: both hang on one condition. */
function isTiedTo(instance: Resource, cluster: Resource): boolean {
  const condition = instance.declared.attributes["Condition"];
  return condition === cluster.declared.attributes["Condition"] && instance.template === cluster.template;
}

/** How many replicas application auto scaling keeps, beside the declared instances. */
function replicasAtLeast(cluster: Resource, model: Model): { readonly count: number; readonly open: boolean } {
  const named = targetsByName(model).get(`cluster:${String(cluster.at("DBClusterIdentifier"))}`) ?? [];
  const mentions = model.mentionsOf(cluster, TARGET).map(({ from }) => from);
  const least = [...mentions, ...named].filter(isReplicaCount).map((target) => target.at("MinCapacity"));
  return {
    count: Math.max(0, ...least.map((value) => numberOf(value) ?? 0)),
    open: least.some((value) => isNumber(value, (number) => number > 0) === "unknown"),
  };
}

/** Scaling targets that name what they scale by text, as a plan does that knows the name. */
const targetsByName = derived((model) => Map.groupBy(model.of(TARGET), (target) => target.at("ResourceId")));

function isReplicaCount(target: Resource): boolean {
  const dimensions = ["rds:cluster:ReadReplicaCount", "neptune:cluster:ReadReplicaCount"];
  return isOneOf(target.at("ScalableDimension"), dimensions) !== "no";
}
