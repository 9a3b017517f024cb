import { type Json, isRecord } from "../document.ts";
import type { PlannedResource } from "./plan.ts";
import { type Leads, NAMES, type Referred, type References } from "./reference.ts";

/** Where a resource of the plan is found: its template and its CloudFormation-shaped attribute. */
export type Refer = (referred: Referred) => Json;

/** What every block of a plan is read with. */
export interface BlockContext {
  readonly references: References;
  readonly refer: Refer;
  /** The resource that a literal is the id or ARN of, since it was applied before. */
  readonly addressOf: (text: string) => Referred | undefined;
  /** What the plan knows of an attribute of a resource. */
  readonly knownOf: (referred: Referred) => Json | undefined;
  readonly typeOf: (address: string) => string | undefined;
  /** Where a resource is made; null where the plan does not tell. */
  readonly regionOf: (resource: PlannedResource) => string | null;
}

/** Stands for the names in a mapping that only an apply tells, with a number. */
const OPEN_KEY = "known after apply";

/** One resource, or a block in it: its arguments as far as the plan knows them, as CloudFormation's expressions. */
export class Block {
  readonly resource: PlannedResource;
  private readonly values: Json | undefined;
  private readonly unknown: Json | undefined;
  private readonly path: readonly string[];
  private readonly context: BlockContext;

  constructor(
    resource: PlannedResource,
    context: BlockContext,
    part: { values: Json | undefined; unknown: Json | undefined; path: readonly string[] },
  ) {
    this.resource = resource;
    this.context = context;
    this.values = part.values;
    this.unknown = part.unknown;
    this.path = part.path;
  }

  /** The block of a whole resource. */
  static of(resource: PlannedResource, context: BlockContext): Block {
    return new Block(resource, context, { values: resource.values, unknown: resource.unknown, path: [] });
  }

  /** Where the resource is made; null where the plan does not tell. */
  get region(): string | null {
    return this.context.regionOf(this.resource);
  }

  /** One argument; undefined where it is left out. What is known later is a reference where it can only be one. */
  value(name: string): Json | undefined {
    const [known, unknown] = [part(this.values, name), part(this.unknown, name)];
    if (unknown === true) return this.isLeftOut(name) ? undefined : this.open(name, this.leads(name));
    const isNothing = known === null || known === undefined || known === "";
    return isNothing && !isRecord(unknown) ? undefined : this.read(known, unknown, name);
  }

  /** An argument that is a list or a set; undefined where it is left out or empty. */
  list(name: string): Json | undefined {
    const [known, unknown] = [part(this.values, name), part(this.unknown, name)];
    if (unknown === true) {
      if (this.isLeftOut(name)) return undefined;
      const { found, whole } = this.leads(name);
      if (found.length === 0) return this.open(name, { found, whole });
      return [...found.map(this.context.refer), ...(whole ? [] : [this.unknownAt(name, `${this.at(name)}[]`)])];
    }
    if (!Array.isArray(known) || known.length === 0) return undefined;
    const elements = known as readonly Json[];
    const open = elements.map((each, at) => part(unknown, String(at)) === true || each === null);
    const leads = open.includes(true) ? this.openOf(this.leads(name)) : [];
    const inOrder = leads.length === open.filter(Boolean).length ? leads.values() : undefined;
    return elements.map((each, at) => {
      if (open[at] !== true) return this.read(each, part(unknown, String(at)), name);
      const next = inOrder?.next().value;
      return next === undefined ? this.unknownAt(name, `${this.at(name)}.${at}`) : this.context.refer(next);
    });
  }

  /** A text that names what programs or policies are about; as long as it is open, all that it is made of. */
  script(name: string): Json | undefined {
    if (!this.isOpen(name)) return this.value(name);
    return this.isLeftOut(name) ? undefined : this.unknownAt(name, this.at(name), this.leads(name).found);
  }

  /** A mapping of a user's own names; where only an apply tells what is in it, each of what it is made of. */
  mapping(name: string): Readonly<Record<string, Json>> | undefined {
    if (!this.isOpen(name)) {
      const known = this.value(name);
      return isRecord(known) ? known : undefined;
    }
    if (this.isLeftOut(name)) return undefined;
    const { found } = this.leads(name);
    const values = found.length === 0 ? [this.unknownAt(name, this.at(name))] : found.map(this.context.refer);
    return Object.fromEntries(values.map((value, at) => [`${OPEN_KEY} ${at}`, value]));
  }

  /** An argument that is a text of JSON, read; undefined where it is left out. */
  json(name: string): Json | undefined {
    const known = part(this.values, name);
    if (this.isOpen(name)) return this.script(name);
    if (typeof known !== "string" || known === "") return undefined;
    try {
      return this.read(JSON.parse(known) as Json, undefined, name);
    } catch {
      return this.text(known, name); // whatever it is, it is what the file says
    }
  }

