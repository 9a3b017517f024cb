import { type Answer, answerOf, every, not, some } from "../../../base/answer.ts";
import { elementsOf, isSet, isTrue } from "../../evaluate/judge.ts";
import { type Value, partOf, shown } from "../../evaluate/value.ts";
import { derived } from "../../model/derived.ts";
import { isExported } from "../../model/export.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import type { Context, Rule, Verdict } from "../rule.ts";
import { fail, judged, resourceRule, unknown } from "../table.ts";
import { isBackedUp } from "./coverage.ts";
import { leavesRegion } from "./region.ts";
import { longestGapMs } from "./schedule.ts";
import { isReplicatedAbroad } from "./replication.ts";

const PLAN = "AWS::Backup::BackupPlan";
const VAULT = "AWS::Backup::BackupVault";
const GUIDE = "https://docs.aws.amazon.com/aws-backup/latest/devguide";

/** What keeps backups of its own, beside itself; of the others, their own rules say that nothing does. */
const SELF_KEEPING = [
  "AWS::RDS::DBInstance",
  "AWS::RDS::DBCluster",
  "AWS::DocDB::DBCluster",
  "AWS::Neptune::DBCluster",
  "AWS::Redshift::Cluster",
  "AWS::FSx::FileSystem",
];

/** Rules about AWS Backup. */
export const BACKUP: readonly Rule[] = [
  resourceRule({
    id: "backup-plan-empty",
    title: "a backup plan backs nothing up",
    severity: "medium",
    loss: "data",
    practice: "REL09-BP03",
    type: PLAN,
    judge: selectsNothing,
    why: "A plan without selection takes no backups, and looks as if it did.",
    fix: "add an `AWS::Backup::BackupSelection` with this `BackupPlanId`",
    source: `${GUIDE}/assigning-resources.html`,
  }),
  resourceRule({
    id: "backup-left-out",
    title: "a resource with data is left out of the backup plan that copies to another region or account",
    severity: "low",
    loss: "data",
    practice: "REL09-BP01",
    type: SELF_KEEPING,
    judge: isLeftOut,
    why: "Its own backups are beside it: with the region, or to whoever can delete in this account, they go too.",
    fix: "add the resource to `Resources` of an `AWS::Backup::BackupSelection`, or give it the tag that one selects",
    source: `${GUIDE}/assigning-resources.html`,
  }),
  resourceRule({
    id: "backup-one-region",
    title: "a backup plan copies nothing to another region or account, where objectives ask for more",
    severity: "high",
    loss: "region",
    applies: "multi-region",
    practice: "REL13-BP02",
    type: PLAN,
    judge: (plan, model) =>
      judged(not(leavesRegion(plan, model)), "no rule has CopyActions to a vault of another region or account", {
        at: "BackupPlan.BackupPlanRule",
        value: plan.at("BackupPlan.BackupPlanRule"),
      }),
    why: "With the region its backups are out of reach, and there is nothing to restore from elsewhere.",
    fix: "add `CopyActions` to a vault of a second region to each rule",
    source: `${GUIDE}/cross-region-backup.html`,
  }),
  resourceRule({
    id: "backup-vault-lock",
    title: "a backup vault can be emptied",
    severity: "low",
    loss: "change",
    practice: "REL09-BP02",
    type: VAULT,
    judge: (vault) =>
      judged(not(isSet(vault.at("LockConfiguration"))), "its backups can be deleted: LockConfiguration is not set", {
        value: vault.at("LockConfiguration"),
      }),
    why: "Whoever may delete the data by mistake or on purpose may delete its backups too.",
    fix: "set `LockConfiguration` with `MinRetentionDays`",
    source: `${GUIDE}/vault-lock.html`,
  }),
  resourceRule({
    id: "backup-interval",
    title: "backups are further apart than the objective for lost data",
    severity: "high",
    loss: "region",
    applies: "multi-region",
    practice: "REL09-BP03",
    type: PLAN,
    judge: isTooSeldom,
    why: "What was written since the last backup is lost, and the objective says that this must not be so much.",
    fix: "set a `ScheduleExpression` as often as the objective, or replicate the data",
    source: `${GUIDE}/creating-a-backup-plan.html`,
  }),
  resourceRule({
    id: "backup-restore-test",
    title: "nobody tries whether backups can be restored",
    severity: "low",
    loss: "data",
    practice: "REL09-BP04",
    type: PLAN,
    judge: isNeverRestored,
    why: "A backup that was never restored is a hope: keys, permissions or versions may stand in its way.",
    fix: "add an `AWS::Backup::RestoreTestingPlan` with a selection",
    source: `${GUIDE}/restore-testing.html`,
  }),
];

