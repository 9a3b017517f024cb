import { readFileSync, readdirSync } from "node:fs";
import { CODES } from "../../src/audit/codes.ts";
import { audit } from "../../src/audit/audit.ts";
import { auditDocument } from "../../src/audit/document.ts";
import type { Json } from "../../src/audit/read/document.ts";
import { readTemplates } from "../../src/audit/read/input.ts";
import { readSource } from "../../src/audit/read/source.ts";
import type { Random } from "../../src/base/random.ts";
import { SEEDS } from "./audit-seeds.ts";

const FIXTURES = new URL("../../src/audit/rule/fixture/", import.meta.url);

/** Templates as people write them: those that rules are tested with, and one of each dialect. */
export function seedTexts(): readonly string[] {
  const files = readdirSync(FIXTURES, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.(yaml|json)$/.test(name),
  );
  return [...SEEDS, ...files.toSorted().map((name) => readFileSync(new URL(name, FIXTURES), "utf8"))];
}

/** A text that was a template before somebody fell over it. */
export function mutated(seeds: readonly string[], random: Random): string {
  const text = random.next() < 0.3 ? random.pick(SEEDS) : random.pick(seeds);
  const times = 1 + random.int(4);
  if (random.next() < 0.5) return repeated(text, times, (each) => random.pick(TEXT_MUTATIONS)(each, random));
  try {
    const data = structuredClone(readSource("seed", text).data);
    return JSON.stringify(repeated(data, times, (each) => changedTree(each, random)));
  } catch {
    return text;
  }
}

function repeated<T>(start: T, times: number, change: (value: T) => T): T {
  let value = start;
  for (let at = 0; at < times; at += 1) value = change(value);
  return value;
}

type TextMutation = (text: string, random: Random) => string;

/** What stands in no template, or stands there wrongly. */
const TOKENS: readonly string[] = [
  "\0",
  "\t",
  "\r",
  "\uFEFF",
  "\uD800",
  "&a ",
  "*a",
  "!Sub ",
  "!If [",
  "!Ref\n",
  "- ",
  ": ",
  "? ",
  "|\n",
  ">-\n",
  "---\n",
  "{{resolve:ssm:/x}}",
  "${",
  "}",
  "]",
  "[",
  "{",
  '"',
  "'",
  "#",
  "<<: *a\n",
  "__proto__: ",
  "constructor: ",
  "Fn::ForEach::X: ",
  "!GetAtt A.B.C",
  "!Transform ",
  "!!binary ",
  "%YAML 9.9\n",
  "999999999999999999999",
  "-0",
  ".inf",
  "~",
];

const TEXT_MUTATIONS: readonly TextMutation[] = [
  (text, random) => splice(text, random, 1, String.fromCharCode(random.int(256))),
  (text, random) => text.slice(0, random.int(text.length + 1)),
  (text, random) => splice(text, random, random.int(60), ""),
  (text, random) => splice(text, random, 0, random.pick(TOKENS)),
  (text, random) => splice(text, random, 0, text.slice(random.int(text.length + 1)).slice(0, random.int(400))),
  (text, random) => swapped(text.split("\n"), random).join("\n"),
  (text, random) => splice(text, random, 0, random.pick(["[", "{a: ", "- ", "!Sub ["]).repeat(random.int(300))),
  (text, random) =>
    splice(text, random, 0, random.pick(["x", " ", "a,", "${", "${A}", "*a "]).repeat(random.int(20_000))),
  (text, random) => text.replaceAll(/: \S+$/gm, (whole) => (random.next() < 0.05 ? `: ${random.pick(TOKENS)}` : whole)),
  (text) => text.replaceAll("\n", "\r\n"),
];

function splice(text: string, random: Random, length: number, added: string): string {
  const at = random.int(text.length + 1);
  return text.slice(0, at) + added + text.slice(at + length);
}

function swapped(lines: readonly string[], random: Random): readonly string[] {
  const [one, other] = [random.int(lines.length), random.int(lines.length)];
  return lines.map((line, at) => (at === one ? (lines[other] ?? "") : at === other ? (lines[one] ?? "") : line));
}

type Container = Json[] | { [key: string]: Json };

/** Changes one place of a tree: another value, another key, none, or that of another place. */
function changedTree(data: Json, random: Random): Json {
  const places = placesOf(data);
  if (places.length === 0) return random.pick(values(random));
  const [container, key] = random.pick(places);
  const [otherContainer, otherKey] = random.pick(places);
  switch (random.int(5)) {
    case 0:
      put(container, key, random.pick(values(random)));
      break;
    case 1: {
      put(container, key, structuredClone(valueAt(otherContainer, otherKey)));
      break;
    }
    case 2:
      if (!Array.isArray(container)) delete container[key];
      break;
    case 3:
      if (!Array.isArray(container)) {
        put(container, random.pick(KEYS), valueAt(container, key));
        delete container[key];
      }
      break;
    default:
      put(container, key, { [random.pick(INTRINSICS)]: random.pick([valueAt(container, key), ...values(random)]) });
  }
  return data;
}

