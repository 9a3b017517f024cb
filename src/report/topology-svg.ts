import type { Component, Region, Topology } from "../topology/topology.ts";
import { type Markup, html, textOf, trusted } from "./html/markup.ts";

/** Pixels. */
const CELL = { width: 84, height: 34 } as const;
const LABEL = 132;
const GAP = 64;
const HEADER = 62;
const EDGE = 74;
const PAD = 14;

/** How a role of a region is told to a reader. */
const STANDBY: Readonly<Record<Topology["recovery"], string>> = {
  "backup-restore": "nothing runs; copies of the backups",
  "pilot-light": "data follows; nothing else runs",
  "warm-standby": "runs, scaled down",
  "active-active": "serves, too",
};

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/**
 * The topology as a picture for a page: the edge, a box a region with a column a zone and a row a component, and what
 * is replicated between regions. It follows the colours of the page that it is in, light or dark.
 */
export function topologySvg(topology: Topology): string {
  const { regions } = topology;
  const rows = topology.components.filter(({ scope }) => scope !== "global");
  const boxes = regions.map((_, index): Box => ({
    x: PAD + index * (widthOf(regions[0]!) + GAP),
    y: EDGE,
    width: widthOf(regions[index]!),
  })); // a topology has a region
  const last = boxes.at(-1)!; // and a box for it
  const height = EDGE + HEADER + rows.length * (CELL.height + 8) + PAD * 2;
  const width = last.x + last.width + PAD;
  const label = `${topology.system} as ${topology.recovery}, in ${regions.map(({ name }) => name).join(" and ")}`;
  return textOf(
    html`<svg
      xmlns="http://www.w3.org/2000/svg"
      viewBox="0 0 ${width} ${height}"
      width="${width}"
      font-family="system-ui, sans-serif"
      font-size="12"
      role="img"
      aria-label="${label}"
    >
      ${style()} ${entry(topology, boxes, width)}
      ${regions.map((region, index) => drawRegion(topology, { region, rows, box: boxes[index]! }))}
      ${replication(topology, rows, boxes)}
    </svg>`,
  );
}

function widthOf(region: Region): number {
  return LABEL + region.zones.length * (CELL.width + 8) + PAD;
}

function style(): Markup {
  return html`<style>
      text {
        fill: #14303d;
      }
      .small {
        font-size: 10.5px;
        fill: #46626e;
      }
      .region {
        fill: #eef5f6;
        stroke: #7fa9b3;
      }
      .box {
        fill: #fff;
        stroke: #1f3b4d;
      }
      .none {
        fill: none;
        stroke: #9bb0b8;
        stroke-dasharray: 3 3;
      }
      .arrow {
        stroke: #1f3b4d;
        fill: none;
        stroke-width: 1.5;
        marker-end: url(#head);
      }
      .stands {
        stroke-dasharray: 4 4;
      }
      .copies {
        stroke: #2a7f62;
        fill: none;
        stroke-width: 1.5;
        stroke-dasharray: 3 3;
        marker-end: url(#copied);
      }
      @media (prefers-color-scheme: dark) {
        text {
          fill: #e4eef1;
        }
        .small {
          fill: #a9bec6;
        }
        .region {
          fill: #14252d;
          stroke: #41626d;
        }
        .box {
          fill: #1d3641;
          stroke: #9cc3ce;
        }
        .arrow {
          stroke: #9cc3ce;
        }
        .none {
          stroke: #56717b;
        }
      }
    </style>
    <defs>
      <marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"
        ><path d="M0 0 8 4 0 8z" fill="#5d8592"
      /></marker>
      <marker id="copied" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"
        ><path d="M0 0 8 4 0 8z" fill="#2a7f62"
      /></marker>
    </defs>`;
}

