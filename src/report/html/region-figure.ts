import type { Ms } from "../../base/units.ts";
import { timeText } from "../drill-figures.ts";
import { instantText } from "./mark.ts";
import { type Markup, html } from "./markup.ts";
import { percent, xOf } from "./plot.ts";
import type { PageLag, PageLane, PageStretch, PageTimeline } from "./shape.ts";

interface Around {
  readonly timeline: PageTimeline;
  readonly behind: Markup;
  readonly before: Markup;
}

/** What a region is for a while, in words. */
const ROLES: Readonly<Record<string, string>> = {
  leads: "takes the writes",
  "stands-ready": "stands ready",
  "given-up": "given up",
};

/** How wide a letter is on the narrowest screen, in percent of the plot. */
const LETTER = 2;

/**
 * A lane a region over the drill's axis of time: what it was and when, what was done with it below that, and how far
 * its copies were behind. Nothing where a drill is not about regions.
 */
export function drawRegions(lanes: readonly PageLane[] | null, around: Around): Markup | null {
  if (lanes === null) return null;
  return html`${lanes.map((lane) => drawLane(lane, around))}`;
}

function drawLane({ region, roles, dark, stages, arrivals, lags }: PageLane, around: Around): Markup {
  const { timeline, behind, before } = around;
  const said = `${inWords(roles, dark)}${arrivalsText(arrivals)}`;
  return html`<h4>${region} <small>${said}${plansText(stages)}</small></h4>
    <div class="row">
      <span></span
      ><svg class="plot" height="34" role="img" aria-label="${region}: ${said}">
        ${behind}${roles.map((stretch) => drawRole(stretch, timeline))}${dark.map(({ fromMs, toMs }) =>
          box("dark", { fromMs, toMs, y: 1, height: 20 }, timeline),
        )}${stages.map(({ fromMs, toMs }) => box("plan", { fromMs, toMs, y: 25, height: 8 }, timeline))}
        ${before}${arrivals.map((ms) => {
          const x = percent(xOf(ms, timeline));
          return html`<line class="arrival" x1="${x}" x2="${x}" y1="1" y2="21" />`;
        })}${roles.map((stretch) => nameRole(stretch, timeline))}
      </svg>
    </div>
    ${lags.filter(wasBehind).map((lag) => drawLag(lag, region, around))}`;
}

function drawRole({ role, fromMs, toMs }: PageStretch, timeline: PageTimeline): Markup {
  return box(`role ${role}`, { fromMs, toMs, y: 1, height: 20 }, timeline);
}

/** Where there is room for it; what else it was is told above. */
function nameRole({ role, fromMs, toMs }: PageStretch, timeline: PageTimeline): Markup | null {
  const x = xOf(fromMs, timeline);
  const text = ROLES[role] ?? role;
  const fits = xOf(toMs, timeline) - x > LETTER * text.length;
  return fits ? html`<text class="${role}" x="${percent(x)}" dx="5" y="15">${text}</text>` : null;
}

interface Box {
  readonly fromMs: Ms;
  readonly toMs: Ms;
  readonly y: number;
  readonly height: number;
}

/** However short it was, it can be seen. */
function box(kind: string, { fromMs, toMs, y, height }: Box, timeline: PageTimeline): Markup {
  const x = xOf(fromMs, timeline);
  const width = Math.max(0.3, xOf(toMs, timeline) - x);
  return html`<rect class="${kind}" x="${percent(x)}" width="${percent(width)}" y="${y}" height="${height}" />`;
}

function arrivalsText(arrivals: PageLane["arrivals"]): string {
  const [first] = arrivals;
  if (first === undefined) return "";
  const when = arrivals.length === 1 ? instantText(first) : `${arrivals.length} times, first ${instantText(first)}`;
  return `, customers led to it ${when}`;
}

function inWords(roles: readonly PageStretch[], dark: PageLane["dark"]): string {
  const told = roles.map(({ role, fromMs }, at) => {
    const text = ROLES[role] ?? role;
    return at === 0 ? text : `${text} ${instantText(fromMs)}`;
  });
  const power = dark.map(({ fromMs, toMs }) => `no power for ${timeText(toMs - fromMs)} ${instantText(fromMs)}`);
  return [...told, ...power].join(", ");
}

/** What was done with the region, by plan. */
function plansText(stages: PageLane["stages"]): string {
  const plans = [...Map.groupBy(stages, ({ plan }) => plan)];
  return plans
    .map(
      ([plan, own]) =>
        `; ${plan}: ${own.map((each) => `${each.name} ${timeText(each.toMs - each.fromMs)}`).join(", ")}`,
    )
    .join("");
}

/** Whether a copy was ever behind, as far as anybody knows. */
export function wasBehind({ points }: PageLag): boolean {
  return points.some(({ lagMs }) => (lagMs ?? 0) > 0);
}

/** How far a copy was behind, from nothing to the worst; a gap where nobody knew. */
function drawLag({ component, points }: PageLag, region: string, { timeline, behind, before }: Around): Markup {
  const worst = Math.max(...points.map(({ lagMs }) => lagMs ?? 0));
  const label = `${component}: how far the copy in ${region} was behind, ${timeText(worst)} at worst`;
  const lines = points.slice(1).flatMap((point, at) => {
    const last = points[at]!; // the one before
    if (last.lagMs === null || point.lagMs === null) return [];
    const [x1, x2] = [xOf(last.atMs, timeline), xOf(point.atMs, timeline)];
    const y = (ms: Ms): number => Math.round(30 - (28 * ms) / worst);
    return [
      html`<line class="lag" x1="${percent(x1)}" x2="${percent(x2)}" y1="${y(last.lagMs)}" y2="${y(point.lagMs)}" />`,
    ];
  });
  return html`<div class="row">
    <svg class="axis" height="32" aria-hidden="true">
      <text x="100%" y="10">${timeText(worst)}</text>
      <text x="100%" y="30">0</text>
    </svg>
    <svg class="plot" height="32" role="img" aria-label="${label}">
      ${behind}
      <line class="base" x2="100%" y1="30.5" y2="30.5" />
      ${lines} ${before}
    </svg>
  </div> `;
}
