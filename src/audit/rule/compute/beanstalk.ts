import { every, not } from "../../../base/answer.ts";
import { elementsOf, isNumber, isOneOf } from "../../evaluate/judge.ts";
import { type Value, partOf, shown } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import type { Rule } from "../rule.ts";
import { judged, resourceRule, unknown } from "../table.ts";

const GUIDE = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg";
const ENVIRONMENT = "AWS::ElasticBeanstalk::Environment";

/** An option of an environment: its own, or of the configuration template that it is made from. */
function optionOf(environment: Resource, model: Model, namespace: string, name: string): Value | undefined {
  const template = model.target(environment.at("TemplateName"));
  for (const settings of [environment.at("OptionSettings"), template?.at("OptionSettings")]) {
    const found = elementsOf(settings).elements.findLast(
      (each) =>
        isOneOf(partOf(each, "Namespace"), [namespace]) === "yes" &&
        isOneOf(partOf(each, "OptionName"), [name]) === "yes",
    );
    if (found !== undefined) return partOf(found, "Value");
  }
  return undefined;
}

const typeOf = (environment: Resource, model: Model) =>
  optionOf(environment, model, "aws:elasticbeanstalk:environment", "EnvironmentType");

/** Rules about Elastic Beanstalk. What its bundle's own configuration sets is not in a template. */
export const BEANSTALK: readonly Rule[] = [
  resourceRule({
    id: "beanstalk-single-instance",
    title: "an Elastic Beanstalk environment has a single instance",
    severity: "high",
    loss: "instance",
    practice: "REL10-BP01",
    type: ENVIRONMENT,
    judge: (environment, model) => {
      const value = typeOf(environment, model);
      return judged(isOneOf(value, ["SingleInstance"]), `EnvironmentType is ${shown(value)}`, {
        at: "OptionSettings",
        value,
      });
    },
    why: "When the instance or its zone is lost, nobody is served until another has started, and each update stops it.",
    fix: "set `EnvironmentType` to LoadBalanced, with a `MinSize` of 2",
    source: `${GUIDE}/using-features-managing-env-types.html`,
  }),
  resourceRule({
    id: "beanstalk-min-size",
    title: "an Elastic Beanstalk environment may come down to one instance",
    severity: "high",
    loss: "instance",
    practice: "REL11-BP02",
    type: ENVIRONMENT,
    judge: (environment, model) => {
      const value = optionOf(environment, model, "aws:autoscaling:asg", "MinSize");
      const single = isOneOf(typeOf(environment, model), ["SingleInstance"]);
      if (value === undefined) {
        const message = "MinSize is not set, which means 1, unless the bundle's own configuration sets it";
        return single === "yes" ? undefined : unknown(message);
      }
      const wrong = every([isNumber(value, (size) => size < 2), not(single)]);
      return judged(wrong, `MinSize is ${shown(value)}`, { at: "OptionSettings", value });
    },
    why: "When the only instance is lost, nobody is served until another has started.",
    fix: "set `MinSize` of aws:autoscaling:asg to 2 or more",
    source: `${GUIDE}/command-options-general.html`,
  }),
];
