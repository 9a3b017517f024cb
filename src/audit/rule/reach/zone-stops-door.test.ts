import { expect, test } from "vitest";
import { NO_OBJECTIVES } from "../../objectives.ts";
import { buildModel } from "../../model/model.ts";
import { templateOf } from "../../read/cloudformation.ts";
import { readSource } from "../../read/source.ts";
import type { Defect } from "../rule.ts";
import { ZONE_STOPS_DOOR } from "./zone-stops-door.ts";

const MANY = 8_000;

/** As many balancers as servers in one zone, each of them before all of these; and a record that leads to the first. */
function estate(): string {
  const resources: Record<string, unknown> = {};
  const targets = Array.from({ length: MANY }, (_, at) => ({ Id: { Ref: `Server${at}` } }));
  resources["Targets"] = { Type: "AWS::ElasticLoadBalancingV2::TargetGroup", Properties: { Targets: targets } };
  for (let at = 0; at < MANY; at++) {
    const Properties = { AvailabilityZone: "us-east-1a" };
    resources[`Server${at}`] = { Type: "AWS::EC2::Instance", Properties };
    resources[`Door${at}`] = { Type: "AWS::ElasticLoadBalancingV2::LoadBalancer", Properties: {} };
    const DefaultActions = [{ Type: "forward", TargetGroupArn: { Ref: "Targets" } }];
    const leads = { LoadBalancerArn: { Ref: `Door${at}` }, DefaultActions };
    resources[`Listener${at}`] = { Type: "AWS::ElasticLoadBalancingV2::Listener", Properties: leads };
  }
  const AliasTarget = { DNSName: { "Fn::GetAtt": ["Door0", "DNSName"] } };
  resources["Record"] = { Type: "AWS::Route53::RecordSet", Properties: { AliasTarget } };
  return JSON.stringify({ Resources: resources });
}

test("thousands of doors before thousands of servers are told of at once, and not what leads to them", () => {
  const template = templateOf(readSource("t.json", estate()), { name: "t", region: null, parent: null });
  const { model } = buildModel([template], { parameters: {}, region: null });
  const found: readonly Defect[] = [...ZONE_STOPS_DOOR.check(model, { objectives: NO_OBJECTIVES })];
  expect(found).toHaveLength(MANY);
  expect(found[0]?.message).toBe(`stops with us-east-1a: Door0 → Targets → Server${MANY - 1} (us-east-1a)`);
});
