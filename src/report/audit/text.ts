import type { AuditDocument, ChecklistAnswer, Finding, Loss, LossReport } from "../../base/audit-document.ts";
import { SEVERITIES, isAsGrave } from "../../base/audit-document.ts";
import type { Paint } from "../drill-table.ts";
import { wrap } from "../text-layout.ts";
import { HEADINGS } from "./heading.ts";
import { counted, firstOf, lossName } from "./phrase.ts";

/** How an audit is shown in a terminal. */
export interface AuditTextOptions {
  readonly paint: Paint;
  /** Columns of the terminal. */
  readonly width: number;
  /** Whether what could not be judged is listed too, and not only counted. */
  readonly showUnknown: boolean;
  /** The lines of a file that was audited; undefined where it cannot be read any more. */
  readonly linesOf: (file: string) => readonly string[] | undefined;
}

/** An audit for people: by what has to be lost, the worst first, each with its line, its reason and its fix. */
export function drawAudit(document: AuditDocument, options: AuditTextOptions): string {
  const shown = document.findings.filter(({ outcome }) => outcome === "fail" || options.showUnknown);
  const groups = Object.keys(HEADINGS)
    .map((loss) => ({ loss: loss as Loss, findings: shown.filter((finding) => finding.loss === loss) }))
    .filter(({ findings }) => findings.length > 0)
    .toSorted((one, other) => gravest(one.findings) - gravest(other.findings));
  const blocks = [
    ...groups.map(({ loss, findings }) => drawGroup(HEADINGS[loss], findings, options)),
    drawRadius(document.blastRadius, options),
    drawChecklist(document.checklist, options),
    drawCounts(document, options),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

function gravest(findings: readonly Finding[]): number {
  return Math.min(...findings.map(({ severity }) => SEVERITIES.indexOf(severity)));
}

function drawGroup(heading: string, findings: readonly Finding[], options: AuditTextOptions): string {
  const blocks = findings.map((finding) => drawFinding(finding, options));
  return [options.paint.bold(heading), ...blocks].join("\n\n");
}

function drawFinding(finding: Finding, options: AuditTextOptions): string {
  const { paint, width } = options;
  const { rule, resource, type, construct, file, line, message, why, fix, practice, source } = finding;
  const text = (words: string, first: string): string => wrap(words, { width, first, rest: "    " }).join("\n");
  return [
    `  ${severityMark(finding, paint)}  ${paint.bold(resource)} ${paint.dim(`${type}  ${rule}`)}`,
    text(message, "    "),
    paint.dim(`    ${file}:${line}${construct === null ? "" : `  ${construct}`}`),
    ...excerpt(finding, options),
    text(why, "    "),
    text(fix, `    ${paint.green("fix:")} `),
    paint.dim(`    ${practice}  ${source}`),
  ].join("\n");
}

function severityMark({ severity, outcome }: Finding, paint: Paint): string {
  if (outcome === "unknown") return paint.dim("unknown ");
  const word = severity.padEnd(8);
  return isAsGrave(severity, "high") ? paint.red(word) : paint.yellow(word);
}

/** The line of the file, with a mark under where its words begin. */
function excerpt({ file, line }: Finding, { paint, width, linesOf }: AuditTextOptions): readonly string[] {
  const found = linesOf(file)?.[line - 1];
  if (found === undefined || found.trim() === "") return [];
  const indent = found.length - found.trimStart().length;
  const words = found.trim();
  const room = width - 21;
  const shown = words.length > room ? `${words.slice(0, room - 1)}…` : words;
  const number = String(line).padStart(6);
  const gap = " ".repeat(Math.min(indent, 8));
  return [
    `    ${paint.dim(`${number} │`)} ${gap}${shown}`,
    `    ${paint.dim(`${" ".repeat(6)} │`)} ${gap}${paint.red("^".repeat(Math.min(shown.length, 40)))}`,
  ];
}

/** More losses than this are not read in a terminal. */
const MOST_LOSSES = 12;

/** What each loss stops, with the paths; the zones that stop nothing are a line. */
function drawRadius(losses: readonly LossReport[], { paint, width }: AuditTextOptions): string {
  const telling = losses.filter(({ stops }) => stops.length > 0);
  const harmless = losses.filter(({ lost, stops }) => stops.length === 0 && lost.kind === "zone");
  if (telling.length + harmless.length === 0) return "";
  const left = telling.length - MOST_LOSSES;
  const more = left > 0 ? [paint.dim(`  and ${left} more losses, in the JSON and on the page`)] : [];
  const lines = telling.slice(0, MOST_LOSSES).flatMap(({ lost, stops, because }) => {
    return [
      ...wrap(`${lossName(lost)}: ${firstOf(stops, 6)}`, { width, first: `  ${paint.red("✘")} `, rest: "    " }),
      ...because.slice(0, 4).flatMap((path) => wrap(path, { width, first: "      ", rest: "        " }).map(paint.dim)),
    ];
  });
  const zones = harmless.map(({ lost }) => lossName(lost));
  const words = `nothing stops with ${firstOf(zones, 3)}`;
  const calm = harmless.length === 0 ? [] : wrap(words, { width, first: `  ${paint.green("✔")} `, rest: "    " });
  return [paint.bold("What stops with each loss"), ...lines, ...more, ...calm].join("\n");
}

function drawChecklist(checklist: readonly ChecklistAnswer[], { paint, width }: AuditTextOptions): string {
  if (checklist.length === 0) return "";
  const marks = {
    yes: paint.green("yes    "),
    no: paint.red("no     "),
    unknown: paint.yellow("unknown"),
    "not-applicable": paint.dim("n/a    "),
  };
  const lines = checklist.flatMap(({ item, answer, evidence }) => {
    const words = evidence.length === 0 ? item : `${item}: ${firstOf(evidence, 5)}`;
    return wrap(words, { width, first: `  ${marks[answer]}  `, rest: " ".repeat(11) });
  });
  return [paint.bold("The checklist for high availability and fault tolerance"), ...lines].join("\n");
}

function drawCounts(document: AuditDocument, { paint, showUnknown }: AuditTextOptions): string {
  const { findings, files, resources, wallMs, suppressed, known } = document;
  const failed = findings.filter(({ outcome }) => outcome === "fail");
  const unknowns = findings.length - failed.length;
  const bySeverity = SEVERITIES.map((each) => ({
    each,
    count: failed.filter(({ severity }) => severity === each).length,
  }))
    .filter(({ count }) => count > 0)
    .map(({ each, count }) => `${count} ${each}`)
    .join(", ");
  const verdict = failed.length === 0 ? paint.green("✔ nothing found") : paint.red(`✘ ${bySeverity}`);
  const others = [
    unknowns > 0 ? `${unknowns} could not be judged${showUnknown ? "" : " (--unknown lists them)"}` : "",
    suppressed > 0 ? `${suppressed} suppressed` : "",
    known > 0 ? `${known} known before` : "",
  ].filter((each) => each !== "");
  const read = `${counted(resources, "resource")} of ${counted(files, "file")} in ${wallMs} ms`;
  return [verdict, ...others, paint.dim(read)].join("; ");
}
