import { describe, expect, test } from "vitest";
import { buildModel } from "../model/model.ts";
import { templateOf } from "./cloudformation.ts";
import { readTemplates } from "./input.ts";
import { readSource } from "./source.ts";

function modelOf(text: string) {
  const template = templateOf(readSource("t.yaml", text));
  return buildModel([template]);
}

describe("a resource", () => {
  const text = `Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      Tags: [{ Key: a }]
`;

  test("is found where it stands, its properties where they stand, and those that are absent where it does", () => {
    const [declared] = templateOf(readSource("t.yaml", text)).resources;
    expect(declared?.locate([]).line).toBe(2);
    expect(declared?.locate(["Properties", "Engine"]).line).toBe(5);
    expect(declared?.locate(["Properties", "Tags", 0, "Value"]).line).toBe(6);
    expect(declared?.locate(["Properties", "MultiAZ"]).line).toBe(2);
    expect(declared?.locate(["DeletionPolicy"]).line).toBe(2);
  });

  test("exists as its condition says, whether that is a name or an expression", () => {
    const { model } = modelOf(`Parameters: { Open: { Type: String } }
Conditions: { Never: !Equals [a, b], Perhaps: !Equals [!Ref Open, x] }
Resources:
  Always: { Type: T }
  ByName: { Type: T, Condition: Perhaps }
  ByExpression: { Type: T, Condition: !Condition Perhaps }
  Gone: { Type: T, Condition: Never }
  GoneToo: { Type: T, Condition: !Equals [a, b] }
`);
    expect(model.resources.map(({ id, exists }) => [id, exists])).toEqual([
      ["Always", "yes"],
      ["ByName", "unknown"],
      ["ByExpression", "unknown"],
    ]);
  });

  test("of which a macro or a condition makes all properties has none that is known to be absent", () => {
    const { model } = modelOf(`Parameters: { Open: { Type: String } }
Conditions: { Perhaps: !Equals [!Ref Open, x] }
Resources:
  Macro: { Type: T, Properties: { "Fn::Transform": { Name: AWS::Include } } }
  Partly: { Type: T, Properties: { A: 1, "Fn::Transform": { Name: AWS::Include } } }
  Either: { Type: T, Properties: !If [Perhaps, { A: 1 }, { A: 2 }] }
  Other: { Type: T, Properties: { To: !Select [0, !GetAtt Macro.List] } }
`);
    const at = (id: string, path: string) => model.resources.find((each) => each.id === id)?.at(path);
    expect(at("Macro", "A")).toMatchObject({ needs: expect.any(String) as string });
    expect(at("Partly", "A")).toBe(1);
    expect(at("Partly", "B")).toMatchObject({ needs: expect.any(String) as string });
    expect(at("Either", "A")).toMatchObject({ options: [1, 2] });
    const [macro] = model.resources;
    expect(macro && model.mentionsOf(macro).map(({ from, path }) => [from.id, path])).toEqual([["Other", "To"]]);
  });
});

test("one template that is more than can be evaluated spoils no other", async () => {
  const many = Array.from({ length: 3000 }, (_, at) => `  R${at}: { Type: T, Properties: { P: !Ref L } }`).join("\n");
  const list = `{ Type: CommaDelimitedList, Default: "${"a,".repeat(20_000)}" }`;
  const hostile = `Parameters: { L: ${list} }\nResources:\n${many}\n`;
  const inputs = await Promise.all([
    readTemplates("hostile.yaml", hostile, { region: null }),
    readTemplates("good.yaml", "Resources: { Q: { Type: T, Properties: { A: !Sub '${AWS::Region}' } } }", {
      region: null,
    }),
  ]);
  const { model, failed } = buildModel(inputs.flatMap(({ templates }) => templates));
  expect(failed).toMatchObject([
    { template: { file: "hostile.yaml" }, why: expect.stringContaining("values") as string },
  ]);
  expect(model.resources.map(({ id }) => id)).toEqual(["Q"]);
});

test("chains of conditions without end are open, and take no more than they are worth", () => {
  const chain = Array.from({ length: 5000 }, (_, at) => `  C${at + 1}: !Not [!Condition C${at}]`).join("\n");
  const { model, failed } = modelOf(
    `Conditions:\n  C0: !Equals [a, b]\n${chain}\nResources: { Q: { Type: T, Condition: C5000 } }\n`,
  );
  expect(failed).toEqual([]);
  expect(model.resources).toMatchObject([{ id: "Q", exists: "unknown" }]);
});

test("sections that a template may have, and that change nothing, are passed over", async () => {
  const { templates, problems } = await readTemplates(
    "t.yaml",
    `AWSTemplateFormatVersion: 2010-09-09
Rules: { R: { Assertions: [{ Assert: !Contains [[a], b] }] } }
Hooks: { H: { Type: AWS::CodeDeploy::BlueGreen } }
Metadata: { A: 1 }
Resources:
  Fn::Transform: { Name: AWS::Include, Parameters: { Location: s3://bucket/part.yaml } }
  Q: { Type: T }
`,
    { region: null },
  );
  expect(problems).toEqual([]);
  expect(templates[0]?.resources.map(({ id }) => id)).toEqual(["Q"]);
});
