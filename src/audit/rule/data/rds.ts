import { type Answer, every, not, some } from "../../../base/answer.ts";
import { elementsOf, isFalse, isNumber, isOneOf, isSet, isTrue, judge, numberOf } from "../../evaluate/judge.ts";
import { type Value, partOf, shown } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { isBackedUp } from "../recovery/coverage.ts";
import type { Rule, Verdict } from "../rule.ts";
import { judged, propertyRule, resourceRule } from "../table.ts";

const INSTANCE = "AWS::RDS::DBInstance";
const GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide";

/** How long a defect of the data may go unnoticed: over a weekend and the days around it. */
const WEEK_DAYS = 7;

/** Engines that RDS Proxy takes. */
const PROXIED = ["mysql", "mariadb", "postgres", "sqlserver-ee", "sqlserver-se", "sqlserver-ex", "sqlserver-web"];

/** Rules about RDS, Aurora aside. */
export const RDS: readonly Rule[] = [
  resourceRule({
    id: "rds-multi-az",
    title: "an RDS instance stands in one zone",
    severity: "high",
    practice: "REL10-BP01",
    type: INSTANCE,
    judge: inOneZone,
    why: "With its zone the database is gone until somebody restores it, and writes since the last backup with it.",
    fix: "set `MultiAZ` to true",
    source: `${GUIDE}/Concepts.MultiAZSingleStandby.html`,
  }),
  propertyRule({
    id: "rds-backup-off",
    title: "an RDS instance takes no backups",
    severity: "high",
    loss: "data",
    practice: "REL09-BP03",
    type: INSTANCE,
    property: "BackupRetentionPeriod",
    holds: (value) => judge(value, (plain) => numberOf(plain) !== 0),
    unless: (instance, model) => some([followsAnother(instance), isBackedUp(instance, model)]),
    message: (days) => `takes no backups: BackupRetentionPeriod is ${days}`,
    why: "What a wrong deletion or a faulty release destroys cannot be had back from any point in time.",
    fix: "set `BackupRetentionPeriod` to 7 or more",
    source: `${GUIDE}/USER_WorkingWithAutomatedBackups.html`,
  }),
  propertyRule({
    id: "rds-backup-retention",
    title: "an RDS instance keeps backups for less than a week",
    severity: "medium",
    loss: "data",
    practice: "REL09-BP03",
    type: INSTANCE,
    property: "BackupRetentionPeriod",
    holds: (value) => keepsAWeek(value),
    unless: (instance, model) => some([followsAnother(instance), isBackedUp(instance, model)]),
    message: (days) => `keeps backups for less than a week: BackupRetentionPeriod is ${days}${oneDay(days)}`,
    why: "A defect of the data that is noticed after the backups' last day cannot be undone.",
    fix: "set `BackupRetentionPeriod` to 7 or more",
    source: `${GUIDE}/USER_WorkingWithAutomatedBackups.BackupRetention.html`,
  }),
  propertyRule({
    id: "rds-deletion-protection",
    title: "an RDS instance can be deleted by one call",
    severity: "medium",
    loss: "change",
    practice: "REL09-BP01",
    type: INSTANCE,
    property: "DeletionProtection",
    holds: isTrue,
    unless: followsAnother,
    why: "One mistaken call or stack deletion removes the database, and its automated backups with it.",
    fix: "set `DeletionProtection` to true",
    source: `${GUIDE}/USER_DeleteInstance.html`,
  }),
  propertyRule({
    id: "rds-minor-upgrades",
    title: "an RDS instance or a member of a cluster gets no minor upgrades",
    severity: "low",
    loss: "change",
    practice: "OPS05-BP05",
    type: INSTANCE,
    property: "AutoMinorVersionUpgrade",
    holds: (value) => not(isFalse(value)),
    why: "Known defects of the engine, crashes and lost writes among them, stay in until somebody upgrades by hand.",
    fix: "set `AutoMinorVersionUpgrade` to true",
    source: `${GUIDE}/USER_UpgradeDBInstance.Upgrading.html`,
  }),
  propertyRule({
    id: "rds-storage-autoscaling",
    title: "the storage of an RDS instance does not grow",
    severity: "low",
    loss: "load",
    practice: "REL07-BP01",
    type: INSTANCE,
    property: "MaxAllocatedStorage",
    holds: (value) => isSet(value),
    unless: followsAnother,
    message: () => "its storage does not grow: MaxAllocatedStorage is not set",
    why: "A database whose storage is full takes no writes until somebody makes it larger.",
    fix: "set `MaxAllocatedStorage` above `AllocatedStorage`",
    source: `${GUIDE}/USER_PIOPS.Autoscaling.html`,
  }),
  resourceRule({
    id: "rds-durability-parameter",
    title: "a parameter of the engine lets acknowledged writes be lost",
    severity: "high",
    loss: "instance",
    practice: "REL09-BP01",
    type: ["AWS::RDS::DBParameterGroup", "AWS::RDS::DBClusterParameterGroup"],
    judge: losesWrites,
    why: "The engine acknowledges a write before it is on disk: a crash or a failover loses it, and nobody is told.",
    fix: "take the parameter out of `Parameters`, so that the engine's safe default stands",
    source: "https://docs.aws.amazon.com/awssupport/latest/user/fault-tolerance-checks.html",
  }),
  resourceRule({
    id: "rds-lambda-without-proxy",
    title: "a function connects to a database without a proxy",
    severity: "low",
    loss: "load",
    practice: "REL05-BP02",
    type: "AWS::Lambda::Function",
    judge: connectsDirectly,
    why: "Each concurrent execution opens connections of its own: a burst uses up all that the database has.",
    fix: "put an `AWS::RDS::DBProxy` before the database, or bound `ReservedConcurrentExecutions`",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/services-rds.html",
  }),
];

