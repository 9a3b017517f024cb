import type { DeployPlan } from "../aws/deploy/deploy.ts";
import type { Change, StackPlan } from "../aws/deploy/plan.ts";
import { colors } from "./output.ts";

const WORDS: Readonly<Record<Change["what"], string>> = {
  add: "added",
  change: "changed",
  replace: "REPLACED",
  "may-replace": "may be REPLACED",
  remove: "deleted",
  keep: "leaves the stack, and is kept",
};

/** What a deploy is about to do, in words: stack by stack, and first of each what loses data. */
export function drawPlan({ account, active, stacks, zone, troubles }: DeployPlan): string {
  const width = Math.max(0, ...stacks.map(({ stack }) => stack.length)) + 2;
  const lines = stacks.flatMap((plan) => [
    `  ${colors.bold(plan.stack.padEnd(width))}${summary(plan)}`,
    ...changeLines(plan),
  ]);
  const told = troubles.flatMap(({ stack, text, fix }) => [
    `  ${colors.yellow(stack)} ${text}`,
    `    ${colors.green("fix:")} ${fix}`,
  ]);
  return [...whose(account, stacks), `${colors.bold(active)} serves`, ...lines, ...zoneLines(zone), ...told, ""].join(
    "\n",
  );
}

/** The zone is the user's, and other systems may have records in it: so it is told what is changed of it. */
function zoneLines(zone: DeployPlan["zone"]): string[] {
  if (zone?.acceleratedRecovery !== "turn-on") return [];
  return [
    `  ${colors.bold(`hosted zone ${zone.id}`)}, which is yours: accelerated recovery is turned on at the end, so that`,
    "    its records can be changed when us-east-1 is gone; meanwhile, for minutes, none of them can",
  ];
}

/** The account, and the regions in which something of it is touched. */
function whose(account: DeployPlan["account"], stacks: readonly StackPlan[]): string[] {
  if (account === null) return [];
  const { id, alias } = account;
  const regions = [...new Set(stacks.map(({ region }) => region))].sort();
  return [`account ${colors.bold(alias === null ? id : `${alias} (${id})`)}, in ${regions.join(" and ")}`];
}

function summary({ action, changes, otherChanges }: StackPlan): string {
  if (action === "unchanged") return colors.dim("unchanged");
  if (action === "create") return `new, ${changes.length} resources`;
  if (action === "delete") return colors.red(`deleted, with ${changes.length} resources`);
  const counts = [...Map.groupBy(changes, ({ what }) => what)].map(([what, own]) => `${own.length} ${WORDS[what]}`);
  return [...counts, ...(otherChanges ? ["outputs or settings of the stack"] : [])].join(", ");
}

function changeLines({ action, changes }: StackPlan): string[] {
  // All of a new stack is added; its count says enough.
  if (action === "create") return [];
  return changes.map(({ logicalId, type, what, properties, losesData }) => {
    const because = properties.length === 0 ? "" : `: ${properties.join(", ")}`;
    const line = `    ${logicalId} (${type}) ${WORDS[what]}${because}`;
    if (losesData) return colors.red(`${line}; it keeps data`);
    return what === "replace" || what === "may-replace" || what === "remove" ? colors.yellow(line) : line;
  });
}