  /** The resources of some types that an argument is made of, whatever it makes of them. */
  references(name: string, types: readonly string[]): readonly Json[] {
    const isOne = ({ address }: Referred): boolean => types.includes(this.context.typeOf(address) ?? "");
    return this.leads(name).found.filter(isOne).map(this.context.refer);
  }

  /** The first block of a name; undefined where there is none. */
  block(name: string): Block | undefined {
    return this.blocks(name)[0];
  }

  /** All blocks of a name, in their order. */
  blocks(name: string): readonly Block[] {
    const known = part(this.values, name);
    const list = Array.isArray(known) ? (known as readonly Json[]) : isRecord(known) ? [known] : [];
    const unknown = part(this.unknown, name);
    return list.map((values, at) => {
      const path = [...this.path, name, String(at)];
      return new Block(this.resource, this.context, { values, unknown: part(unknown, String(at)) ?? unknown, path });
    });
  }

  /** Whether only an apply tells all of an argument. */
  isOpen(name: string): boolean {
    return part(this.unknown, name) === true;
  }

  /** What stands for blocks of which even their number is known later; undefined where it is not so. */
  openBlocks(name: string): Json | undefined {
    return this.isOpen(name) ? this.value(name) : undefined;
  }

  /** Whether nothing is said of an argument: what a provider fills in then is AWS's default, and so are blocks. */
  private isLeftOut(name: string): boolean {
    const around = this.context.references.expressionOf(this.resource, this.path);
    return isRecord(around) && !("references" in around) && !Object.hasOwn(around, name);
  }

  private leads(name: string): Leads {
    return this.context.references.leadsOf(this.resource, [...this.path, name]);
  }

  /** A value that is known in part: references in texts, and what stands for the rest. */
  private read(known: Json | undefined, unknown: Json | undefined, name: string): Json {
    if (unknown === true) return this.open(name, this.leads(name));
    if (typeof known === "string") return this.text(known, name);
    if (Array.isArray(known)) {
      return (known as readonly Json[]).map((each, at) => this.read(each, part(unknown, String(at)), name));
    }
    if (!isRecord(known) && !isRecord(unknown)) return known ?? null;
    const keys = new Set([known, unknown].flatMap((each) => (isRecord(each) ? Object.keys(each) : [])));
    return Object.fromEntries(
      [...keys].map((key) => [key, this.read(part(known, key), part(unknown, key), name)]),
    ) as Json;
  }

  /** A text; where the name of another resource is in it, that is a reference. */
  private text(known: string, name: string): Json {
    const applied = this.context.addressOf(known);
    if (applied !== undefined) return applied.address === this.resource.address ? known : this.context.refer(applied);
    let parts: readonly Json[] = [known];
    for (const referred of this.leads(name).found) {
      const own = NAMES.has(referred.attribute) ? this.context.knownOf(referred) : undefined;
      if (typeof own !== "string" || own === "") continue;
      if (own === known) return this.context.refer(referred);
      parts = parts.flatMap((each) =>
        typeof each === "string" ? between(each, own, this.context.refer(referred)) : [each],
      );
    }
    return parts.length === 1 ? known : { "Fn::Join": ["", parts.filter((each) => each !== "")] };
  }

  /** What stands for a value that nobody can tell before the plan is applied. */
  private open(name: string, leads: Leads): Json {
    const found = this.openOf(leads);
    const [only] = found;
    if (only !== undefined && found.every(({ address }) => address === only.address)) return this.context.refer(only);
    return this.unknownAt(name, this.at(name), found);
  }

  /** What of it is not known: if the rest is, it makes no difference. */
  private openOf({ found }: Leads): readonly Referred[] {
    const open = found.filter((each) => this.context.knownOf(each) === undefined);
    return open.length > 0 ? open : found;
  }

  private at(name: string): string {
    return [this.resource.address, ...this.path, name].join(".");
  }

  private unknownAt(name: string, identity: string, from: readonly Referred[] = []): Json {
    const needs = `${[...this.path, name].join(".")}, which is known after apply`;
    return { "Holdfast::Unknown": [needs, identity, from.map(this.context.refer)] };
  }
}

function part(value: Json | undefined, name: string): Json | undefined {
  if (Array.isArray(value)) return (value as readonly Json[])[Number(name)];
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** A text with a reference wherever a name stands in it, as a word of its own. */
function between(text: string, name: string, reference: Json): readonly Json[] {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const word = new RegExp(`(?<![A-Za-z0-9])${escaped}(?![A-Za-z0-9])`);
  return text.split(word).flatMap((each, at) => (at === 0 ? [each] : [reference, each]));
}
