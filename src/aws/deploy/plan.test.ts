import { describe, expect, test } from "vitest";
import { planStack, refuseLoss } from "./plan.ts";

const STACK = { name: "shop-production-data-us-east-1", region: "us-east-1" };

function template(properties: object, extra: object = {}): Record<string, unknown> {
  return { Resources: { Table: { Type: "AWS::DynamoDB::GlobalTable", Properties: properties, ...extra } } };
}

const KEY = { KeySchema: [{ AttributeName: "id", KeyType: "HASH" }] };

describe("the plan of a stack", () => {
  test("a stack that does not exist is created with all that it has", () => {
    const plan = planStack(STACK, null, template(KEY));
    expect(plan).toMatchObject({ action: "create", changes: [{ logicalId: "Table", what: "add", losesData: false }] });
  });

  test("a stack whose template is the same is unchanged", () => {
    expect(planStack(STACK, template(KEY), template(KEY))).toMatchObject({ action: "unchanged", changes: [] });
  });

  test("a property that can be changed in place is a change", () => {
    const plan = planStack(STACK, template(KEY), template({ ...KEY, BillingMode: "PAY_PER_REQUEST" }));
    expect(plan.changes).toMatchObject([{ what: "change", properties: ["BillingMode"], losesData: false }]);
  });

  test("a property that is only taken at creation replaces the resource, and its data is lost", () => {
    const plan = planStack(STACK, template(KEY), template({ KeySchema: [{ AttributeName: "key", KeyType: "HASH" }] }));
    expect(plan.changes).toMatchObject([{ what: "replace", properties: ["KeySchema"], losesData: true }]);
  });

  test("what leaves the stack and is retained is kept, and loses nothing", () => {
    const deployed = template(KEY, { DeletionPolicy: "RetainExceptOnCreate" });
    const plan = planStack(STACK, deployed, { Resources: {} });
    expect(plan).toMatchObject({ action: "delete", changes: [{ what: "keep", losesData: false }] });
  });

  test("what leaves the stack without being retained is deleted, and its data is lost", () => {
    const plan = planStack(STACK, template(KEY), { Resources: {} });
    expect(plan.changes).toMatchObject([{ what: "remove", losesData: true }]);
  });

  test.each([
    ["logs, of what is gone with them", "AWS::Logs::LogGroup", {}],
    ["a secret that is put together from others", "AWS::SecretsManager::Secret", { SecretString: "{{resolve:…}}" }],
  ])("%s may go without a loss, and not be replaced", (_, Type, own) => {
    const deployed = { Resources: { Kept: { Type, Properties: { Name: "a", LogGroupName: "a", ...own } } } };
    const other = { Resources: { Kept: { Type, Properties: { Name: "b", LogGroupName: "b", ...own } } } };
    expect(planStack(STACK, deployed, { Resources: {} }).changes).toMatchObject([{ what: "remove", losesData: false }]);
    expect(planStack(STACK, deployed, other).changes).toMatchObject([{ what: "replace", losesData: true }]);
  });

  test("a secret that was made up is lost with it", () => {
    const Properties = { GenerateSecretString: {} };
    const deployed = { Resources: { Password: { Type: "AWS::SecretsManager::Secret", Properties } } };
    expect(planStack(STACK, deployed, { Resources: {} }).changes).toMatchObject([{ what: "remove", losesData: true }]);
  });

  test("an output that differs is no change of a resource, and not nothing either", () => {
    const plan = planStack(STACK, template(KEY), { ...template(KEY), Outputs: { Arn: { Value: "a" } } });
    expect(plan).toMatchObject({ action: "update", changes: [], otherChanges: true });
  });
});

describe("refusing to lose data", () => {
  const replaced = planStack(STACK, template(KEY), template({ KeySchema: [] })).changes;

  test("a replacement of what keeps data is refused, and names what causes it", () => {
    expect(() => refuseLoss(STACK.name, replaced, { allowReplacement: false, certain: true })).toThrow(
      /Table \(AWS::DynamoDB::GlobalTable\) would be replaced, because KeySchema changes/,
    );
  });

  test("it is let through where that is allowed", () => {
    expect(() => refuseLoss(STACK.name, replaced, { allowReplacement: true, certain: true })).not.toThrow();
  });

  test("what only may be replaced is refused by the change set, not by the plan", () => {
    const may = replaced.map((change) => ({ ...change, what: "may-replace" as const }));
    expect(() => refuseLoss(STACK.name, may, { allowReplacement: false, certain: false })).not.toThrow();
    expect(() => refuseLoss(STACK.name, may, { allowReplacement: false, certain: true })).toThrow(/replaced/);
  });
});
