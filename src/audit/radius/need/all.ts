import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { BALANCING } from "./balancing.ts";
import { COMPUTE } from "./compute.ts";
import { DATA } from "./data.ts";
import { EDGE } from "./edge.ts";
import type { NeedsOf, ResourceNeed } from "./need.ts";

/** By type, all that is known of what its resources need. */
const NEEDS: ReadonlyMap<string, readonly NeedsOf[]> = (() => {
  const byType = new Map<string, NeedsOf[]>();
  for (const [type, needs] of [EDGE, BALANCING, COMPUTE, ...DATA].flatMap((table) => Object.entries(table))) {
    byType.set(type, [...(byType.get(type) ?? []), needs]);
  }
  return byType;
})();

/** What a resource waits for, and stops with. What only waits for it, as a queue's consumer, is no need of its. */
export function needsOf(resource: Resource, model: Model): readonly ResourceNeed[] {
  return (NEEDS.get(resource.type) ?? []).flatMap((needs) => needs(resource, model));
}
