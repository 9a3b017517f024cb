import type { Ms } from "../../base/units.ts";
import { type Markup, html } from "./markup.ts";

/** Times that people know, about a decade apart. */
const TICKS: readonly Ms[] = [100, 1_000, 10_000, 60_000, 600_000, 3_600_000, 36_000_000, 360_000_000];
/** Room at both ends of a scale, for circles. */
const ROOM = 16;
/** Radius of what is nothing, and of what is most. */
const RADII = [5, 20] as const;

/** A logarithmic scale of times, the longest at the top. */
export interface TimeScale {
  readonly ticks: readonly Ms[];
  /** How far down a plot a time is. */
  at(ms: Ms): number;
}

/** The scale that holds these times in a plot of that height. */
export function timeScale(times: readonly Ms[], height: number): TimeScale {
  const [least, most] = [Math.min(...times), Math.max(...times)];
  const first = Math.max(
    0,
    TICKS.findLastIndex((tick) => tick <= least),
  );
  const last = TICKS.findIndex((tick) => tick >= most && tick > TICKS[first]!); // in range
  const ticks = TICKS.slice(first, last < 0 ? undefined : last + 1);
  const [low, high] = [Math.log10(ticks[0]!), Math.log10(ticks.at(-1)!)]; // there are two at least
  const share = (ms: Ms): number => (high - Math.log10(Math.max(1, ms))) / (high - low);
  return { ticks, at: (ms) => Math.round(ROOM + (height - 2 * ROOM) * Math.min(1, Math.max(0, share(ms)))) };
}

/** A line across a plot. */
export function drawLevel(kind: string, y: number): Markup {
  return html`<line class="${kind}" x2="100%" y1="${y}" y2="${y}" />`;
}

/** The radius of a circle whose area grows with what was lost; `most` is the greatest of all that are drawn. */
export function radiusOf(lost: Ms, most: Ms): number {
  return Math.round(RADII[0] + (RADII[1] - RADII[0]) * Math.sqrt(lost / Math.max(1, most)));
}
