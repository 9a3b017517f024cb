import type { Topology } from "../topology/topology.ts";
import { type LinkEffect, type LinkPurpose, OUTSIDE, type Place, type Primitive } from "../world/primitive.ts";
import { bothWays } from "./both-ways.ts";

interface Rule {
  readonly effect: LinkEffect;
  readonly purposes?: readonly LinkPurpose[];
}

/** All regions but this one. */
export function otherRegions({ regions }: Topology, region: string): readonly string[] {
  return regions.map(({ name }) => name).filter((name) => name !== region);
}

/** The same effect on what travels either way between a region and all others. */
export function betweenRegions(topology: Topology, region: string, rule: Rule): readonly Primitive[] {
  return otherRegions(topology, region).flatMap((other) => bothWays({ region }, { region: other }, rule));
}

/** Nothing reaches a region from anywhere and nothing leaves it; inside of it everything works. */
export function isolated(topology: Topology, region: string): readonly Primitive[] {
  const effect = { kind: "black-hole" } as const;
  const outside: Place = { zone: OUTSIDE };
  return [...betweenRegions(topology, region, { effect }), ...bothWays({ region }, outside, { effect })];
}
