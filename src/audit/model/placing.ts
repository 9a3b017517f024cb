import { type Answer, every } from "../../base/answer.ts";
import { type Estate, openEstate } from "../evaluate/scope.ts";
import type { Deployment, Template } from "../template.ts";

/** Whether a nested stack is created: its own condition and those of the stacks around it decide. */
export function existsAround({ parent }: Template, estate: Estate): Answer {
  const scope = parent === null ? undefined : estate.scopes.get(parent.template);
  if (parent === null || scope === undefined) return "yes";
  const around = existsAround(scope.template, estate);
  const stack = scope.template.resources.find(({ id }) => id === parent.resource);
  try {
    scope.refill();
    return around === "no" ? "no" : every([around, scope.holds(stack?.attributes["Condition"])]);
  } catch {
    return around; // what cannot be evaluated is told of where the resources are
  }
}

/**
 * The templates in an estate of their own. A file that somebody hands in is audited: where conditions leave out every
 * stack that nests it, it stands alone, with its own defaults.
 */
export function openPlaced(
  templates: readonly Template[],
  deployment: Deployment,
): { readonly placed: readonly Template[]; readonly estate: Estate } {
  const estate = openEstate(templates, deployment);
  const absent = templates.filter((template) => existsAround(template, estate) === "no");
  if (absent.length === 0) return { placed: templates, estate };
  const [created, left] = [new Set(templates), new Set(absent.map(({ name }) => name))];
  for (const template of absent) created.delete(template);
  const files = new Set([...created].map(({ file }) => file));
  const alone = new Set<Template>();
  for (const template of absent) {
    if (files.has(template.file) || left.has(template.parent?.template ?? "")) continue;
    files.add(template.file);
    alone.add(template);
  }
  const placed = templates.map((template) => (alone.has(template) ? { ...template, parent: null } : template));
  return alone.size === 0 ? { placed, estate } : openPlaced(placed, deployment);
}
