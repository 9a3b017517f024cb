import type { DrillDocument, DrillsDocument, JourneyDocument } from "../base/drill-document.ts";
import type { DrillPrediction } from "../base/prediction.ts";
import {
  type JourneyFigures,
  isLate,
  lostOf,
  paceText,
  predictionText,
  rangeText,
  slowestOf,
  sumOf,
  timeText,
} from "./drill-figures.ts";
import { wrap } from "./text-layout.ts";

/** How to colour text; each returns its argument where colours are off. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
}

/** What the table shows of a journey in a drill. */
export type DrillTableJourney = JourneyFigures & Pick<JourneyDocument, "failedAttemptsSent">;

/** What the table shows of a drill. */
export interface DrillTableRow extends Pick<
  DrillDocument,
  "name" | "target" | "verdict" | "reasons" | "notes" | "journal" | "stages" | "redundancyRestoredMs"
> {
  readonly objective: Pick<DrillDocument["objective"], "rtoMs">;
  readonly journeys: Readonly<Record<string, DrillTableJourney>>;
  /** Left out by whoever has none. */
  readonly predicted?: Pick<DrillPrediction, "recoveryTimeMs" | "lost"> | null;
}

/** What the table shows of all drills. */
export interface DrillTable extends Pick<
  DrillsDocument,
  "system" | "verdict" | "seed" | "rate" | "pace" | "paceFactor"
> {
  readonly drills: readonly DrillTableRow[];
}

interface Column {
  readonly title: readonly [string, string];
  readonly width: number;
  readonly left?: true;
  cell(row: DrillTableRow): { readonly text: string; readonly bad?: boolean };
}

/** With the spaces between and the sign before it, 110 columns. */
const COLUMNS: readonly Column[] = [
  { title: ["", "drill"], width: 17, left: true, cell: ({ name }) => ({ text: name }) },
  { title: ["", "struck"], width: 21, left: true, cell: ({ target }) => ({ text: target ?? "nothing" }) },
  {
    title: ["recovery", "here"],
    width: 8,
    cell: (row) => ({ text: timeText(slowestOf(row.journeys, "recoveryTimeMs")) }),
  },
  { title: ["", "at AWS"], width: 7, cell: atAws },
  { title: ["", "allowed"], width: 7, cell: ({ objective }) => ({ text: timeText(objective.rtoMs) }) },
  {
    title: ["failed", "+unknown"],
    width: 8,
    cell: (row) => ({ text: `${sumOf(row.journeys, "failed")}+${sumOf(row.journeys, "unknown")}` }),
  },
  { title: ["", "of"], width: 5, cell: (row) => ({ text: String(sumOf(row.journeys, "operations")) }) },
  { title: ["", "tries"], width: 5, cell: (row) => ({ text: String(sumOf(row.journeys, "failedAttempts")) }) },
  { title: ["", "lost"], width: 5, cell: (row) => ({ text: lost(row), bad: lost(row) !== "0" }) },
  {
    title: ["", "twice"],
    width: 5,
    cell: (row) => ({
      text: String(sumOf(row.journeys, "appliedTwice")),
      bad: sumOf(row.journeys, "appliedTwice") > 0,
    }),
  },
  { title: ["whole", "after"], width: 8, cell: (row) => ({ text: timeText(row.redundancyRestoredMs) }) },
];

const SIGN = { pass: "✔", fail: "✘", unknown: "?" } as const;

/**
 * The drills of one invocation as a table for a terminal of 110 columns, with what did not pass and how to see more of
 * it.
 */
export function drawDrillTable(table: DrillTable, paint: Paint, repeat: string): string {
  const { drills } = table;
  const facts = `seed ${table.seed}, ${table.rate} operations/s, ${paceText(table)}`;
  const lines = [
    "",
    `  ${paint.bold(table.system)}  ${paint.dim(facts)}`,
    "",
    ...header(paint),
    ...drills.map((row) => line(row, paint)),
    "",
  ];
  for (const row of drills) lines.push(...remarks(row, paint));
  lines.push(
    conclusion(table, paint),
    paint.dim(LEGEND),
    `  repeat with  ${paint.bold(repeat)}`,
    ...journals(drills, paint),
    "",
  );
  return lines.join("\n");
}

const LEGEND = [
  "  recovery: until the slowest journey was steady again; at AWS: with its timers as they are and its own times",
  "  tries: single requests that failed, of up to 3 for each; lost: acknowledged writes, best effort aside",
].join("\n");

