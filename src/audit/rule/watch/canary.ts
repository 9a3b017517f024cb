import type { Model } from "../../model/model.ts";
import { derived } from "../../model/derived.ts";
import type { Resource } from "../../model/resource.ts";
import type { Template } from "../../template.ts";
import type { Rule, Verdict } from "../rule.ts";
import { fail, resourceRule } from "../table.ts";
import { unwatched } from "./metric.ts";

const CANARY = "AWS::Synthetics::Canary";
const HEALTH_CHECK = "AWS::Route53::HealthCheck";
const GUIDE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries.html";

/** What customers come in by, which a canary beside it is there to watch. */
const ENTRIES: readonly string[] = [
  "AWS::ElasticLoadBalancingV2::LoadBalancer",
  "AWS::ApiGateway::RestApi",
  "AWS::ApiGatewayV2::Api",
];

const templatesWithEntry = derived((model) => new Set<Template>(model.of(...ENTRIES).map(({ template }) => template)));

const canaryRegions = derived(
  (model) => new Set(model.of(CANARY).map(({ template }) => template.region ?? template.name)),
);

/** A canary in the stack of what it watches is in its region, and lost with it. */
function isLostWithWhatItWatches(canary: Resource, model: Model): Verdict {
  if (canaryRegions(model).size > 1 || model.of(HEALTH_CHECK).length > 0) return undefined;
  if (!templatesWithEntry(model).has(canary.template)) return undefined;
  return fail("stands in the region that it watches, and nothing looks at it from outside");
}

/** Rules about canaries. */
export const CANARIES: readonly Rule[] = [
  resourceRule({
    id: "canary-alarm",
    title: "nobody is told when a canary fails",
    severity: "medium",
    loss: "sight",
    practice: "REL06-BP03",
    type: CANARY,
    judge: (canary, model) =>
      unwatched(canary, { metrics: ["SuccessPercent", "Failed", "Duration", "5xx"], name: "Name" }, model),
    why: "It tries what customers do, fails as they do, and its result lies in a bucket.",
    fix: "add an alarm on `SuccessPercent` of the canary",
    source: GUIDE,
  }),
  resourceRule({
    id: "canary-region",
    title: "the only canary is lost with the region that it watches",
    severity: "low",
    loss: "region",
    applies: "multi-region",
    practice: "REL11-BP01",
    type: CANARY,
    judge: isLostWithWhatItWatches,
    why: "When the region is lost, so is what would tell of it.",
    fix: "deploy an `AWS::Synthetics::Canary` in another region, or an `AWS::Route53::HealthCheck`",
    source: GUIDE,
  }),
];
