import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shopTopology } from "../../../test/support/shop-topology.ts";
import type { TemplateResource } from "../template.ts";
import { componentCosts } from "./component-cost.ts";
import { floorOf } from "./floor.ts";
import type { SynthesizedStack } from "./resource.ts";

const shop = await shopTopology("all");

function stack(Resources: Readonly<Record<string, TemplateResource>>, part = "compute"): SynthesizedStack {
  return { name: `shop-production-${part}-us-east-1`, region: "us-east-1", part, template: { Resources } };
}

const member = {
  Type: "AWS::RDS::DBInstance",
  Properties: { Engine: "aurora-mysql", DBInstanceClass: "db.r7g.large" },
};
const secret = { Type: "AWS::SecretsManager::Secret" };

describe("costs by component", () => {
  test("are a component's where a resource has its name, and of the part of the system where none has", () => {
    const stacks = [stack({ DatabaseMemberA: member, DatabaseMemberB: member, DatabasesSecret: secret }, "data")];
    expect(componentCosts(shop, stacks)).toEqual([
      {
        component: "database",
        what: "2 Aurora instances (db.r7g.large) in us-east-1",
        usdPerMonth: 402.96,
        assumes: "runs whether used or not",
      },
      { component: "data", what: "1 secrets in us-east-1", usdPerMonth: 0.4, assumes: "runs whether used or not" },
    ]);
  });

  test("have no price where the price list has none", () => {
    const unknown = { ...member, Properties: { ...member.Properties, DBInstanceClass: "db.x9z.large" } };
    expect(componentCosts(shop, [stack({ DatabaseMemberA: unknown })])).toMatchObject([{ usdPerMonth: null }]);
  });

  test("are the floor, however many there are of what, and grow with every instance", () => {
    const count = fc.nat({ max: 8 });
    fc.assert(
      fc.property(count, count, (members, secrets) => {
        const resources = (more: number) => [
          stack({
            ...Object.fromEntries(Array.from({ length: members + more }, (_, at) => [`DatabaseMember${at}`, member])),
            ...Object.fromEntries(Array.from({ length: secrets }, (_, at) => [`Secret${at}`, secret])),
          }),
        ];
        const total = (stacks: readonly SynthesizedStack[]): number =>
          componentCosts(shop, stacks).reduce((sum, { usdPerMonth }) => sum + (usdPerMonth ?? 0), 0);
        expect(total(resources(0))).toBeCloseTo(floorOf(resources(0)).usdPerMonth, 2);
        expect(total(resources(1))).toBeGreaterThan(total(resources(0)));
      }),
    );
  });
});
