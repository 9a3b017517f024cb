import { loadDefinition } from "../../src/definition/load.ts";
import { compileTopology } from "../../src/topology/compile.ts";
import type { RecoveryStrategy, Topology } from "../../src/topology/topology.ts";

/** The topology of `examples/shop`, with what a test changes in it. */
export async function shopTopology(regions: "primary" | "all", changes: Partial<Topology> = {}): Promise<Topology> {
  const { definition, directory } = await loadDefinition("examples/shop/holdfast.config.ts");
  return { ...compileTopology(definition, { regions, directory }), ...changes };
}

/** The topology of `examples/shop` over two regions, under another strategy than its own. */
export async function shopUnder(recovery: RecoveryStrategy): Promise<Topology> {
  const { definition, directory } = await loadDefinition("examples/shop/holdfast.config.ts");
  return compileTopology({ ...definition, recovery }, { regions: "all", directory });
}

/** The topology of an example over two zones a region, as the stage `dev` has it. */
export async function overTwoZones(example: "shop" | "notes", regions: "primary" | "all"): Promise<Topology> {
  const { definition, directory } = await loadDefinition(`examples/${example}/holdfast.config.ts`);
  return compileTopology(definition, { regions, stage: "dev", directory });
}
