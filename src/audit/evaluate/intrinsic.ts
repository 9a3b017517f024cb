/**
 * Evaluates CloudFormation's intrinsic functions as far as a file tells: what it does not tell becomes an `Unknown`
 * that says what would decide it, and never a guess.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
import { type Json, emptyRecord, isRecord } from "../read/document.ts";
import { subBlocks } from "./cidr.ts";
import { numberOf } from "./judge.ts";
import type { Names } from "./names.ts";
import { joined, resolved, split } from "./text.ts";
import {
  Choice,
  Reference,
  Unknown,
  type Value,
  isList,
  isMap,
  keyOf,
  optionsOf,
  referencesIn,
  shown,
} from "./value.ts";

/** `Fn::GetAZs`: a region has three zones at least, but for us-west-1 with two; which they are, an account decides. */
const ZONES: readonly string[] = ["zone 0", "zone 1", "zone 2"];

type Intrinsic = (argument: Json, names: Names) => Value | undefined;

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, names) => (typeof name === "string" ? names.named(name) : unreadable("Ref")),
  "Fn::GetAtt": getAttribute,
  "Fn::Sub": substitute,
  "Fn::Join": join,
  "Fn::Split": (argument, names) => {
    const [separator, text] = evaluated(argument, names);
    return typeof separator === "string" ? split(text, separator) : unreadable("Fn::Split");
  },
  "Fn::Select": select,
  "Fn::If": decide,
  "Fn::FindInMap": findInMap,
  "Fn::ImportValue": (argument, names) => {
    const name = evaluate(argument, names);
    return names.imported(name) ?? new Unknown(`the export ${shown(name)} of another stack`, `import ${keyOf(name)}`);
  },
  "Fn::GetAZs": () => ZONES,
  "Fn::Base64": (argument, names) => evaluate(argument, names),
  "Fn::Length": (argument, names) => {
    const list = evaluate(argument, names);
    return isList(list) && list !== ZONES ? list.length : madeOf("the length of a list", "length", list);
  },
  /** What the text says is what rules ask for. */
  "Fn::ToJsonString": (argument, names) => evaluate(argument, names),
  "Fn::Cidr": (argument, names) => {
    const [block, count, bits] = evaluated(argument, names);
    const known = typeof block === "string" ? subBlocks(block, numberOf(count) ?? 0, numberOf(bits) ?? -1) : undefined;
    names.count(known?.length);
    return known ?? madeOf("address blocks", "cidr", evaluate(argument, names));
  },
  "Fn::Transform": (argument, names) => madeOf("a macro", "macro", evaluate(argument, names)),
  "Fn::GetStackOutput": (argument, names) => madeOf("an output of another stack", "output", evaluate(argument, names)),
  /** Ours, for a resource of a translated file: `{ "Holdfast::Reference": [template, id, attribute] }`. */
  "Holdfast::Reference": (argument) => {
    const [template, id, attribute] = Array.isArray(argument) ? (argument as readonly Json[]) : [];
    if (typeof template !== "string" || typeof id !== "string") return unreadable("Holdfast::Reference");
    return new Reference(`${template}#${id}`, id, typeof attribute === "string" ? attribute : null);
  },
  /**
   * Ours, for what will be known later: `{ "Holdfast::Unknown": ["what", "identity", [references it is made of]] }`.
   */
  "Holdfast::Unknown": (argument, names) => {
    const [needs, identity, sources] = Array.isArray(argument) ? (argument as readonly Json[]) : [argument];
    if (typeof needs !== "string") return unreadable("Holdfast::Unknown");
    return new Unknown(needs, typeof identity === "string" ? identity : needs, referencesIn(evaluate(sources, names)));
  },
};

/** What an expression gives; undefined where it gives no value at all (`AWS::NoValue`). */
export function evaluate(expression: Json | undefined, names: Names): Value | undefined {
  names.count();
  if (typeof expression === "string") return resolved(expression);
  if (Array.isArray(expression)) {
    return expression.map((each) => evaluate(each, names)).filter((each) => each !== undefined);
  }
  if (!isRecord(expression)) return expression as Value | undefined;
  const keys = Object.keys(expression);
  const [only] = keys;
  if (only !== undefined && keys.length === 1) {
    const intrinsic = Object.hasOwn(INTRINSICS, only) ? INTRINSICS[only] : undefined;
    if (intrinsic !== undefined) return intrinsic(expression[only] as Json, names);
    if (only.startsWith("Fn::")) return madeOf(`the function ${only}`, only, evaluate(expression[only], names));
  }
  const properties = emptyRecord<Value>();
  for (const key of keys) {
    const value = evaluate(expression[key], names);
    if (value !== undefined) properties[key] = value;
  }
  return properties;
}

