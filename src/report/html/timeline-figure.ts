import { grouped, timeText } from "../drill-figures.ts";
import { drawMarkLabels, drawMarkLines, drawShades, instantText, marksOfDrill, marksOfJourney } from "./mark.ts";
import { type Markup, html } from "./markup.ts";
import { type Decades, decadesOf, drawBars, drawLatency, drawTimeAxis } from "./plot.ts";
import { drawRegions, wasBehind } from "./region-figure.ts";
import type { PageDrill, PageSeries, PageTimeline } from "./shape.ts";

interface Layers {
  readonly drill: PageDrill;
  readonly timeline: PageTimeline;
  readonly decades: Decades | null;
  readonly behind: Markup;
  readonly lines: Markup;
}

/** What happened when: for each journey its throughput and its latencies, over one axis of time. */
export function drawTimeline(drill: PageDrill): Markup {
  if (drill.record === null) {
    return html`<p class="hint">There is no time line: ${drill.recordMissing ?? "the journal was not read"}.</p>`;
  }
  const { timeline } = drill.record;
  const marks = marksOfDrill(drill, timeline);
  const layers: Layers = {
    drill,
    timeline,
    decades: decadesOf(timeline.journeys),
    behind: drawShades(timeline.faults, timeline),
    lines: drawMarkLines(marks, timeline),
  };
  return html`<figure class="timeline">
    ${legend(timeline)} ${drawMarkLabels(marks, timeline)}
    ${drawRegions(timeline.regions, { timeline, behind: layers.behind, before: layers.lines })}
    ${timeline.journeys.map((journey) => drawJourney(journey, layers))} ${drawCrowd(layers)} ${drawTimeAxis(timeline)}
    <figcaption>${caption(timeline)}${marks.length === 0 ? null : html` ${marksText(marks)}`}</figcaption>
    ${drill.episodes === undefined && faultList(timeline)}
  </figure> `;
}

function marksText(marks: ReturnType<typeof marksOfDrill>): string {
  const said = marks
    .filter(({ label }) => !/^\d/.test(label))
    .map(({ label, atMs }) => `${label} ${instantText(atMs)}`);
  return said.length === 0 ? "" : `${said.join("; ")}.`;
}

function drawJourney(journey: PageSeries, { drill, timeline, decades, behind, lines }: Layers): Markup {
  const own = marksOfJourney(drill, journey.id);
  const before = html`${lines}${drawMarkLines(own, timeline)}`;
  const stacks = [
    { kind: "ok", values: journey.ok },
    { kind: "unknown", values: journey.unknown },
    { kind: "failed", values: journey.failed },
  ];
  const said = inWords(journey, drill);
  const label = `${journey.id}: operations a second; ${said}`;
  return html`<h4>${journey.id} <small>${said}</small></h4>
    ${drawMarkLabels(own, timeline)} ${drawBars(stacks, { timeline, label, behind, before })}
    ${decades !== null && drawLatency(journey, { decades, behind, before })}`;
}

function inWords({ id }: PageSeries, drill: PageDrill): string {
  const journey = drill.journeys[id];
  if (!journey) return "";
  const { operations, failed, unknown, recoveryTimeMs, recoveryTimeAtAwsMs } = journey;
  const parts = [`${operations} operations`, `${failed} failed`, `${unknown} unknown`];
  if (recoveryTimeMs === null) parts.push("never steady again");
  else if (recoveryTimeMs > 0) parts.push(`steady again after ${timeText(recoveryTimeMs)}`);
  if (recoveryTimeAtAwsMs) parts.push(`${timeText(recoveryTimeAtAwsMs)} at AWS`);
  return parts.join(", ");
}

function drawCrowd({ timeline, behind, lines }: Layers): Markup | null {
  const { crowd } = timeline;
  if (crowd === null) return null;
  const sum = (values: readonly number[]): string => grouped(values.reduce((all, value) => all + value, 0));
  const said = `${sum(crowd.served)} served, ${sum(crowd.blocked)} blocked, ${sum(crowd.failed)} failed`;
  const stacks = [
    { kind: "ok", values: crowd.served },
    { kind: "blocked", values: crowd.blocked },
    { kind: "failed", values: crowd.failed },
  ];
  return html`<h4>the crowd <small>requests that came with the fault: ${said}</small></h4>
    ${drawBars(stacks, { timeline, label: `the crowd: requests a second; ${said}`, behind, before: lines })}`;
}

function legend({ faults, crowd, journeys, regions }: PageTimeline): Markup {
  const swatch = (kind: string, text: string): Markup =>
    html`<span
      ><svg class="swatch" aria-hidden="true"><rect class="${kind}" x="1" y="1" width="12" height="8" /></svg>
      ${text}</span
    > `;
  const stroke = (kind: string, text: string): Markup =>
    html`<span
      ><svg class="swatch" aria-hidden="true"><line class="${kind}" x2="100%" y1="5" y2="5" /></svg> ${text}</span
    > `;
  return html`<p class="legend">
    ${swatch("bar-ok", "ended ok")}${swatch("bar-unknown", "unknown")}${swatch("bar-failed", "failed")}${
      crowd !== null && swatch("bar-blocked", "blocked (the crowd)")
    }${stroke("p50", "median latency")}${swatch("band", "up to the 99th percentile")}${
      journeys.some(({ limitMs }) => limitMs !== null) && stroke("limit", "slower than this is not steady")
    }${faults.some(({ lasting }) => lasting) && swatch("shade", "the fault is in force")}${
      (regions ?? []).some(({ dark }) => dark.length > 0) && swatch("dark", "the region has no power")
    }${
      (regions ?? []).some(({ arrivals }) => arrivals.length > 0) && stroke("arrival", "customers are led to it")
    }${(regions ?? []).some(({ lags }) => lags.some(wasBehind)) && stroke("lag", "how far its copy is behind")}
  </p> `;
}

function caption({ bucketMs, faults }: PageTimeline): string {
  const zero = faults.length > 1 ? "first fault" : "fault";
  const bars = `Time as it passed here, in seconds since the ${zero}; each bar is ${timeText(bucketMs)}`;
  const due = "An operation stands where it was due, whenever it ended";
  const blow =
    faults.length > 0 && faults.every(({ lasting }) => !lasting) ? " The fault is a blow: it is over at once." : "";
  return `${bars}. ${due}.${blow}`;
}

/** Where there are several, each with its number on the time line. */
function faultList({ faults }: PageTimeline): Markup | null {
  if (faults.length < 2) return null;
  return html`<ol class="faults">
    ${faults.map(({ name, target, fromMs, toMs, lasting }) => {
      const until = !lasting ? "over at once" : toMs === null ? "not undone" : `undone ${instantText(toMs)}`;
      return html`<li>${name} <small>${target} ${instantText(fromMs)}, ${until}</small></li> `;
    })}
  </ol>`;
}
