import { describe, expect, test } from "vitest";
import { templateOf } from "../read/cloudformation.ts";
import { type Json, isRecord } from "../read/document.ts";
import { readSource } from "../read/source.ts";
import { ANY_DEPLOYMENT, type Deployment, type Template } from "../template.ts";
import { evaluate } from "./intrinsic.ts";
import { fromJsonText } from "./json-text.ts";
import { type Scope, openEstate } from "./scope.ts";
import { Choice, Reference, Text, Unknown, type Value, keyOf, optionsOf, partOf, shown } from "./value.ts";

function template(text: string, place: Partial<Pick<Template, "name" | "region" | "parent">> = {}): Template {
  return templateOf(readSource("t.yaml", text), { name: "t", ...place });
}

function scopeOf(templates: readonly Template[], deployment: Deployment = ANY_DEPLOYMENT, name = "t"): Scope {
  const scope = openEstate(templates, deployment).scopes.get(name);
  if (scope === undefined) throw new Error("no scope");
  return scope;
}

/** What an expression gives in a template with these sections. */
function value(
  expression: string,
  sections = "",
  deployment = ANY_DEPLOYMENT,
  region: string | null = null,
): Value | undefined {
  const scope = scopeOf(
    [template(`${sections}\nResources: { Db: { Type: T }, Net: { Type: T } }`, { region })],
    deployment,
  );
  const { data } = readSource("e.yaml", `e: ${expression}`);
  return evaluate(isRecord(data) ? (data["e"] as Json) : null, scope);
}

const said = (...arguments_: Parameters<typeof value>): string => shown(value(...arguments_));

describe("Fn::Sub", () => {
  const sections = "Parameters: { Env: { Type: String, Default: prod }, Open: { Type: String } }";

  test("puts in parameters, resources, attributes and its own values", () => {
    expect(value('!Sub "${Env}-${!Literal}-$x"', sections)).toBe("prod-${Literal}-$x");
    expect(value('!Sub ["${a}-${Env}", {a: !Ref Env, Env: own}]', sections)).toBe("prod-own");
    expect(said('!Sub "${Env}/${Db.Arn}/${Db}"', sections)).toBe("prod/Db.Arn/Db");
    expect(value('!Sub "${AWS::Region}.${AWS::URLSuffix}"', "", ANY_DEPLOYMENT, "cn-north-1")).toBe(
      "cn-north-1.amazonaws.com.cn",
    );
  });

  test("of one part is that part, and of what is not known a text with it", () => {
    expect(value('!Sub "${Db}"')).toBeInstanceOf(Reference);
    expect(value('!Sub "${Open}"', sections)).toBeInstanceOf(Unknown);
    expect(value('!Sub "${Open}x"', sections)).toBeInstanceOf(Text);
  });

  test("with what is not closed ends, however long", () => {
    const text = "${".repeat(200_000);
    expect(value(`!Sub "${text}"`)).toBe(text);
  });
});

