import { not } from "../../../base/answer.ts";
import { isTrue } from "../../evaluate/judge.ts";
import { shown } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import type { Rule, Verdict } from "../rule.ts";
import { judged, resourceRule } from "../table.ts";

/** Rules about keys of KMS. */
export const KMS: readonly Rule[] = [
  resourceRule({
    id: "kms-single-region",
    title: "copies in several regions are encrypted with a key of one",
    severity: "high",
    loss: "region",
    practice: "REL10-BP01",
    type: "AWS::KMS::Key",
    judge: isNeededElsewhere,
    why: "A key of one region is of no use in another: the copy is not made, or cannot be read without the region.",
    fix: "set `MultiRegion` to true, and add an `AWS::KMS::ReplicaKey` in the other regions",
    source: "https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html",
  }),
];

/** Replicas of a global table or a secret stand in different regions, each with the key that it names. */
function isNeededElsewhere(key: Resource, model: Model): Verdict {
  const tables = model
    .mentionsOf(key, "AWS::DynamoDB::GlobalTable")
    .filter(({ path }) => path === "Replicas.*.SSESpecification.KMSMasterKeyId");
  const secrets = model
    .mentionsOf(key, "AWS::SecretsManager::Secret")
    .filter(({ path }) => path === "ReplicaRegions.*.KmsKeyId");
  const user = [...repeated(tables), ...secrets][0]?.from;
  if (user === undefined) return undefined;
  const value = key.at("MultiRegion");
  const wrong = not(isTrue(value));
  return judged(wrong, `${user.id} names it for its copies in other regions, and MultiRegion is ${shown(value)}`, {
    at: "MultiRegion",
    value,
  });
}

/** Those of which one table names the key for more than one replica. */
function repeated<M extends { readonly from: Resource }>(mentions: readonly M[]): readonly M[] {
  return [...Map.groupBy(mentions, ({ from }) => from).values()].filter((each) => each.length > 1).flat();
}
