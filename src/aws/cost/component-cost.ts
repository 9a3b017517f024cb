import type { CostLine } from "../../base/estimate-document.ts";
import type { Topology } from "../../topology/topology.ts";
import { logicalId } from "../name.ts";
import { type PlacedCharge, chargesOf } from "./floor.ts";
import type { SynthesizedStack } from "./resource.ts";

/**
 * The floor of a system by component and region. A resource is a component's where its logical id begins with the
 * component's name, since that is how resources are named; all else is shared, and goes under the part of the system
 * that its stack is: the network, the watch.
 */
export function componentCosts(topology: Topology, stacks: readonly SynthesizedStack[]): readonly CostLine[] {
  const ids = topology.components
    .map(({ id }) => ({ id, prefix: logicalId(id) }))
    .toSorted((a, b) => b.prefix.length - a.prefix.length);
  const ownerOf = ({ resource }: PlacedCharge): string => {
    if (resource === null) return "edge";
    return ids.find(({ prefix }) => isWordOf(prefix, resource.id))?.id ?? resource.stack.part;
  };
  const charges = chargesOf(stacks).filter(({ quantity, usdPerMonth }) => quantity > 0 || usdPerMonth === null);
  const groups = Map.groupBy(charges, (charge) => JSON.stringify([ownerOf(charge), charge.what, charge.region]));
  const lines = [...groups].map(([key, own]): CostLine => {
    const [component = "", what = "", region = ""] = JSON.parse(key) as readonly string[];
    const isKnown = own.every(({ usdPerMonth }) => usdPerMonth !== null);
    const quantity = own.reduce((sum, each) => sum + each.quantity, 0);
    const usd = own.reduce((sum, { usdPerMonth }) => sum + (usdPerMonth ?? 0), 0);
    const assumes = own.find((each) => each.assumes !== undefined)?.assumes ?? "runs whether used or not";
    return {
      component,
      what: `${Math.round(quantity * 100) / 100} ${what} in ${region}`,
      usdPerMonth: isKnown ? Math.round(usd * 100) / 100 : null,
      assumes,
    };
  });
  return lines.toSorted((a, b) => (b.usdPerMonth ?? Infinity) - (a.usdPerMonth ?? Infinity));
}

/** Whether `prefix` is the whole of an id or its first words: `Api` is not of `ApiarySecret`. */
function isWordOf(prefix: string, id: string): boolean {
  return id.startsWith(prefix) && !/^[a-z]/.test(id.slice(prefix.length));
}
