import type { Answer } from "../../base/answer.ts";
import { type Json, isRecord, own } from "../read/document.ts";
import type { DeclaredResource, Deployment, Template } from "../template.ts";
import { type Export, Exports } from "./export.ts";
import { evaluateCondition } from "./condition.ts";
import { evaluate } from "./intrinsic.ts";
import type { Names } from "./names.ts";
import { split } from "./text.ts";
import {
  Choice,
  Reference,
  Text,
  Unknown,
  type Value,
  type ValueMap,
  isList,
  isMap,
  keyOf,
  optionsOf,
} from "./value.ts";

/** More parts than any template has, with all that it uses more than once; what goes beyond is hostile. */
const MOST_PARTS = 8_000_000;

/** Names that lead to names: nobody writes a longer chain, and a longer one would not fit on the stack. */
const DEEPEST = 300;

/** Files are not nested so deeply, only what leads from name to name. */
const DEEPEST_VALUE = 1000;

/** A parameter's value has 4,096 characters at most. */
const LONGEST_PARAMETER = 100_000;

/** All templates that are audited together: what one refers to in another is found here. */
export interface Estate {
  readonly scopes: ReadonlyMap<string, Scope>;
  exports: Exports<Scope>;
  readonly deployment: Deployment;
  /** Nested stacks by the resource that they are: `template#resource`. */
  readonly nested: ReadonlyMap<string, Scope>;
  /** How many more parts may be evaluated. */
  budget: number;
}

/** The names that a template's expressions can use, each evaluated once, when it is asked for. */
export class Scope implements Names {
  readonly template: Template;
  readonly estate: Estate;
  private readonly known = new Map<string, Value | undefined>();
  private readonly answers = new Map<string, Answer>();
  private readonly open = new Set<string>();
  private readonly declared: ReadonlyMap<string, DeclaredResource>;
  private readonly weights = new WeakMap<object, number>();

  constructor(template: Template, estate: Estate) {
    this.template = template;
    this.estate = estate;
    this.declared = new Map(template.resources.map((resource) => [resource.id, resource]));
  }

  /** What `Ref` gives: a resource, a parameter, or a pseudo parameter. */
  named(name: string): Value | undefined {
    if (this.declared.has(name)) return this.reference(name, null);
    if (name.startsWith("AWS::")) return this.pseudo(name);
    return this.weighed(this.once(`parameter ${name}`, () => this.parameter(name)));
  }

  /**
   * What `Fn::GetAtt` gives: an attribute of a resource; an output of a nested stack is what that stack makes of
   * it.
   */
  attribute(id: string, attribute: string): Value | undefined {
    if (!this.declared.has(id)) return new Unknown(`resource ${id}, which is not in ${this.template.file}`);
    const child = attribute.startsWith("Outputs.") ? this.estate.nested.get(`${this.template.name}#${id}`) : undefined;
    if (child === undefined) return this.reference(id, attribute);
    return this.weighed(child.output(attribute.slice("Outputs.".length)));
  }

  /** The value of one of the template's outputs. */
  output(name: string): Value | undefined {
    const declared = own(this.template.outputs, name);
    if (!isRecord(declared)) return new Unknown(`output ${name} of ${this.template.file}, which is not declared`);
    return this.once(`output ${name}`, () => evaluate(own(declared, "Value"), this));
  }

  /** What another of the audited templates exports under a name. */
  imported(name: Value | undefined): Value | undefined {
    const found = this.estate.exports.find(name, ({ template }) => template.region === this.template.region);
    if (found === undefined || found.scope === this) return undefined;
    return this.weighed(found.scope.output(found.output));
  }

