import { COMPUTE } from "./refused/compute.ts";
import { DATA } from "./refused/data.ts";
import { DNS } from "./refused/dns.ts";
import { EDGE } from "./refused/edge.ts";
import { Estate, type PlacedTemplate } from "./refused/estate.ts";
import { FUNCTIONS } from "./refused/function.ts";
import { IDENTITY } from "./refused/identity.ts";
import { MESSAGING } from "./refused/messaging.ts";
import { NETWORK } from "./refused/network.ts";
import type { Refusal, Violation } from "./refused/refusal.ts";
import { settled } from "./refused/settled.ts";
import { STACK } from "./refused/stack.ts";
import { STORAGE } from "./refused/storage.ts";
import { WATCH } from "./refused/watch.ts";

export type { PlacedTemplate } from "./refused/estate.ts";
export type { Refusal, Violation } from "./refused/refusal.ts";

/**
 * What AWS refuses at deploy time, or takes and quietly does otherwise, and no schema says. Each row names the page of
 * AWS's that says it; every template is held against all of them before it is written. A row takes nothing for wrong
 * that is only known at deployment.
 */
export const REFUSALS: readonly Refusal[] = [
  ...EDGE,
  ...DNS,
  ...NETWORK,
  ...COMPUTE,
  ...FUNCTIONS,
  ...MESSAGING,
  ...DATA,
  ...STORAGE,
  ...IDENTITY,
  ...WATCH,
  ...STACK,
];

/**
 * All that AWS would refuse in a system's templates, in the order of the rows: with the parameters' defaults, and with
 * every condition the other way round.
 */
export function violationsOf(templates: readonly PlacedTemplate[]): readonly Violation[] {
  const worlds = [false, true].map(
    (inverted) => new Estate(templates.map((each) => ({ ...each, template: settled(each.template, inverted) }))),
  );
  const conditional = templates.some(({ template }) => template.Conditions !== undefined);
  const found = new Map<string, Violation>();
  for (const estate of conditional ? worlds : worlds.slice(0, 1)) {
    for (const refusal of REFUSALS) {
      for (const { resource, path, message } of refusal.check(estate)) {
        const { stack, logicalId } = resource;
        const violation = { refusal, stack, logicalId, path, message };
        found.set([refusal.id, stack, logicalId, path, message].join(" "), violation);
      }
    }
  }
  return [...found.values()];
}
