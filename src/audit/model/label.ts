import { derived } from "./derived.ts";
import type { Model } from "./model.ts";
import type { Resource } from "./resource.ts";

/**
 * What each resource is called where several files are told of together: its id; with its file before it where another
 * one has the same id, and with all of its stack's name where that is not enough.
 */
const labelsOf = derived((model): ReadonlyMap<Resource, string> => {
  const byId = Map.groupBy(model.resources, ({ id }) => id);
  const labels = new Map<Resource, string>();
  for (const [id, alike] of byId) {
    const [only] = alike;
    if (alike.length === 1 && only !== undefined) labels.set(only, id);
    else for (const [label, each] of inFiles(alike)) labels.set(each, label);
  }
  return labels;
});

function inFiles(alike: readonly Resource[]): readonly (readonly [string, Resource])[] {
  const byLabel = Map.groupBy(alike, ({ id, template }) => `${template.file.split(/[\\/]/).at(-1)}#${id}`);
  return [...byLabel].flatMap(([label, same]) =>
    same.map((each) => [same.length === 1 ? label : each.key, each] as const),
  );
}

/** What a resource is called among all that are audited: `Service`, or `orders.yaml#Service` where there are two. */
export function labelOf(resource: Resource, model: Model): string {
  return labelsOf(model).get(resource) ?? resource.id;
}
