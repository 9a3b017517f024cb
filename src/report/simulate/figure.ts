import type { SimulateDocument } from "../../base/simulate-document.ts";
import { formatDuration } from "../../base/units.ts";
import { type Markup, html } from "../html/markup.ts";

const WIDTH = 720;
const HEIGHT = 180;
const BOTTOM = 24;
const MINUTE = 60_000;
const YEAR_MINUTES = 525_600;

/** How many incidents took how long, on a scale that doubles from bar to bar. */
export function drawRecoveryTimes({ recoveryTimes }: SimulateDocument): Markup {
  const most = Math.max(...recoveryTimes.map(({ count }) => count));
  const step = WIDTH / recoveryTimes.length;
  const room = HEIGHT - BOTTOM - 16;
  const bars = recoveryTimes.map(({ fromMs, toMs, count }, index) => {
    const height = (room * count) / most;
    const label = `${formatDuration(fromMs)} to ${formatDuration(toMs)}: ${count}`;
    return html`<rect
      class="times"
      x="${figure(index * step + 1)}"
      y="${figure(HEIGHT - BOTTOM - height)}"
      width="${figure(step - 2)}"
      height="${figure(height)}"
    >
      <title>${label}</title>
    </rect>`;
  });
  const every = Math.ceil(recoveryTimes.length / 9);
  const labels = recoveryTimes.flatMap(({ fromMs }, index) =>
    index % every === 0
      ? [html`<text x="${figure(index * step)}" y="${HEIGHT - 8}">${formatDuration(fromMs)}</text>`]
      : [],
  );
  return html`<svg
    class="plot"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img"
    aria-label="${recoveryTimes.length} ranges of recovery times, at most ${most} incidents in one"
  >
    ${bars} ${labels}
  </svg>`;
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
    value <= 0 ? 0 : (WIDTH * Math.max(0, Math.log10(value) - first)) / (last - first);
  const bar = (kind: string, { low, high }: typeof ends, thick: number): Markup =>
    html`<rect
      class="${kind}"
      x="${figure(x(low))}"
      y="${figure(30 - thick / 2)}"
      width="${figure(Math.max(1, x(high) - x(low)))}"
      height="${thick}"
    />`;
  const ticks = Array.from({ length: last - first }, (_, index) => 10 ** (first + index)).map(
    (value) =>
      html`<line class="axis" x1="${figure(x(value))}" x2="${figure(x(value))}" y1="8" y2="52" /><text
          x="${figure(x(value) + 3)}"
          y="66"
        >
          ${formatDuration(value * MINUTE)}
        </text>`,
  );
  return html`<svg
    class="plot"
    viewBox="0 0 ${WIDTH} 72"
    role="img"
    aria-label="downtime a year: ${formatDuration(mean * MINUTE)} on average"
  >
    ${ticks} ${bar("range", ends, 22)} ${bar("chance", chance, 10)}
    <circle class="mean" cx="${figure(x(mean))}" cy="30" r="5" />
  </svg>`;
}

function figure(value: number): string {
  return String(Number(value.toFixed(1)));
}
