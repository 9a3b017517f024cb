import { type Answer, not, some } from "../../../base/answer.ts";
import { elementsOf, isOneOf, isSet } from "../../evaluate/judge.ts";
import { partOf } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { hasTag, isBackedUp } from "../recovery/coverage.ts";
import type { Rule, Verdict } from "../rule.ts";
import { fail, resourceRule, unknown } from "../table.ts";

const GUIDE = "https://docs.aws.amazon.com/ebs/latest/userguide";

/** Rules about volumes of EBS. */
export const EBS: readonly Rule[] = [
  resourceRule({
    id: "ebs-snapshots",
    title: "nothing takes snapshots of a volume",
    severity: "medium",
    loss: "data",
    practice: "REL09-BP03",
    type: "AWS::EC2::Volume",
    judge: hasNoSnapshots,
    why: "A volume is in one zone, and only a snapshot can be read from another one.",
    fix: "select the volume in an `AWS::Backup::BackupSelection`, or by a tag in an `AWS::DLM::LifecyclePolicy`",
    source: `${GUIDE}/snapshot-lifecycle.html`,
  }),
];

/** Plans of other stacks and of the account select by tag, so that of a volume with tags nothing can be said. */
function hasNoSnapshots(volume: Resource, model: Model): Verdict {
  const taken = some([
    isBackedUp(volume, model),
    ...model.of("AWS::DLM::LifecyclePolicy").map((each) => takes(each, volume)),
  ]);
  if (taken === "yes") return undefined;
  const message = "nothing in these files takes snapshots of it";
  if (taken === "no" && isSet(volume.at("Tags")) === "no") return fail(message);
  return unknown(`${message}; it depends on whether a plan of another stack selects it by its tags`);
}

function takes(policy: Resource, volume: Resource): Answer {
  if (isOneOf(policy.at("DefaultPolicy"), ["VOLUME", "INSTANCE"]) !== "no") return "yes";
  const details = policy.at("PolicyDetails");
  const byInstance = elementsOf(partOf(details, "ResourceTypes")).elements.map((type) =>
    not(isOneOf(type, ["VOLUME"])),
  );
  const tags = elementsOf(partOf(details, "TargetTags")).elements;
  const tagged = some(tags.map((tag) => hasTag(volume, partOf(tag, "Key"), partOf(tag, "Value"))));
  return some(byInstance) === "yes" ? "unknown" : tagged;
}
