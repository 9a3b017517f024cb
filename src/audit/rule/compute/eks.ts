import { type Answer, answerOf, every, not, some } from "../../../base/answer.ts";
import { hasElement, isNumber, isTrue, numberOf } from "../../evaluate/judge.ts";
import { keyOf, shown } from "../../evaluate/value.ts";
import { derived } from "../../model/derived.ts";
import { mentionsOrNamesOf, targetOrNamed } from "../../model/name.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { zonesOf } from "../../model/zone.ts";
import type { Rule } from "../rule.ts";
import { judged, propertyRule, resourceRule } from "../table.ts";
import { firstPlace, zonalRule } from "../zonal.ts";

const GUIDE = "https://docs.aws.amazon.com/eks/latest/userguide";
const CLUSTER = "AWS::EKS::Cluster";
const NODES = "AWS::EKS::Nodegroup";

const groupsByCluster = derived((model) => Map.groupBy(model.of(NODES), (each) => keyOf(each.at("ClusterName"))));

/** All node groups of a node group's cluster, itself among them. */
function groupsBeside(nodes: Resource, model: Model): readonly Resource[] {
  return groupsByCluster(model).get(keyOf(nodes.at("ClusterName"))) ?? [];
}

/** How many nodes a group has for certain: those asked for; undefined where the file does not say. */
function nodesOf(nodes: Resource): number | undefined {
  const asked = nodes.at("ScalingConfig.DesiredSize") ?? nodes.at("ScalingConfig.MinSize");
  return numberOf(asked);
}

/** Whether a cluster has other nodes than one group's. */
function hasOtherNodes(nodes: Resource, model: Model): Answer {
  return groupsBeside(nodes, model).length > 1 ? "yes" : hasNodesBesideGroups(nodes, model);
}

/** Whether a cluster has nodes in another zone than one group's. Of groups in one zone, the first is told of. */
function hasNodesElsewhere(nodes: Resource, model: Model): Answer {
  const beside = groupsBeside(nodes, model);
  if (beside[0] !== nodes) return "yes";
  const subnets = beside.flatMap((each) => each.at("Subnets") ?? []);
  if (beside.length > 1 && zonesOf(subnets, model).atMost !== 1) return "yes";
  return hasNodesBesideGroups(nodes, model);
}

/** Whether a cluster has other nodes than those of groups. Of one that is not here, another stack may have some. */
function hasNodesBesideGroups(nodes: Resource, model: Model): Answer {
  const cluster = targetOrNamed(CLUSTER, nodes.at("ClusterName"), model);
  if (cluster === undefined) return "unknown";
  const others = mentionsOrNamesOf(cluster, model).some(({ from }) => OTHER_NODES.includes(from.type));
  return some([answerOf(others), isTrue(cluster.at("ComputeConfig.Enabled"))]);
}

const OTHER_NODES = ["AWS::EKS::FargateProfile", "AWS::AutoScaling::AutoScalingGroup"];

const ELSEWHERE = { needs: "whether its cluster, which is not in these files, has other nodes" };

/** Rules about EKS. */
export const EKS: readonly Rule[] = [
  zonalRule({
    id: "eks-node-zones",
    title: "a group of EKS nodes stands in one zone, and no other group of its cluster elsewhere",
    severity: "high",
    practice: "REL10-BP01",
    type: NODES,
    place: (nodes) => firstPlace(nodes, "Subnets"),
    // A group for each zone is how volumes of a zone are served: one group in one zone is then the design.
    unless: hasNodesElsewhere,
    ...ELSEWHERE,
    why: "With its zone every node is gone, and pods have nowhere to go.",
    fix: "set `Subnets` to subnets of two zones or more",
    source: `${GUIDE}/managed-node-groups.html`,
  }),
  resourceRule({
    id: "eks-node-count",
    title: "a cluster has one node",
    severity: "high",
    loss: "instance",
    practice: "REL11-BP02",
    type: NODES,
    judge: (nodes, model) => {
      const at =
        nodes.at("ScalingConfig.DesiredSize") === undefined ? "ScalingConfig.MinSize" : "ScalingConfig.DesiredSize";
      const value = nodes.at(at);
      const one = every([isNumber(value, (size) => size === 1), not(hasElement(nodes.at("Taints")))]);
      const wrong = every([one, not(hasOtherNodes(nodes, model))]);
      const message = `is its cluster's only group of nodes, and has one: ${at} is ${shown(value)}`;
      return judged(wrong, message, { at, value, ...(one === "yes" ? ELSEWHERE : {}) });
    },
    why: "When the only node is lost, every pod is, until another node has joined.",
    fix: "set `ScalingConfig.MinSize` and `ScalingConfig.DesiredSize` to 2 or more",
    source: `${GUIDE}/managed-node-groups.html`,
  }),
  resourceRule({
    id: "eks-node-min-size",
    title: "a cluster may be scaled down to one node",
    severity: "medium",
    loss: "instance",
    practice: "REL11-BP02",
    type: NODES,
    judge: (nodes, model) => {
      const at = "ScalingConfig.MinSize";
      const value = nodes.at(at);
      const asked = nodesOf(nodes);
      const low = every([isNumber(value, (size) => size < 2), answerOf(asked !== undefined && asked >= 2)]);
      const wrong = every([low, not(hasOtherNodes(nodes, model))]);
      const message = `is its cluster's only group of nodes, and may have one: MinSize is ${shown(value)}`;
      return judged(wrong, message, { at, value, ...(low === "yes" ? ELSEWHERE : {}) });
    },
    why: "An autoscaler may leave one node; when it is lost, every pod is, until another has joined.",
    fix: "set `ScalingConfig.MinSize` to 2 or more",
    source: `${GUIDE}/managed-node-groups.html`,
  }),
  propertyRule({
    id: "eks-zonal-shift",
    title: "a cluster cannot be moved out of a bad zone",
    severity: "low",
    loss: "zone",
    practice: "REL11-BP02",
    type: CLUSTER,
    property: "ZonalShiftConfig.Enabled",
    holds: isTrue,
    message: (value) => `cannot be shifted out of a zone: ZonalShiftConfig.Enabled is ${value}`,
    why: "A zone that is bad, and not gone, keeps its pods and their share of requests.",
    fix: "set `ZonalShiftConfig.Enabled` to true",
    source: `${GUIDE}/zone-shift.html`,
  }),
];
