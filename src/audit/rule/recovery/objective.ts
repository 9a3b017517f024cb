import { every, not, some } from "../../../base/answer.ts";
import { isNumber, isSet, judge, numberOf } from "../../evaluate/judge.ts";
import { shown } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { isServing } from "../compute/group.ts";
import type { Context, Rule, Verdict } from "../rule.ts";
import { judged, resourceRule, unknown } from "../table.ts";
import { hasTwin, leavesRegion } from "./region.ts";
import { isReplicatedAbroad } from "./replication.ts";

const STRATEGIES = "https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws";

/** An availability that allows less than an hour a year: a restore of everything in another region takes longer. */
const HIGH_AVAILABILITY = 0.9999;

/** A recovery time that leaves no room for starting what is not there: below it a pilot light has to be lit already. */
const STANDBY_RTO_MS = 10 * 60_000;

/** Rules that hold a template against what it has to reach. */
export const OBJECTIVE: readonly Rule[] = [
  resourceRule({
    id: "backup-only-recovery",
    title: "backups are all that leaves the region, and the objective of availability leaves no time to restore them",
    severity: "high",
    loss: "region",
    applies: "multi-region",
    practice: "REL13-BP02",
    type: "AWS::Backup::BackupPlan",
    judge: restoresTooSlowly,
    why: "99.99% allows 53 minutes a year; restoring a system in another region takes hours.",
    fix: "replicate with `AWS::RDS::GlobalCluster`, `AWS::DynamoDB::GlobalTable` or `ReplicationConfiguration`",
    source: `${STRATEGIES}/disaster-recovery-options-in-the-cloud.html`,
  }),
  resourceRule({
    id: "standby-without-tasks",
    title: "a standby runs nothing, where the objective leaves no time to start it",
    severity: "medium",
    loss: "region",
    applies: "multi-region",
    practice: "REL13-BP02",
    type: ["AWS::ECS::Service", "AWS::AutoScaling::AutoScalingGroup"],
    judge: runsNothing,
    why: "What runs nothing has to be started and to scale while customers wait, if there is capacity on that day.",
    fix: "keep at least one running: `DesiredCount` of a service, `MinSize` of a group",
    source: `${STRATEGIES}/disaster-recovery-options-in-the-cloud.html`,
  }),
  resourceRule({
    id: "secret-one-region",
    title: "a secret is in one region, where objectives ask for more",
    severity: "medium",
    loss: "region",
    applies: "multi-region",
    practice: "REL13-BP04",
    type: "AWS::SecretsManager::Secret",
    judge: isInOneRegion,
    why: "In the second region programs start without it, and it cannot be read from a region that is lost.",
    fix: "set `ReplicaRegions` to the second region",
    source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html",
  }),
];

function restoresTooSlowly(plan: Resource, model: Model, { objectives }: Context): Verdict {
  const { availability } = objectives;
  if (availability === null || availability < HIGH_AVAILABILITY) return undefined;
  const wrong = every([leavesRegion(plan, model), not(isReplicatedAbroad(model))]);
  return judged(
    wrong,
    `nothing else replicates data to another region, and the objective is ${Number((availability * 100).toFixed(4))}%`,
  );
}

/**
 * With a replicated database its secret must go along; any other may be made anew where these files are deployed
 * again.
 */
function isInOneRegion(secret: Resource, model: Model): Verdict {
  const value = secret.at("ReplicaRegions");
  const replicated = model
    .mentionsOf(secret, "AWS::RDS::DBCluster", "AWS::DocDB::DBCluster")
    .map(({ from }) => isSet(from.at("GlobalClusterIdentifier")));
  const message = "no other region has it: ReplicaRegions is not set";
  const wrong = not(isSet(value));
  if (wrong === "no" || some(replicated) === "yes") return judged(wrong, message, { value });
  if (hasTwin(secret, model)) return undefined;
  return unknown(`${message}; it depends on whether another region has a secret of its own instead`);
}

/** A capacity that nothing says is none of ours to judge: AWS starts one then. */
function runsNothing(resource: Resource, model: Model, { objectives }: Context): Verdict {
  const { regionRtoMs } = objectives;
  if (regionRtoMs === null || regionRtoMs >= STANDBY_RTO_MS) return undefined;
  const isService = resource.type === "AWS::ECS::Service";
  const at = isService ? "DesiredCount" : "MinSize";
  const value = resource.at(at);
  const none = judge(value, (count) => numberOf(count) === 0);
  const desired = isService ? undefined : resource.at("DesiredCapacity");
  const serving = isService ? "yes" : isServing(resource, model);
  const raised = model
    .mentionsOf(resource, "AWS::ApplicationAutoScaling::ScalableTarget")
    .map(({ from }) => isNumber(from.at("MinCapacity"), (least) => least === 0));
  const wrong = every([
    serving,
    none,
    ...raised,
    desired === undefined ? "yes" : judge(desired, (count) => numberOf(count) === 0),
  ]);
  return judged(wrong, `runs nothing: ${at} is ${shown(value)}`, { at, value });
}