  /** Whether a condition holds. */
  condition(name: string): Answer {
    const before = this.answers.get(name);
    if (before !== undefined) return before;
    const declared = own(this.template.conditions, name);
    if (declared === undefined || this.open.size > DEEPEST || this.open.has(`condition ${name}`)) return "unknown";
    this.open.add(`condition ${name}`);
    try {
      const answer = evaluateCondition(declared, this);
      this.answers.set(name, answer);
      return answer;
    } finally {
      this.open.delete(`condition ${name}`);
    }
  }

  /** Whether what has this attribute `Condition` exists: it names one, or is one. */
  holds(condition: Json | undefined): Answer {
    if (condition === undefined || condition === null) return "yes";
    return typeof condition === "string" ? this.condition(condition) : evaluateCondition(condition, this);
  }

  /** One entry of a mapping; of keys that are not known, whatever they may give. */
  mapping(name: Value | undefined, first: Value | undefined, second: Value | undefined): Value | undefined {
    const table: Value | undefined = typeof name === "string" ? own(this.template.mappings, name) : undefined;
    if (!isMap(table)) return undefined;
    const found = (): Value | undefined => {
      const entries = entriesOf(table, first).flatMap((row) => (isMap(row) ? entriesOf(row, second) : []));
      return Choice.of(entries.filter((each) => each !== undefined));
    };
    return this.weighed(this.once(`entry ${keyOf([name, first, second] as Value)}`, found));
  }

  /** Takes parts off the budget. */
  count(parts = 1): void {
    this.estate.budget -= parts;
    if (this.estate.budget < 0)
      throw new RangeError(`it has more than ${MOST_PARTS} values, those used twice counted twice`);
  }

  /** Lets each template have all of the budget. */
  refill(): void {
    this.estate.budget = MOST_PARTS;
  }

  /** A value that is used more than once counts each time: whoever walks over it does so each time. */
  private weighed(value: Value | undefined): Value | undefined {
    if (typeof value === "string") this.count(value.length >> 4);
    if (typeof value !== "object" || value === null) return value;
    const weight = this.weights.get(value) ?? weightOf(value);
    this.weights.set(value, weight);
    this.count(weight);
    return value;
  }

  private reference(id: string, attribute: string | null): Reference {
    return new Reference(`${this.template.name}#${id}`, id, attribute);
  }

  private parameter(name: string): Value | undefined {
    const declared = own(this.template.parameters, name);
    const given = this.given(name);
    if (given === undefined && !isRecord(declared)) return new Unknown(`${name}, which is not declared`);
    const [type, preset] = [own(declared, "Type"), own(declared, "Default")];
    const value = given ?? (preset === null || preset === undefined ? undefined : evaluate(preset, this));
    const identity = `${this.template.name}/${name}`;
    if (isLookUp(type)) return new Unknown(`parameter ${name}, which is looked up at deployment`, identity);
    if (value === undefined)
      return allowed(declared, name) ?? new Unknown(`parameter ${name}, which has no default`, identity);
    if (typeof value === "string" && value.length > LONGEST_PARAMETER)
      return new Unknown(`parameter ${name}, which is too long`);
    if (!isListType(type)) return value;
    return typeof value === "string" ? value.split(",").map((each) => each.trim()) : split(value, ",");
  }

  /** What a nested stack's parent gives it; of other stacks, what the caller says. */
  private given(name: string): Value | undefined {
    const { parent } = this.template;
    if (parent === null) return own(this.estate.deployment.parameters, name) as Value | undefined;
    const scope = this.estate.scopes.get(parent.template);
    const passed = own(scope?.declared.get(parent.resource)?.properties["Parameters"], name);
    return scope === undefined || passed === undefined ? undefined : evaluate(passed, scope);
  }

