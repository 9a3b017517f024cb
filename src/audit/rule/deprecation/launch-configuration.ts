import { every, not } from "../../../base/answer.ts";
import { isSet } from "../../evaluate/judge.ts";
import { shown } from "../../evaluate/value.ts";
import { GROUP } from "../compute/group.ts";
import type { Rule } from "../rule.ts";
import { fail, judged, resourceRule } from "../table.ts";

const CONFIGURATION = "AWS::AutoScaling::LaunchConfiguration";

/** Rules about launch configurations, which AWS is giving up. */
export const LAUNCH_CONFIGURATION: readonly Rule[] = [
  resourceRule({
    id: "launch-configuration",
    title: "instances are started from a launch configuration, which AWS is giving up",
    severity: "low",
    loss: "region",
    practice: "REL13-BP02",
    type: [CONFIGURATION, GROUP],
    judge: (resource, model) => {
      if (resource.type === CONFIGURATION) return fail("is a launch configuration");
      const at = "LaunchConfigurationName";
      const value = resource.at(at);
      // The launch configuration itself is told of, where these files have it.
      if (model.target(value)?.type === CONFIGURATION) return undefined;
      const wrong = every([isSet(value), not(isSet(resource.at("LaunchTemplate")))]);
      return judged(wrong, `starts from a launch configuration: ${at} is ${shown(value)}`, { at, value });
    },
    why: "Accounts made since October 2024 cannot create one: a recovery into a new account fails.",
    fix: "replace it by an `AWS::EC2::LaunchTemplate` that `LaunchTemplate` names",
    source: "https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-configurations.html",
  }),
];
