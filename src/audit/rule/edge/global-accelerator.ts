import { elementsOf, isOneOf } from "../../evaluate/judge.ts";
import { every, some } from "../../../base/answer.ts";
import { keyOf, partOf, shown } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import type { Rule, Verdict } from "../rule.ts";
import { fail, judged, resourceRule, unknown } from "../table.ts";

const LISTENER = "AWS::GlobalAccelerator::Listener";
const GROUP = "AWS::GlobalAccelerator::EndpointGroup";
const GUIDE = "https://docs.aws.amazon.com/global-accelerator/latest/dg";

function isInOneRegion(listener: Resource, model: Model): Verdict {
  const groups = model.mentionsOf(listener, GROUP).map(({ from }) => from.at("EndpointGroupRegion"));
  const regions = [...new Map(groups.map((region) => [keyOf(region), region])).values()];
  if (groups.length === 0) return unknown("has no endpoint group in these templates");
  if (regions.filter((region) => typeof region === "string").length > 1) return undefined;
  if (regions.length === 1) return fail(`leads to one region: EndpointGroupRegion is ${shown(regions[0])}`);
  return unknown(`may lead to one region: EndpointGroupRegion is ${regions.map(shown).join(" and ")}`);
}

/** Balancers are checked as their target groups are; the group's own health check is for what stands alone. */
function isCheckedByConnection(group: Resource, model: Model): Verdict {
  const alone = elementsOf(group.at("EndpointConfigurations")).elements.map((endpoint) => {
    const id = partOf(endpoint, "EndpointId");
    const type = model.target(id)?.type;
    if (type === "AWS::EC2::Instance" || type === "AWS::EC2::EIP") return "yes";
    return typeof id === "string" && /^(i-|eipalloc-)/.test(id) ? "yes" : "no";
  });
  const value = group.at("HealthCheckProtocol");
  const wrong = every([some(alone), isOneOf(value ?? "TCP", ["TCP"])]);
  const message = `takes an endpoint for healthy that accepts connections: HealthCheckProtocol is ${shown(value)}`;
  return judged(wrong, message, { at: "HealthCheckProtocol", value });
}

/** Rules about Global Accelerator. */
export const GLOBAL_ACCELERATOR: readonly Rule[] = [
  resourceRule({
    id: "accelerator-regions",
    title: "an accelerator leads to one region",
    severity: "high",
    loss: "region",
    applies: "multi-region",
    practice: "REL11-BP02",
    type: LISTENER,
    judge: isInOneRegion,
    why: "When that region is lost, its addresses stay and lead nowhere.",
    fix: "add an endpoint group with another `EndpointGroupRegion`",
    source: `${GUIDE}/about-endpoint-groups.html`,
  }),
  resourceRule({
    id: "accelerator-health-check",
    title: "an accelerator checks by connection alone whether an instance is well",
    severity: "low",
    loss: "instance",
    practice: "REL11-BP01",
    type: GROUP,
    judge: isCheckedByConnection,
    why: "A program that hangs still accepts connections, so customers are sent to it until somebody notices.",
    fix: "set `HealthCheckProtocol` to HTTP or HTTPS, and `HealthCheckPath`",
    source: `${GUIDE}/about-endpoint-groups-health-check-options.html`,
  }),
];