  private pseudo(name: string): Value | undefined {
    if (name === "AWS::NoValue") return undefined;
    const region = this.template.region ?? this.estate.deployment.region;
    if (name === "AWS::Region" && region !== null) return region;
    if (name === "AWS::Partition") return partitionOf(region);
    if (name === "AWS::URLSuffix") return partitionOf(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
    return new Unknown(name, name === "AWS::Region" ? name : `${this.template.name}/${name}`);
  }

  private once(what: string, make: () => Value | undefined): Value | undefined {
    if (this.known.has(what)) return this.known.get(what);
    if (this.open.has(what)) return new Unknown(`${what}, which depends on itself`);
    this.open.add(what);
    try {
      const value = make();
      this.known.set(what, value);
      return value;
    } finally {
      this.open.delete(what);
    }
  }
}

/** The names and values of an estate; `templates` are those that are audited together. */
export function openEstate(templates: readonly Template[], deployment: Deployment): Estate {
  const scopes = new Map<string, Scope>();
  const nested = new Map<string, Scope>();
  const estate: Estate = { scopes, nested, exports: new Exports<Scope>([]), deployment, budget: MOST_PARTS };
  for (const template of templates) {
    const scope = new Scope(template, estate);
    scopes.set(template.name, scope);
    if (template.parent !== null) nested.set(`${template.parent.template}#${template.parent.resource}`, scope);
  }
  const exports: Export<Scope>[] = [];
  for (const scope of scopes.values()) {
    for (const [output, declared] of Object.entries(scope.template.outputs)) {
      const named = own(own(declared, "Export"), "Name");
      if (named !== undefined) exports.push({ name: nameOf(named, scope), scope, output });
    }
  }
  estate.exports = new Exports(exports);
  return estate;
}

/** The name of an export; that of a template which cannot be evaluated is not known. */
function nameOf(expression: Json, scope: Scope): Value | undefined {
  try {
    scope.refill();
    return evaluate(expression, scope);
  } catch {
    return new Unknown(`an export of ${scope.template.file}`);
  }
}

/** What a walk over a value costs. Throws where it is nested so deeply that a walk would not fit on the stack. */
function weightOf(value: Value | undefined, depth = 0): number {
  if (depth > DEEPEST_VALUE) throw new RangeError(`it has values nested more than ${DEEPEST_VALUE} levels deep`);
  if (typeof value === "string") return 1 + (value.length >> 4);
  if (value instanceof Choice) return weightOfAll(value.options, depth);
  if (value instanceof Text) return weightOfAll(value.parts, depth);
  if (value instanceof Unknown) return 1 + value.sources.length;
  if (isList(value)) return weightOfAll(value, depth);
  return isMap(value) ? weightOfAll(Object.values(value), depth) : 1;
}

function weightOfAll(values: readonly (Value | undefined)[], depth: number): number {
  let weight = 1;
  for (const value of values) weight += weightOf(value, depth + 1);
  return weight;
}

function entriesOf(table: ValueMap, key: Value | undefined): readonly (Value | undefined)[] {
  const keys = optionsOf(key);
  if (!keys.every((each) => ["string", "number", "boolean"].includes(typeof each))) return Object.values(table);
  return keys.map((each) => (Object.hasOwn(table, String(each)) ? table[String(each)] : undefined));
}

/** A parameter that nobody gives a value is one of those that are allowed. */
function allowed(declared: Json | undefined, name: string): Value | undefined {
  const values = own(declared, "AllowedValues");
  if (!Array.isArray(values) || values.length === 0 || isListType(own(declared, "Type"))) return undefined;
  return Choice.of(values as readonly Value[], `parameter ${name}, which has no default`);
}

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html */
function partitionOf(region: string | null): string {
  if (region?.startsWith("cn-") === true) return "aws-cn";
  return region?.startsWith("us-gov-") === true ? "aws-us-gov" : "aws";
}

/** A parameter that is looked up at deployment: its value names an entry, and is none itself. */
function isLookUp(type: Json | undefined): boolean {
  return typeof type === "string" && type.startsWith("AWS::SSM::Parameter::Value");
}

function isListType(type: Json | undefined): boolean {
  return typeof type === "string" && (type === "CommaDelimitedList" || type.startsWith("List<"));
}