/** An argument that is a list, with what stands in it; each in its place, also where one gives no value. */
function evaluated(argument: Json, names: Names): readonly (Value | undefined)[] {
  return Array.isArray(argument) ? (argument as readonly Json[]).map((each) => evaluate(each, names)) : [];
}

function unreadable(intrinsic: string): Unknown {
  return new Unknown(`${intrinsic}, which is not written as it must be`);
}

/** What only a deployment can tell of a value: the same of the same. */
function madeOf(needs: string, how: string, value: Value | undefined): Unknown {
  return new Unknown(value instanceof Unknown ? value.needs : needs, `${how} ${keyOf(value)}`, referencesIn(value));
}

function getAttribute(argument: Json, names: Names): Value | undefined {
  const [id, attribute] = typeof argument === "string" ? splitOnce(argument) : evaluated(argument, names);
  if (typeof id !== "string") return unreadable("Fn::GetAtt");
  return names.attribute(id, typeof attribute === "string" ? attribute : "?");
}

function splitOnce(text: string): readonly string[] {
  const dot = text.indexOf(".");
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
}

function substitute(argument: Json, names: Names): Value | undefined {
  const [template, local] = Array.isArray(argument) ? (argument as readonly Json[]) : [argument, {}];
  if (typeof template !== "string") return unreadable("Fn::Sub");
  const values = evaluate(isRecord(local) ? local : {}, names);
  const parts = template.split(/(\$\{[^${}]*\})/).map((part): Value => {
    if (!part.startsWith("${") || !part.endsWith("}")) return part;
    if (part.startsWith("${!")) return `\${${part.slice(3)}`;
    const name = part.slice(2, -1).trim();
    if (isMap(values) && Object.hasOwn(values, name)) return values[name] ?? "";
    const [id, attribute] = splitOnce(name);
    return (attribute === undefined ? names.named(name) : names.attribute(id ?? "", attribute)) ?? "";
  });
  names.count(parts.length);
  return joined(parts);
}

function join(argument: Json, names: Names): Value | undefined {
  const [separator, list] = evaluated(argument, names);
  if (typeof separator !== "string") return unreadable("Fn::Join");
  const put = (option: Value | undefined): Value => {
    if (!isList(option)) return madeOf("a joined text", `join ${separator}`, option);
    names.count(option.length);
    return joined(option.flatMap((part, at) => (at === 0 ? [part] : [separator, part])));
  };
  return list instanceof Choice ? Choice.of(list.options.map(put), list.needs) : put(list);
}

function select(argument: Json, names: Names): Value | undefined {
  const [place, list] = evaluated(argument, names);
  const index = numberOf(place);
  const pick = (option: Value | undefined): Value | undefined => {
    if (option instanceof Choice) return Choice.of(option.options.map(pick), option.needs);
    if (index !== undefined && option === ZONES) return `zone ${index}`;
    const found = isList(option) && index !== undefined ? option[index] : undefined;
    return found ?? madeOf(`element ${shown(place)} of ${shown(option)}`, `select ${keyOf(place)}`, option);
  };
  return pick(list);
}

function decide(argument: Json, names: Names): Value | undefined {
  const [condition, yes, no] = Array.isArray(argument) ? (argument as readonly Json[]) : [];
  if (typeof condition !== "string") return unreadable("Fn::If");
  const answer = names.condition(condition);
  if (answer === "yes") return evaluate(yes, names);
  if (answer === "no") return evaluate(no, names);
  return Choice.of([evaluate(yes, names), evaluate(no, names)], `condition ${condition}`);
}

function findInMap(argument: Json, names: Names): Value | undefined {
  const [map, first, second, options] = evaluated(argument, names);
  const found = names.mapping(map, first, second);
  const preset = isMap(options) ? options["DefaultValue"] : undefined;
  if (found === undefined) {
    const open = [first, second].find((key) => key instanceof Unknown);
    return preset ?? madeOf(`an entry of mapping ${shown(map)}`, `map ${keyOf([map, first, second] as Value)}`, open);
  }
  return preset === undefined || optionsOf(first).length === 1 ? found : Choice.of([found, preset]);
}
