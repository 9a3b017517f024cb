import type { Command } from "commander";
import { UserError } from "../base/error.ts";
import type { AwsCode } from "../aws/codes.ts";
import type { DestroyPlan } from "../aws/deploy/destroy.ts";
import { ask } from "./ask.ts";
import { EXIT, INTERRUPTED, colors, draw, writeJson } from "./output.ts";
import { type ChangeOptions, changeCommand, onInterrupt, openShipment } from "./shipment.ts";

const EXAMPLES = `
Examples:
  $ holdfast destroy --dry-run       what would be deleted, and what AWS keeps
  $ holdfast destroy --stage dev     asks for the system's name first
  $ holdfast destroy --yes           for CI; production stacks must have lost their termination protection before

Exit codes: 0 deleted, 1 declined, 3 yours to mend, 70 our bug, 130 stopped by Ctrl-C.
`;

/** `holdfast destroy`: deletes the system's stacks, and says what is retained. */
export function destroyCommand(): Command {
  const says = { dryRun: "print what would be deleted and kept, and change nothing", yes: "do not ask for the name" };
  return changeCommand("destroy", says)
    .description("delete the system's stacks from AWS; what keeps data is retained in production")
    .addHelpText("after", EXAMPLES)
    .action(run);
}

async function run(options: ChangeOptions): Promise<void> {
  const shipment = await openShipment(options);
  const { host } = shipment;
  const { destroy } = await import("../aws/deploy/destroy.ts");
  const result = await destroy({
    ...shipment,
    signal: onInterrupt(host),
    assembly: await shipment.synth(),
    confirm: (plan) => confirm(plan, options),
  });
  const { plan, end, destroyed, left } = result;
  if (options.json !== undefined) {
    await writeJson(options.json, { holdfast: 1, end, ...plan, destroyed, left });
  }
  if (end === "declined") {
    host.say({ level: "info", text: "nothing was deleted" });
    process.exitCode = options.dryRun ? EXIT.pass : EXIT.fail;
  } else if (end === "interrupted") {
    host.say({ level: "warning", text: `stopped; still there: ${left.join(", ")}` });
    process.exitCode = INTERRUPTED;
  } else {
    host.say({ level: "info", text: plan.retained.length > 0 ? "deleted, but for what is retained" : "deleted" });
  }
}

async function confirm({ stage, stacks, retained, system }: DestroyPlan, options: ChangeOptions): Promise<boolean> {
  const lines = [
    ...stacks.map(({ name, region }) => `  ${colors.red("deleted")} ${name} in ${region}`),
    ...retained.map(({ stack, logicalId, type }) => `  ${colors.green("kept")}    ${logicalId} (${type}) of ${stack}`),
    ...(retained.length > 0 ? ["  What is kept goes on to cost, and is yours to delete."] : []),
    "",
  ];
  draw(lines.join("\n"), options);
  if (options.dryRun || stacks.length === 0) return false;
  if (options.yes) return true;
  const typed = await ask(`Type the system's name (${system}) to delete its ${stage} stacks: `);
  if (typed === system) return true;
  throw new UserError({
    code: "AWS-042" satisfies AwsCode,
    message: `"${typed}" is not "${system}": nothing was deleted`,
    fix: "run it again and type the name as it is written",
  });
}
