import type { Ms } from "../../base/units.ts";
import { timeText } from "../drill-figures.ts";
import { drawLabel, placeLabels } from "./label-row.ts";
import { type Markup, html } from "./markup.ts";
import { percent, xOf } from "./plot.ts";
import type { PageDrill, PageFault, PageTimeline } from "./shape.ts";

/** An instant that the time line points out. */
export interface Mark {
  /** What stands beside it: "T2 detected". */
  readonly label: string;
  readonly atMs: Ms;
  /** Its class: what is struck, what the system does, what is well again. */
  readonly kind: "fault" | "system" | "well";
}

/** With more faults than these, only their numbers fit. */
const NAMED_FAULTS = 3;
const NAMED_ARRIVALS = 4;

/** What concerns the whole drill, in order: strikes and heals, detection, failover, full redundancy. */
export function marksOfDrill(drill: PageDrill, { faults, regions }: PageTimeline): readonly Mark[] {
  const marks: Mark[] = [];
  const add = (label: string, atMs: Ms | null, kind: Mark["kind"]): void => {
    if (atMs !== null) marks.push({ label, atMs, kind });
  };
  for (const [at, { fromMs }] of faults.entries()) {
    const label = faults.length > NAMED_FAULTS ? String(at + 1) : at === 0 ? "T0 fault" : `fault ${at + 1}`;
    add(label, fromMs, "fault");
  }
  add("T2 detected", drill.detectedMs, "system");
  add("T3 failed over", drill.failedOverMs, "system");
  if (faults.length <= NAMED_FAULTS) {
    const heals = faults.flatMap(({ toMs, lasting }) => (lasting && toMs !== null ? [toMs] : []));
    for (const at of new Set(heals)) add("undone", at, "fault");
  }
  const arrivals = (regions ?? []).flatMap(({ region, arrivals: own }) => own.map((atMs) => ({ region, atMs })));
  // Where customers are led to and fro, the lanes show it.
  for (const { region, atMs } of arrivals.length > NAMED_ARRIVALS ? [] : arrivals)
    add(`customers to ${region}`, atMs, "system");
  add("whole", drill.redundancyRestoredMs, "well");
  return marks.sort((a, b) => a.atMs - b.atMs);
}

/** What concerns one journey: its first and last failure, and since when it is steady. Empty where nothing failed. */
export function marksOfJourney(drill: PageDrill, id: string): readonly Mark[] {
  const journey = drill.journeys[id];
  if (!journey) return [];
  const { firstErrorMs, lastErrorMs, recoveryTimeMs } = journey;
  const marks: Mark[] = [];
  if (firstErrorMs !== null) marks.push({ label: "T1 first failure", atMs: firstErrorMs, kind: "fault" });
  if (lastErrorMs !== null) marks.push({ label: "T4 last failure", atMs: lastErrorMs, kind: "fault" });
  if (recoveryTimeMs !== null && recoveryTimeMs > 0) {
    marks.push({ label: "T5 steady", atMs: recoveryTimeMs, kind: "well" });
  }
  return marks;
}

/** The labels of marks, each in the first row in which it covers no other. Null where there is none. */
export function drawMarkLabels(marks: readonly Mark[], timeline: PageTimeline): Markup | null {
  if (marks.length === 0) return null;
  const inOrder = marks.toSorted((a, b) => a.atMs - b.atMs);
  const { placed, height } = placeLabels(inOrder.map((mark) => ({ ...mark, x: xOf(mark.atMs, timeline) })));
  const said = placed.map(({ label, atMs }) => `${label} ${instantText(atMs)}`).join(", ");
  return html`<div class="row">
    <span></span
    ><svg class="plot labels" height="${height}" role="img" aria-label="${said}">
      ${placed.map((mark) => drawLabel(mark, height, { line: `mark ${mark.kind}`, text: mark.kind }))}
    </svg>
  </div> `;
}

/** The lines of marks through a plot of any height. */
export function drawMarkLines(marks: readonly Mark[], timeline: PageTimeline): Markup {
  return html`${marks.map(({ atMs, kind }) => {
    const x = percent(xOf(atMs, timeline));
    return html`<line class="mark ${kind}" x1="${x}" x2="${x}" y2="100%" />`;
  })}`;
}

/** The time for which faults were in force, shaded; one that was never undone lasts to the end. */
export function drawShades(faults: readonly PageFault[], timeline: PageTimeline): Markup {
  return html`${faults
    .filter(({ lasting }) => lasting)
    .map(({ fromMs, toMs }) => {
      const [from, to] = [xOf(fromMs, timeline), xOf(toMs ?? timeline.toMs, timeline)];
      return html`<rect class="shade" x="${percent(from)}" width="${percent(to - from)}" height="100%" />`;
    })}`;
}

/** An instant in words: since the fault, or before it. */
export function instantText(ms: Ms): string {
  return ms === 0 ? "at 0 s" : ms > 0 ? `after ${timeText(ms)}` : `${timeText(-ms)} before the fault`;
}
