import { elementsOf } from "../../evaluate/judge.ts";
import { type Value, isMap, partOf } from "../../evaluate/value.ts";
import type { Resource } from "../../model/resource.ts";
import type { Rule, Verdict } from "../rule.ts";
import { fail, resourceRule } from "../table.ts";

const FUNCTION = "AWS::Lambda::Function";
const TASK = "AWS::ECS::TaskDefinition";

/** The variables that programs are given, with where they stand. */
function variablesOf(resource: Resource): readonly (readonly [string, string, Value | undefined])[] {
  if (resource.type === FUNCTION) {
    const at = "Environment.Variables";
    const variables = resource.at(at);
    return isMap(variables) ? Object.entries(variables).map(([name, value]) => [`${at}.${name}`, name, value]) : [];
  }
  return elementsOf(resource.at("ContainerDefinitions")).elements.flatMap((container, at) =>
    elementsOf(partOf(container, "Environment")).elements.map((each): readonly [string, string, Value | undefined] => [
      `ContainerDefinitions.${at}.Environment`,
      nameOf(partOf(each, "Name")),
      partOf(each, "Value"),
    ]),
  );
}

function nameOf(name: Value | undefined): string {
  return typeof name === "string" ? name : "a variable";
}

function asksOneRegion(resource: Resource): readonly Verdict[] {
  return variablesOf(resource).map(([at, name, value]) => {
    if (typeof value !== "string") return undefined;
    const isLegacy = name === "AWS_STS_REGIONAL_ENDPOINTS" && value.toLowerCase() === "legacy";
    const isGlobal = /(^|\/\/)sts\.amazonaws\.com(\/|$)/.test(value);
    return isLegacy || isGlobal ? fail(`asks STS at its global endpoint: ${name} is ${value}`, at) : undefined;
  });
}

/** Rules about where programs get their credentials. */
export const TOKEN_SERVICE: readonly Rule[] = [
  resourceRule({
    id: "sts-global-endpoint",
    title: "a program asks for credentials at STS's global endpoint",
    severity: "low",
    loss: "region",
    practice: "REL11-BP04",
    type: [FUNCTION, TASK],
    judge: asksOneRegion,
    why: "The global endpoint may be served from us-east-1: with that region, programs elsewhere get no credentials.",
    fix: "set `AWS_STS_REGIONAL_ENDPOINTS` to regional",
    source: "https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html",
  }),
];
