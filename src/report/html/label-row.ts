import { type Markup, html } from "./markup.ts";
import { percent } from "./plot.ts";

/** A label, and where on a plot what it names is, in percent of the width. */
export interface Label {
  readonly label: string;
  readonly x: number;
}

/** Where a label goes: beside its place, in one of several rows. */
export type PlacedLabel<T extends Label> = T & { readonly row: number; readonly toTheLeft: boolean };

/** How wide a sign is on the narrowest screen, in percent of the plot. */
const SIGN_WIDTH = 2;
/** Signs' room between a label and what it names, and before the next one. */
const GAP = 2;
/** How high a row is. */
const ROW_HEIGHT = 14;

/** Puts labels into rows from left to right, each into the first in which it covers no other. */
export function placeLabels<T extends Label>(
  labels: readonly T[],
): { readonly placed: readonly PlacedLabel<T>[]; readonly height: number } {
  const ends: number[] = [];
  const placed = labels
    .toSorted((a, b) => a.x - b.x)
    .map((each) => {
      const width = (each.label.length + GAP) * SIGN_WIDTH;
      const toTheLeft = each.x + width > 100;
      const [from, to] = toTheLeft ? [each.x - width, each.x] : [each.x, each.x + width];
      const free = ends.findIndex((end) => end <= from);
      const row = free < 0 ? ends.length : free;
      ends[row] = to;
      return { ...each, row, toTheLeft };
    });
  return { placed, height: ends.length * ROW_HEIGHT + 2 };
}

/** A label with the line that leads down from it, and the classes of both; the text's may be left out. */
export function drawLabel(
  { label, x, row, toTheLeft }: PlacedLabel<Label>,
  height: number,
  classes: { readonly line: string; readonly text?: string },
): Markup {
  return html`<line
      class="${classes.line}"
      x1="${percent(x)}"
      x2="${percent(x)}"
      y1="${row * ROW_HEIGHT + 3}"
      y2="${height}"
    /><text
      ${classes.text === undefined ? null : html`class="${classes.text}"`}
      x="${percent(x)}"
      dx="${toTheLeft ? -4 : 4}"
      y="${row * ROW_HEIGHT + 12}"
      text-anchor="${toTheLeft ? "end" : "start"}"
      >${label}</text
    >`;
}
