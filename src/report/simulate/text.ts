import { type FaultSchedule, scheduleCostText, scheduleText } from "../../base/fault-schedule.ts";
import type {
  SimulateDocument,
  SimulatedCause,
  SimulatedChange,
  SimulatedQueue,
} from "../../base/simulate-document.ts";
import { formatDuration } from "../../base/units.ts";
import type { Paint } from "../drill-table.ts";
import { columns, fit, wrap } from "../text-layout.ts";
import { percent, queueText } from "./wording.ts";

const WIDTH = 100;
const MINUTE = 60_000;
const CAUSE = 32;
const FIGURE = 10;

/** What years of a system came to, for people. */
export function drawSimulation(document: SimulateDocument, paint: Paint): string {
  const { system, recovery, years, seed, weakest, assumes } = document;
  const blocks = [
    [paint.bold(`${system}, ${recovery}: ${years} years in virtual time, seed ${seed}`), ...headline(document)],
    titled("What struck it, and for how long customers were not served", causes(document), paint),
    titled("Whose fault the downtime was", weakest.slice(0, 8).map(weakestRow), paint),
    titled("Work that waited behind queues", document.queues.map(queueRow), paint),
    titled("The worst that can befall it", (document.worst ?? []).flatMap(worstRow), paint),
    titled("The other design, on the same seeds", document.whatIf === null ? [] : changeRow(document.whatIf), paint),
    titled("What buys most", (document.sensitivity ?? []).flatMap(changeRow), paint),
    assumes.flatMap((each) => wrap(each, { width: WIDTH, first: "  ", rest: "    " })).map(paint.dim),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

function headline(document: SimulateDocument): readonly string[] {
  const { availability, availabilityRange, downtimeMinutesPerYear, yearMinutes } = document;
  const { mean, low95, high95 } = availability;
  const [low, high] = availabilityRange;
  return [
    row("availability", `${percent(mean)}   by chance ${percent(low95)} to ${percent(high95)}`),
    row("", `by the ends of all rates ${percent(low)} to ${percent(high)}`),
    row("downtime a year", `${minutes(downtimeMinutesPerYear)} on average`),
    ...rare(document),
    row("", `half of the years below ${minutes(yearMinutes.p50)}, 95 of 100 below ${minutes(yearMinutes.p95)}`),
  ];
}

function rare({ coincidences }: SimulateDocument): readonly string[] {
  if (coincidences === null) return [];
  const [mean, low, high] = [coincidences.mean, coincidences.low95, coincidences.high95].map(minutes);
  return [row("", `${mean} (${low} to ${high}) of it begins while something else is broken`)];
}

function causes({ incidents }: SimulateDocument): readonly string[] {
  const head = [
    fit("", CAUSE),
    ...["a year", "felt", "min/year", "p50", "p95", "p99", "lost p99", "late p99"].map(column),
  ];
  return [`  ${head.join("")}`.trimEnd(), ...incidents.flatMap(causeRow)];
}

function causeRow(incident: SimulatedCause): readonly string[] {
  const { cause, perYear, feltPerYear, downtimeMinutesPerYear, recoveryTimeMs, lostSeconds, lateSeconds } = incident;
  const { p50, p95, p99 } = recoveryTimeMs;
  const figures = [
    `${perYear}`,
    `${feltPerYear}`,
    `${downtimeMinutesPerYear}`,
    ...[p50, p95, p99, lostSeconds.p99 * 1_000, lateSeconds.p99 * 1_000].map((ms) =>
      ms === 0 ? "none" : formatDuration(ms),
    ),
  ];
  const cells = figures.map((text) => ({ text, width: FIGURE }));
  return columns([{ text: cause, width: CAUSE }, ...cells]).map((line) => `  ${line}`);
}

function weakestRow({ component, share }: SimulateDocument["weakest"][number]): string {
  return `  ${fit(component, CAUSE)}${`${Number((100 * share).toPrecision(3))}%`.padStart(7)}`;
}

function queueRow(queue: SimulatedQueue): string {
  return `  ${fit(queue.queue, 20)}${queueText(queue)}`;
}

function worstRow(schedule: FaultSchedule): readonly string[] {
  const text = `${scheduleText(schedule)}: ${scheduleCostText(schedule)}`;
  return wrap(text, { width: WIDTH, first: "  ", rest: "    " });
}

/** A difference tells something only where its interval leaves out 0. */
function changeRow({ change, addsMinutesPerYear: { mean, low95, high95 } }: SimulatedChange): readonly string[] {
  const isSure = low95 > 0 || high95 < 0;
  const signed = (value: number): string => `${value > 0 ? "+" : ""}${Number(value.toPrecision(2))}`;
  const interval = `${signed(low95)} to ${signed(high95)} min a year`;
  const text = isSure ? `${signed(mean)} min a year (${interval})` : `no difference that can be told (${interval})`;
  return columns([
    { text: change, width: 46 },
    { text, width: 52 },
  ]).map((line) => `  ${line}`);
}

function row(label: string, text: string): string {
  return `  ${fit(label, 18)}${text}`;
}

function titled(title: string, rows: readonly string[], paint: Paint): readonly string[] {
  return rows.length === 0 ? [] : [paint.bold(title), ...rows];
}

function column(text: string): string {
  return fit(text, FIGURE);
}

function minutes(value: number): string {
  return value === 0 ? "none" : formatDuration(value * MINUTE);
}