function header(paint: Paint): string[] {
  const titles = (at: 0 | 1): string => COLUMNS.map((column) => fit(column.title[at], column)).join(" ");
  const rule = "─".repeat(COLUMNS.reduce((width, column) => width + column.width + 1, -1));
  return [`    ${paint.dim(titles(0))}`, `    ${paint.dim(titles(1))}`, `    ${paint.dim(rule)}`];
}

function line(row: DrillTableRow, paint: Paint): string {
  const cells = COLUMNS.map((column) => {
    const { text, bad } = column.cell(row);
    return bad ? paint.red(fit(text, column)) : fit(text, column);
  });
  return `  ${verdictOf(row.verdict, SIGN[row.verdict], paint)} ${cells.join(" ")}`;
}

function fit(text: string, { width, left }: Column): string {
  const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text;
  return left ? cut.padEnd(width) : cut.padStart(width);
}

function remarks(row: DrillTableRow, paint: Paint): string[] {
  const said = [
    ...row.reasons.flatMap((reason) => indented(reason).map((text) => verdictOf(row.verdict, text, paint))),
    ...[...row.notes, ...predictionOf(row), ...stagesOf(row), ...triesOf(row)]
      .flatMap(indented)
      .map((text) => paint.dim(text)),
  ];
  return said.length === 0 ? [] : [`  ${paint.bold(row.name)}`, ...said, ""];
}

function indented(text: string): readonly string[] {
  return wrap(text, { width: 110, first: "    ", rest: "      " });
}

function predictionOf({ predicted, journeys }: DrillTableRow): string[] {
  const text = predictionText(predicted, journeys);
  return text === null ? [] : [`predicted: ${text}`];
}

/** What each component went through, here and at AWS. */
function stagesOf({ stages }: DrillTableRow): string[] {
  return [...Map.groupBy(stages, ({ component }) => component)].map(([component, own]) => {
    const parts = own.map(
      ({ name, ms, atAwsMs }) => `${name} ${timeText(ms)}${ms === atAwsMs ? "" : ` (${timeText(atAwsMs)} at AWS)`}`,
    );
    return `${component}: ${parts.join(", ")}`;
  });
}

/** Failed attempts by when they were sent: what no system can avoid is told apart from what it could. */
function triesOf(row: DrillTableRow): string[] {
  return Object.entries(row.journeys)
    .filter(([, { failedAttempts }]) => failedAttempts > 0)
    .map(
      ([
        id,
        {
          failedAttempts,
          failedAttemptsSent: { inFlight, beforeDetection, later },
        },
      ]) => {
        const before = failedAttempts - inFlight - beforeDetection - later;
        const parts = [
          ...(before > 0 ? [`${before} before the fault`] : []),
          `${inFlight} in flight at the fault`,
          `${beforeDetection} sent before it was noticed`,
          `${later} later`,
        ];
        return `${id}: ${failedAttempts} failed tries: ${parts.join(", ")}`;
      },
    );
}

function conclusion({ verdict, drills }: DrillTable, paint: Paint): string {
  const count = (wanted: string): number => drills.filter((row) => row.verdict === wanted).length;
  const parts = (["pass", "fail", "unknown"] as const).flatMap((each) =>
    count(each) === 0 ? [] : [`${count(each)} ${each}`],
  );
  return `  ${verdictOf(verdict, paint.bold(`${SIGN[verdict]} ${verdict}`), paint)}  ${parts.join(", ")}`;
}

function journals(drills: readonly DrillTableRow[], paint: Paint): string[] {
  return drills.map(({ journal }, at) => `  ${at === 0 ? "journals     " : "             "}${paint.dim(journal)}`);
}

function verdictOf(verdict: DrillTableRow["verdict"], text: string, paint: Paint): string {
  if (verdict === "pass") return paint.green(text);
  return verdict === "fail" ? paint.red(text) : paint.yellow(text);
}

function atAws({ journeys, objective }: DrillTableRow): { text: string; bad: boolean } {
  return { text: timeText(slowestOf(journeys, "recoveryTimeAtAwsMs")), bad: isLate(journeys, objective.rtoMs) };
}

/** Of what was promised to be kept; a range where some could not be read back. */
function lost({ journeys }: DrillTableRow): string {
  const { least, most } = lostOf(journeys);
  return rangeText(least, most);
}
