import type { AuditGraph, GraphNode, LossReport } from "../../base/audit-document.ts";
import { type Markup, html } from "../html/markup.ts";
import { lossName } from "./phrase.ts";

/** Pixels. */
const COLUMN = 210;
const ROW = 40;
const BOX = 26;
const HEADER = 34;
const PAD = 10;

/** A drawing of more is read by nobody; the text of the loss names what is left out. */
const MOST_NODES = 48;

interface Placed {
  readonly node: GraphNode;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/**
 * What one loss does, as a picture: a column for each zone and one for what stands in none, who needs others above what
 * they need, the lost domain shaded, what stops in red.
 */
export function drawGraph(graph: AuditGraph, { lost, stops, mayStop }: LossReport): Markup {
  const nodes = choose(graph, new Set([...stops, ...mayStop]));
  const lostZone = lost.kind === "zone" ? [lost.id] : [];
  const zones = [...new Set([...lostZone, ...nodes.flatMap((node) => node.zones)])].toSorted();
  const placed = place(nodes, graph, zones);
  const byId = new Map(placed.map((each) => [each.node.id, each]));
  const width = PAD * 2 + COLUMN * (zones.length + 1);
  const height = HEADER + PAD + Math.max(0, ...placed.map(({ y }) => y + BOX));
  const stateOf = ({ name }: GraphNode): string => {
    if (stops.includes(name)) return "stops";
    return mayStop.includes(name) ? "may-stop" : "lives";
  };
  const edges = graph.edges.flatMap(({ from, to }) => {
    const [one, other] = [byId.get(from), byId.get(to)];
    return one && other ? [drawEdge(one, other)] : [];
  });
  const label = `${lossName(lost)} lost: ${stops.length} of ${graph.nodes.length} resources stop`;
  return html`<svg class="graph" viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="${label}">
    ${[...zones, "in no zone"].map((zone, at) => drawColumn(zone, { at, height, isLost: isLostColumn(lost, zone) }))}
    ${edges} ${placed.map((each) => drawNode(each, stateOf(each.node)))}
  </svg>`;
}

function isLostColumn({ kind, id }: LossReport["lost"], zone: string): boolean {
  return kind === "region" || (kind === "zone" && id === zone);
}

/** What stops, or may, and what stands beside it: first what stops, then what has the most neighbours. */
function choose({ nodes, edges }: AuditGraph, struck: ReadonlySet<string>): readonly GraphNode[] {
  const hit = new Set(nodes.filter(({ name }) => struck.has(name)).map(({ id }) => id));
  const near = new Set([...hit, ...edges.flatMap(({ from, to }) => (hit.has(from) || hit.has(to) ? [from, to] : []))]);
  const weight = new Map<string, number>();
  for (const { from, to } of edges) for (const id of [from, to]) weight.set(id, (weight.get(id) ?? 0) + 1);
  const rank = ({ id, name }: GraphNode): number => (struck.has(name) ? 1_000 : 0) + (weight.get(id) ?? 0);
  return nodes
    .filter(({ id }) => near.has(id))
    .toSorted((one, other) => rank(other) - rank(one))
    .slice(0, MOST_NODES);
}

/**
 * Rows by how far a resource is from those that nothing needs; in a row, what stands in the same columns comes lower.
 */
function place(nodes: readonly GraphNode[], { edges }: AuditGraph, zones: readonly string[]): readonly Placed[] {
  const depth = depths(nodes, edges);
  const taken: boolean[][] = [];
  const placed: Placed[] = [];
  let from = 0;
  const levels = Map.groupBy(nodes, ({ id }) => depth.get(id) ?? 0);
  for (const level of [...levels.keys()].toSorted((one, other) => one - other)) {
    for (const node of levels.get(level) ?? []) {
      const columns = node.zones.map((zone) => zones.indexOf(zone));
      const [first, last] =
        columns.length === 0 ? [zones.length, zones.length] : [Math.min(...columns), Math.max(...columns)];
      let row = from;
      while ((taken[row] ?? []).slice(first, last + 1).some(Boolean)) row += 1;
      const cells = (taken[row] ??= []);
      for (let column = first; column <= last; column++) cells[column] = true;
      const width = (last - first + 1) * COLUMN - PAD * 2;
      placed.push({ node, x: PAD * 2 + first * COLUMN, y: HEADER + row * ROW, width });
    }
    from = taken.length;
  }
  return placed;
}

/** How many steps each is from what nothing needs; around a cycle, where it is first met. */
function depths(nodes: readonly GraphNode[], edges: AuditGraph["edges"]): ReadonlyMap<string, number> {
  const ids = new Set(nodes.map(({ id }) => id));
  const own = edges.filter(({ from, to }) => ids.has(from) && ids.has(to));
  const needs = Map.groupBy(own, ({ from }) => from);
  const needed = new Set(own.map(({ to }) => to));
  const depth = new Map<string, number>();
  let level = nodes.filter(({ id }) => !needed.has(id)).map(({ id }) => id);
  if (level.length === 0) level = nodes.map(({ id }) => id);
  for (let step = 0; level.length > 0 && step < nodes.length; step++) {
    for (const id of level) depth.set(id, step);
    level = [...new Set(level.flatMap((id) => (needs.get(id) ?? []).map(({ to }) => to)))].filter(
      (id) => (depth.get(id) ?? -1) < step,
    );
  }
  return depth;
}

function drawColumn(zone: string, { at, height, isLost }: { at: number; height: number; isLost: boolean }): Markup {
  const x = PAD + at * COLUMN;
  const name = shortened(isLost ? `${zone}: lost` : zone, COLUMN - PAD * 3);
  return html`<rect
      class="zone${isLost ? " lost" : ""}"
      x="${x}"
      y="0"
      width="${COLUMN - 4}"
      height="${height}"
      rx="4"
    />
    <text class="zone-name" x="${x + PAD}" y="20">${name}</text>`;
}

function drawNode({ node, x, y, width }: Placed, state: string): Markup {
  const name = shortened(node.name, width);
  return html`<g class="node ${state}">
    <title>${node.name} (${node.type})</title>
    <rect x="${x}" y="${y}" width="${width}" height="${BOX}" rx="3" />
    <text x="${x + 8}" y="${y + 17}">${name}</text>
  </g>`;
}

function drawEdge(from: Placed, to: Placed): Markup {
  const [x1, x2] = [from.x + from.width / 2, to.x + to.width / 2];
  const down = to.y > from.y;
  const [y1, y2] = down ? [from.y + BOX, to.y] : [from.y, to.y + BOX];
  const bend = (y1 + y2) / 2;
  return html`<path class="edge" d="M${x1} ${y1}C${x1} ${bend} ${x2} ${bend} ${x2} ${y2}" />`;
}

/** A name in so many pixels. */
function shortened(name: string, width: number): string {
  const room = Math.floor(width / 7.2);
  return name.length > room ? `${name.slice(0, room - 1)}…` : name;
}
