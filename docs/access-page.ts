import { App } from "aws-cdk-lib";
import { accessPage, accessTable } from "../src/aws/access/table.ts";
import { shipSystem } from "../src/aws/system.ts";
import { loadDefinition } from "../src/definition/load.ts";
import { compileTopology } from "../src/topology/compile.ts";

/** `access.md`: who may do what in the shop, as it is shipped. */
export async function shopAccessPage(): Promise<string> {
  const path = new URL("../examples/shop/holdfast.config.ts", import.meta.url).pathname;
  const { definition, directory } = await loadDefinition(path);
  const topology = compileTopology(definition, { regions: "all", directory });
  const { stacks } = shipSystem(new App({ analyticsReporting: false }), { topology });
  return accessPage(topology.system, accessTable(stacks));
}