describe("lists and texts", () => {
  test("Fn::Select takes an element, by a number or a text", () => {
    expect(value("!Select [1, [a, b]]")).toBe("b");
    expect(value('!Select ["1", !Split [".", a.b.c]]')).toBe("b");
    expect(value('!Select [2, !GetAZs ""]')).toBe("zone 2");
  });

  test("Fn::Select of what a resource gives depends on it, and two elements are not the same", () => {
    const [zero, one] = [0, 1].map((place) => value(`!Select [${place}, !Split ["/", !GetAtt Db.Endpoint]]`));
    expect(zero).toMatchObject({ sources: [{ id: "Db", attribute: "Endpoint" }] });
    expect(keyOf(zero)).not.toBe(keyOf(one));
  });

  test("Fn::Select of what is not there, or of no number, is unknown and crashes nothing", () => {
    expect(said("!Select [5, [a, b]]")).toContain("element 5");
    expect(value("!Select [{a: b}, [a]]")).toBeInstanceOf(Unknown);
    expect(value("!Select")).toBeInstanceOf(Unknown);
  });

  test("Fn::Join of a choice is a choice, of the unknown unknown", () => {
    const sections = "Parameters: { A: { Type: String } }\nConditions: { C: !Equals [!Ref A, x] }";
    expect(said('!Join ["-", !If [C, [a, b], [c]]]', sections)).toBe('"a-b" or "c"');
    expect(value('!Join ["-", !GetAtt Db.List]', sections)).toMatchObject({ sources: [{ id: "Db" }] });
  });

  test("AWS::NoValue is left out of lists and mappings", () => {
    expect(value("[a, !Ref AWS::NoValue, b]")).toEqual(["a", "b"]);
    expect(value("{a: 1, b: !Ref AWS::NoValue}")).toEqual({ a: 1 });
  });

  test("Fn::ToJsonString is what its text says, Fn::Length how many there are", () => {
    expect(value("{'Fn::ToJsonString': {a: [1]}}")).toEqual({ a: [1] });
    expect(value("{'Fn::Length': [a, b]}")).toBe(2);
  });

  test("Fn::Cidr gives the blocks of one that is known, and of another or of too many an unknown", () => {
    expect(value("!Cidr [192.168.0.0/24, 6, 5]")).toEqual(
      [0, 32, 64, 96, 128, 160].map((start) => `192.168.0.${start}/27`),
    );
    expect(value('!Select [3, !Cidr [10.0.200.7/16, "4", "8"]]')).toBe("10.0.3.0/24");
    expect(value("!Cidr [255.255.255.0/24, 1, 8]")).toEqual(["255.255.255.0/24"]);
    const open = ["!GetAtt Net.CidrBlock, 4, 8", "10.0.0.0/24, 2, 8", "10.0.0.0/16, 257, 4", "10.0.0.999/16, 2, 4"];
    for (const parts of [...open, "10.0.0.0/16, 2", "fd00::/56, 2, 64"]) {
      expect(value(`!Cidr [${parts}]`)).toBeInstanceOf(Unknown);
    }
  });

  test("Fn::ToJsonString within a text is read like the rest of it", () => {
    const text = `!Sub ['{"a": \${Inner}}', {Inner: {"Fn::ToJsonString": {queue: !GetAtt Db.Arn}}}]`;
    expect(fromJsonText(value(text))).toMatchObject({ a: { queue: { id: "Db", attribute: "Arn" } } });
  });

  test("what is looked up at deployment is unknown, alone and in a text", () => {
    expect(value('"{{resolve:ssm:/a}}"')).toBeInstanceOf(Unknown);
    expect(value('!Sub "{{resolve:ssm:/${AWS::Partition}}}"')).toBeInstanceOf(Unknown);
    expect(value('!Sub "{{resolve:secretsmanager:${Db}:SecretString:password}}"')).toBeInstanceOf(Text);
  });

  test("Fn::GetAtt takes its resource's name from a function", () => {
    expect(said("{'Fn::GetAtt': [!Sub 'D${x}', Arn]}".replace("${x}", "b"))).toBe("Db.Arn");
    expect(value("!GetAtt None.Arn")).toBeInstanceOf(Unknown);
    expect(value("!GetAtt {a: b}")).toBeInstanceOf(Unknown);
  });
});

