import type { Topology } from "../../topology/topology.ts";
import type { Primitive } from "../../world/primitive.ts";
import type { Status } from "../../world/world.ts";

/**
 * The zones that a fault touches: that of its subject, and of all that is killed, stopped or emptied with it. One that
 * concerns a component as a whole, such as a queue, touches all zones of the primary region. The links of a partition
 * are not counted: who is cut off is the subject.
 */
export function zonesTouched(
  { subject, primitives }: { subject: string; primitives: readonly Primitive[] },
  { topology, status }: { topology: Topology; status: Status },
): readonly string[] {
  const all = topology.regions.find(({ role }) => role === "primary")?.zones.map(({ name }) => name) ?? [];
  const zoneOf = (id: string): string | null =>
    [...status.instances, ...topology.instances].find((instance) => instance.id === id)?.zone ?? null;
  const own = all.includes(subject) ? subject : zoneOf(subject);
  if (own === null) return all;
  const others = primitives.flatMap((primitive) => [
    ...("instance" in primitive ? [zoneOf(primitive.instance)] : []),
    ...("zone" in primitive ? [primitive.zone] : []),
  ]);
  return [...new Set([own, ...others.filter((zone) => zone !== null)])].sort();
}
