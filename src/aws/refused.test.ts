import { describe, expect, test } from "vitest";
import { Draft } from "../../test/aws/fixture/draft.ts";
import * as back from "../../test/aws/fixture/mutation-back.ts";
import * as front from "../../test/aws/fixture/mutation-front.ts";
import { validTemplates } from "../../test/aws/fixture/valid.ts";
import { REFUSALS, violationsOf } from "./refused.ts";

const MUTATIONS = Object.fromEntries(
  [front, back].flatMap((each) => Object.values(each)).flatMap((each) => Object.entries(each)),
);

describe("what AWS refuses", () => {
  test("is at least thirty rows, each with an id of its own and a page of AWS's documentation", () => {
    expect(REFUSALS.length).toBeGreaterThan(30);
    expect(new Set(REFUSALS.map(({ id }) => id)).size).toBe(REFUSALS.length);
    for (const { url, readOn } of REFUSALS) {
      expect(url).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/[\w/.-]+\.html$/);
      expect(readOn).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });

  test("is nothing of a system that AWS takes", () => {
    expect(violationsOf(validTemplates()).map(({ refusal, logicalId }) => [refusal.id, logicalId])).toEqual([]);
  });

  test("has a spoilt template for each row, and a row for each spoilt template", () => {
    expect(Object.keys(MUTATIONS).sort()).toEqual(REFUSALS.map(({ id }) => id).sort());
  });

  test.each(REFUSALS.map((refusal) => [refusal.id, refusal.title]))("fails %s: %s", (id) => {
    const draft = new Draft(validTemplates());
    MUTATIONS[id]?.(draft);
    const violations = violationsOf(draft.templates);
    expect([...new Set(violations.map(({ refusal }) => refusal.id))]).toEqual([id]);
    for (const { message, stack, logicalId } of violations) {
      expect([message, stack, logicalId].every((text) => text.length > 0)).toBe(true);
    }
  });

  test("takes what is only known at deployment for right", () => {
    const draft = new Draft(validTemplates());
    draft.of("AWS::ElasticLoadBalancingV2::TargetGroup")["Name"] = { Ref: "SomeParameter" };
    draft.of("AWS::SQS::Queue")["VisibilityTimeout"] = { Ref: "SomeParameter" };
    draft.of("AWS::ECS::Service")["TaskDefinition"] = { Ref: "SomeParameter" };
    expect(violationsOf(draft.templates)).toEqual([]);
  });

  test("looks at a template as its parameters' defaults make it, and the other way round", () => {
    const queue = (name: object) => [
      {
        stack: "shop",
        region: "us-east-1",
        template: {
          Parameters: { Name: { Type: "String", Default: "" } },
          Conditions: { IsNamed: { "Fn::Not": [{ "Fn::Equals": [{ Ref: "Name" }, ""] }] } },
          Resources: {
            Orders: { Type: "AWS::SQS::Queue", Properties: { QueueName: { "Fn::If": ["IsNamed", name, name] } } },
          },
        },
      },
    ];
    const long = { "Fn::If": ["IsNamed", "x".repeat(81), { Ref: "AWS::NoValue" }] };
    const other = { "Fn::If": ["IsNamed", { Ref: "AWS::NoValue" }, "x".repeat(81)] };
    expect(violationsOf(queue({ Ref: "AWS::NoValue" } as object) as never)).toEqual([]);
    for (const name of [long, other]) {
      expect(violationsOf(queue(name) as never).map(({ refusal }) => refusal.id)).toEqual(["sqs-name"]);
    }
  });
});
