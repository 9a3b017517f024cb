import { type Answer, answerOf, every, not, some } from "../../../base/answer.ts";
import { S3 as S3_FACTS } from "../../../facts/storage.ts";
import { elementsOf, isOneOf, isSet, judge } from "../../evaluate/judge.ts";
import { type Value, partOf, shown } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { isBackedUp } from "../recovery/coverage.ts";
import { hasTwin, isRecoveredByBackup } from "../recovery/region.ts";
import type { Context, Rule, Verdict } from "../rule.ts";
import { judged, propertyRule, resourceRule, unknown } from "../table.ts";
import { isByProduct, isOriginOfGroup, isSite } from "./bucket-role.ts";

const BUCKET = "AWS::S3::Bucket";
const GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide";

/** Rules about S3. */
export const S3: readonly Rule[] = [
  propertyRule({
    id: "s3-versioning",
    title: "a bucket keeps no former versions",
    severity: "medium",
    loss: "data",
    practice: "REL09-BP01",
    type: BUCKET,
    property: "VersioningConfiguration.Status",
    holds: (value) => isOneOf(value, ["Enabled"]),
    unless: (bucket, model) => some([answerOf(isByProduct(bucket, model)), isBackedUp(bucket, model)]),
    message: (status) => `keeps no former versions: the Status of VersioningConfiguration is ${status}`,
    why: "What a wrong release or a mistaken call writes over or deletes is gone at once.",
    fix: "set the `Status` of `VersioningConfiguration` to Enabled",
    source: `${GUIDE}/Versioning.html`,
  }),
  resourceRule({
    id: "s3-one-region",
    title: "a bucket is in one region, where objectives ask for more",
    severity: "high",
    loss: "region",
    applies: "multi-region",
    practice: "REL13-BP02",
    type: BUCKET,
    judge: isInOneRegion,
    why: "With the region its objects are out of reach, and no other region has them.",
    fix: "add a `ReplicationConfiguration` with a bucket in a second region",
    source: `${GUIDE}/replication.html`,
  }),
  resourceRule({
    id: "s3-replication-time",
    title: "replication has no time that it must keep, where the objective is 15 minutes or less",
    severity: "medium",
    loss: "region",
    applies: "multi-region",
    practice: "REL13-BP02",
    type: BUCKET,
    judge: replicatesInItsOwnTime,
    why: "Most objects are copied within minutes and some take hours, and nothing tells which are late.",
    fix: "set the `Status` of `ReplicationTime` and of `Metrics` to Enabled in every rule",
    source: `${GUIDE}/replication-time-control.html`,
  }),
  resourceRule({
    id: "s3-replication-encrypted",
    title: "objects that are encrypted with a key of KMS are not replicated",
    severity: "high",
    loss: "region",
    practice: "REL09-BP01",
    type: BUCKET,
    judge: leavesOutEncrypted,
    why: "Replication passes over what a key of KMS encrypts, unless a rule asks for it: the copy stays empty.",
    fix: "set the `Status` of `SseKmsEncryptedObjects` in `SourceSelectionCriteria` to Enabled, and `ReplicaKmsKeyID`",
    source: `${GUIDE}/replication-config-for-kms-objects.html`,
  }),
  resourceRule({
    id: "s3-replication-deletes",
    title: "deletions are not replicated",
    severity: "low",
    loss: "region",
    applies: "multi-region",
    practice: "REL13-BP04",
    type: BUCKET,
    judge: leavesOutDeletions,
    why: "After a failover the other region shows what customers had deleted.",
    fix: "set the `Status` of `DeleteMarkerReplication` to Enabled in every rule",
    source: `${GUIDE}/delete-marker-replication.html`,
  }),
];

function rulesOf(bucket: Resource): readonly Value[] {
  const rules = elementsOf(bucket.at("ReplicationConfiguration.Rules")).elements;
  return rules.filter((rule) => isOneOf(partOf(rule, "Status"), ["Disabled"]) !== "yes");
}

function isInOneRegion(bucket: Resource, model: Model, { objectives }: Context): Verdict {
  if (isByProduct(bucket, model) || isOriginOfGroup(bucket, model)) return undefined;
  const value = bucket.at("ReplicationConfiguration");
  const isCopy = model.mentionsOf(bucket, BUCKET).some(({ path }) => path.startsWith("ReplicationConfiguration."));
  const wrong = every([not(isSet(value)), answerOf(!isCopy), not(isRecoveredByBackup(bucket, model, objectives))]);
  const message = `no other region has its objects: ReplicationConfiguration is ${shown(value)}`;
  if (wrong === "no" || !isSite(bucket, model)) return judged(wrong, message, { value });
  if (hasTwin(bucket, model)) return undefined;
  return unknown(`${message}; it depends on whether the site is released to a bucket of another region too`);
}

function eachRule(bucket: Resource, wrong: (rule: Value) => Answer, message: string): readonly Verdict[] {
  return rulesOf(bucket).map((rule, at) => {
    const id = partOf(rule, "Id");
    const which = typeof id === "string" ? `rule ${id}` : `rule ${at + 1}`;
    return judged(wrong(rule), `${which} ${message}`, { at: `ReplicationConfiguration.Rules.${at}`, value: rule });
  });
}

function replicatesInItsOwnTime(bucket: Resource, _model: Model, { objectives }: Context): readonly Verdict[] {
  if (objectives.regionRpoMs === null || objectives.regionRpoMs > S3_FACTS.replicationTime.value) return [];
  const wrong = (rule: Value): Answer => not(isEnabled(rule, "Destination.ReplicationTime.Status"));
  return eachRule(bucket, wrong, "has no ReplicationTime");
}

function leavesOutEncrypted(bucket: Resource): readonly Verdict[] {
  const defaults = elementsOf(bucket.at("BucketEncryption.ServerSideEncryptionConfiguration")).elements;
  const encrypted = some(
    defaults.map((each) =>
      isOneOf(partOf(each, "ServerSideEncryptionByDefault.SSEAlgorithm"), ["aws:kms", "aws:kms:dsse"]),
    ),
  );
  const wrong = (rule: Value): Answer =>
    every([encrypted, not(isEnabled(rule, "SourceSelectionCriteria.SseKmsEncryptedObjects.Status"))]);
  return eachRule(bucket, wrong, "passes over objects with a key of KMS, and that is how the bucket encrypts them");
}

/** Rules of the first form, without a filter, replicate deletions; by tags they cannot be. */
function leavesOutDeletions(bucket: Resource): readonly Verdict[] {
  const wrong = (rule: Value): Answer => {
    const filter = partOf(rule, "Filter");
    const byTag = judge(filter, (plain) => /"Tag/.test(JSON.stringify(plain ?? null)));
    return every([isSet(filter), not(byTag), not(isEnabled(rule, "DeleteMarkerReplication.Status"))]);
  };
  return eachRule(bucket, wrong, "does not replicate deletions: DeleteMarkerReplication is not Enabled");
}

function isEnabled(rule: Value, path: string): Answer {
  return isOneOf(partOf(rule, path), ["Enabled"]);
}
