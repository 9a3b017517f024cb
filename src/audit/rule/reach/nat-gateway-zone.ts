import { type Answer, every, not, some } from "../../../base/answer.ts";
import type { Model } from "../../model/model.ts";
import { zoneNameOf } from "../../model/place.ts";
import type { Resource } from "../../model/resource.ts";
import { derived } from "../../model/derived.ts";
import { wayOutOf } from "../../model/route.ts";
import type { Rule } from "../rule.ts";
import { fail, resourceRule, unknown } from "../table.ts";
import { isSameZone } from "./zone-name.ts";

/** By gateway, the subnets whose default route leads to it. */
const subnetsByGateway = derived((model) => {
  const subnets = model.of("AWS::EC2::Subnet").map((subnet) => ({ subnet, way: wayOutOf(subnet, model) }));
  return Map.groupBy(subnets, ({ way }) => way?.by?.key ?? "");
});

/** The subnets whose default route leads to a gateway. */
export function subnetsBehind(gateway: Resource, model: Model): readonly Resource[] {
  return (subnetsByGateway(model).get(gateway.key) ?? []).map(({ subnet }) => subnet);
}

/** Whether a subnet's way out is in another zone; what a condition may leave out is not known. */
function leavesItsZone(subnet: Resource, model: Model): Answer {
  const way = wayOutOf(subnet, model);
  if (way?.zone === undefined) return "no";
  const isElsewhere = not(isSameZone(zoneNameOf(subnet, model), way.zone));
  return every([isElsewhere, subnet.exists, way.route.exists, way.by?.exists ?? "unknown"]);
}

/** One NAT gateway for several zones. */
export const NAT_GATEWAY_ZONE: Rule = resourceRule({
  id: "nat-gateway-zone",
  title: "private subnets leave through a NAT gateway of another zone",
  severity: "high",
  practice: "REL10-BP01",
  type: "AWS::EC2::NatGateway",
  judge: (gateway, model) => {
    const behind = subnetsBehind(gateway, model).map((subnet) => ({ subnet, answer: leavesItsZone(subnet, model) }));
    const answer = some(behind.map((each) => each.answer));
    if (answer === "no") return undefined;
    const away = behind
      .filter((each) => each.answer === answer)
      .map(({ subnet }) => `${subnet.id} (${zoneNameOf(subnet, model)})`);
    const zone = wayOutOf(behind[0]?.subnet ?? gateway, model)?.zone ?? "its zone";
    if (answer === "yes") return fail(`stands in ${zone} and is the way out of ${away.join(", ")}`, "SubnetId");
    return unknown(
      `is the way out of ${away.join(", ")}; it depends on which zones ${zone} and those are, or on conditions`,
      "SubnetId",
    );
  },
  why: "With the zone of the gateway, what runs in the other zones reaches nothing outside any more either.",
  fix: "add a NAT gateway in each zone (or one of `AvailabilityMode` regional) and route each zone to its own",
  source: "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
});
