import { expect, test } from "vitest";
import { templateOf } from "../read/cloudformation.ts";
import { readSource } from "../read/source.ts";
import { buildModel } from "./model.ts";

const OUTER = `
Parameters:
  Engine: { Type: String, Default: aurora }
  Stage: { Type: String }
Conditions:
  IsPlain: !Equals [!Ref Engine, mysql]
  IsAurora: !Equals [!Ref Engine, aurora]
  IsProduction: !Equals [!Ref Stage, production]
Resources:
  Absent: { Type: AWS::CloudFormation::Stack, Condition: IsPlain }
  Present: { Type: AWS::CloudFormation::Stack, Condition: IsAurora }
  Open: { Type: AWS::CloudFormation::Stack, Condition: IsProduction }
`;

const INNER = `
Resources:
  Database: { Type: AWS::RDS::DBInstance }
  Inner: { Type: AWS::CloudFormation::Stack }
`;

test("what a stack nests exists as far as the stack does, and the stacks around it", () => {
  const outer = templateOf(readSource("outer.yaml", OUTER), { name: "outer", region: null, parent: null });
  const inside = (name: string, template: string, resource: string) =>
    templateOf(readSource("inner.yaml", INNER), { name, region: null, parent: { template, resource } });
  const nested = ["Absent", "Present", "Open"].flatMap((stack) => [
    inside(`outer/${stack}`, "outer", stack),
    inside(`outer/${stack}/Inner`, `outer/${stack}`, "Inner"),
  ]);
  const { model } = buildModel([outer, ...nested], { parameters: {}, region: null });
  const databases = model.of("AWS::RDS::DBInstance").map(({ template, exists }) => [template.name, exists]);
  expect(databases).toEqual([
    ["outer/Present", "yes"],
    ["outer/Present/Inner", "yes"],
    ["outer/Open", "unknown"],
    ["outer/Open/Inner", "unknown"],
  ]);
});

test("a file that no stack is created of stands alone, with what it nests, and once", () => {
  const outer = templateOf(readSource("outer.yaml", OUTER), { name: "outer", region: null, parent: null });
  const inside = (file: string, name: string, template: string, resource: string) =>
    templateOf(readSource(file, INNER), { name, region: null, parent: { template, resource } });
  const nested = [
    inside("optional.yaml", "outer/Absent", "outer", "Absent"),
    inside("part.yaml", "outer/Absent/Inner", "outer/Absent", "Inner"),
    inside("optional.yaml", "outer/Again", "outer", "Absent"),
  ];
  const { model } = buildModel([outer, ...nested], { parameters: {}, region: null });
  expect(model.of("AWS::RDS::DBInstance").map(({ template }) => template.name)).toEqual([
    "outer/Absent",
    "outer/Absent/Inner",
  ]);
});
