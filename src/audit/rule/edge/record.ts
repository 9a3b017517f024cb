import { isNumber, isSet, isTrue } from "../../evaluate/judge.ts";
import { type Answer, some } from "../../../base/answer.ts";
import { type Value, isList, keyOf, partOf } from "../../evaluate/value.ts";
import { derived } from "../../model/derived.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import type { Context, ResourceRule, Rule, Verdict } from "../rule.ts";
import { resourceRule } from "../table.ts";

const RECORD = "AWS::Route53::RecordSet";
const GROUP = "AWS::Route53::RecordSetGroup";

/** One record of Route 53, a resource of its own or one of a group. */
export class DnsRecord {
  readonly resource: Resource;
  /** Its place in a group, such as `RecordSets.0`; empty for a resource of its own. */
  readonly place: string;
  private readonly properties: Value;

  constructor(resource: Resource, properties: Value, place: string) {
    this.resource = resource;
    this.properties = properties;
    this.place = place;
  }

  /** A property of it. */
  at(property: string): Value | undefined {
    return partOf(this.properties, property);
  }

  /** Where a property of it stands, for findings. */
  path(property: string): string {
    return this.place === "" ? property : `${this.place}.${property}`;
  }

  /** The name and the zone, without a record's type: what customers ask for. */
  get name(): string {
    const name = this.at("Name");
    const own = (property: string) => this.at(property) ?? this.resource.at(property);
    const zone = keyOf(own("HostedZoneId") ?? own("HostedZoneName"));
    return `${zone} ${typeof name === "string" ? name.toLowerCase().replace(/\.$/, "") : keyOf(name)}`;
  }

  /** Records of one set are told apart by their routing alone. */
  get set(): string {
    return `${this.name} ${keyOf(this.at("Type"))}`;
  }

  /** Whether it is left out of answers when what it leads to is not well. */
  get isChecked(): Answer {
    return some([isSet(this.at("HealthCheckId")), isTrue(this.at("AliasTarget.EvaluateTargetHealth"))]);
  }
}

function recordsOf(resource: Resource): readonly DnsRecord[] {
  if (resource.type === RECORD) return [new DnsRecord(resource, resource.properties, "")];
  const list = resource.at("RecordSets");
  return isList(list) ? list.map((each, at) => new DnsRecord(resource, each, `RecordSets.${at}`)) : [];
}

const allRecords = (model: Model): readonly DnsRecord[] => model.of(RECORD, GROUP).flatMap(recordsOf);

/** What is known of the records of one set. */
export interface RecordSet {
  size: number;
  /** How many of them are given any customers: a weight of 0 keeps them away. */
  live: number;
  hasSecondary: boolean;
  /** Whether any may be something else than a primary. */
  hasOther: boolean;
}

/** Whether a record is given any customers, as far as its weight tells. */
export function hasTraffic(record: DnsRecord): boolean {
  return isNumber(record.at("Weight") ?? 1, (weight) => weight > 0) !== "no";
}

/** The sets of records, by {@link DnsRecord.set}. */
export const recordSets = derived((model) => {
  const sets = new Map<string, RecordSet>();
  for (const record of allRecords(model)) {
    const set = sets.get(record.set) ?? { size: 0, live: 0, hasSecondary: false, hasOther: false };
    sets.set(record.set, set);
    set.size += 1;
    if (hasTraffic(record)) set.live += 1;
    if (record.at("Failover") === "SECONDARY") set.hasSecondary = true;
    if (record.at("Failover") !== "PRIMARY") set.hasOther = true;
  }
  return sets;
});

/** A secondary of each name that has one, of whatever type. */
export const secondaries = derived(
  (model) =>
    new Map(
      allRecords(model)
        .filter((record) => record.at("Failover") === "SECONDARY")
        .map((record) => [record.name, record]),
    ),
);

/** A rule about records, wherever they are declared. */
export function recordRule(
  rule: Omit<ResourceRule, "type" | "judge"> & {
    readonly judge: (record: DnsRecord, model: Model, context: Context) => Verdict;
  },
): Rule {
  const { judge, ...told } = rule;
  return resourceRule({
    ...told,
    type: [RECORD, GROUP],
    judge: (resource, model, context) => recordsOf(resource).map((record) => judge(record, model, context)),
  });
}
