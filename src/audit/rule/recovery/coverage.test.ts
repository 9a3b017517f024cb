import { describe, expect, test } from "vitest";
import type { Answer } from "../../../base/answer.ts";
import { buildModel } from "../../model/model.ts";
import { templateOf } from "../../read/cloudformation.ts";
import { readSource } from "../../read/source.ts";
import { isBackedUp } from "./coverage.ts";

const TABLE = `
  Orders:
    Type: AWS::DynamoDB::Table
    Properties: { TableName: orders, Tags: [{ Key: stage, Value: live }] }
  Unnamed:
    Type: AWS::DynamoDB::Table
  Plan:
    Type: AWS::Backup::BackupPlan
`;

function model(selection: string) {
  const text = `Parameters:
  Given: { Type: String }
Resources:${TABLE}  Selection:
    Type: AWS::Backup::BackupSelection
    Properties: { BackupPlanId: !Ref Plan, BackupSelection: { ${selection} } }
`;
  const template = templateOf(readSource("t.yaml", text));
  return buildModel([template]).model;
}

function isCovered(id: string, selection: string, plans?: () => Answer): Answer {
  const built = model(selection);
  const resource = built.resources.find((each) => each.id === id);
  return resource === undefined ? "unknown" : isBackedUp(resource, built, plans);
}

describe("a selection takes a resource", () => {
  test.each<[string, Answer]>([
    ['Resources: ["*"]', "yes"],
    ["Resources: [!GetAtt Orders.Arn]", "yes"],
    ["Resources: [!GetAtt Unnamed.Arn]", "no"],
    ['Resources: ["arn:aws:dynamodb:*:*:table/*"]', "yes"],
    ['Resources: ["arn:aws:dynamodb:*:*:*"]', "yes"],
    ['Resources: ["arn:aws:*:*:*:*"]', "yes"],
    ['Resources: ["arn:aws:rds:*:*:table/*"]', "no"],
    ['Resources: ["arn:aws:dynamodb:*:*:index/*"]', "no"],
    ['Resources: ["arn:aws:dynamodb:*:*:table/ord*"]', "yes"],
    ['Resources: ["arn:aws:dynamodb:*:*:table/car*"]', "no"],
    ['Resources: [!Sub "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/orders"]', "yes"],
    ['Resources: [!Sub "arn:aws:dynamodb:*:*:table/${Given}"]', "unknown"],
    ["Resources: [!Ref Given]", "unknown"],
    ['Resources: ["*"], NotResources: [!GetAtt Orders.Arn]', "no"],
    ['Resources: ["*"], NotResources: [!Ref Given]', "unknown"],
    ["SelectionName: everything", "yes"],
  ])("by its ARN: %s is %s", (selection, answer) => {
    expect(isCovered("Orders", selection)).toBe(answer);
  });

  test.each<[string, Answer]>([
    ["ListOfTags: [{ ConditionKey: stage, ConditionValue: live }]", "yes"],
    ["ListOfTags: [{ ConditionKey: stage, ConditionValue: test }]", "no"],
    ["ListOfTags: [{ ConditionKey: owner, ConditionValue: live }]", "no"],
    ["ListOfTags: [{ ConditionKey: stage, ConditionValue: !Ref Given }]", "unknown"],
    ['Conditions: { StringEquals: [{ ConditionKey: "aws:ResourceTag/stage", ConditionValue: live }] }', "yes"],
    ['Conditions: { StringLike: [{ ConditionKey: "aws:ResourceTag/stage", ConditionValue: "l*" }] }', "yes"],
    ['Conditions: { StringNotEquals: [{ ConditionKey: "aws:ResourceTag/stage", ConditionValue: live }] }', "no"],
    ['Conditions: { StringNotLike: [{ ConditionKey: "aws:ResourceTag/stage", ConditionValue: "t*" }] }', "yes"],
  ])("by its tags: %s is %s", (selection, answer) => {
    expect(isCovered("Orders", selection)).toBe(answer);
  });

  test("without a name of its own only where the pattern means all", () => {
    expect(isCovered("Unnamed", 'Resources: ["arn:aws:dynamodb:*:*:table/*"]')).toBe("yes");
    expect(isCovered("Unnamed", 'Resources: ["arn:aws:dynamodb:*:*:table/ord*"]')).toBe("unknown");
    expect(isCovered("Unnamed", 'Resources: ["arn:aws:dynamodb:*:*:table/orders"]')).toBe("no");
  });

  test("only for the plans that count", () => {
    expect(isCovered("Orders", 'Resources: ["*"]', () => "no")).toBe("no");
    expect(isCovered("Orders", 'Resources: ["*"]', () => "unknown")).toBe("unknown");
    expect(isCovered("Orders", 'Resources: ["*"]', () => "yes")).toBe("yes");
  });
});
