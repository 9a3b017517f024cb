import { Command } from "commander";
import type { DeployResult } from "../aws/deploy/deploy.ts";
import type { SiteUpload } from "../aws/deploy/site.ts";
import { agreed } from "./ask.ts";
import { EXIT, INTERRUPTED, draw, terminalHost, writeJson } from "./output.ts";
import { drawPlan } from "./plan-output.ts";
import {
  type ChangeOptions,
  type Opened,
  jsonOption,
  onInterrupt,
  openShipment,
  outOption,
  regionOf,
  stageOption,
} from "./shipment.ts";
import { snapshotParameters } from "./snapshot-parameter.ts";
import { configOption, recoveryOption } from "./system.ts";

interface DeployCommandOptions extends ChangeOptions {
  readonly active?: string;
  readonly only?: string;
  readonly restore?: readonly string[];
  readonly allowReplacement?: boolean;
}

const EXAMPLES = `
Examples:
  $ holdfast deploy --dry-run              what would change, in words; changes nothing
  $ holdfast deploy                        shows the plan, asks, deploys stack after stack
  $ holdfast deploy --yes --json out.json  for CI
  $ holdfast deploy --stage dev            the cheap profile, beside production
  $ holdfast deploy --active us-west-2     says which region serves instead of asking AWS
  $ holdfast deploy --active us-west-2 --only us-west-2 --restore database=arn:aws:rds:us-west-2:…:cluster-snapshot:…
                                           with backup-restore, when us-east-1 is lost: from the copies in us-west-2

It reads first which region serves, so a deploy after a failover scales nothing down. A run that failed or was stopped
is started again by the same command. Once an account and region: npx cdk bootstrap aws://ACCOUNT/REGION

Exit codes: 0 deployed or nothing to do, 1 declined, 3 yours to mend, 70 our bug, 130 stopped by Ctrl-C.
`;

/** `holdfast deploy`: brings the system's stacks to AWS. */
export function deployCommand(): Command {
  return new Command("deploy")
    .description("deploy the system's stacks to AWS: plan, ask, then stack after stack")
    .addOption(configOption())
    .addOption(outOption())
    .addOption(recoveryOption())
    .addOption(stageOption())
    .option("--active <region>", "the region that serves (default: what AWS says)")
    .option("--only <region>", "the stacks of this region alone, as when the other one is lost")
    .option("--restore <database=snapshot...>", "make a database that is new there from the snapshot of this ARN")
    .option("--dry-run", "print the plan and change nothing")
    .option("--yes", "do not ask")
    .option("--allow-replacement", "let resources that keep data be replaced or deleted")
    .addOption(jsonOption())
    .addHelpText("after", EXAMPLES)
    .action(run);
}

async function run(options: DeployCommandOptions): Promise<void> {
  const shipment = await openShipment(options);
  const { host, topology } = shipment;
  const { deploy, isUnchanged } = await import("../aws/deploy/deploy.ts");
  const { zoneToRecover } = await import("../aws/deploy/hosted-zone.ts");
  const { uploadSites } = await import("../aws/deploy/site.ts");
  const result = await deploy({
    ...shipment,
    signal: onInterrupt(host),
    allowReplacement: options.allowReplacement === true,
    show: (plan) => draw(drawPlan(plan), options),
    confirm: async (plan) => options.dryRun !== true && (isUnchanged(plan) || agreed("Deploy this?", options.yes)),
    hostedZoneId: options.only === undefined ? zoneToRecover(topology) : null,
    ...(options.active === undefined ? {} : { active: regionOf(topology, options.active) }),
    ...(options.only === undefined ? {} : { regions: [regionOf(topology, options.only)] }),
    given: await snapshotParameters(topology, options.restore ?? []),
  });
  const isDone = result.end === "deployed" || result.end === "unchanged";
  const { manifest } = result.assembly;
  const sites = isDone ? await uploadSites({ ...shipment, stacks: manifest.stacks, outputs: result.outputs }) : [];
  if (options.json !== undefined) await writeJson(options.json, documentOf(result, sites, options));
  sayEnd(result, options);
  if (isDone && options.only === undefined) await keepWhatWasLost(shipment, result.plan.active);
  if (result.end !== "deployed") return;
  const { remainingSteps } = await import("../aws/deploy/remaining.ts");
  for (const { text, how } of remainingSteps(topology, result))
    host.say({ level: "info", text: `left to you: ${text} (${how})` });
}

/** What a region that does not serve acknowledged alone, where it was given up and AWS has taken it back. */
async function keepWhatWasLost(shipment: Opened, active: string): Promise<void> {
  const { keepAllLeftBehind } = await import("../aws/deploy/left-behind.ts");
  const { explaining } = await import("../aws/deploy/refusal.ts");
  await explaining("looking for what a lost region had alone", () =>
    keepAllLeftBehind(shipment, shipment.topology, active),
  );
}

function documentOf(
  { plan, end, deployed, left, assembly }: DeployResult,
  sites: readonly SiteUpload[],
  { dryRun }: DeployCommandOptions,
) {
  const { system, stage, recovery } = assembly.manifest;
  return { holdfast: 1, system, stage, recovery, dryRun: dryRun === true, end, ...plan, deployed, left, sites };
}

function sayEnd({ end, deployed, left }: DeployResult, { dryRun }: DeployCommandOptions): void {
  const host = terminalHost();
  if (end === "declined") {
    host.say({ level: "info", text: "nothing was changed" });
    process.exitCode = dryRun ? EXIT.pass : EXIT.fail;
  } else if (end === "interrupted") {
    const text = `stopped: ${deployed.length} stacks are deployed, ${left.length} are not (${left.join(", ")})`;
    host.say({ level: "warning", text: `${text}; the same command goes on from here` });
    process.exitCode = INTERRUPTED;
  } else {
    host.say({ level: "info", text: end === "unchanged" ? "everything is as it should be" : "deployed" });
    process.exitCode = EXIT.pass;
  }
}
