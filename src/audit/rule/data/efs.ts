import { every, not, some } from "../../../base/answer.ts";
import { isOneOf, isSet } from "../../evaluate/judge.ts";
import { isBackedUp } from "../recovery/coverage.ts";
import type { Rule } from "../rule.ts";
import { propertyRule } from "../table.ts";

const FILE_SYSTEM = "AWS::EFS::FileSystem";
const GUIDE = "https://docs.aws.amazon.com/efs/latest/ug";

/** Rules about EFS. */
export const EFS: readonly Rule[] = [
  propertyRule({
    id: "efs-one-zone",
    title: "a file system is kept in one zone",
    severity: "high",
    practice: "REL10-BP01",
    type: FILE_SYSTEM,
    property: "AvailabilityZoneName",
    holds: (value) => not(isSet(value)),
    message: (zone) => `its files are in one zone: AvailabilityZoneName is ${zone}`,
    why: "While the zone is lost nobody reads or writes a file, and what the zone destroys is gone.",
    fix: "take `AvailabilityZoneName` out, and add a mount target in each zone",
    source: `${GUIDE}/availability-durability.html`,
  }),
  propertyRule({
    id: "efs-backup",
    title: "a file system takes no backups",
    severity: "medium",
    loss: "data",
    practice: "REL09-BP03",
    type: FILE_SYSTEM,
    property: "BackupPolicy.Status",
    holds: (value) => isOneOf(value, ["ENABLED"]),
    // AWS turns backups on for what is kept in one zone, unless it is told not to.
    unless: (system, model) =>
      some([
        isBackedUp(system, model),
        every([isSet(system.at("AvailabilityZoneName")), not(isSet(system.at("BackupPolicy")))]),
      ]),
    message: (status) => `takes no backups: the Status of BackupPolicy is ${status}`,
    why: "What a wrong release or a mistaken call writes over or deletes cannot be had back.",
    fix: "set the `Status` of `BackupPolicy` to ENABLED",
    source: `${GUIDE}/awsbackup.html`,
  }),
];
