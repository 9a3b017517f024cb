import type { Ms } from "../../base/units.ts";
import { timeText } from "../drill-figures.ts";
import { type Markup, html } from "./markup.ts";
import type { PageSeries, PageTimeline } from "./shape.ts";

/** Units of a plot's own coordinates that a bucket is wide; the browser stretches them to the width there is. */
const BUCKET = 10;
/** Units that a plot of latencies is high. */
const HIGH = 1_000;

/** Where an instant is, as a share of a plot's width, in percent. */
export function xOf(ms: Ms, { fromMs, toMs }: Pick<PageTimeline, "fromMs" | "toMs">): number {
  return Math.min(100, Math.max(0, (100 * (ms - fromMs)) / (toMs - fromMs)));
}

/** A share for an attribute. */
export function percent(share: number): string {
  return `${Math.round(share * 100) / 100}%`;
}

/** Counts of one kind in each bucket, and the class that colours them. */
export interface Stack {
  readonly kind: string;
  readonly values: readonly number[];
}

/**
 * Bars, one upon the other, the first at the bottom. `behind` lies under them, `before` over them.
 */
export function drawBars(
  stacks: readonly Stack[],
  { timeline, label, behind, before }: { timeline: PageTimeline; label: string; behind: Markup; before: Markup },
): Markup {
  const totalAt = (at: number): number => stacks.reduce((sum, { values }) => sum + (values[at] ?? 0), 0);
  const totals = (stacks[0]?.values ?? []).map((_, at) => totalAt(at));
  const highest = Math.max(1, ...totals);
  const tops = totals.map(() => highest);
  const paths = stacks.map(({ kind, values }) => {
    const path = values.map((value, at) => {
      if (value === 0) return "";
      tops[at] = (tops[at] ?? highest) - value;
      return `M${at * BUCKET + 1},${tops[at]}h${BUCKET - 2}v${value}h${2 - BUCKET}z`;
    });
    return path.every((part) => part === "") ? null : html`<path class="bar-${kind}" d="${path.join("")}" />`;
  });
  const perSecond = Math.round((highest * 10_000) / timeline.bucketMs) / 10;
  return html`<div class="row">
    <svg class="axis" height="60" aria-hidden="true">
      <text x="100%" y="10">${perSecond}/s</text>
      <text x="100%" y="58">0</text>
    </svg>
    <svg class="plot" height="60" role="img" aria-label="${label}">
      ${behind}
      <line class="grid" x2="100%" y1="0.5" y2="0.5" />
      <svg width="100%" height="60" viewBox="0 0 ${totals.length * BUCKET} ${highest}" preserveAspectRatio="none">
        ${paths}
      </svg>
      <line class="base" x2="100%" y1="59.5" y2="59.5" />
      ${before}
    </svg>
  </div> `;
}

/** The decades, as powers of ten of a millisecond, that hold every latency of these journeys. */
export interface Decades {
  readonly low: number;
  readonly high: number;
}

/** The decades that all journeys of a drill are drawn in, so that they can be compared; null where nothing ended ok. */
export function decadesOf(journeys: readonly PageSeries[]): Decades | null {
  const known = journeys.flatMap(({ p50Ms, p99Ms }) => [...p50Ms, ...p99Ms]).filter((ms) => ms !== null);
  if (known.length === 0) return null;
  const powers = known.map((ms) => Math.log10(Math.max(1, ms)));
  const low = Math.floor(Math.min(...powers));
  return { low, high: Math.max(low + 1, Math.ceil(Math.max(...powers))) };
}

