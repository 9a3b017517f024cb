import type { DrillDocument, DrillsDocument, Verdict } from "../base/drill-document.ts";
import type { Ms } from "../base/units.ts";
import { type JourneyFigures, lostOf, paceText, rangeText, slowestOf, sumOf, timeText } from "./drill-figures.ts";

/** What JUnit's report shows of a drill. */
export interface JunitDrill extends Pick<
  DrillDocument,
  "name" | "target" | "recovery" | "verdict" | "reasons" | "notes" | "journal"
> {
  readonly journeys: Readonly<Record<string, JourneyFigures>>;
  /** Null where its journal could not be read. */
  readonly record: { readonly timeline: { readonly tookMs: Ms } } | null;
}

/** What JUnit's report shows of all drills. */
export interface JunitReport extends Pick<
  DrillsDocument,
  "system" | "seed" | "rate" | "pace" | "paceFactor" | "skipped"
> {
  readonly drills: readonly JunitDrill[];
  readonly repeat: string;
}

/**
 * The verdicts as JUnit's XML, which every CI knows how to show: a test case a drill. A drill that failed is a failure;
 * one that is unknown is an error, because nothing was found out; one that cannot be made here is skipped.
 */
export function drawJunit({ drills, skipped, ...report }: JunitReport): string {
  const count = (verdict: Verdict): number => drills.filter((drill) => drill.verdict === verdict).length;
  const counts = attributes({
    tests: drills.length + skipped.length,
    failures: count("fail"),
    errors: count("unknown"),
    skipped: skipped.length,
    time: seconds(drills.reduce((sum, drill) => sum + tookMs(drill), 0)),
  });
  const properties = Object.entries({
    seed: report.seed,
    rate: `${report.rate} operations/s`,
    pace: paceText(report),
    repeat: report.repeat,
  }).map(([name, value]) => `      <property${attributes({ name, value })}/>`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: "holdfast drill" })}${counts}>`,
    `  <testsuite${attributes({ name: report.system })}${counts}>`,
    "    <properties>",
    ...properties,
    "    </properties>",
    ...drills.flatMap((drill) => testCase(drill, report.system)),
    ...skipped.flatMap(({ name, why }) => [
      `    <testcase${attributes({ name, classname: report.system, time: seconds(0) })}>`,
      `      <skipped${attributes({ message: why })}/>`,
      "    </testcase>",
    ]),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testCase(drill: JunitDrill, system: string): string[] {
  const told = [drill.target, drill.recovery].filter((each) => each).join(", ");
  const name = told === "" ? drill.name : `${drill.name} (${told})`;
  return [
    `    <testcase${attributes({ name, classname: system, time: seconds(tookMs(drill)) })}>`,
    ...outcome(drill),
    `      <system-out>${escape(said(drill).join("\n"))}</system-out>`,
    "    </testcase>",
  ];
}

function outcome({ verdict, reasons }: JunitDrill): string[] {
  if (verdict === "pass") return [];
  const element = verdict === "fail" ? "failure" : "error";
  const [first = "no reason was given"] = reasons;
  const more = reasons.length > 1 ? ` (and ${reasons.length - 1} more)` : "";
  const opening = `<${element}${attributes({ type: verdict, message: `${first}${more}` })}>`;
  return [`      ${opening}${escape(reasons.join("\n"))}</${element}>`];
}

function said({ journeys, notes, journal }: JunitDrill): string[] {
  const { least, most, acknowledged } = lostOf(journeys);
  const sum = (what: Parameters<typeof sumOf>[1]): number => sumOf(journeys, what);
  const atAws = timeText(slowestOf(journeys, "recoveryTimeAtAwsMs"));
  return [
    `recovery ${timeText(slowestOf(journeys, "recoveryTimeMs"))} here, ${atAws} at AWS`,
    `${sum("failed")} operations failed, ${sum("unknown")} are unknown, of ${sum("operations")}`,
    `${rangeText(least, most)} of ${acknowledged} acknowledged writes lost, ${sum("appliedTwice")} applied twice`,
    ...notes,
    `journal: ${journal}`,
  ];
}

function tookMs({ record }: JunitDrill): Ms {
  return record?.timeline.tookMs ?? 0;
}

function seconds(ms: Ms): string {
  return (ms / 1_000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => [name, escape(String(value)).replaceAll("\n", "&#10;").replaceAll("\t", "&#9;")])
    .map(([name, value]) => ` ${name}="${value}"`)
    .join("");
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** XML 1.0 has no way at all to write most control characters, so these are shown as what stands for the unknown. */
function escape(text: string): string {
  return text
    .replaceAll(/(?![\n\t])\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu, "\ufffd")
    .replaceAll(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);
}