describe("Fn::FindInMap", () => {
  const sections = `Parameters: { Env: { Type: String }, Known: { Type: String, Default: prod } }
Mappings:
  Sizes: { prod: { n: 3, "1.10": x }, test: { n: 1 } }
  Regions: { eu-west-1: { zones: [a, b] }, us-east-1: { zones: [c] } }`;

  test("takes an entry, by a parameter or by the region", () => {
    expect(value("!FindInMap [Sizes, !Ref Known, n]", sections)).toBe(3);
    expect(value("!FindInMap [Sizes, prod, 1.10]", sections)).toBe("x");
    expect(value("!FindInMap [Regions, !Ref AWS::Region, zones]", sections, ANY_DEPLOYMENT, "eu-west-1")).toEqual([
      "a",
      "b",
    ]);
  });

  test("of a key that is not known may be any", () => {
    expect(said("!FindInMap [Sizes, !Ref Env, n]", sections)).toBe("3 or 1");
    expect(optionsOf(value("!FindInMap [Regions, !Ref AWS::Region, zones]", sections))).toEqual([["a", "b"], ["c"]]);
  });

  test("of a key that is not there is the default, else unknown", () => {
    expect(value("!FindInMap [Sizes, none, n, {DefaultValue: 7}]", sections)).toBe(7);
    expect(value("!FindInMap [Sizes, none, n]", sections)).toBeInstanceOf(Unknown);
    expect(value("!FindInMap [toString, constructor, n]", sections)).toBeInstanceOf(Unknown);
  });
});

describe("parameters", () => {
  const sections = `Parameters:
  Size: { Type: String, AllowedValues: [a, b] }
  One: { Type: String, AllowedValues: [only] }
  Empty: { Type: String, Default: "" }
  Null: { Type: String, Default: }
  List: { Type: CommaDelimitedList, Default: "a, b" }
  Subnets: { Type: "List<AWS::EC2::Subnet::Id>" }
  Image: { Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: /aws/image }
  Secret: { Type: String, Default: "{{resolve:ssm:x}}" }`;

  test("without a default are one of their allowed values", () => {
    expect(said("!Ref Size", sections)).toBe('"a" or "b"');
    expect(value("!Ref Size", sections)).toMatchObject({ needs: "parameter Size, which has no default" });
    expect(value("!Ref One", sections)).toBe("only");
  });

  test("are what the caller says, else their default, else unknown", () => {
    expect(value("!Ref Size", sections, { parameters: { Size: "b" }, region: null })).toBe("b");
    expect(value("!Ref Empty", sections)).toBe("");
    expect(value("!Ref List", sections)).toEqual(["a", "b"]);
    for (const name of ["Null", "Subnets", "Image", "Secret", "toString", "__proto__"]) {
      expect(value(`!Ref ${name}`, sections), name).toBeInstanceOf(Unknown);
    }
  });
});

describe("conditions", () => {
  const sections = `Parameters:
  Env: { Type: String, Default: "" }
  Open: { Type: String }
  Size: { Type: String, AllowedValues: [a, b] }
Conditions:
  IsEmpty: !Equals [!Ref Env, ""]
  Not: !Not [!Condition IsEmpty]
  Unclear: !Equals [!Ref Open, x]
  Either: !Or [!Condition IsEmpty, !Condition Unclear]
  Both: !And [!Condition Not, !Condition Unclear]
  Never: !Equals [!Ref Size, c]
  Itself: !Not [!Condition Itself]
  Malformed: !Equals []
  Maps: !Equals [{a: 1}, {a: 2}]
  constructor: !Equals [1, "1"]`;

  test.each([
    ["IsEmpty", 1],
    ["Not", 2],
    ["Either", 1],
    ["Both", 2],
    ["Never", 2],
    ["constructor", 1],
  ])("%s is decided", (name, expected) => {
    expect(value(`!If [${name}, 1, 2]`, sections)).toBe(expected);
  });

  test.each(["Unclear", "Itself", "Malformed", "Maps", "toString", "none"])("%s is open", (name) => {
    expect(said(`!If [${name}, 1, 2]`, sections)).toBe("1 or 2");
  });

  test("what is the same either way is no choice", () => {
    expect(value("!If [Unclear, {a: [1]}, {a: [1]}]", sections)).toEqual({ a: [1] });
  });
});

