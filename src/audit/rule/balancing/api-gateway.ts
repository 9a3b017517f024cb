import { type Answer, every, not, some } from "../../../base/answer.ts";
import { elementsOf, isNumber, isOneOf, isSet } from "../../evaluate/judge.ts";
import { type Value, isMap, partOf } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import type { Defect, Rule } from "../rule.ts";
import { judged, resourceRule } from "../table.ts";

const GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide";
const STAGE = "AWS::ApiGateway::Stage";
const DEPLOYMENT = "AWS::ApiGateway::Deployment";
const HTTP_STAGE = "AWS::ApiGatewayV2::Stage";
const APIS = ["AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"] as const;

const isLimit = (value: Value | undefined): Answer => isNumber(value, (rate) => rate >= 0);

/** Whether a stage limits requests for itself. */
function isLimited(stage: Resource): Answer {
  if (stage.type === HTTP_STAGE) {
    const routes = stage.at("RouteSettings");
    const ofRoutes = isMap(routes)
      ? Object.values(routes).map((route) => isLimit(partOf(route, "ThrottlingRateLimit")))
      : [];
    return some([isLimit(stage.at("DefaultRouteSettings.ThrottlingRateLimit")), ...ofRoutes]);
  }
  const within = stage.type === DEPLOYMENT ? "StageDescription." : "";
  const { elements, whole } = elementsOf(stage.at(`${within}MethodSettings`));
  return some([
    isLimit(stage.at(`${within}ThrottlingRateLimit`)),
    ...elements.map((each) => isLimit(partOf(each, "ThrottlingRateLimit"))),
    whole ? "no" : "unknown",
  ]);
}

/** Whether a usage plan limits what callers may ask of a stage's API. */
function hasPlan(stage: Resource, model: Model): Answer {
  const api = model.target(stage.at("RestApiId"));
  const plans = [stage, ...(api === undefined ? [] : [api])].flatMap((each) =>
    model.mentionsOf(each, "AWS::ApiGateway::UsagePlan"),
  );
  return some(plans.map(({ from }) => isSet(from.at("Throttle.RateLimit"))));
}

/** Rules about API Gateway. */
export const API_GATEWAY: readonly Rule[] = [
  resourceRule({
    id: "api-throttling",
    title: "an API takes as many requests as its account may",
    severity: "medium",
    loss: "load",
    practice: "REL05-BP02",
    type: [STAGE, DEPLOYMENT, HTTP_STAGE],
    judge: (stage, model) => {
      // A deployment makes a stage of its own only where it names one.
      const isStage = stage.type === DEPLOYMENT ? isSet(stage.at("StageName")) : "yes";
      const wrong = every([isStage, not(isLimited(stage)), not(hasPlan(stage, model))]);
      return judged(wrong, "limits requests by neither its settings nor a usage plan");
    },
    why: "A flood goes through to what is behind this API, and takes the share of the account's other APIs.",
    fix: "set `ThrottlingRateLimit` and `ThrottlingBurstLimit` for the stage",
    source: `${GUIDE}/api-gateway-request-throttling.html`,
  }),
  {
    id: "api-one-region",
    title: "an API stands in one region, where several are asked for",
    severity: "high",
    loss: "region",
    applies: "multi-region",
    practice: "REL10-BP01",
    why: "With its region the API is gone, however many regions have the rest of the system.",
    fix: "deploy the API in a second region, and send requests to both by `AWS::Route53::RecordSet`",
    source: `${GUIDE}/dns-failover.html`,
    *check(model: Model): Iterable<Defect> {
      const apis = model
        .of(...APIS)
        .filter((api) => isOneOf(api.at("EndpointConfiguration.Types.0"), ["PRIVATE"]) !== "yes");
      const regions = new Set(apis.map(({ template }) => template.region));
      if (regions.size > 1 && !regions.has(null)) return;
      for (const resource of apis) {
        const { region } = resource.template;
        yield region === null
          ? { resource, outcome: "unknown", message: "it depends on the regions that its template is deployed to" }
          : { resource, outcome: "fail", message: `stands in ${region} alone` };
      }
    },
  },
];
