import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PlacedTemplate } from "../../src/aws/refused.ts";
import { type Assembly, synthesize } from "../../src/aws/synth.ts";
import { type LoadedDefinition, loadDefinition } from "../../src/definition/load.ts";
import { compileTopology } from "../../src/topology/compile.ts";
import type { Component, RecoveryStrategy, Topology } from "../../src/topology/topology.ts";

/** The examples that are shipped in tests. */
export const EXAMPLES = ["shop", "everything"] as const;
export type Example = (typeof EXAMPLES)[number];

export const STRATEGIES: readonly RecoveryStrategy[] = [
  "backup-restore",
  "pilot-light",
  "warm-standby",
  "active-active",
];

/** What a test ships other than the example says. */
export interface Change {
  readonly recovery?: RecoveryStrategy;
  /** The region that serves. */
  readonly active?: string;
  readonly stage?: "production" | "dev";
  readonly regions?: "primary" | "all";
  /** Components that the system has no more. */
  readonly without?: readonly string[];
  /** Changes the compiled topology, such as a size. */
  readonly change?: (topology: Topology) => Topology;
}

/** An assembly whose folder is gone, with its templates as the checks take them. */
export interface Shipped {
  readonly assembly: Assembly;
  readonly templates: readonly PlacedTemplate[];
}

const definitions = new Map<string, Promise<LoadedDefinition>>();
const done = new Map<string, Promise<Shipped>>();

/** An example's topology. */
export async function topologyOf(
  example: Example,
  { recovery, regions, stage, without, change }: Change = {},
): Promise<Topology> {
  const file = `examples/${example}/holdfast.config.ts`;
  const loading = definitions.get(file) ?? loadDefinition(file);
  definitions.set(file, loading);
  const { definition, directory } = await loading;
  const changed = recovery === undefined ? definition : { ...definition, recovery };
  const compiled = compileTopology(changed, {
    regions: regions ?? "all",
    directory,
    ...(stage === undefined ? {} : { stage }),
  });
  const topology = without === undefined ? compiled : leaveOut(compiled, without);
  return change === undefined ? topology : change(topology);
}

/** A topology without components, and without their uses. */
function leaveOut(topology: Topology, ids: readonly string[]): Topology {
  const components = topology.components
    .filter(({ id }) => !ids.includes(id))
    .map((component) => {
      if (!("uses" in component.settings)) return component;
      const uses = component.settings.uses.filter((used) => !ids.includes(used));
      return { ...component, settings: { ...component.settings, uses } } as Component;
    });
  return { ...topology, components };
}

/** Ships an example; the same change is shipped once. */
export function ship(example: Example, change: Change = {}): Promise<Shipped> {
  const key = JSON.stringify([example, { ...change, change: change.change?.toString() }]);
  const shipped = done.get(key) ?? shipNow(example, change);
  done.set(key, shipped);
  return shipped;
}

async function shipNow(example: Example, change: Change): Promise<Shipped> {
  const outdir = mkdtempSync(join(tmpdir(), "holdfast-assembly-"));
  try {
    const topology = withHostedZone(await topologyOf(example, change));
    const assembly = await synthesize({
      topology,
      outdir,
      ...(change.active === undefined ? {} : { active: change.active }),
    });
    const templates = assembly.manifest.stacks.map(({ name, region }) => ({
      stack: name,
      region,
      template: assembly.templates[name]!,
    }));
    return { assembly, templates };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The examples are also run by people who own no domain, so the shop's definition names no zone. */
export function withHostedZone(topology: Topology): Topology {
  const components = topology.components.map((component) =>
    component.kind === "edge" && component.settings.hostedZoneId === null
      ? { ...component, settings: { ...component.settings, hostedZoneId: "Z0123456789EXAMPLE" } }
      : component,
  );
  return { ...topology, components };
}
