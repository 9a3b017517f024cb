import type { EstimateDocument, StrategyEstimate } from "../../base/estimate-document.ts";
import { formatRange } from "../../base/units.ts";
import { timeText } from "../drill-figures.ts";
import { drawLabel, placeLabels } from "../html/label-row.ts";
import { type Markup, html } from "../html/markup.ts";
import { percent } from "../html/plot.ts";
import { type TimeScale, drawLevel, radiusOf, timeScale } from "../html/plot-scale.ts";
import { dollars } from "./wording.ts";

const HEIGHT = 260;
/** Space at both edges for circles, in percent. */
const MARGIN = 9;
/** Half of the width of a whisker's ends. */
const END = 4;

interface Priced extends StrategyEstimate {
  readonly usd: number;
  readonly label: string;
  readonly x: number;
}

/**
 * What a strategy costs against how long it takes until the other region serves: a circle at the worse end of the time,
 * a line to the better one; the larger the circle, the more is lost. Nothing where fewer than two have a price.
 */
export function drawStrategyMap({ strategies, objectives }: EstimateDocument): Markup | null {
  const known = strategies.flatMap((each) => (each.costUsdPerMonth === null ? [] : [each.costUsdPerMonth]));
  if (known.length < 2) return null;
  const money = moneyScale(known);
  const priced = strategies.flatMap((each): Priced[] => {
    const { costUsdPerMonth: usd, recovery, chosen } = each;
    return usd === null ? [] : [{ ...each, usd, label: chosen ? `${recovery} *` : recovery, x: money.at(usd) }];
  });
  const allowed = objectives.region.rtoMs;
  const ends = priced.flatMap(({ rtoRangeMs }) => rtoRangeMs.region);
  const y = timeScale(allowed === null ? ends : [...ends, allowed], HEIGHT);
  const most = Math.max(...priced.map(({ rpoMs }) => rpoMs.region));
  const radius = ({ rpoMs }: Priced): number => radiusOf(rpoMs.region, most);
  return html`<figure class="strategies">
    ${drawNames(priced)}
    <div class="row">
      <svg class="axis" height="${HEIGHT}" aria-hidden="true">
        ${y.ticks.map((tick) => html`<text x="100%" y="${y.at(tick) + 4}">${timeText(tick)}</text>`)}
      </svg>
      <svg class="plot" height="${HEIGHT}" role="img" aria-label="${priced.map(saidOf).join("; ")}">
        ${y.ticks.map((tick) => drawLevel("grid", y.at(tick)))}
        ${allowed === null ? null : drawLevel("limit", y.at(allowed))}
        ${priced.map((strategy) => drawLeader(strategy, y, radius(strategy)))}
        ${priced.map((strategy) => drawDot(strategy, y, radius(strategy)))}
      </svg>
    </div>
    <div class="row">
      <span></span
      ><svg class="plot time" height="18" aria-hidden="true">
        ${money.ticks.map(
          (tick) => html`<text x="${percent(money.at(tick))}" y="12" text-anchor="middle">${dollars(tick)}</text>`,
        )}
      </svg>
    </div>
    <figcaption>
      To the right: cost a month. Up: until the other region serves, on a logarithmic scale, the circle at the worse end
      and a line to the better one${allowed === null ? "" : `; dotted: the ${timeText(allowed)} that are allowed`}. The
      larger a circle, the more is lost.${priced.some(({ chosen }) => chosen) ? " *: the definition's." : ""}
    </figcaption>
  </figure>`;
}

function saidOf({ recovery, usd, rtoRangeMs, rpoRangeMs }: Priced): string {
  const lost = formatRange(...rpoRangeMs.region);
  return `${recovery}: ${dollars(usd)} a month, RTO ${formatRange(...rtoRangeMs.region)}, RPO ${lost}`;
}

/** In rows above the plot, since neighbours may be close; each with a line down to its circle. */
function drawNames(priced: readonly Priced[]): Markup {
  const { placed, height } = placeLabels(priced);
  return html`<div class="row">
    <span></span
    ><svg class="plot labels" height="${height}" aria-hidden="true">
      ${placed.map((name) => drawLabel(name, height, { line: "grid" }))}
    </svg>
  </div>`;
}

/** From its name to its circle. */
function drawLeader({ x, rtoMs }: Priced, y: TimeScale, radius: number): Markup {
  return html`<line class="grid" x1="${percent(x)}" x2="${percent(x)}" y2="${y.at(rtoMs.region) - radius}" />`;
}

function drawDot(strategy: Priced, y: TimeScale, radius: number): Markup {
  const [low, high] = strategy.rtoRangeMs.region;
  const [best, worst] = [y.at(low), y.at(high)];
  return html`<svg x="${percent(strategy.x)}" class="spill">
    <title>${saidOf(strategy)}</title>
    <line class="whisker" y1="${Math.min(worst + radius, best)}" y2="${best}" />
    <line class="whisker" x1="${-END}" x2="${END}" y1="${best}" y2="${best}" />
    <circle class="strategy" cy="${worst}" r="${radius}" />
  </svg>`;
}

/** A scale of money around these amounts, whose ends and ticks are round. */
function moneyScale(amounts: readonly number[]): { readonly ticks: readonly number[]; at(usd: number): number } {
  const [least, most] = [Math.min(...amounts), Math.max(...amounts)];
  const step = roundUp((most - least || Math.max(1, most)) / 4);
  const first = Math.floor(least / step);
  const count = Math.max(1, Math.ceil(most / step) - first);
  const ticks = Array.from({ length: count + 1 }, (_, index) => (first + index) * step);
  return { ticks, at: (usd) => MARGIN + ((100 - 2 * MARGIN) * (usd / step - first)) / count };
}

/** The next of 1, 2, 5, 10, 20 and so on. */
function roundUp(value: number): number {
  const decade = 10 ** Math.floor(Math.log10(value));
  return decade * ([1, 2, 5].find((each) => each * decade >= value) ?? 10);
}