describe("several stacks", () => {
  const child = (text: string) => template(text, { name: "t/Child", parent: { template: "t", resource: "Child" } });
  const parent = template(`
Parameters: { Env: { Type: String, Default: prod } }
Resources:
  Db: { Type: T }
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: { Parameters: { Env: !Ref Env, Ids: !Join [",", [!Ref Db, x]], Loop: !GetAtt Child.Outputs.Loop } }
`);
  const nested = child(`
Parameters:
  Env: { Type: String, Default: own }
  Ids: { Type: CommaDelimitedList }
  Loop: { Type: String }
  Other: { Type: String, Default: its }
Resources: {}
Outputs: { Env: { Value: !Sub "\${Env}!" }, Loop: { Value: !Ref Loop } }
`);

  test("a nested stack has its parent's parameters, and gives it its outputs", () => {
    const scope = scopeOf(
      [parent, nested],
      { parameters: { Other: "not for nested stacks" }, region: null },
      "t/Child",
    );
    expect(scope.named("Env")).toBe("prod");
    expect(scope.named("Ids")).toMatchObject([{ id: "Db" }, "x"]);
    expect(scope.named("Other")).toBe("its");
    expect(scopeOf([parent, nested]).attribute("Child", "Outputs.Env")).toBe("prod!");
  });

  test("what depends on itself by way of another stack is unknown", () => {
    expect(scopeOf([parent, nested]).attribute("Child", "Outputs.Loop")).toBeInstanceOf(Unknown);
  });

  test("an import is the export of that name, or the only one that may have it", () => {
    const net = (name: string, region: string | null, value_: string) =>
      template(`Resources: {}\nOutputs: { Vpc: { Value: ${value_}, Export: { Name: ${name} } } }`, {
        name: value_,
        region,
      });
    const imported = (name: string, exports: readonly Template[], region: string | null = null) => {
      const app = template("Parameters: { Net: { Type: String } }\nResources: {}", { region });
      const { data } = readSource("e", `e:\n  Fn::ImportValue: ${name}`);
      return evaluate((data as { e: Json }).e, scopeOf([app, ...exports]));
    };
    const open = '!Sub "${AWS::StackName}-Vpc"';
    expect(imported("a-Vpc", [net("a-Vpc", null, "one"), net("b-Vpc", null, "two")])).toBe("one");
    expect(imported('!Sub "${Net}-Vpc"', [net(open, null, "one")])).toBe("one");
    expect(imported('!Sub "${Net}-Vpc"', [net(open, null, "one"), net(open, null, "two")])).toBeInstanceOf(Unknown);
    expect(imported("b-Vpc", [net("a-Vpc", null, "one")])).toBeInstanceOf(Unknown);
    expect(imported("a", [net("a", "eu-west-1", "one"), net("a", "us-east-1", "two")], "us-east-1")).toBe("two");
  });
});

describe("values", () => {
  test("a part that a macro may make is unknown", () => {
    expect(partOf(value("{'Fn::Transform': {Name: AWS::Include}, a: 1}"), "b.c")).toBeInstanceOf(Unknown);
    expect(partOf(value("{'Fn::Transform': {Name: AWS::Include}, a: 1}"), "a")).toBe(1);
  });

  test("large ones cost no more than they tell", () => {
    const large = Array.from({ length: 50_000 }, (_, at) => `element ${at}`);
    expect(keyOf(large)).toBe(keyOf(large));
    expect(keyOf(large)).not.toBe(keyOf([...large]));
    expect(keyOf(large).length).toBeLessThan(50);
    expect(shown(large).length).toBeLessThanOrEqual(80);
    expect(shown(Choice.of(large)).length).toBeLessThanOrEqual(240);
  });

  test("what doubles from stack to stack ends", () => {
    const chain = Array.from({ length: 40 }, (_, at) =>
      template(
        `Parameters: { P: { Type: String } }
Resources:
  C: { Type: AWS::CloudFormation::Stack, Properties: { Parameters: { P: !Sub "\${P}\${P}\${AWS::StackId}" } } }`,
        { name: `t${at}`, parent: at === 0 ? null : { template: `t${at - 1}`, resource: "C" } },
      ),
    );
    expect(scopeOf(chain, { parameters: { P: "x" }, region: null }, "t39").named("P")).toBeDefined();
  });
});
