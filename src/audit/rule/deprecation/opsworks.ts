import type { Model } from "../../model/model.ts";
import type { Rule } from "../rule.ts";
import { fail, resourceRule } from "../table.ts";

const STACK = "AWS::OpsWorks::Stack";

/** Rules about OpsWorks, which AWS has ended. */
export const OPSWORKS: readonly Rule[] = [
  resourceRule({
    id: "opsworks-ended",
    title: "a stack is run by OpsWorks, which AWS has ended",
    severity: "high",
    loss: "change",
    practice: "REL07-BP01",
    type: [STACK, "AWS::OpsWorks::Layer", "AWS::OpsWorks::App", "AWS::OpsWorks::Instance", "AWS::OpsWorksCM::Server"],
    judge: ({ type }, model) =>
      isTold(type, model) ? undefined : fail(`${type.split("::")[1]} reached its end of life in 2024`),
    why: "Nothing replaces a lost instance or applies a change any more, and the template cannot be deployed.",
    fix: "use `AWS::AutoScaling::AutoScalingGroup` with a launch template, and Systems Manager for what recipes did",
    source: "https://docs.aws.amazon.com/opsworks/latest/userguide/stacks-eol-faqs.html",
  }),
];

/** Layers, apps and instances are parts of a stack, which is told once. */
function isTold(type: string, model: Model): boolean {
  return type.startsWith("AWS::OpsWorks::") && type !== STACK && model.of(STACK).length > 0;
}