/** Whether an engine is Aurora's. */
export function isAurora(database: Resource): Answer {
  return isOneOf(database.at("Engine"), ["aurora", "aurora-mysql", "aurora-postgresql"]);
}

/** Whether backups are kept for a week; an absent period is AWS's default of one day, and 0 is told elsewhere. */
export function keepsAWeek(value: Value | undefined): Answer {
  return judge(value, (plain) => {
    const days = plain === undefined ? 1 : numberOf(plain);
    return days === undefined ? "unknown" : days === 0 || days >= WEEK_DAYS ? "yes" : "no";
  });
}

/** What an absent retention means, for people. */
export function oneDay(days: string): string {
  return days === "not set" ? ", so one day" : "";
}

/** Whether an instance has no data of its own: a member's is its cluster's, a replica's its source's. */
export function isMemberOrReplica(instance: Resource): Answer {
  return some(
    ["DBClusterIdentifier", "SourceDBInstanceIdentifier", "SourceDBClusterIdentifier"].map((property) =>
      isSet(instance.at(property)),
    ),
  );
}

/** Whether an instance is backed up and kept as another resource is; Aurora's are members, whatever they name. */
function followsAnother(instance: Resource): Answer {
  return some([isMemberOrReplica(instance), isAurora(instance)]);
}

function inOneZone(instance: Resource, model: Model): Verdict {
  const value = instance.at("MultiAZ");
  const isCustom = judge(instance.at("Engine"), (engine) => typeof engine === "string" && engine.startsWith("custom-"));
  const wrong = every([
    not(isTrue(value)),
    not(some([followsAnother(instance), isCustom, isMirrored(instance, model)])),
  ]);
  const replica = model.mentionsOf(instance, INSTANCE).find(({ path }) => path === "SourceDBInstanceIdentifier")?.from;
  const standby = replica === undefined ? "" : `; its replica ${replica.id} is promoted by nobody`;
  return judged(wrong, `stands in one zone: MultiAZ is ${shown(value)}${standby}`, { at: "MultiAZ", value });
}

/** SQL Server's other way to a standby: an option group with mirroring. */
function isMirrored(instance: Resource, model: Model): Answer {
  const engine = judge(instance.at("Engine"), (plain) => typeof plain === "string" && plain.startsWith("sqlserver"));
  const group = instance.at("OptionGroupName");
  const options = elementsOf(model.target(group)?.at("OptionConfigurations"));
  const mirrors = some(options.elements.map((each) => isOneOf(partOf(each, "OptionName"), ["Mirroring"])));
  const isOpen = (group !== undefined && model.target(group) === undefined) || !options.whole;
  return every([engine, mirrors === "no" && isOpen ? "unknown" : mirrors]);
}

/** Parameters whose other values acknowledge what is not on disk yet. */
const UNSAFE: Readonly<Record<string, readonly string[]>> = {
  innodb_flush_log_at_trx_commit: ["0", "2"],
  fsync: ["off", "0", "false"],
  full_page_writes: ["off", "0", "false"],
  synchronous_commit: ["off", "0", "false"],
};

/** The binary log is what a MySQL instance, other than an Aurora cluster, restores to a point in time from. */
const UNSAFE_OF_INSTANCE = { ...UNSAFE, sync_binlog: ["0"] };

function losesWrites(group: Resource, model: Model): readonly Verdict[] {
  const unsafe = group.type === "AWS::RDS::DBParameterGroup" ? UNSAFE_OF_INSTANCE : UNSAFE;
  const users = model.mentionsOf(group, INSTANCE).map(({ from }) => from);
  const ofReplicas = users.length > 0 && users.every((user) => isSet(user.at("SourceDBInstanceIdentifier")) === "yes");
  if (ofReplicas) return [];
  return Object.entries(unsafe).map(([name, values]) => {
    const value = group.at(`Parameters.${name}`);
    const wrong = judge(value, (plain) => plain !== undefined && values.includes(String(plain).toLowerCase()));
    return judged(wrong, `${name} is ${shown(value)}`, { at: `Parameters.${name}`, value });
  });
}

/** What rotates a secret runs once at a time, and a few times a year: Secrets Manager may invoke it. */
function rotates(lambda: Resource, model: Model): boolean {
  const invokers = model.mentionsOf(lambda, "AWS::SecretsManager::RotationSchedule", "AWS::Lambda::Permission");
  return invokers.some(
    ({ from }) => from.type !== "AWS::Lambda::Permission" || from.at("Principal") === "secretsmanager.amazonaws.com",
  );
}

function connectsDirectly(lambda: Resource, model: Model): Verdict {
  if (rotates(lambda, model)) return undefined;
  const bounded = isNumber(lambda.at("ReservedConcurrentExecutions"), (count) => count > 0);
  const database = model
    .mentionsFrom(lambda)
    .find(
      ({ path, attribute }) => path.startsWith("Environment.Variables.") && /endpoint|address/i.test(attribute ?? ""),
    )?.to;
  if (database === undefined || !["AWS::RDS::DBInstance", "AWS::RDS::DBCluster"].includes(database.type))
    return undefined;
  const takes = some([isOneOf(database.at("Engine"), PROXIED), isAurora(database)]);
  const serverless = isOneOf(database.at("EngineMode"), ["serverless"]);
  const wrong = every([takes, not(bounded), not(serverless)]);
  return judged(wrong, `opens connections to ${database.id} itself, however many run at once`, {
    at: "Environment.Variables",
    value: database.at("Engine"),
  });
}
