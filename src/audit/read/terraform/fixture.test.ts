import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { audit } from "../../audit.ts";
import { radiusOf } from "../../radius/loss.ts";
import { readSource } from "../source.ts";
import { templatesOfPlan } from "../terraform.ts";

/** What `terraform show -json` wrote of a configuration, without what nobody looks at. */
function audited(name: string) {
  const text = readFileSync(new URL(`fixture/${name}`, import.meta.url), "utf8");
  const templates = templatesOfPlan(readSource(name, text), { region: null });
  return audit(templates);
}

/** What these rules find, and all grave ones that are open: what the plan was made to show. */
function told(name: string, rules: readonly string[]): readonly string[] {
  const { findings } = audited(name);
  return findings
    .filter(({ rule, outcome, severity }) => rules.includes(rule) || (outcome === "unknown" && severity === "high"))
    .map(({ rule, outcome, resource }) => `${outcome} ${rule} ${resource}`)
    .toSorted();
}

test("of a shop with one NAT gateway, one task and one database, just these are found, and no more is open", () => {
  const rules = ["nat-gateway-zone", "ecs-min-capacity", "rds-multi-az", "rds-backup-off", "ecs-zones", "lb-zones"];
  expect(told("shop.json", [...rules, "sqs-dead-letter-queue"])).toEqual([
    "fail ecs-min-capacity aws_appautoscaling_target.api",
    "fail nat-gateway-zone aws_nat_gateway.one",
    "fail rds-backup-off aws_db_instance.db",
    "fail rds-multi-az aws_db_instance.db",
  ]);
});

test("the fix is in Terraform's words, for blocks and for other resources too", () => {
  const { findings } = audited("shop.json");
  const fixOf = (rule: string) => findings.find((each) => each.rule === rule)?.fix;
  expect(fixOf("rds-multi-az")).toBe("set `multi_az` to true");
  expect(fixOf("ecs-circuit-breaker")).toContain("`deployment_circuit_breaker`");
  expect(fixOf("lb-deletion-protection")).toContain("`enable_deletion_protection`");
  expect(fixOf("nat-gateway-zone")).not.toContain("AWS::");
});

test("what stops with a zone follows from references that only an apply gives", () => {
  const radius = radiusOf(audited("shop.json").model);
  const { stops } = radius.outcome(radius.zoneLoss("eu-west-1a"));
  const names = radius.resourcesOf(stops).map(({ name }) => name);
  expect(names).toContain("aws_nat_gateway.one");
  expect(names).toContain("aws_ecs_service.api");
  expect(names).toContain("aws_lb.api");
});

test("modules are followed both ways, by count, for_each and another provider's region", () => {
  const { model } = audited("modules.json");
  const balancer = model.of("AWS::ElasticLoadBalancingV2::LoadBalancer").map((each) => ({
    id: each.id,
    region: each.template.region,
    subnets: model.targets(each.at("Subnets")).map(({ id }) => id),
  }));
  expect(balancer).toEqual([
    {
      id: 'module.app["orders"].aws_lb.this[0]',
      region: "eu-west-1",
      subnets: ["module.net.aws_subnet.public[0]", "module.net.aws_subnet.public[1]"],
    },
    { id: "module.elsewhere.aws_lb.this[0]", region: "us-west-2", subnets: [] },
  ]);
  expect(told("modules.json", ["nat-gateway-zone", "lb-zones"])).toContain(
    "fail nat-gateway-zone module.net.aws_nat_gateway.this[0]",
  );
});
