import type { JourneyDocument } from "../../base/drill-document.ts";
import type { Ms } from "../../base/units.ts";
import { grouped, rangeText, timeText } from "../drill-figures.ts";
import { type Markup, html } from "./markup.ts";
import type { PageDrill } from "./shape.ts";

interface Row {
  readonly title: string;
  figure(journey: JourneyDocument, drill: PageDrill): string;
  isBad?(journey: JourneyDocument, drill: PageDrill): boolean;
}

const CUSTOMERS: readonly Row[] = [
  { title: "Operations", figure: ({ operations }) => grouped(operations) },
  { title: "ended ok", figure: ({ ok }) => grouped(ok) },
  { title: "failed", figure: ({ failed }) => grouped(failed) },
  { title: "unknown", figure: ({ unknown }) => grouped(unknown) },
  { title: "Tries", figure: ({ attempts }) => grouped(attempts) },
  { title: "failed", figure: ({ failedAttempts }) => grouped(failedAttempts) },
  { title: "in flight at the fault", figure: ({ failedAttemptsSent: { inFlight } }) => grouped(inFlight) },
  { title: "before it was noticed", figure: ({ failedAttemptsSent }) => grouped(failedAttemptsSent.beforeDetection) },
  { title: "sent later", figure: ({ failedAttemptsSent: { later } }) => grouped(later) },
  { title: "Median latency", figure: ({ p50Ms }) => timeText(p50Ms) },
  { title: "99th percentile", figure: ({ p99Ms }) => timeText(p99Ms) },
];

const TIME: readonly Row[] = [
  { title: "First failed try (T1)", figure: ({ firstErrorMs }) => since(firstErrorMs) },
  { title: "Last failed operation (T4)", figure: ({ lastErrorMs }) => since(lastErrorMs) },
  {
    title: "Recovery here (T5 − T0)",
    figure: ({ recoveryTimeMs }) => timeText(recoveryTimeMs ?? "never"),
    isBad: ({ recoveryTimeMs }) => recoveryTimeMs === null,
  },
  {
    title: "Recovery at AWS",
    figure: ({ recoveryTimeAtAwsMs }) => timeText(recoveryTimeAtAwsMs ?? "never"),
    isBad: ({ recoveryTimeAtAwsMs }, { objective: { rtoMs } }) =>
      recoveryTimeAtAwsMs === null || (rtoMs !== null && recoveryTimeAtAwsMs > rtoMs),
  },
  { title: "Slow but successful", figure: ({ degradedMs }) => timeText(degradedMs) },
  { title: "Longest gap", figure: ({ longestGapMs }) => timeText(longestGapMs) },
];

const isPositive = (value: number): boolean => value > 0;

const DATA: readonly Row[] = [
  { title: "Acknowledged writes", figure: ({ acknowledged }) => grouped(acknowledged) },
  {
    title: "lost",
    figure: ({ lost, lostAtMost }) => rangeText(lost, lostAtMost),
    isBad: ({ lostAtMost, durability }) => durability === "acknowledged" && lostAtMost > 0,
  },
  {
    title: "of those after the fault",
    figure: ({ lostAfterFault }) => grouped(lostAfterFault),
    isBad: ({ lostAfterFault, durability }) => durability === "acknowledged" && lostAfterFault > 0,
  },
  { title: "oldest, before the fault", figure: ({ oldestLostAgeMs }) => timeText(oldestLostAgeMs) },
  {
    title: "pending in a queue",
    figure: ({ pending }) => grouped(pending),
    isBad: ({ pending }) => isPositive(pending),
  },
  {
    title: "stranded",
    figure: ({ stranded }) => grouped(stranded),
    isBad: ({ stranded }) => isPositive(stranded),
  },
  { title: "diverged", figure: ({ diverged }) => grouped(diverged), isBad: ({ diverged }) => isPositive(diverged) },
  {
    title: "Applied twice",
    figure: ({ appliedTwice }) => grouped(appliedTwice),
    isBad: ({ appliedTwice }) => isPositive(appliedTwice),
  },
  { title: "Redelivered", figure: ({ redelivered }) => (redelivered === null ? "–" : grouped(redelivered)) },
];

/** Titles that begin with a small letter belong to the row above. */
const GROUPS: readonly { readonly title: string; readonly rows: readonly Row[] }[] = [
  { title: "Customers", rows: CUSTOMERS },
  { title: "Time", rows: TIME },
  { title: "Data", rows: DATA },
];

/** Every figure of a drill by journey: what customers saw, how long it took, and what became of their data. */
export function drawJourneys(drill: PageDrill, anchor: string): Markup {
  const names = Object.keys(drill.journeys);
  if (names.length === 0) return html`<p class="hint">There are no figures: the checkers could not compute any.</p>`;
  return html`<div class="groups">
    ${GROUPS.map(({ title, rows }) => {
      const id = `${anchor}-${title.toLowerCase()}`;
      return html`<div class="scroll" role="region" aria-labelledby="${id}" tabindex="0">
        <table class="figures">
          <caption id="${id}">
            ${title}
          </caption>
          <thead>
            <tr>
              <td></td>
              ${names.map((name) => html`<th scope="col">${name}${bestEffort(drill.journeys[name])}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.map((row) => drawRow(row, drill, names))}
          </tbody>
        </table>
      </div> `;
    })}
  </div>`;
}

function bestEffort(journey: JourneyDocument | undefined): Markup | null {
  return journey?.durability === "best-effort" ? html` <small>best effort</small>` : null;
}

function drawRow(row: Row, drill: PageDrill, names: readonly string[]): Markup {
  const sub = /^[a-z]/.test(row.title);
  return html`<tr>
    <th scope="row" ${sub ? html` class="sub"` : null}>${row.title}</th>
    ${names.map((name) => {
      const journey = drill.journeys[name];
      if (journey === undefined) return html`<td></td>`;
      return html`<td${row.isBad?.(journey, drill) ? html` class="bad"` : null}>${row.figure(journey, drill)}</td>`;
    })}
  </tr> `;
}

function since(ms: Ms | null): string {
  return ms === null ? "–" : `+${timeText(ms)}`;
}
