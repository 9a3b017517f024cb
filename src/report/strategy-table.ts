import type { DrillDocument, DrillsDocument, StrategyDocument, Verdict } from "../base/drill-document.ts";
import type { Paint } from "./drill-table.ts";
import { paceText, timeText } from "./drill-figures.ts";
import {
  bytesText,
  isTooSlow,
  losesTooMuch,
  lostText,
  meetsText,
  recoveryText,
  stageNames,
  stageText,
} from "./strategy-figures.ts";
import { fit, wrap } from "./text-layout.ts";

const WIDTH = 110;
const LABEL = 20;
const COLUMN = 22;

/** What the table shows of a comparison of strategies. */
export interface StrategyTable extends Pick<
  DrillsDocument,
  "system" | "verdict" | "seed" | "rate" | "pace" | "paceFactor"
> {
  readonly strategies: readonly StrategyDocument[];
  readonly drills: readonly Pick<DrillDocument, "target" | "journal">[];
}

interface Row {
  readonly label: string;
  cell(strategy: StrategyDocument): string;
  isBad?(strategy: StrategyDocument): boolean;
}

const SIGN = { pass: "✔", fail: "✘", unknown: "?" } as const;

const TIME: readonly Row[] = [
  { label: "RTO here", cell: (strategy) => recoveryText(strategy, strategy.recoveryTimeMs) },
  { label: "RTO at AWS", cell: (strategy) => recoveryText(strategy, strategy.recoveryTimeAtAwsMs), isBad: isTooSlow },
  { label: "  a person decides", cell: personCell },
  { label: "  allowed", cell: ({ objective }) => timeText(objective.rtoMs) },
];

const DATA: readonly Row[] = [
  { label: "RPO: writes lost", cell: lostText, isBad: losesTooMuch },
  { label: "  the oldest", cell: ({ lost, oldestLostAgeMs }) => (lost === 0 ? "–" : timeText(oldestLostAgeMs)) },
  { label: "  allowed", cell: ({ objective }) => timeText(objective.rpoMs) },
  { label: "meets objectives", cell: meetsText, isBad: ({ meetsSystem }) => meetsSystem === false },
  { label: "operations failed", cell: ({ failed, unknown, operations }) => `${failed}+${unknown} of ${operations}` },
  { label: "failed back in", cell: ({ failbackMs }) => timeText(failbackMs) },
];

const BEFORE: readonly Row[] = [
  { label: "  processes", cell: ({ ranBefore }) => (ranBefore ? String(ranBefore.processes) : "–") },
  { label: "  memory (PSS)", cell: ({ ranBefore }) => (ranBefore ? bytesText(ranBefore.pssBytes) : "–") },
  { label: "  disk", cell: ({ ranBefore }) => (ranBefore ? bytesText(ranBefore.diskBytes) : "–") },
];

/** The strategies side by side, each with what the loss of a region cost under it, for a terminal of 110 columns. */
export function drawStrategyTable(table: StrategyTable, paint: Paint, repeat: string): string {
  const { strategies, drills } = table;
  const lost = [...new Set(drills.flatMap(({ target }) => target ?? []))].join(", ");
  const runs = Math.max(0, ...strategies.map((each) => each.drills.length));
  const median = runs > 1 ? `, median of ${runs}` : "";
  const facts = `seed ${table.seed}, ${table.rate} operations/s, ${paceText(table)}${median}`;
  const stages = stageNames(strategies).map((name): Row => {
    return { label: `  ${name}`, cell: (each) => stageText(each, name) };
  });
  const line = rowOf(strategies, paint);
  return [
    "",
    `  ${paint.bold(table.system)}  ${paint.dim(facts)}`,
    `  ${lost || "a region"} is lost, under each strategy`,
    "",
    paint.bold(`  ${fit("", LABEL)}${strategies.map(headOf).join("")}`.trimEnd()),
    `  ${fit("", LABEL)}${strategies.map(({ verdict }) => verdictCell(verdict, paint)).join("")}`.trimEnd(),
    ...TIME.map(line),
    ...(stages.length === 0 ? [] : [`  ${paint.dim("of which, here → at AWS")}`]),
    ...stages.map(line),
    ...DATA.map(line),
    `  ${paint.dim("ran before in the other region")}`,
    ...BEFORE.map(line),
    "",
    ...strategies.flatMap((strategy) => remarks(strategy, paint)),
    ...LEGEND.map((text) => paint.dim(text)),
    `  repeat with  ${paint.bold(repeat)}`,
    ...drills.map(({ journal }, at) => `  ${at === 0 ? "journals     " : "             "}${paint.dim(journal)}`),
    "",
  ].join("\n");
}

const LEGEND = [
  "  RTO: until the slowest journey was steady again; at AWS: with its timers as they are and its own times",
  "  allowed: what a strategy is there for, and * the system's objective, which `meets objectives` is about",
  "  lost: acknowledged writes, best effort aside, the worst run; failed: and + those whose end nobody knows",
] as const;

function rowOf(strategies: readonly StrategyDocument[], paint: Paint): (row: Row) => string {
  return ({ label, cell, isBad }) => {
    const cells = strategies.map((strategy) => {
      const text = fit(cell(strategy), COLUMN);
      return isBad?.(strategy) ? paint.red(text) : text;
    });
    return `  ${fit(label, LABEL)}${cells.join("")}`.trimEnd();
  };
}

/** What a person takes at AWS to give a region up: part of that time, or beside it. */
function personCell({ person }: StrategyDocument): string {
  return person === null ? "–" : `${person.counted ? "" : "+ "}${timeText(person.decisionMs)}`;
}

function headOf({ recovery, chosen }: StrategyDocument): string {
  return fit(chosen ? `${recovery} *` : recovery, COLUMN);
}

function verdictCell(verdict: Verdict, paint: Paint): string {
  return painted(verdict, fit(`${SIGN[verdict]} ${verdict}`, COLUMN), paint);
}

function remarks({ recovery, verdict, reasons, notes }: StrategyDocument, paint: Paint): readonly string[] {
  if (reasons.length + notes.length === 0) return [];
  const lines = (text: string): readonly string[] => wrap(text, { width: WIDTH, first: "    ", rest: "      " });
  return [
    `  ${paint.bold(recovery)}`,
    ...reasons.flatMap(lines).map((text) => painted(verdict, text, paint)),
    ...notes.flatMap(lines).map((text) => paint.dim(text)),
    "",
  ];
}

function painted(verdict: Verdict, text: string, paint: Paint): string {
  if (verdict === "pass") return paint.green(text);
  return verdict === "fail" ? paint.red(text) : paint.yellow(text);
}
