import { type Answer, every, not } from "../../../base/answer.ts";
import { isOneOf, judge, numberOf } from "../../evaluate/judge.ts";
import { shown } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { isBackedUp } from "../recovery/coverage.ts";
import type { Rule, Verdict } from "../rule.ts";
import { judged, resourceRule } from "../table.ts";

const FILE_SYSTEM = "AWS::FSx::FileSystem";
const GUIDE = "https://docs.aws.amazon.com/fsx/latest";

/** The types that can stand in two zones, with where each says it. Lustre is in one zone whatever is asked for. */
const CONFIGURATIONS: Readonly<Record<string, string>> = {
  WINDOWS: "WindowsConfiguration",
  ONTAP: "OntapConfiguration",
  OPENZFS: "OpenZFSConfiguration",
};

/** Rules about FSx. */
export const FSX: readonly Rule[] = [
  resourceRule({
    id: "fsx-one-zone",
    title: "a file system of FSx stands in one zone",
    severity: "high",
    practice: "REL10-BP01",
    type: FILE_SYSTEM,
    judge: standsInOneZone,
    why: "With its zone the file system is gone until it is restored from a backup, and files since then with it.",
    fix: "set `DeploymentType` to MULTI_AZ_1, with subnets of two zones in `SubnetIds`",
    source: `${GUIDE}/WindowsGuide/high-availability-multiAZ.html`,
  }),
  resourceRule({
    id: "fsx-backup",
    title: "a file system of FSx takes no backups",
    severity: "medium",
    loss: "data",
    practice: "REL09-BP03",
    type: FILE_SYSTEM,
    judge: takesNoBackups,
    why: "What a wrong release or a mistaken call writes over or deletes cannot be had back.",
    fix: "set `AutomaticBackupRetentionDays` to 7 or more",
    source: `${GUIDE}/WindowsGuide/using-backups.html`,
  }),
];

function configurationOf(system: Resource): string | undefined {
  const type = system.at("FileSystemType");
  return typeof type === "string" ? CONFIGURATIONS[type.toUpperCase()] : undefined;
}

/** An absent deployment type is AWS's default for Windows, one zone. */
function standsInOneZone(system: Resource): Verdict {
  const configuration = configurationOf(system);
  if (configuration === undefined) return undefined;
  const at = `${configuration}.DeploymentType`;
  const value = system.at(at);
  const single = judge(value, (type): boolean | Answer => {
    if (type === undefined) return configuration === "WindowsConfiguration" ? "yes" : "unknown";
    return typeof type === "string" && type.startsWith("SINGLE_AZ");
  });
  const told = value === undefined ? "not set, so SINGLE_AZ_1" : shown(value);
  return judged(single, `stands in one zone: DeploymentType is ${told}`, { at, value });
}

/** An absent retention is 30 days for all types but Lustre, where it is none, and short-lived ones take none. */
function takesNoBackups(system: Resource, model: Model): Verdict {
  const isLustre = isOneOf(system.at("FileSystemType"), ["LUSTRE"]) === "yes";
  const configuration = isLustre ? "LustreConfiguration" : configurationOf(system);
  if (configuration === undefined) return undefined;
  const lasting = isLustre
    ? judge(
        system.at(`${configuration}.DeploymentType`),
        (type) => typeof type === "string" && type.startsWith("PERSISTENT"),
      )
    : "yes";
  const linked = isLustre && model.mentionsOf(system, "AWS::FSx::DataRepositoryAssociation").length > 0;
  const at = `${configuration}.AutomaticBackupRetentionDays`;
  const value = system.at(at);
  const off = judge(value, (days) => (days === undefined ? isLustre : numberOf(days) === 0));
  const wrong = every([off, lasting, linked ? "no" : "yes", not(isBackedUp(system, model))]);
  return judged(wrong, `takes no backups: AutomaticBackupRetentionDays is ${shown(value)}`, { at, value });
}
