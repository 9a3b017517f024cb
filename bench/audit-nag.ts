/**
 * Holds templates against cdk-nag's AwsSolutions as one does who has templates and no CDK app: each included into a
 * stack of an app that is synthesized with the rules as a plug-in. Run alone: `node --conditions=source
 * bench/audit-nag.ts TEMPLATE…`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { App, Stack, Validations } from "aws-cdk-lib";
import { CfnInclude } from "aws-cdk-lib/cloudformation-include";
import { AwsSolutionsChecks } from "cdk-nag";

const outdir = mkdtempSync(join(tmpdir(), "holdfast-nag-"));
try {
  const app = new App({ outdir, analyticsReporting: false });
  for (const [at, templateFile] of process.argv.slice(2).entries()) {
    const stack = new Stack(app, `S${at}${basename(templateFile).replaceAll(/\W/g, "")}`);
    const included = new CfnInclude(stack, "Template", { templateFile });
    console.log(`${templateFile}: ${included.node.children.length} constructs`);
  }
  Validations.of(app).addPlugins(new AwsSolutionsChecks());
  app.synth();
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
