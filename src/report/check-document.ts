import type { Problem } from "../base/error.ts";
import { type BlastRadius, blastRadii } from "../topology/blast-radius.ts";
import type { Component, Topology } from "../topology/topology.ts";

/**
 * What `holdfast check --json` writes; see docs/contract.md. Where there are problems, all but them is null or empty.
 */
export interface CheckDocument {
  readonly holdfast: 1;
  readonly system: string | null;
  readonly recovery: string | null;
  readonly regions: readonly { readonly name: string; readonly zones: readonly string[] }[];
  readonly components: readonly (Pick<Component, "id" | "kind" | "layer" | "scope"> & {
    readonly instances: readonly {
      readonly id: string;
      readonly region: string | null;
      readonly zone: string | null;
    }[];
  })[];
  readonly links: Topology["links"];
  readonly blastRadius: readonly BlastRadius[];
  readonly problems: readonly Problem[];
}

/** The document of a topology that was checked, or of the problems because of which there is none. */
export function checkDocument(topology: Topology | null, problems: readonly Problem[]): CheckDocument {
  if (topology === null) {
    return {
      holdfast: 1,
      system: null,
      recovery: null,
      regions: [],
      components: [],
      links: [],
      blastRadius: [],
      problems,
    };
  }
  const { system, recovery, regions, components, instances, links } = topology;
  return {
    holdfast: 1,
    system,
    recovery,
    regions: regions.map(({ name, zones }) => ({ name, zones: zones.map((zone) => zone.name) })),
    components: components.map(({ id, kind, layer, scope }) => ({
      id,
      kind,
      layer,
      scope,
      instances: instances
        .filter(({ component }) => component === id)
        .map(({ id, region, zone }) => ({ id, region, zone })),
    })),
    links,
    blastRadius: blastRadii(topology),
    problems,
  };
}
