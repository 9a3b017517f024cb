import { loadDefinition } from "../src/definition/load.ts";
import { topologySvg } from "../src/report/topology-svg.ts";
import { compileTopology } from "../src/topology/compile.ts";
import type { RecoveryStrategy } from "../src/topology/topology.ts";

/** The strategies, from the cheapest to the dearest. */
const STRATEGIES: readonly RecoveryStrategy[] = ["backup-restore", "pilot-light", "warm-standby", "active-active"];

/** The shop under each strategy, as a picture: the name of its file in `docs/aws/`, and what is in it. */
export async function strategyPictures(): Promise<readonly { readonly name: string; readonly svg: string }[]> {
  const { definition, directory } = await loadDefinition("examples/shop/holdfast.config.ts");
  return STRATEGIES.map((recovery) => {
    const topology = compileTopology({ ...definition, recovery }, { regions: "all", directory });
    return { name: `${recovery}.svg`, svg: `${topologySvg(topology)}\n` };
  });
}
