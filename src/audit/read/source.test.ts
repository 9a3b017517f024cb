import { describe, expect, test } from "vitest";
import { isUserError } from "../../base/error.ts";
import { readSource } from "./source.ts";

function errorOf(text: string) {
  try {
    readSource("t.yaml", text);
  } catch (error) {
    if (isUserError(error)) return { code: error.code, at: error.at, message: error.message };
    throw error;
  }
  return undefined;
}

describe("YAML is read as CloudFormation reads it", () => {
  const data = (text: string) => readSource("t.yaml", text).data;

  test("short tags are their long form, whatever they stand before", () => {
    expect(
      data("a: !Ref B\nb: !GetAtt C.Arn\nc: !Select [0, !GetAZs '']\nd: !Sub\n  - ${x}\n  - x: 1\ne: !GetAZs"),
    ).toEqual({
      a: { Ref: "B" },
      b: { "Fn::GetAtt": "C.Arn" },
      c: { "Fn::Select": [0, { "Fn::GetAZs": "" }] },
      d: { "Fn::Sub": ["${x}", { x: 1 }] },
      e: { "Fn::GetAZs": "" },
    });
  });

  test("yes and on are true; what would lose something as a number stays text", () => {
    expect(data("[yes, Off, ~, 3, 1.5, 1.10, 007, 0123456789012, 2010-09-09, 1e3]")).toEqual([
      true,
      false,
      null,
      3,
      1.5,
      "1.10",
      "007",
      "0123456789012",
      "2010-09-09",
      "1e3",
    ]);
    expect(data("1.10: x\nyes: y\n")).toEqual({ "1.10": "x", yes: "y" });
  });

  test("anchors, merge keys, several documents, a byte-order mark and line ends of other systems are fine", () => {
    expect(data("a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\n")).toEqual({ a: { p: 1, q: 2 }, b: { p: 1, q: 3 } });
    expect(data("a: 1\n---\nb: 2\n")).toEqual({ a: 1 });
    expect(data("\uFEFFa: 1\r\nb: [2]\r\n")).toEqual({ a: 1, b: [2] });
  });

  test("what stands in brackets or quotes may stand at any indentation, and is found where it stands", () => {
    const { data: read, locate } = readSource(
      "t.yaml",
      `a:
  b: {
  c: 1,
d: [
2]
}
  e: !Sub "x
y"
  f: 3
`,
    );
    expect(read).toEqual({ a: { b: { c: 1, d: [2] }, e: { "Fn::Sub": "x y" }, f: 3 } });
    expect(locate(["a", "b", "d"])).toEqual({ line: 4, column: 1 });
    expect(locate(["a", "f"])).toEqual({ line: 9, column: 3 });
    expect(errorOf("a:\n  b: {\nc: 1\n}\n  e: [1")).toMatchObject({ at: expect.stringMatching(/:5:/) as string });
  });

  test("a key that every object has is data", () => {
    const read = data("__proto__: {x: 1}\nconstructor: 2\n");
    expect(Object.keys(read as object)).toEqual(["__proto__", "constructor"]);
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});

describe("where a part stands", () => {
  const texts = {
    yaml: [
      "Resources:",
      "  Db:",
      "    Type: T",
      "    Properties:",
      "      List:",
      "        - a",
      "        - Deep: 1",
    ].join("\r\n"),
    json: `\uFEFF{
"Resources": {
  "Db": { "Type": "T",
 "Properties": {
"List": [
"a}\\"",
{ "Deep": 1.5e3 }]}}}
}`,
  };

  test.each(Object.entries(texts))("is told of %s, and of the nearest part above where there is none", (_, text) => {
    const { locate } = readSource("t", text);
    const line = (...path: (string | number)[]) => locate(path).line;
    const isYaml = text.startsWith("Resources");
    expect(line("Resources", "Db")).toBe(isYaml ? 2 : 3);
    expect(line("Resources", "Db", "Properties")).toBe(4);
    expect(line("Resources", "Db", "Properties", "List", 0)).toBe(6);
    expect(line("Resources", "Db", "Properties", "List", 1, "Deep")).toBe(7);
    expect(line("Resources", "Db", "Properties", "None", "Deeper")).toBe(4);
  });

  test("the column is that of the key", () => {
    expect(readSource("t", '{"a":\n  {"b": 1}}').locate(["a", "b"])).toEqual({ line: 2, column: 4 });
    expect(readSource("t", "a:\n  b: 1").locate(["a", "b"])).toEqual({ line: 2, column: 3 });
  });
});

describe("what is no template is told of with its line", () => {
  test("a mistake in YAML or JSON", () => {
    expect(errorOf("a: 1\nb: [1, 2\nc: 3\n")).toMatchObject({
      code: "AUD-012",
      at: expect.stringMatching(/:3:/) as string,
    });
    expect(errorOf('{"a": 1,\n "b": x y z: }\n')).toMatchObject({
      code: "AUD-012",
      at: expect.stringMatching(/:2:/) as string,
    });
    expect(errorOf("a: *nobody\n")).toMatchObject({ code: "AUD-012", at: "t.yaml:1:5" });
    expect(errorOf("a:\n\t- b\n")).toMatchObject({ code: "AUD-012" });
    expect(errorOf("\u0000\u0001\u0002")).toMatchObject({ code: "AUD-012" });
  });

  test("JSON with comments or commas too many is still read", () => {
    expect(readSource("t.json", '{"a": [1, 2,], # here\n}').data).toEqual({ a: [1, 2] });
  });

  test("an empty file is nothing", () => {
    expect(readSource("t.yaml", "").data).toBeNull();
    expect(readSource("t.yaml", "# only a comment\n").data).toBeNull();
  });

  test("aliases that grow without end are refused before they take memory", () => {
    const bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level < 12; level++) bomb.push(`a${level}: &a${level} [${`*a${level - 1},`.repeat(10)}]`);
    expect(errorOf(bomb.join("\n"))).toMatchObject({
      code: "AUD-011",
      message: expect.stringContaining("aliases") as string,
    });
    const wide = Array.from({ length: 2000 }, (_, at) => `  k${at}: 1`).join("\n");
    const merges = Array.from({ length: 5000 }, (_, at) => `m${at}: {<<: *w}`).join("\n");
    expect(errorOf(`w: &w\n${wide}\n${merges}\n`)).toMatchObject({ code: "AUD-011" });
  });

  test("what is nested too deeply is refused, also by aliases and in JSON", () => {
    expect(errorOf(`a: ${"[".repeat(20_000)}`)).toBeDefined();
    expect(errorOf(`${"[".repeat(200)}${"]".repeat(200)}`)).toMatchObject({ code: "AUD-011" });
    expect(errorOf(`${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`)).toMatchObject({ code: "AUD-011" });
    const chain = ["a0: &a0 [[[[[[[[[[x]]]]]]]]]]"];
    for (let level = 1; level < 30; level++) chain.push(`a${level}: &a${level} [[[[[[[[[[*a${level - 1}]]]]]]]]]]`);
    expect(errorOf(chain.join("\n"))).toMatchObject({ code: "AUD-011" });
  });

  test("what is larger than a template can be is refused before it is parsed", () => {
    expect(errorOf(`a: ${"x".repeat(5_000_000)}`)).toMatchObject({ code: "AUD-011" });
    expect(errorOf(`[${"[],".repeat(5_000_000)}1]`)).toMatchObject({ code: "AUD-011" });
  });
});
