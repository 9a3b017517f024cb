import { type Answer, agreed, some } from "../../../base/answer.ts";
import { Choice, Unknown, type Value, isList, isMap } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Rule } from "../rule.ts";
import { not } from "../../../base/answer.ts";
import { judged, resourceRule } from "../table.ts";

const WEB_ACL = "AWS::WAFv2::WebACL";
const RULE_GROUP = "AWS::WAFv2::RuleGroup";

/** AWS's own groups that hold back floods. */
const FLOOD_GROUPS: readonly string[] = ["AWSManagedRulesAntiDDoSRuleSet"];

/** Whether any statement limits how often one client may come, also within a group of the templates' own. */
function limitsRate(value: Value | undefined, model: Model): Answer {
  if (value instanceof Unknown) return "unknown";
  if (value instanceof Choice) return agreed(value.options.map((option) => limitsRate(option, model)));
  if (isList(value)) return some(value.map((each) => limitsRate(each, model)));
  if (!isMap(value)) return "no";
  if (Object.hasOwn(value, "RateBasedStatement")) return "yes";
  return some(Object.entries(value).map(([key, part]) => limitsRateBy(key, part, model)));
}

function limitsRateBy(key: string, part: Value | undefined, model: Model): Answer {
  if (key === "RuleGroupReferenceStatement" && isMap(part)) {
    const group = model.target(part["Arn"]);
    return group?.type === RULE_GROUP ? limitsRate(group.at("Rules"), model) : "unknown";
  }
  if (key === "ManagedRuleGroupStatement" && isMap(part)) {
    return typeof part["Name"] === "string" && FLOOD_GROUPS.includes(part["Name"]) ? "yes" : "no";
  }
  return limitsRate(part, model);
}

/** Rules about WAF. */
export const WAF_RULES: readonly Rule[] = [
  resourceRule({
    id: "waf-rate-rule",
    title: "a web ACL limits no client's rate",
    severity: "medium",
    loss: "load",
    practice: "REL05-BP02",
    type: WEB_ACL,
    judge: (acl, model) => {
      const value = acl.at("Rules");
      return judged(not(limitsRate(value, model)), "has no rate-based rule", { at: "Rules", value });
    },
    why: "A flood from few addresses reaches the program unhindered and takes the capacity of everybody else.",
    fix: "add a rule with a `RateBasedStatement` to `Rules`",
    source: "https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html",
  }),
];