/** The median as a line, the 99th percentile as the edge of a band, over decades; a gap where nothing ended ok. */
export function drawLatency(
  journey: PageSeries,
  { decades, behind, before }: { decades: Decades; behind: Markup; before: Markup },
): Markup {
  const { low, high } = decades;
  const powers = Array.from({ length: high - low + 1 }, (_, step) => low + step);
  const down = (power: number): number => (high - power) / (high - low);
  const limit = journey.limitMs === null ? null : down(Math.log10(Math.max(1, journey.limitMs)));
  const range = `${timeText(10 ** low)} to ${timeText(10 ** high)}`;
  return html`<div class="row">
    <svg class="axis" height="76" aria-hidden="true">
      ${powers.map(
        (power) => html`<text x="100%" y="${Math.round(72 * down(power)) + 6}">${timeText(10 ** power)}</text>`,
      )}
    </svg>
    <svg class="plot" height="76" role="img" aria-label="${journey.id}: latency of what ended ok, from ${range}">
      ${behind}
      <svg y="2" width="100%" height="72" class="spill">
        ${powers.map((power) => levelLine("grid", down(power)))}
        <svg width="100%" height="72" viewBox="0 0 ${journey.p50Ms.length * BUCKET} ${HIGH}" preserveAspectRatio="none">
          ${drawPaths(journey, decades)}
        </svg>
        ${limit !== null && limit >= 0 && limit <= 1 && levelLine("limit", limit)}
      </svg>
      ${before}
    </svg>
  </div> `;
}

function levelLine(kind: string, down: number): Markup {
  const y = percent(100 * down);
  return html`<line class="${kind}" x2="100%" y1="${y}" y2="${y}" />`;
}

/** In steps, because a bucket has one median and one percentile, and nothing between it and the next. */
function drawPaths(journey: PageSeries, { low, high }: Decades): Markup {
  const y = (ms: Ms): number => Math.round((HIGH * (high - Math.log10(Math.max(1, ms)))) / (high - low));
  const stretches = runs(journey);
  const line = (which: 0 | 1): string =>
    stretches
      .map(({ from, pairs }) => {
        const [first, ...rest] = pairs.map((pair) => y(pair[which]));
        return `M${from * BUCKET},${first}h${BUCKET}${rest.map((at) => `V${at}h${BUCKET}`).join("")}`;
      })
      .join("");
  const bands = stretches.map(({ from, pairs }) => {
    const there = pairs.map(([, p99]) => `V${y(p99)}h${BUCKET}`).join("");
    const back = pairs
      .map(([p50]) => `V${y(p50)}h-${BUCKET}`)
      .toReversed()
      .join("");
    return `M${from * BUCKET},${y(pairs[0]![0])}${there}${back}z`; // a run is never empty
  });
  return html`<path class="band" d="${bands.join("")}" /><path class="p99" d="${line(1)}" /><path
      class="p50"
      d="${line(0)}"
    />`;
}

interface Run {
  readonly from: number;
  readonly pairs: (readonly [Ms, Ms])[];
}

/** Stretches of buckets in which something ended ok. */
function runs({ p50Ms, p99Ms }: PageSeries): readonly Run[] {
  const found: Run[] = [];
  for (const [at, p50] of p50Ms.entries()) {
    const p99 = p99Ms[at] ?? null;
    if (p50 === null || p99 === null) continue;
    const last = found.at(-1);
    if (last && last.from + last.pairs.length === at) last.pairs.push([p50, p99]);
    else found.push({ from: at, pairs: [[p50, p99]] });
  }
  return found;
}

const STEPS: readonly Ms[] = [
  1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000,
];

/** Seconds since the fault, as labels under the plots. */
export function drawTimeAxis(timeline: PageTimeline): Markup {
  const { fromMs, toMs } = timeline;
  const step = STEPS.find((ms) => (toMs - fromMs) / ms <= 7) ?? STEPS.at(-1)!; // it is not empty
  const first = Math.ceil(fromMs / step);
  const ticks = Array.from({ length: Math.floor(toMs / step) - first + 1 }, (_, at) => (first + at) * step);
  return html`<div class="row">
    <span></span
    ><svg class="plot time" height="22" aria-hidden="true">
      ${ticks.map((ms) => {
        const x = xOf(ms, timeline);
        const anchor = x < 4 ? "start" : x > 96 ? "end" : "middle";
        return html`<line class="base" x1="${percent(x)}" x2="${percent(x)}" y2="4" /><text
            x="${percent(x)}"
            y="17"
            text-anchor="${anchor}"
            >${secondsText(ms)}</text
          >`;
      })}
    </svg>
  </div> `;
}

function secondsText(ms: Ms): string {
  const sign = ms > 0 ? "+" : ms < 0 ? "−" : "";
  return `${sign}${Math.abs(ms) / 1_000} s`;
}
