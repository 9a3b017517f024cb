import { Choice, Reference, Text, Unknown, type Value, isList, isMap } from "../evaluate/value.ts";
import type { Estate } from "../evaluate/scope.ts";
import { evaluate } from "../evaluate/intrinsic.ts";
import { ANY_DEPLOYMENT, type Deployment, type Template } from "../template.ts";
import { every } from "../../base/answer.ts";
import { messageOf } from "../../base/error.ts";
import { isRecord } from "../read/document.ts";
import { existsAround, openPlaced } from "./placing.ts";
import { Resource } from "./resource.ts";

/** What an instance's helper scripts do when it starts: it stands in the metadata, and names what programs talk to. */
export const SET_UP = "AWS::CloudFormation::Init";

/** That one resource names another, and where. */
export interface Mention {
  readonly from: Resource;
  readonly to: Resource;
  /** Path of the property that names it, with `*` for the places of lists: `Targets.*.DeadLetterConfig.Arn`. */
  readonly path: string;
  /** The attribute that is used; null for what `Ref` gives. */
  readonly attribute: string | null;
}

/** All resources of the files that are audited together, and who names whom. */
export class Model {
  readonly templates: readonly Template[];
  readonly resources: readonly Resource[];
  private readonly byKey: ReadonlyMap<string, Resource>;
  private readonly byType: ReadonlyMap<string, readonly Resource[]>;
  private readonly from: ReadonlyMap<string, readonly Mention[]>;
  private readonly to: ReadonlyMap<string, readonly Mention[]>;

  constructor(templates: readonly Template[], resources: readonly Resource[]) {
    this.templates = templates;
    this.resources = resources;
    this.byKey = new Map(resources.map((resource) => [resource.key, resource]));
    this.byType = Map.groupBy(resources, ({ type }) => type);
    const mentions = resources.flatMap((resource) => mentionsOf(resource, this.byKey));
    this.from = Map.groupBy(mentions, ({ from }) => from.key);
    this.to = Map.groupBy(mentions, ({ to }) => to.key);
  }

  /** The resources of some types, in the order of the files. */
  of(...types: readonly string[]): readonly Resource[] {
    return types.length === 1
      ? (this.byType.get(types[0] ?? "") ?? [])
      : types.flatMap((type) => this.byType.get(type) ?? []);
  }

  /** The resource that a value stands for, itself or by an attribute; undefined where it is none of these files'. */
  target(value: Value | undefined): Resource | undefined {
    if (value instanceof Reference) return this.byKey.get(value.key);
    if (!(value instanceof Text)) return undefined;
    const [only, ...others] = value.parts.filter((part) => part instanceof Reference);
    return only !== undefined && others.length === 0 ? this.target(only) : undefined;
  }

  /** The resources that the elements of a list stand for, each once. */
  targets(value: Value | undefined): readonly Resource[] {
    const found = new Set<Resource>();
    forEachReference(value, (reference) => {
      const resource = this.byKey.get(reference.key);
      if (resource !== undefined) found.add(resource);
    });
    return [...found];
  }

  /** What a resource names. */
  mentionsFrom(resource: Resource): readonly Mention[] {
    return this.from.get(resource.key) ?? [];
  }

  /** Who names a resource, of some types where any are given. */
  mentionsOf(resource: Resource, ...types: readonly string[]): readonly Mention[] {
    const all = this.to.get(resource.key) ?? [];
    return types.length === 0 ? all : all.filter(({ from }) => types.includes(from.type));
  }
}

/** A template that could not be evaluated. */
export interface Unevaluated {
  readonly template: Template;
  readonly why: string;
}

/** Evaluates templates that belong together. One that cannot be evaluated is told of, and spoils no other. */
export function buildModel(
  templates: readonly Template[],
  deployment: Deployment = ANY_DEPLOYMENT,
): { readonly model: Model; readonly failed: readonly Unevaluated[] } {
  const { placed, estate } = openPlaced(templates, deployment);
  const failed: Unevaluated[] = [];
  const resources = placed.flatMap((template) => {
    try {
      return resourcesOf(template, estate);
    } catch (error) {
      failed.push({ template, why: messageOf(error) });
      return [];
    }
  });
  return { model: new Model(placed, resources), failed };
}

function resourcesOf(template: Template, estate: Estate): readonly Resource[] {
  const scope = estate.scopes.get(template.name);
  if (scope === undefined) return [];
  scope.refill();
  const around = existsAround(template, estate);
  return template.resources.flatMap((declared) => {
    const { Condition: condition, ...attributes } = declared.attributes;
    const exists = every([around, scope.holds(condition)]);
    if (exists === "no") return [];
    const properties = evaluate(declared.properties, scope);
    const setUp = isRecord(declared.metadata) ? { [SET_UP]: declared.metadata[SET_UP] ?? null } : {};
    const known = { properties, attributes: evaluate({ ...attributes, ...setUp }, scope), exists };
    return [new Resource(declared, template, known)];
  });
}

function mentionsOf(resource: Resource, byKey: ReadonlyMap<string, Resource>): readonly Mention[] {
  const mentions: Mention[] = [];
  const add = (reference: Reference, path: string): void => {
    const to = byKey.get(reference.key);
    if (to !== undefined && to !== resource)
      mentions.push({ from: resource, to, path, attribute: reference.attribute });
  };
  forEachReference(resource.whole, add);
  forEachReference(resource.attributes[SET_UP], add, SET_UP);
  const { DependsOn: depends } = resource.declared.attributes;
  for (const id of Array.isArray(depends) ? depends : [depends]) {
    if (typeof id === "string") add(new Reference(`${resource.template.name}#${id}`, id, null), "DependsOn");
  }
  return mentions;
}

/** Calls back for each reference in a value, with the path to it. */
function forEachReference(
  value: Value | undefined,
  each: (reference: Reference, path: string) => void,
  path = "",
): void {
  if (value instanceof Reference) return each(value, path);
  if (value instanceof Unknown) for (const source of value.sources) each(source, path);
  if (value instanceof Choice) for (const option of value.options) forEachReference(option, each, path);
  else if (value instanceof Text) for (const part of value.parts) forEachReference(part, each, path);
  else if (isList(value)) for (const item of value) forEachReference(item, each, path === "" ? "*" : `${path}.*`);
  else if (isMap(value)) {
    for (const [key, part] of Object.entries(value)) forEachReference(part, each, path === "" ? key : `${path}.${key}`);
  }
}
