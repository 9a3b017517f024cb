import type { Outcome } from "../../topology/dependence.ts";
import { tasksOf } from "../model/count.ts";
import type { Model } from "../model/model.ts";
import type { Resource } from "../model/resource.ts";
import type { TemplatePart } from "./compile.ts";
import type { Loss, Radius } from "./loss.ts";

/** What a loss did. */
export interface Lost {
  readonly loss: Loss;
  readonly outcome: Outcome;
  readonly radius: Radius;
}

/**
 * Why a service stops with a zone though tasks of it stand in others: `Service has 2 of 3 tasks, but all of their
 * subnets route through NatGateway, which is in zone 0`. Undefined where none is left, or where nobody says how many
 * are.
 */
export function whyNoneServes(service: Resource, model: Model, lost: Lost): string | undefined {
  const { loss, outcome, radius } = lost;
  const partOf = (id: string | null | undefined): TemplatePart | undefined => radius.parts.get(id ?? "");
  const own = partOf(service.key);
  const by = partOf(outcome.cause(service.key));
  const count = tasksOf(service, model) ?? 0;
  const units = (own?.needs[0]?.of ?? []).flatMap((id) => partOf(id) ?? []);
  const left = tasksOutside(loss.id, count, units);
  if (own === undefined || by === undefined || count < 2 || left === 0) return undefined;
  const end = partOf(outcome.path(service.key).at(-1));
  const isThere = (name: string): string =>
    name === end?.name ? `which is in ${loss.id}` : `which stops with ${end?.name} in ${loss.id}`;
  const has = `${own.name} has ${left} of ${count} tasks, but`;
  if (by.resource !== service.key) return `${has} it needs ${by.name}, ${isThere(by.name)}`;
  const through = partOf(outcome.path(by.id)[2])?.name ?? "";
  const isOne = units.every(({ id, place }) => {
    const name = partOf(outcome.path(id)[2])?.name;
    return place.zones.includes(loss.id) || name === through;
  });
  return isOne ? `${has} all of their subnets route through ${through}, ${isThere(through)}` : undefined;
}

/** How many of a service's tasks stand outside of a zone at the least; none where it is not told where they stand. */
function tasksOutside(zone: string, count: number, units: readonly TemplatePart[]): number {
  if (units.some(({ place }) => place.zones.length !== 1)) return 0;
  const zones = new Set(units.flatMap(({ place }) => place.zones));
  return zones.has(zone) ? count - Math.ceil(count / zones.size) : count;
}
