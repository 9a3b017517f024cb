import { type Answer, every, not, some } from "../../../base/answer.ts";
import { elementsOf, isOneOf, isTrue, judge } from "../../evaluate/judge.ts";
import { type Value, partOf, shown } from "../../evaluate/value.ts";
import { derived } from "../../model/derived.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { isBackedUp } from "../recovery/coverage.ts";
import { isRecoveredByBackup } from "../recovery/region.ts";
import type { Context, Rule, Verdict } from "../rule.ts";
import { fail, judged, resourceRule } from "../table.ts";

const TABLE = "AWS::DynamoDB::Table";
const GLOBAL_TABLE = "AWS::DynamoDB::GlobalTable";
const GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide";
const RECOVERY = "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled";

/** Copies that strong consistency over regions needs, a witness counted. */
const STRONG_COPIES = 3;

/** Rules about DynamoDB. */
export const DYNAMODB: readonly Rule[] = [
  resourceRule({
    id: "dynamodb-pitr",
    title: "a table cannot be restored to a point in time",
    severity: "medium",
    loss: "data",
    practice: "REL09-BP03",
    type: [TABLE, GLOBAL_TABLE],
    judge: cannotBeRestored,
    why: "What a wrong release or a mistaken call writes over cannot be had back: replication copies the damage too.",
    fix: "set `PointInTimeRecoveryEnabled` in `PointInTimeRecoverySpecification` to true",
    source: `${GUIDE}/PointInTimeRecovery.html`,
  }),
  resourceRule({
    id: "dynamodb-replica-pitr",
    title: "a replica of a global table cannot be restored to a point in time",
    severity: "low",
    loss: "data",
    practice: "REL09-BP03",
    type: GLOBAL_TABLE,
    judge: replicaCannotBeRestored,
    why: "Backups are kept by replica: with the region that has them, the way back is gone too.",
    fix: "set `PointInTimeRecoveryEnabled` to true for every one of `Replicas`",
    source: `${GUIDE}/PointInTimeRecovery.html`,
  }),
  resourceRule({
    id: "dynamodb-deletion-protection",
    title: "a table can be deleted by one call",
    severity: "medium",
    loss: "change",
    practice: "REL09-BP01",
    type: [TABLE, GLOBAL_TABLE],
    judge: canBeDeleted,
    why: "One mistaken call or stack deletion removes the table with all that is in it.",
    fix: "set `DeletionProtectionEnabled` to true",
    source: `${GUIDE}/WorkingWithTables.Basics.html`,
  }),
  resourceRule({
    id: "dynamodb-capacity",
    title: "a table's provisioned capacity does not follow its load",
    severity: "medium",
    loss: "load",
    practice: "REL07-BP01",
    type: TABLE,
    judge: doesNotScale,
    why: "Requests above the capacity are throttled until somebody raises it.",
    fix: "set `BillingMode` to PAY_PER_REQUEST, or scale both by `AWS::ApplicationAutoScaling::ScalableTarget`",
    source: `${GUIDE}/AutoScaling.html`,
  }),
  resourceRule({
    id: "dynamodb-one-region",
    title: "a table is in one region, where objectives ask for more",
    severity: "high",
    loss: "region",
    applies: "multi-region",
    practice: "REL13-BP02",
    type: [TABLE, GLOBAL_TABLE],
    judge: isInOneRegion,
    why: "With the region the table is gone, and no other region has its data.",
    fix: "use `AWS::DynamoDB::GlobalTable` with `Replicas` in two regions or more",
    source: `${GUIDE}/GlobalTables.html`,
  }),
  resourceRule({
    id: "dynamodb-strong-consistency",
    title: "strong consistency over regions with fewer than three copies",
    severity: "high",
    loss: "region",
    practice: "REL10-BP01",
    type: GLOBAL_TABLE,
    judge: lacksMajority,
    why: "Strong consistency needs three regions, a witness counted: of fewer there is no majority when one is lost.",
    fix: "give the table three `Replicas`, or two and one of `GlobalTableWitnesses`",
    source: `${GUIDE}/V2globaltables_HowItWorks.html`,
  }),
];

/** The only keys of tables that matter while something runs, and never after: Terraform's locks, open connections. */
const MOMENTARY = /^"?(lockid|connection_?id)"?$/i;

/** Whether what is in a table is of the moment, by its key. */
export function isMomentary(table: Resource): boolean {
  const keys = elementsOf(table.at("KeySchema")).elements;
  return keys.length === 1 && MOMENTARY.test(shown(partOf(keys[0], "AttributeName")));
}

/** The replicas of a table: of a plain one none. */
function replicasOf(table: Resource) {
  return elementsOf(table.at("Replicas"));
}

/** Whether each replica has what `path` says; of a plain table, whether the table has. */
function eachCopy(table: Resource, path: string): readonly Answer[] {
  const { elements, whole } = replicasOf(table);
  if (elements.length === 0) return [whole ? isTrue(table.at(path)) : "unknown"];
  return [...elements.map((replica) => isTrue(partOf(replica, path))), ...(whole ? [] : ["unknown" as const])];
}

