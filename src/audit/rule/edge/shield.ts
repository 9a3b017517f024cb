import { isOneOf } from "../../evaluate/judge.ts";
import { keyOf } from "../../evaluate/value.ts";
import { derived } from "../../model/derived.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import type { Rule, Verdict } from "../rule.ts";
import { fail, resourceRule, unknown } from "../table.ts";

const PROTECTION = "AWS::Shield::Protection";
const BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer";

const protectedKeys = derived(
  (model) =>
    new Set(
      model.of(PROTECTION).map((protection) => {
        const arn = protection.at("ResourceArn");
        return model.target(arn)?.key ?? keyOf(arn);
      }),
    ),
);

function isUnprotected(resource: Resource, model: Model): Verdict {
  const isInternal = isOneOf(resource.at("Scheme"), ["internal"]) !== "no";
  if ((resource.type === BALANCER && isInternal) || protectedKeys(model).has(resource.key)) return undefined;
  const message = "has no Shield Advanced protection";
  if (model.of(PROTECTION).length > 0) return fail(`${message}, and others here have`);
  return unknown(`${message} in these templates; another stack or Firewall Manager may protect it`);
}

/** Rules about Shield: only for systems of the gravest tier, since it costs thousands of dollars a month. */
export const SHIELD: readonly Rule[] = [
  resourceRule({
    id: "shield-protection",
    title: "an entry point of a system of tier 0 is without Shield Advanced",
    severity: "low",
    loss: "load",
    applies: "tier0",
    practice: "REL05-BP02",
    type: ["AWS::CloudFront::Distribution", "AWS::GlobalAccelerator::Accelerator", BALANCER],
    judge: isUnprotected,
    why: "Against a large attack there is then no response team, and no refund of what scaling cost.",
    fix: "add an `AWS::Shield::Protection` with its `ResourceArn`",
    source: "https://docs.aws.amazon.com/waf/latest/developerguide/ddos-advanced-summary.html",
  }),
];
