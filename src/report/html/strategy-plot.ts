import type { StrategyDocument } from "../../base/drill-document.ts";
import type { Ms } from "../../base/units.ts";
import { timeText } from "../drill-figures.ts";
import { bytesText } from "../strategy-figures.ts";
import { type Markup, html } from "./markup.ts";
import { percent } from "./plot.ts";
import { drawLevel, radiusOf, timeScale } from "./plot-scale.ts";

const HEIGHT = 220;
/** Space at the right edge for what stands beside a circle, in percent. */
const MARGIN = 6;

interface Placed extends StrategyDocument {
  readonly rtoMs: Ms;
  readonly bytes: number;
}

/**
 * What recovery takes at AWS against what has to run for it: each strategy a circle, the larger the older what it lost.
 * Nothing where fewer than two were measured.
 */
export function drawStrategyPlot(strategies: readonly StrategyDocument[]): Markup | null {
  const placed = strategies.flatMap((each): Placed[] => {
    const { recoveryTimeAtAwsMs: rtoMs, ranBefore } = each;
    return rtoMs === null || ranBefore === null ? [] : [{ ...each, rtoMs, bytes: ranBefore.pssBytes }];
  });
  if (placed.length < 2) return null;
  const most = Math.max(1, ...placed.map(({ bytes }) => bytes));
  const oldest = Math.max(...placed.map(({ oldestLostAgeMs }) => oldestLostAgeMs));
  const limits = placed.flatMap(({ objective }) => objective.rtoMs ?? []);
  const y = timeScale([...placed.map(({ rtoMs }) => rtoMs), ...limits], HEIGHT);
  const x = (bytes: number): number => MARGIN + ((100 - 4 * MARGIN) * bytes) / most;
  const radius = (ms: Ms): number => radiusOf(ms, oldest);
  const said = placed.map(
    ({ recovery, rtoMs, bytes, oldestLostAgeMs }) =>
      `${recovery} ${timeText(rtoMs)} with ${bytesText(bytes)}, lost up to ${timeText(oldestLostAgeMs)}`,
  );
  return html`<h3 id="strategies-plot">What a shorter recovery takes</h3>
    <figure class="strategies">
      <div class="row">
        <svg class="axis" height="${HEIGHT}" aria-hidden="true">
          ${y.ticks.map((tick) => html`<text x="100%" y="${y.at(tick) + 4}">${timeText(tick)}</text>`)}
        </svg>
        <svg class="plot" height="${HEIGHT}" role="img" aria-label="${said.join("; ")}">
          ${y.ticks.map((tick) => drawLevel("grid", y.at(tick)))}
          ${[...new Set(limits)].map((limit) => drawLevel("limit", y.at(limit)))}
          ${placed.map((strategy, index) => drawCircle(strategy, index, { x, y: y.at, radius }))}
        </svg>
      </div>
      <div class="row">
        <span></span
        ><svg class="plot time" height="18" aria-hidden="true">
          <text x="${percent(x(0))}" y="12" text-anchor="middle">0</text>
          <text x="${percent(x(most))}" y="12" text-anchor="middle">${bytesText(most)}</text>
        </svg>
      </div>
      <figcaption>
        Up: recovery of the slowest journey at AWS, on a logarithmic scale; the dotted line is what is allowed. To the
        right: memory of what ran in the other region before. The larger a circle, the older the oldest write that was
        lost.
      </figcaption>
    </figure>`;
}

interface Scales {
  x(bytes: number): number;
  y(ms: Ms): number;
  radius(ms: Ms): number;
}

/** Its name is above it and below it in turn, since neighbours may be close. */
function drawCircle(
  { recovery, rtoMs, bytes, oldestLostAgeMs }: Placed,
  index: number,
  { x, y, radius }: Scales,
): Markup {
  const [cx, cy, r] = [x(bytes), y(rtoMs), radius(oldestLostAgeMs)];
  const down = index % 2 === 0 ? -(r + 5) : r + 13;
  const anchor = cx < 15 ? "start" : cx > 70 ? "end" : "middle";
  return html`<circle class="strategy" cx="${percent(cx)}" cy="${cy}" r="${r}" /><text
      x="${percent(cx)}"
      y="${cy + down}"
      text-anchor="${anchor}"
      >${recovery}</text
    >`;
}