function cannotBeRestored(table: Resource, model: Model): Verdict {
  if (isMomentary(table)) return undefined;
  const wrong = every([not(some(eachCopy(table, RECOVERY))), not(isBackedUp(table, model))]);
  const value = table.type === TABLE ? table.at(RECOVERY) : undefined;
  return judged(wrong, `PointInTimeRecoveryEnabled is ${shown(value)}`, place(table, RECOVERY, value));
}

function replicaCannotBeRestored(table: Resource, model: Model): readonly Verdict[] {
  const answers = eachCopy(table, RECOVERY);
  if (some(answers) !== "yes" || isBackedUp(table, model) !== "no") return [];
  return replicasOf(table).elements.map((replica, at) => {
    const value = partOf(replica, RECOVERY);
    const region = shown(partOf(replica, "Region"));
    return judged(not(isTrue(value)), `PointInTimeRecoveryEnabled of the replica in ${region} is ${shown(value)}`, {
      at: `Replicas.${at}`,
      value,
    });
  });
}

function canBeDeleted(table: Resource): Verdict {
  if (isMomentary(table)) return undefined;
  const path = "DeletionProtectionEnabled";
  const value = table.type === TABLE ? table.at(path) : replicasOf(table).elements.map((each) => partOf(each, path))[0];
  const wrong = not(some(eachCopy(table, path)));
  return judged(wrong, `DeletionProtectionEnabled is ${shown(value)}`, place(table, path, value));
}

/** Where a plain table says it; a global one says it replica by replica. */
function place(table: Resource, path: string, value: Value | undefined) {
  return { at: table.type === TABLE ? path : "Replicas", value };
}

function doesNotScale(table: Resource, model: Model): Verdict {
  const value = table.at("BillingMode");
  const provisioned = judge(value, (mode) => mode === undefined || mode === "PROVISIONED");
  const targets = model
    .mentionsOf(table, "AWS::ApplicationAutoScaling::ScalableTarget")
    .map(({ from }) => from.at("ScalableDimension"));
  const scales = (dimension: string): Answer => {
    const followed = some(targets.map((each) => isOneOf(each, [`dynamodb:table:${dimension}CapacityUnits`])));
    return some([followed, isNamedByText(table, model)]);
  };
  const scaling = every([scales("Read"), scales("Write")]);
  const mode = value === undefined ? "not set, so PROVISIONED" : shown(value);
  const message = `BillingMode is ${mode}, and its capacity is fixed`;
  return judged(every([provisioned, not(scaling)]), message, { at: "BillingMode", value });
}

/** Whether a scaling target names a table by text; unknown where one means a table that the files do not tell. */
function isNamedByText(table: Resource, model: Model): Answer {
  const { names, open } = namedTables(model);
  const name = table.at("TableName");
  if (typeof name === "string" && names.has(name)) return "yes";
  return open ? "unknown" : "no";
}

interface NamedTables {
  readonly names: ReadonlySet<string>;
  /** Whether there are targets of which the table is not known. */
  readonly open: boolean;
}

const namedTables = derived((model): NamedTables => {
  const ids = model
    .of("AWS::ApplicationAutoScaling::ScalableTarget")
    .filter((target) => isOneOf(target.at("ServiceNamespace"), ["dynamodb"]) !== "no")
    .map((target) => target.at("ResourceId"))
    .filter((id) => model.target(id) === undefined);
  const names = new Set(ids.filter((id) => typeof id === "string").map((id) => id.replace(/^table\//, "")));
  return { names, open: ids.some((id) => typeof id !== "string") };
});

function isInOneRegion(table: Resource, model: Model, { objectives }: Context): Verdict {
  const { elements, whole } = replicasOf(table);
  const copies = table.type === TABLE ? elements.length + 1 : elements.length;
  const replicated = model.mentionsOf(table, "Custom::DynamoDBReplica").length > 0;
  if (copies >= 2 || replicated) return undefined;
  const wrong = every([whole ? "yes" : "unknown", not(isRecoveredByBackup(table, model, objectives))]);
  const message = table.type === TABLE ? "is no global table, so no other region has its data" : "has one of Replicas";
  return judged(wrong, message, { value: table.at("Replicas") });
}

function lacksMajority(table: Resource): Verdict {
  const strong = isOneOf(table.at("MultiRegionConsistency"), ["STRONG"]);
  const replicas = replicasOf(table);
  const witnesses = elementsOf(table.at("GlobalTableWitnesses"));
  const copies = replicas.elements.length + witnesses.elements.length;
  if (strong === "no" || copies >= STRONG_COPIES) return undefined;
  const message = `MultiRegionConsistency is ${shown(table.at("MultiRegionConsistency"))} with ${copies} copies`;
  if (strong === "yes" && replicas.whole && witnesses.whole) return fail(message, "MultiRegionConsistency");
  return judged("unknown", message, { at: "MultiRegionConsistency", value: table.at("MultiRegionConsistency") });
}
