import { every, some } from "../../../base/answer.ts";
import { wayOutOf } from "../../model/route.ts";
import type { Rule } from "../rule.ts";
import { fail, resourceRule, unknown } from "../table.ts";
import { subnetsBehind } from "./nat-gateway-zone.ts";

/** An instance in place of a NAT gateway. */
export const NAT_INSTANCE: Rule = resourceRule({
  id: "nat-instance",
  title: "the way out of private subnets is an instance",
  severity: "high",
  loss: "instance",
  practice: "REL10-BP01",
  type: "AWS::EC2::Instance",
  judge: (instance, model) => {
    const behind = subnetsBehind(instance, model);
    const names = behind.map(({ id }) => id).join(", ");
    const isUsed = some(behind.map((subnet) => every([subnet.exists, wayOutOf(subnet, model)?.route.exists ?? "no"])));
    if (isUsed === "no") return undefined;
    if (isUsed === "unknown") return unknown(`may be the way out of ${names}: conditions decide`);
    return fail(`is the way out of ${names}`);
  },
  why: "When the instance stops, all that runs in these subnets reaches nothing outside until somebody replaces it.",
  fix: "replace it by a NAT gateway in each zone: `NatGatewayId` in the default routes",
  source: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-comparison.html",
});
