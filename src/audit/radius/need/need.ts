import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";

/** That a resource stops when too few of others are left: all that one of its doors leads to, say. */
export interface ResourceNeed {
  readonly of: readonly Resource[];
  /** Whether the files tell so; what is only likely is not. */
  readonly isSure: boolean;
}

/** What the resources of one type need. */
export type NeedsOf = (resource: Resource, model: Model) => readonly ResourceNeed[];

/** That one of these is left; nothing where there are none. */
export function oneOf(of: readonly Resource[], isSure = true): readonly ResourceNeed[] {
  return of.length === 0 ? [] : [{ of: [...new Set(of)], isSure }];
}

/** That each of these is left. */
export function each(of: readonly Resource[], isSure = true): readonly ResourceNeed[] {
  return [...new Set(of)].map((resource) => ({ of: [resource], isSure }));
}

/** That something is left of these, and likely each, since each has customers of its own. */
export function someAndLikelyEach(of: readonly Resource[]): readonly ResourceNeed[] {
  const distinct = [...new Set(of)];
  return distinct.length < 2 ? oneOf(distinct) : [...oneOf(distinct), ...each(distinct, false)];
}

/** What a resource names at paths that match, of some types. */
export function namedAt(
  resource: Resource,
  model: Model,
  { path, type }: { readonly path: RegExp; readonly type: RegExp },
): readonly Resource[] {
  const found = new Set<Resource>();
  for (const mention of model.mentionsFrom(resource)) {
    if (path.test(mention.path) && type.test(mention.to.type)) found.add(mention.to);
  }
  return [...found];
}

/** Types of AWS's, each by its name without the prefix, or a pattern of it. */
export function anyOf(...types: readonly string[]): RegExp {
  return new RegExp(`^AWS::(${types.join("|")})$`);
}
