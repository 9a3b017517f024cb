import { scheduleCostText, scheduleText } from "../../base/fault-schedule.ts";
import type { SimulateDocument, SimulatedCause, SimulatedChange } from "../../base/simulate-document.ts";
import { formatDuration } from "../../base/units.ts";
import { type Markup, html } from "../html/markup.ts";
import { drawStandalone } from "../html/standalone.ts";
import { drawDowntime, drawRecoveryTimes } from "./figure.ts";
import { percent, queueText } from "./wording.ts";

const OWN_STYLE = `
.plot .times { fill: var(--ok); stroke: var(--paper); } .plot .range { fill: var(--band); }
.plot .chance { fill: var(--provider); } .plot .mean { fill: var(--ink); stroke: var(--paper); }
h2 + .row { margin-top: .8rem; } h2 + ul, h2 + ol { margin-top: .7rem; }
.wide { overflow-x: auto; margin-top: .8rem; } .wide td, .wide th { padding-right: 1rem; }
.wide td.figure { text-align: right; white-space: nowrap; } .wide thead th + th { text-align: right; }
.wide tbody th { min-width: 8.5rem; position: sticky; left: 0; background: var(--paper); }
`;

/** Years of a system as one page that stands by itself. The same document gives the same page. */
export function simulationPage(document: SimulateDocument): string {
  const { system, recovery, years, seed, availability } = document;
  return drawStandalone({
    title: `${system}: ${percent(availability.mean)} available over ${years} years in virtual time`,
    style: OWN_STYLE,
    body: html`<header>
        <p class="eyebrow">${system}, ${recovery}: ${years} years in virtual time, seed ${seed}</p>
        <h1>${percent(availability.mean)} available</h1>
        <p class="summary">${summary(document)}</p>
      </header>
      <section>
        <h2>Downtime a year</h2>
        ${drawDowntime(document)}
        <p class="hint">
          The inner bar is what chance leaves open, the outer one what is not known of the rates: by the low and by the
          high end of all of them.
        </p>
      </section>
      ${recoveries(document)} ${causes(document)} ${blame(document)} ${queues(document)} ${worst(document)}
      ${changes(document)}
      <section>
        <h2>What it rests on</h2>
        <ul>
          ${document.assumes.map((each) => html`<li>${each}</li>`)}
        </ul>
      </section>`,
    footer: "Written by Holdfast. The same definition, years and seed give the same figures.",
  });
}

function summary({ downtimeMinutesPerYear, yearMinutes, availability }: SimulateDocument): string {
  const { low95, high95 } = availability;
  const average = formatDuration(downtimeMinutesPerYear * 60_000);
  const usual = formatDuration(yearMinutes.p50 * 60_000);
  const bad = formatDuration(yearMinutes.p95 * 60_000);
  const interval = `Availability is by chance ${percent(low95)} to ${percent(high95)}`;
  return `Down for ${average} in an average year; half of the years stay below ${usual}, one in twenty is above ${bad}.
    ${interval}.`;
}

function recoveries(document: SimulateDocument): Markup | null {
  if (document.recoveryTimes.length === 0) return null;
  return html`<section>
    <h2>Recovery times</h2>
    ${drawRecoveryTimes(document)}
    <p class="hint">Of everything that customers noticed; each bar reaches twice as far as the one before.</p>
  </section>`;
}

function causes({ incidents }: SimulateDocument): Markup {
  return html`<section>
    <h2>What struck it</h2>
    <div class="wide">
      <table>
        <thead>
          <tr>
            ${["cause", "a year", "noticed", "minutes a year", "p50", "p95", "p99", "lost, p99", "late, p99"].map(
              (name) => html`<th scope="col">${name}</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${incidents.map(causeRow)}
        </tbody>
      </table>
    </div>
  </section>`;
}

function causeRow({ cause, perYear, feltPerYear, downtimeMinutesPerYear, ...of }: SimulatedCause): Markup {
  const { p50, p95, p99 } = of.recoveryTimeMs;
  const seconds = [of.lostSeconds.p99, of.lateSeconds.p99].map((each) => each * 1_000);
  const times = [p50, p95, p99, ...seconds].map((ms) => (ms === 0 ? "none" : formatDuration(ms)));
  return html`<tr>
    <th scope="row">${cause}</th>
    ${[perYear, feltPerYear, downtimeMinutesPerYear, ...times].map((text) => html`<td class="figure">${text}</td>`)}
  </tr>`;
}

function blame({ weakest }: SimulateDocument): Markup | null {
  if (weakest.length === 0) return null;
  return html`<section>
    <h2>Whose fault the downtime was</h2>
    <ol>
      ${weakest.map(({ component, share }) => html`<li>${component}: ${Number((100 * share).toPrecision(3))}%</li>`)}
    </ol>
  </section>`;
}

function queues({ queues: all }: SimulateDocument): Markup | null {
  if (all.length === 0) return null;
  return html`<section>
    <h2>Work that waited behind queues</h2>
    <ul>
      ${all.map((each) => html`<li>${each.queue}: ${queueText(each)}</li>`)}
    </ul>
  </section>`;
}

function worst({ worst: schedules }: SimulateDocument): Markup | null {
  if (schedules === null || schedules.length === 0) return null;
  return html`<section>
    <h2>The worst that can befall it</h2>
    <ol>
      ${schedules.map((each) => html`<li>${scheduleText(each)}: ${scheduleCostText(each)}</li>`)}
    </ol>
    <p class="hint">Of two strikes at a time, however seldom they meet.</p>
  </section>`;
}

function changes({ whatIf, sensitivity }: SimulateDocument): Markup | null {
  const all = [...(whatIf === null ? [] : [whatIf]), ...(sensitivity ?? [])];
  if (all.length === 0) return null;
  return html`<section>
    <h2>What would change it</h2>
    <ul>
      ${all.map((each) => html`<li>${changeText(each)}</li>`)}
    </ul>
  </section>`;
}

function changeText({ change, addsMinutesPerYear: { mean, low95, high95 } }: SimulatedChange): string {
  const two = (value: number): number => Number(value.toPrecision(2));
  return `${change}: ${two(mean)} minutes a year (95% between ${two(low95)} and ${two(high95)})`;
}
