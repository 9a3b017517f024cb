import { isOneOf } from "../../evaluate/judge.ts";
import { shown } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import type { Rule } from "../rule.ts";
import { judged, resourceRule } from "../table.ts";

const RECOVERY = "LaunchTemplateData.MaintenanceOptions.AutoRecovery";

/** The launch template of an instance, where these files have it. */
function launchTemplateOf(instance: Resource, model: Model): Resource | undefined {
  return (
    model.target(instance.at("LaunchTemplate.LaunchTemplateId")) ??
    model.target(instance.at("LaunchTemplate.LaunchTemplateName"))
  );
}

/** Rules about single instances. */
export const EC2: readonly Rule[] = [
  resourceRule({
    id: "ec2-auto-recovery",
    title: "an instance is not moved when its host fails",
    severity: "medium",
    loss: "instance",
    practice: "REL10-BP02",
    type: "AWS::EC2::Instance",
    judge: (instance, model) => {
      const value = launchTemplateOf(instance, model)?.at(RECOVERY);
      const wrong = isOneOf(value, ["disabled"]);
      return judged(wrong, `AutoRecovery is ${shown(value)} in its launch template`, { at: "LaunchTemplate", value });
    },
    why: "When its host fails it stays down until somebody starts it again.",
    fix: "set `MaintenanceOptions.AutoRecovery` to default",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-recover.html",
  }),
];