/** Where customers come in, with a dashed arrow to a region that only stands by. */
function entry(topology: Topology, boxes: readonly Box[], width: number): Markup {
  const edge = topology.components.find(({ kind }) => kind === "edge" || kind === "accelerator");
  const name = edge === undefined ? "customers" : edge.kind === "edge" ? `edge: ${edge.settings.domain}` : edge.id;
  const [x, half] = [width / 2, 120];
  return html`<rect class="box" x="${x - half}" y="10" width="${half * 2}" height="28" rx="5" />
    <text x="${x}" y="28" text-anchor="middle">${name}</text>
    ${boxes.map((box, index) => {
      const serves = index === 0 || topology.recovery === "active-active";
      const to = box.x + box.width / 2;
      return html`<path class="arrow ${serves ? "" : "stands"}" d="M${x} 38 L${to} ${box.y - 2}" />`;
    })}`;
}

function drawRegion(
  topology: Topology,
  { region, rows, box }: { region: Region; rows: readonly Component[]; box: Box },
): Markup {
  const height = HEADER + rows.length * (CELL.height + 8) + PAD;
  const serves = region.role === "primary" || topology.recovery === "active-active";
  const says = region.role === "primary" ? "serves customers" : STANDBY[topology.recovery];
  return html`<rect
      class="region"
      x="${box.x}"
      y="${box.y}"
      width="${box.width}"
      height="${height}"
      rx="8"
      ${serves ? null : trusted(`stroke-dasharray="5 4"`)}
    />
    <text x="${box.x + PAD}" y="${box.y + 20}" font-weight="600">${region.name}</text>
    <text class="small" x="${box.x + PAD}" y="${box.y + 36}">${says}</text>
    ${region.zones.map(
      ({ name }, index) =>
        html`<text class="small" x="${cellX(box, index) + CELL.width / 2}" y="${box.y + 54}" text-anchor="middle"
          >${name}</text
        >`,
    )}
    ${rows.map((component, row) => drawRow(topology, { component, region, x: box, y: rowY(box, row) }))}`;
}

function rowY(box: Box, row: number): number {
  return box.y + HEADER + row * (CELL.height + 8);
}

function cellX(box: Box, zone: number): number {
  return box.x + LABEL + zone * (CELL.width + 8);
}

interface Row {
  readonly component: Component;
  readonly region: Region;
  readonly x: Box;
  readonly y: number;
}

function drawRow(topology: Topology, { component, region, x, y }: Row): Markup {
  const here = topology.instances.filter((each) => each.component === component.id && each.region === region.name);
  const label = html`<text x="${x.x + PAD}" y="${y + 16}">${component.id}</text>
    <text class="small" x="${x.x + PAD}" y="${y + 29}">${component.kind}</text>`;
  if (component.scope === "region") {
    const width = region.zones.length * (CELL.width + 8) - 8;
    return html`${label}${cell({ x: cellX(x, 0), y, width }, here.length === 0 ? null : "over all zones")}`;
  }
  return html`${label}${region.zones.map(({ name }, index) => {
    const count = here.filter(({ zone }) => zone === name).length;
    return cell({ x: cellX(x, index), y, width: CELL.width }, count === 0 ? null : `${count}`);
  })}`;
}

function cell({ x, y, width }: Box, text: string | null): Markup {
  return html`<rect
      class="${text === null ? "none" : "box"}"
      x="${x}"
      y="${y}"
      width="${width}"
      height="${CELL.height}"
      rx="4"
    />
    ${text === null ? null : html`<text x="${x + width / 2}" y="${y + 21}" text-anchor="middle">${text}</text>`}`;
}

/** An arrow from the region that takes writes to the other one, for each component whose data follows. */
function replication(
  { instances, recovery }: Topology,
  rows: readonly Component[],
  boxes: readonly Box[],
): Markup | null {
  const [from, to] = boxes;
  if (from === undefined || to === undefined) return null;
  return html`${rows.map((component, row) => {
    const follows =
      component.layer === "data" &&
      instances.some(({ component: id, region }) => id === component.id && region !== null);
    if (!follows || component.kind === "cache") return null;
    const y = rowY(from, row) + CELL.height / 2;
    const what = recovery === "backup-restore" ? "backups" : "follows";
    return html`<path class="copies" d="M${from.x + from.width - 4} ${y} H${to.x + 4}" />
      <text class="small" x="${(from.x + from.width + to.x) / 2}" y="${y - 5}" text-anchor="middle">${what}</text>`;
  })}`;
}