/** `__proto__` too becomes a key like any other. */
function put(container: Container, key: string, value: Json): void {
  Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
}

function valueAt(container: Container, key: string): Json {
  return (Array.isArray(container) ? container[Number(key)] : container[key]) ?? null;
}

function placesOf(data: Json): readonly (readonly [Container, string])[] {
  if (typeof data !== "object" || data === null) return [];
  const container = data as Container;
  return Object.entries(container).flatMap(([key, value]): (readonly [Container, string])[] => [
    [container, key],
    ...placesOf(value as Json),
  ]);
}

const KEYS: readonly string[] = [
  "__proto__",
  "constructor",
  "toString",
  "Type",
  "Properties",
  "Condition",
  "DependsOn",
  "Ref",
  "Fn::If",
  "Fn::Transform",
  "Fn::ForEach::L",
  "",
  "Resources",
  "Outputs",
  "Metadata",
  "Fn::Nobody",
];

const INTRINSICS: readonly string[] = [
  "Ref",
  "Condition",
  ...[
    "And",
    "Base64",
    "Cidr",
    "Equals",
    "FindInMap",
    "ForEach::L",
    "GetAZs",
    "GetAtt",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
  ].map((name) => `Fn::${name}`),
  "Holdfast::Unknown",
  "Holdfast::Reference",
];

function values(random: Random): readonly Json[] {
  const names = ["AWS::Region", "AWS::NoValue", "Vpc", "Env", "Queue", "x.y", "toString"];
  return [
    null,
    true,
    -1,
    1e308,
    "",
    "0",
    "true",
    "${Env}${AWS::Region}",
    "{{resolve:ssm:/x}}",
    [],
    {},
    [[]],
    [null],
    { "": null },
    { Ref: random.pick(names) },
    { "Fn::GetAtt": [random.pick(names), "Arn"] },
    { "Fn::Sub": ["${a}${b}", { a: { Ref: random.pick(names) } }] },
    { "Fn::If": [random.pick(["IsLarge", "None", "toString"]), { Ref: "AWS::NoValue" }, [1, 2]] },
    { "Fn::Select": [random.int(5), { "Fn::GetAZs": "" }] },
    { "Fn::Split": [",", { "Fn::ImportValue": { "Fn::Sub": "${Env}-Subnets" } }] },
    { "Fn::FindInMap": [{ Ref: random.pick(names) }, { Ref: "AWS::Region" }, "Subnets"] },
    nested(random.int(150)),
    "x".repeat(random.int(5000)),
    Array.from({ length: random.int(300) }, (_, at) => ({ Key: `k${at}`, Value: { Ref: random.pick(names) } })),
  ];
}

function nested(depth: number): Json {
  let value: Json = "deep";
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { "Fn::Join": ["", value] };
  return value;
}

/** What came of one text. */
export interface Outcome {
  readonly resources: number;
  readonly findings: number;
  readonly problems: number;
  /** What may never be: empty, or a defect of ours. */
  readonly broken: readonly string[];
}

/** Takes a text through the whole of the audit, from its characters to the document; throws where that crashes. */
export async function auditText(text: string): Promise<Outcome> {
  const lines = text.split(/\r\n|\r|\n/).length;
  const { templates, files, problems } = await readTemplates("fuzz.yaml", text, { region: null });
  const found = audit(templates, { objectives: { multiRegion: true, tier0: true } });
  const document = auditDocument(found, { files, problems, known: null, elapsed: () => 0 });
  const written = JSON.stringify(document);
  const broken: string[] = [];
  for (const { rule, line, message } of found.findings) {
    if (!Number.isInteger(line) || line < 1 || line > lines) broken.push(`${rule}: line ${line} of ${lines}`);
    if (message.includes("the rule failed with")) broken.push(`${rule}: ${message}`);
    if (/\[object|undefined\b|\bNaN\b/.test(message) && !/undefined|NaN/.test(text)) broken.push(`${rule}: ${message}`);
  }
  for (const { code, at, message, fix } of document.problems) {
    // what was thrown and caught is a defect all the same
    if (code === "AUD-010" || (code === "AUD-003" && !message.includes("values"))) broken.push(`${code}: ${message}`);
    if (!Object.hasOwn(CODES, code) || fix === "" || !at.startsWith("fuzz.yaml"))
      broken.push(`problem ${code} at ${at}`);
  }
  if (written.length > 1_000_000 + 1000 * text.length) broken.push(`${written.length} characters of document`);
  return { resources: document.resources, findings: found.findings.length, problems: document.problems.length, broken };
}
