import type { SimulateDocument } from "../../base/simulate-document.ts";
import { formatDuration } from "../../base/units.ts";
import { type Markup, html } from "../html/markup.ts";
import { percent } from "../html/plot.ts";
import { drawLevel } from "../html/plot-scale.ts";

const HEIGHT = 160;
const MINUTE = 60_000;
const YEAR_MINUTES = 525_600;
/** As many labels stand beside each other on a narrow screen. */
const LABELS = 5;

/** How many incidents took how long, on a scale that doubles from bar to bar. */
export function drawRecoveryTimes({ recoveryTimes }: SimulateDocument): Markup {
  const most = Math.max(...recoveryTimes.map(({ count }) => count));
  const step = 100 / recoveryTimes.length;
  const bars = recoveryTimes.map(({ fromMs, toMs, count }, index) => {
    const height = Math.round((HEIGHT * count) / most);
    return html`<rect
      class="times"
      x="${percent(index * step)}"
      y="${HEIGHT - height}"
      width="${percent(step)}"
      height="${height}"
    >
      <title>${formatDuration(fromMs)} to ${formatDuration(toMs)}: ${count}</title>
    </rect>`;
  });
  const every = Math.ceil(recoveryTimes.length / LABELS);
  const labels = recoveryTimes.flatMap(({ fromMs }, index) =>
    index % every === 0 ? [{ x: index * step, text: formatDuration(fromMs) }] : [],
  );
  return html`<div class="row">
      <svg class="axis" height="${HEIGHT}" aria-hidden="true">
        <text x="100%" y="10">${most}</text>
        <text x="100%" y="${HEIGHT}">0</text>
      </svg>
      <svg
        class="plot"
        height="${HEIGHT}"
        role="img"
        aria-label="${recoveryTimes.length} ranges of recovery times, at most ${most} incidents in one"
      >
        ${drawLevel("grid", 0)} ${bars} ${drawLevel("base", HEIGHT)}
      </svg>
    </div>
    ${drawLabels(labels)}`;
}

/** Downtime a year on a scale of decades: the mean, what chance leaves open, and what the rates do. */
export function drawDowntime({ availability, availabilityRange }: SimulateDocument): Markup {
  const minutes = (share: number): number => (1 - share) * YEAR_MINUTES;
  const ends = { low: minutes(availabilityRange[1]), high: minutes(availabilityRange[0]) };
  const chance = { low: minutes(availability.high95), high: minutes(availability.low95) };
  const mean = minutes(availability.mean);
  const first = Math.floor(Math.log10(Math.max(1e-3, Math.min(ends.low, chance.low))));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(1e-2, ends.high, chance.high))));
  const x = (value: number): number =>
    value <= 0 ? 0 : (100 * Math.max(0, Math.log10(value) - first)) / (last - first);
  const bar = (kind: string, { low, high }: typeof ends, thick: number): Markup =>
    html`<rect
      class="${kind}"
      x="${percent(x(low))}"
      y="${20 - thick / 2}"
      width="${percent(Math.max(0.3, x(high) - x(low)))}"
      height="${thick}"
    />`;
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
  const every = Math.ceil(ticks.length / LABELS);
  const labels = ticks
    .filter((_, index) => index % every === 0)
    .map((value) => ({ x: x(value), text: formatDuration(value * MINUTE) }));
  return html`<div class="row">
      <span></span
      ><svg
        class="plot"
        height="40"
        role="img"
        aria-label="downtime a year: ${formatDuration(mean * MINUTE)} on average"
      >
        ${ticks.map((value) => html`<line class="grid" x1="${percent(x(value))}" x2="${percent(x(value))}" y2="40" />`)}
        ${bar("range", ends, 24)} ${bar("chance", chance, 14)}
        <circle class="mean" cx="${percent(x(mean))}" cy="20" r="4" />
      </svg>
    </div>
    ${drawLabels(labels)}`;
}

/** Under a plot; those at its edges stay within it. */
function drawLabels(labels: readonly { readonly x: number; readonly text: string }[]): Markup {
  return html`<div class="row">
    <span></span
    ><svg class="plot time" height="18" aria-hidden="true">
      ${labels.map(
        ({ x, text }) =>
          html`<text x="${percent(x)}" y="12" text-anchor="${x < 4 ? "start" : x > 96 ? "end" : "middle"}"
            >${text}</text
          >`,
      )}
    </svg>
  </div>`;
}
