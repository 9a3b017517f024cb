import { type Json, isRecord } from "../document.ts";
import type { Block } from "./block.ts";

/** How one property of CloudFormation's is made of Terraform's arguments. */
export interface Source {
  /** Terraform's name for it, for the fix. */
  readonly name: string;
  readonly read: (block: Block) => Json | undefined;
  /** What is in it, where it is a mapping. */
  readonly inside?: Sources;
  /** Whether Terraform has a block of this name for it. */
  readonly isBlock?: boolean;
}

/** CloudFormation's properties, each with where it comes from. */
export type Sources = Readonly<Record<string, Source>>;

/** One of Terraform's types, as CloudFormation has it. */
export interface Translation {
  readonly type: string;
  readonly properties: Sources;
  /** `DeletionPolicy` and the like, where an argument says the same. */
  readonly attributes?: Sources;
  /** Types that CloudFormation has one of and Terraform several, as they are called of this one. */
  readonly names?: Readonly<Record<string, string>>;
  /** Where the type depends on what is attached: a table with replicas is a global one. */
  readonly reshape?: (
    properties: Properties,
    block: Block,
  ) => { readonly type: string; readonly properties: Properties };
  /** What is a resource of its own in CloudFormation: a route in its table. */
  readonly also?: (block: Block, own: Json) => readonly { readonly type: string; readonly properties: Properties }[];
}

/** Properties as CloudFormation has them. */
export type Properties = Readonly<Record<string, Json>>;

/** A type of Terraform's that is a part of another resource in CloudFormation: a bucket's versioning. */
export interface Attachment {
  /** The type of what it is a part of, and the argument that names that. */
  readonly of: string;
  readonly to: string;
  readonly properties: Sources;
}

/** What a file of this folder translates. */
export interface Family {
  readonly translations: Readonly<Record<string, Translation>>;
  readonly attachments?: Readonly<Record<string, Attachment>>;
}

/** An argument that is the same value. */
export function same(name: string): Source {
  return { name, read: (block) => block.value(name) };
}

/** Properties that Terraform has under the same names, in its own way of writing: `MultiAZ` is `multi_az`. */
export function alike(...properties: readonly string[]): Sources {
  return Object.fromEntries(properties.map((property) => [property, same(snakeCase(property))]));
}

function snakeCase(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}

/** An argument that is the same list, a set included. */
export function sameList(name: string): Source {
  return { name, read: (block) => block.list(name) };
}

/** A property that is made of more than one argument, or of one in another shape; `inside`, what that is made of. */
export function made(name: string, read: Source["read"], inside: Sources = {}): Source {
  return { name, read, inside };
}

/** A mapping of CloudFormation's whose parts Terraform has side by side. */
export function gathered(name: string, sources: Sources): Source {
  return { name, inside: sources, read: (block) => translated(block, sources) };
}

/** A block of Terraform's that is a mapping in CloudFormation; absent where there is none. */
export function inner(name: string, sources: Sources): Source {
  return {
    name,
    inside: sources,
    isBlock: true,
    read: (block) => {
      const found = block.block(name);
      return found === undefined ? block.openBlocks(name) : translated(found, sources);
    },
  };
}

/** Blocks of Terraform's that are a list in CloudFormation; absent where there is none. */
export function inners(name: string, sources: Sources): Source {
  return {
    name,
    inside: sources,
    isBlock: true,
    read: (block) => {
      const found = block.blocks(name);
      return found.length === 0 ? block.openBlocks(name) : found.map((each) => translated(each, sources));
    },
  };
}

/** A text of JSON that CloudFormation has as a mapping. */
export function parsed(name: string): Source {
  return { name, read: (block) => block.json(name) };
}

/** Mappings whose keys are the user's own. */
const FREE = new Set(["Options", "DockerLabels", "DriverOpts", "Labels"]);

/** Data of another way of writing with CloudFormation's names: `logConfiguration` and `log_configuration` alike. */
export function inPascalCase(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(inPascalCase);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, each]): [string, Json] => {
    if (/^(Fn|Holdfast)::/.test(key)) return [key, each]; // an expression of ours
    const name = key.replaceAll(/(?:^|_)([a-z])/g, (_, first: string) => first.toUpperCase());
    return [name, FREE.has(name) ? each : inPascalCase(each)];
  });
  return Object.fromEntries(entries);
}

/** A property that stands in a block of its own: `health_check.path`. */
export function nested(name: string, of: string): Source {
  return { name: `${name}.${of}`, read: (block) => block.block(name)?.value(of) };
}

/** A type that names the subnets that others stand in; `name` is what CloudFormation calls its own name. */
export function subnetGroup(type: string, name: string): Translation {
  return { type, properties: { [name]: same("name"), SubnetIds: sameList("subnet_ids") } };
}

/** A property that is there where it has a value. */
export function present(name: string, value: Json | undefined): Properties {
  return value === undefined ? {} : { [name]: value };
}

/** What Terraform calls CloudFormation's properties, those in blocks too: `ZonalShiftConfig.Enabled`, and `Enabled`. */
export function namesOf(sources: Sources): Readonly<Record<string, string>> {
  const names: Record<string, string> = {};
  for (const [property, { name, inside = {}, isBlock = false }] of Object.entries(sources)) {
    for (const [inner, own] of Object.entries(namesOf(inside))) {
      names[inner] ??= own;
      names[`${property}.${inner}`] = isBlock ? `${name}.${own}` : own;
    }
  }
  for (const [property, { name }] of Object.entries(sources)) names[property] = name;
  return names;
}

/** What the sources make of a block; what is left out is absent. */
export function translated(block: Block, sources: Sources): Properties {
  const made: Record<string, Json> = {};
  for (const [property, source] of Object.entries(sources)) {
    const value = source.read(block);
    if (value !== undefined && value !== null) made[property] = value;
  }
  return made;
}

/** Properties of parts put together: lists are joined, of anything else the last counts. */
export function merged(parts: readonly Properties[]): Properties {
  const all: Record<string, Json> = {};
  for (const [property, value] of parts.flatMap((part) => Object.entries(part))) {
    const before = all[property];
    all[property] = Array.isArray(before) && Array.isArray(value) ? ([...before, ...value] as readonly Json[]) : value;
  }
  return all;
}

/** The tags of a resource, those that its provider adds included. */
export function tagsOf(block: Block): Properties {
  const tags = block.mapping("tags_all") ?? block.mapping("tags") ?? {};
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return list.length === 0 ? {} : { Tags: list };
}
