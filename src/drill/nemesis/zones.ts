import type { Topology } from "../../topology/topology.ts";
import type { Primitive } from "../../world/primitive.ts";
import type { Status } from "../../world/world.ts";

/** What is done, and to what. */
export interface Aimed {
  readonly subject: string;
  readonly primitives: readonly Primitive[];
  /** Of a component: the region in which alone it is struck. */
  readonly region?: string | undefined;
}

/**
 * The zones that a fault touches: that of its subject, and of all that is killed, stopped or emptied with it. A region
 * is all of its zones; what concerns a component as a whole, such as a queue, touches all zones of its region, or all
 * that there are. The links of a partition are not counted: who is cut off is the subject.
 */
export function zonesTouched(
  { subject, primitives, region }: Aimed,
  { topology, status }: { topology: Topology; status: Status },
): readonly string[] {
  const zonesIn = (name?: string): readonly string[] =>
    topology.regions
      .filter((each) => name === undefined || each.name === name)
      .flatMap(({ zones }) => zones.map(nameOf));
  const all = zonesIn();
  const zoneOf = (id: string): string | null =>
    [...status.instances, ...topology.instances].find((instance) => instance.id === id)?.zone ?? null;
  const ofRegion = zonesIn(subject);
  if (ofRegion.length > 0) return ofRegion;
  const own = all.includes(subject) ? subject : zoneOf(subject);
  if (own === null) return zonesIn(region);
  const others = primitives.flatMap((primitive) => [
    ...("instance" in primitive ? [zoneOf(primitive.instance)] : []),
    ...("zone" in primitive ? [primitive.zone] : []),
  ]);
  return [...new Set([own, ...others.filter((zone) => zone !== null)])].sort();
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
