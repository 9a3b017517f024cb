import { App, CfnResource, Stack } from "aws-cdk-lib";
import { synthesize } from "../src/aws/synth.ts";
import { loadDefinition } from "../src/definition/load.ts";
import { compileTopology } from "../src/topology/compile.ts";
import { SHOP } from "./bench-world.ts";

/**
 * One synthesis in a process of its own, for `synth.ts`: `shop FOLDER` writes the shop in two regions and prints how
 * many stacks and resources that is; `bare FOLDER STACKS RESOURCES` writes as many of the plainest ones.
 */
const [what, outdir = "", stacks = "0", resources = "0"] = process.argv.slice(2);
if (what === "shop") {
  const { definition, directory } = await loadDefinition(SHOP);
  const topology = compileTopology(definition, { regions: "all", directory });
  const { templates } = await synthesize({ topology, outdir });
  const counts = Object.values(templates).map(({ Resources = {} }) => Object.keys(Resources).length);
  console.log(`${counts.length} ${counts.reduce((sum, count) => sum + count, 0)}`);
} else {
  const app = new App({ outdir, analyticsReporting: false });
  const all = Array.from({ length: Number(stacks) }, (_, index) => new Stack(app, `bare-${index}`));
  for (let index = 0; index < Number(resources); index++) {
    const stack = all[index % all.length]!; // the remainder is an index
    new CfnResource(stack, `Topic${index}`, { type: "AWS::SNS::Topic", properties: { DisplayName: `topic ${index}` } });
  }
  app.synth();
}