function selectsNothing(plan: Resource, model: Model): Verdict {
  if (model.mentionsOf(plan, "AWS::Backup::BackupSelection").length > 0) return undefined;
  const message = "no BackupSelection names it";
  return isExported(plan) ? unknown(`${message}; it depends on stacks that read it from the outputs`) : fail(message);
}

/** The plans that copy backups away, of what they select. */
const plansAway = derived((model) =>
  model
    .of(PLAN)
    .filter(
      (plan) =>
        leavesRegion(plan, model) === "yes" && model.mentionsOf(plan, "AWS::Backup::BackupSelection").length > 0,
    ),
);

/** Only where a plan of these files copies backups away: what is left out has but its own, beside itself. */
function isLeftOut(resource: Resource, model: Model): Verdict {
  const away = plansAway(model).filter((plan) => plan.template.region === resource.template.region);
  const [first] = away;
  if (first === undefined || isFollower(resource)) return undefined;
  const kept = isBackedUp(resource, model, (plan) => answerOf(away.includes(plan)));
  return judged(not(kept), `none of its backups leaves this region, as those that ${first.id} selects do`, {
    value: resource.at("Tags"),
  });
}

/** A member of a cluster is backed up as its cluster is, a replica as its source, a secondary as the first cluster. */
function isFollower(resource: Resource): boolean {
  const joins = resource.at("GlobalClusterIdentifier") !== undefined && resource.at("MasterUsername") === undefined;
  if (joins || resource.at("ReplicationSourceIdentifier") !== undefined) return true;
  const source = resource.at("SourceDBInstanceIdentifier") ?? resource.at("DBClusterIdentifier");
  return resource.type === "AWS::RDS::DBInstance" && source !== undefined;
}

function rulesOf(plan: Resource): readonly Value[] {
  return elementsOf(plan.at("BackupPlan.BackupPlanRule")).elements;
}

/** A plan for the loss of a region, of what is not replicated besides; continuous backups have no gaps. */
function isTooSeldom(plan: Resource, model: Model, { objectives }: Context): Verdict {
  const { regionRpoMs } = objectives;
  if (regionRpoMs === null || leavesRegion(plan, model) === "no") return undefined;
  const rules = rulesOf(plan);
  const gaps = rules.map((rule) => longestGapMs(partOf(rule, "ScheduleExpression")));
  const shortest = Math.min(...gaps.map((gap) => gap ?? 0));
  const continuous = some(rules.map((rule) => isTrue(partOf(rule, "EnableContinuousBackup"))));
  const wrong: Answer = every([not(continuous), answerOf(shortest > regionRpoMs), not(isReplicatedAbroad(model))]);
  const schedules = rules.map((rule) => shown(partOf(rule, "ScheduleExpression") ?? "daily")).join(", ");
  return judged(wrong, `backups are taken by ${schedules}`, { at: "BackupPlan.BackupPlanRule" });
}

/** Told once, of the first plan that selects something. */
function isNeverRestored(plan: Resource, model: Model): Verdict {
  const tested = model.of("AWS::Backup::RestoreTestingPlan").length > 0;
  const [first] = model.of(PLAN);
  return tested || first !== plan ? undefined : fail("no RestoreTestingPlan tries to restore what it keeps");
}
