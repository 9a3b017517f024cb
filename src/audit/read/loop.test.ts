import { describe, expect, test } from "vitest";
import { unrollLoops } from "./loop.ts";
import { readSource } from "./source.ts";

function unroll(text: string, parameters = {}) {
  return unrollLoops(readSource("t.yaml", text), { region: "us-east-1", parameters });
}

const TEMPLATE = `
Transform: AWS::LanguageExtensions
Parameters:
  Names: { Type: CommaDelimitedList, Default: "a, b" }
  Open: { Type: CommaDelimitedList }
Mappings:
  Zones: { us-east-1: { Names: [x, y] } }
Resources:
  Plain: { Type: T }
  Fn::ForEach::Outer:
    - Name
    - !Ref Names
    - Queue\${Name}:
        Type: AWS::SQS::Queue
        Properties:
          QueueName: !Sub "\${AWS::StackName}-\${Name}"
          Tags: [!Ref Name, !Ref Names]
      Fn::ForEach::Inner:
        - Zone
        - !FindInMap [Zones, !Ref AWS::Region, Names]
        - Topic\${Name}\${Zone}:
            Type: AWS::SNS::Topic
            Properties:
              Fn::ForEach::Property:
                - Key
                - [DisplayName]
                - \${Key}: "\${Zone}"
`;

describe("loops are unrolled", () => {
  test("over lists, parameters and mappings, one in another, in keys, texts and references", () => {
    const { document, problems } = unroll(TEMPLATE);
    expect(problems).toEqual([]);
    const { Resources: resources } = document.data as { Resources: Record<string, { Properties?: unknown }> };
    expect(Object.keys(resources)).toEqual(["Plain", "Queuea", "Topicax", "Topicay", "Queueb", "Topicbx", "Topicby"]);
    expect(resources["Queueb"]?.Properties).toEqual({
      QueueName: { "Fn::Sub": "${AWS::StackName}-b" },
      Tags: ["b", { Ref: "Names" }],
    });
    expect(resources["Topicby"]?.Properties).toEqual({ DisplayName: "y" });
  });

  test("what they make stands where its body stands", () => {
    const { locate } = unroll(TEMPLATE).document;
    expect(locate(["Resources", "Plain"]).line).toBe(9);
    expect(locate(["Resources", "Queueb"]).line).toBe(13);
    expect(locate(["Resources", "Queuea", "Properties", "Tags", 1]).line).toBe(17);
    expect(locate(["Resources", "Topicby", "Properties", "DisplayName"]).line).toBe(27);
  });

  test("a value that the caller gives goes before the default", () => {
    const { document } = unroll(TEMPLATE, { Names: "only" });
    expect(Object.keys((document.data as { Resources: object }).Resources)).toEqual([
      "Plain",
      "Queueonly",
      "Topiconlyx",
      "Topiconlyy",
    ]);
  });

  test("over an entry of a mapping by a key that nobody said, where all keys lead to the same", () => {
    const text = (rows: string) =>
      `Parameters: {K: {Type: String}}
Mappings: {M: {${rows}}}
Resources: {"Fn::ForEach::L": [X, !FindInMap [M, !Ref K, n], {"R\${X}": {Type: T}}]}`;
    const made = (rows: string) => {
      const { document, problems } = unroll(text(rows));
      return [Object.keys((document.data as { Resources: object }).Resources), problems.length];
    };
    expect(made("a: {n: [x, y]}, b: {n: [x, y]}")).toEqual([["Rx", "Ry"], 0]);
    expect(made("a: {n: [x, y]}, b: {n: [x]}")).toEqual([[], 1]);
  });

  test("an ampersand leaves out what a logical id may not have", () => {
    const { document } = unroll("Resources:\n  Fn::ForEach::A: [I, [a-b, 1.2], {'R&{I}': {Type: 'x${I}'}}]");
    expect(document.data).toEqual({ Resources: { Rab: { Type: "xa-b" }, R12: { Type: "x1.2" } } });
  });
});

describe("a loop that cannot be unrolled is left out and told of, with its line", () => {
  test.each([
    ["over what nobody said", "[X, !Ref Open, {'R${X}': {Type: T}}]", "does not tell"],
    ["that is no list", "{X: 1}", "identifier"],
    ["over too much", "[X, [a, b], {'R${X}': {Type: T}}]".replace("a, b", "a, ".repeat(150_000)), "more than"],
  ])("%s", (_, loop, said) => {
    const { document, problems } = unroll(
      `Parameters:\n  Open: {Type: String}\nResources:\n  P: {Type: T}\n  Fn::ForEach::L: ${loop}\n`,
    );
    expect(problems).toMatchObject([
      { code: "AUD-014", at: "t.yaml:5", message: expect.stringContaining(said) as string },
    ]);
    expect(Object.keys((document.data as { Resources: object }).Resources)).toEqual(["P"]);
  });

  test("loops in loops end", () => {
    let body = "{'R${A}${B}${C}${D}${E}': {Type: T}}";
    for (const name of ["E", "D", "C", "B", "A"])
      body = `{"Fn::ForEach::${name}": [${name}, [${"x,".repeat(99)}y], ${body}]}`;
    expect(unroll(`Resources: ${body}`).problems.length).toBeGreaterThan(0);
  });
});
