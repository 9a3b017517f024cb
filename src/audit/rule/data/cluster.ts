import type { Answer } from "../../../base/answer.ts";
import { isTrue } from "../../evaluate/judge.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { isBackedUp } from "../recovery/coverage.ts";
import type { Rule, Verdict } from "../rule.ts";
import { fail, propertyRule, unknown } from "../table.ts";
import { membershipOf } from "./member.ts";
import { keepsAWeek, oneDay } from "./rds.ts";

/** A kind of database cluster, as its rules name it. */
export interface ClusterKind {
  /** Begins the rules' ids. */
  readonly prefix: string;
  /** With its article: `a DocumentDB cluster`. */
  readonly name: string;
  readonly type: string;
  /** AWS's page on its backups. */
  readonly backups: string;
  /** AWS's page on deleting it. */
  readonly deletion: string;
}

/** What every kind of database cluster is asked: whether its data can be had back. */
export function clusterRules({ prefix, name, type, backups, deletion }: ClusterKind): readonly Rule[] {
  return [
    propertyRule({
      id: `${prefix}-backup-retention`,
      title: `${name} keeps backups for less than a week`,
      severity: "medium",
      loss: "data",
      practice: "REL09-BP03",
      type,
      property: "BackupRetentionPeriod",
      holds: keepsAWeek,
      unless: (cluster, model) => isBackedUp(cluster, model),
      message: (days) => `keeps backups for less than a week: BackupRetentionPeriod is ${days}${oneDay(days)}`,
      why: "A defect of the data that is noticed after the backups' last day cannot be undone.",
      fix: "set `BackupRetentionPeriod` to 7 or more",
      source: backups,
    }),
    propertyRule({
      id: `${prefix}-deletion-protection`,
      title: `${name} can be deleted by one call`,
      severity: "medium",
      loss: "change",
      practice: "REL09-BP01",
      type,
      property: "DeletionProtection",
      holds: isTrue,
      why: "One mistaken call or stack deletion removes the cluster, and its automated backups with it.",
      fix: "set `DeletionProtection` to true",
      source: deletion,
    }),
  ];
}

/** What a cluster has to fail over to: a second instance. `unless` is whether it needs none that are declared. */
export function clusterNeedsTwo(cluster: Resource, type: string, model: Model, unless: Answer = "no"): Verdict {
  const { instances, atLeast, atMost } = membershipOf(cluster, type, model);
  if (unless === "yes" || atLeast >= 2) return undefined;
  if (atMost === 0) {
    return unknown("no instance of it is in these files; it depends on those of other stacks");
  }
  const [only] = instances;
  if (atMost >= 2) return unknown("may have one instance; it depends on conditions or other files whether more join");
  const message = `has one instance, ${only?.id ?? "of another file"}`;
  return unless === "unknown" ? unknown(`${message}; it depends on its engine`) : fail(message);
}
