import type { AuditGraph } from "../../base/audit-document.ts";
import type { Model } from "../model/model.ts";
import { zoneOfSubnet } from "../model/zone.ts";
import { type TemplatePart, partsOf } from "./compile.ts";

/** Resources that need others or are needed, each with the zones that its instances stand in. */
export function graphOf(model: Model): AuditGraph {
  const parts = partsOf(model);
  const ownerOf = new Map(parts.map(({ id, resource }) => [id, resource]));
  const edges = new Map<string, { from: string; to: string }>();
  for (const { resource: from, needs } of parts) {
    for (const to of needs.flatMap(({ of }) => of.map((id) => ownerOf.get(id) ?? id))) {
      if (to !== from) edges.set(`${from} ${to}`, { from, to });
    }
  }
  const linked = new Set([...edges.values()].flatMap(({ from, to }) => [from, to]));
  const byResource = Map.groupBy(parts, ({ resource }) => resource);
  const subnetZones = new Map(model.of("AWS::EC2::Subnet").map((subnet) => [subnet.key, zoneOfSubnet(subnet)]));
  const nodes = [...byResource]
    .filter(([id]) => linked.has(id))
    .map(([id, own]) => ({
      id,
      name: own[0]?.name ?? id,
      type: own[0]?.type ?? "",
      zones: zonesOf(own, subnetZones.get(id)),
    }));
  return { nodes, edges: [...edges.values()] };
}

/** The zones of its instances; one that may stand in any of several counts in none. A subnet has its own. */
function zonesOf(parts: readonly TemplatePart[], own: string | undefined): readonly string[] {
  if (own !== undefined) return [own];
  const told = parts.filter(({ place }) => place.zones.length === 1).flatMap(({ place }) => place.zones);
  return [...new Set(told)].toSorted();
}
