import { mkdir, mkdtemp, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Host } from "../src/base/host.ts";
import { type LoadedDefinition, loadDefinition } from "../src/definition/load.ts";
import { type OpenWorld, openWorld } from "../src/local/open-world.ts";
import { compileTopology } from "../src/topology/compile.ts";
import type { PaceName } from "../src/topology/timing.ts";

/** The definition of the shop. */
export const SHOP = fileURLToPath(new URL("../examples/shop/holdfast.config.ts", import.meta.url));
const ENGINES = fileURLToPath(new URL("../.holdfast/engines", import.meta.url));

type Definition = LoadedDefinition["definition"];

/**
 * Starts the primary region of a system in a temporary folder `state` of its own, with the engines that this checkout
 * has unpacked. The caller closes it, and removes the folder.
 */
export async function openBenchWorld(bench: {
  /** Goes into the folder's name. */
  readonly name: string;
  /** The definition's file. */
  readonly config: string;
  readonly pace: PaceName;
  readonly host: Host;
  change?(definition: Definition): Definition;
}): Promise<OpenWorld & { readonly state: string }> {
  const { name, config, pace, host } = bench;
  const state = await mkdtemp(join(tmpdir(), `holdfast-${name}-`));
  await mkdir(ENGINES, { recursive: true });
  await symlink(ENGINES, join(state, "engines"));
  const { definition, path } = await loadDefinition(config);
  const changed = bench.change?.(definition) ?? definition;
  const topology = compileTopology(changed, { regions: "primary", directory: dirname(path) });
  return {
    ...(await openWorld({ topology, config: path, backups: null, stateDirectory: state }, { pace, host })),
    state,
  };
}
