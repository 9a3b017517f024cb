import type { BlastRadius } from "../topology/blast-radius.ts";
import type { Component, Link, Region, Topology } from "../topology/topology.ts";
import { columns, fit, wrap } from "./text-layout.ts";

/** Text that is wider is cut or wrapped. */
const WIDTH = 100;

/** The topology as a picture for the terminal: a box a zone, a row a component, then who talks to whom. */
export function drawTopology(topology: Topology): string {
  const header = `${topology.system}: ${topology.recovery}, ${topology.instances.length} instances`;
  const regions = topology.regions.map((region) => drawRegion(topology, region));
  return [header, ...regions, drawLinks(topology), drawJourneys(topology)].filter((part) => part !== "").join("\n\n");
}

/** What each loss stops and puts at risk, as a table with the reasons; first the single points of failure. */
export function drawBlastRadii(topology: Topology, radii: readonly BlastRadius[]): string {
  const head = { lost: "if this is lost", stops: "stops", risk: "data at risk", because: [] };
  const rows = mergeInstances(topology, radii).map(({ lost, radius }) => ({
    lost,
    stops: radius.journeysLost.join(", ") || "-",
    risk: radius.dataAtRisk.join(", ") || "-",
    because: mergeReasons(radius.because),
  }));
  const widths = { lost: 34, stops: 32, risk: WIDTH - 66 - 2 };
  const table = [head, ...rows].flatMap((row) => [
    ...columns([
      { text: row.lost, width: widths.lost },
      { text: row.stops, width: widths.stops },
      { text: row.risk, width: widths.risk },
    ]),
    ...row.because.flatMap((reason) => wrap(reason, { width: WIDTH, first: "    ", rest: "      " })),
  ]);
  return [drawSinglePoints(topology, radii), table.join("\n")].join("\n\n");
}

function drawSinglePoints(topology: Topology, radii: readonly BlastRadius[]): string {
  const points = radii.filter(({ lost, journeysLost }) => {
    const isSmall = lost.kind === "instance" || lost.kind === "zone";
    return isSmall && journeysLost.length > 0 && !isGlobal(topology, lost.id);
  });
  if (points.length === 0) return "single points of failure: none; no instance and no zone stops a journey by itself";
  const named = points.map(({ lost, journeysLost }) => `${lost.id} (${journeysLost.join(", ")})`).join(", ");
  return wrap(`single points of failure: ${named}`, { width: WIDTH, first: "", rest: "  " }).join("\n");
}

/** What AWS runs as one thing over many places is one instance here, and no single point there. */
function isGlobal({ components, instances }: Topology, instance: string): boolean {
  const component = instances.find(({ id }) => id === instance)?.component;
  return components.some(({ id, scope }) => id === component && scope !== "zone");
}

/** Instances of one component and region with the same blast radius in one row. */
function mergeInstances(
  topology: Topology,
  radii: readonly BlastRadius[],
): readonly { lost: string; radius: BlastRadius }[] {
  const merged = new Map<string, { names: string[]; radius: BlastRadius; what: string }>();
  const rows = radii.flatMap((radius) => {
    const instance = topology.instances.find(({ id }) => radius.lost.kind === "instance" && id === radius.lost.id);
    if (!instance) return [{ lost: `${radius.lost.kind} ${radius.lost.id}`, radius }];
    const { journeysLost, dataAtRisk, because } = radius;
    const key = JSON.stringify([instance.component, instance.region, journeysLost, dataAtRisk, because]);
    const where = topology.regions.length > 1 ? ` in ${instance.region}` : "";
    const known = merged.get(key) ?? { names: [], radius, what: `${instance.component}${where}` };
    known.names.push(instance.id);
    merged.set(key, known);
    return [];
  });
  const instances = [...merged.values()].map(({ names, radius, what }) => ({
    lost: names.length === 1 ? `instance ${names[0]}` : `any of ${names.length} of ${what}`,
    radius,
  }));
  return [...rows, ...instances];
}

/** "order: x" and "cart: x" as "order, cart: x". */
function mergeReasons(because: readonly string[]): readonly string[] {
  const subjects = new Map<string, string[]>();
  for (const reason of because) {
    const colon = reason.indexOf(": ");
    const why = reason.slice(colon + 2);
    subjects.set(why, [...(subjects.get(why) ?? []), reason.slice(0, colon)]);
  }
  return [...subjects].map(([why, names]) => `${names.join(", ")}: ${why}`);
}

const LAYER_WIDTH = 11;

function drawRegion(topology: Topology, region: Region): string {
  const nameWidth = Math.max(12, ...topology.components.map(({ id }) => id.length + 2));
  const left = LAYER_WIDTH + nameWidth;
  const box = Math.min(16, Math.floor((WIDTH - left) / region.zones.length) - 1);
  const isWide = region.zones.every(({ name }) => name.length + 4 <= box);
  const label = (name: string): string => (isWide ? name : name.slice(region.name.length));
  const across = region.zones.length * (box + 1) - 1;
  const rule = (open: string, close: string, text: (zone: string) => string): string =>
    region.zones.map(({ name }) => `${open}${centre(text(name), box - 2, "─")}${close}`).join(" ");
  let layer: string | undefined;
  const rows = topology.components.map((component) => {
    const group = component.layer === layer ? "" : component.layer;
    layer = component.layer;
    const cells = drawCells(topology, component, { region, box, across });
    return `${group.padEnd(LAYER_WIDTH)}${fit(component.id, nameWidth)}${cells}`;
  });
  const heading = `${region.name} (${region.role})`.padEnd(left);
  return [
    `${heading}${rule("┌", "┐", (zone) => ` ${label(zone)} `)}`,
    ...rows,
    `${" ".repeat(left)}${rule("└", "┘", () => "")}`,
  ].join("\n");
}

function drawCells(
  { instances }: Topology,
  component: Component,
  { region, box, across }: { region: Region; box: number; across: number },
): string {
  if (component.scope === "global") return centre(" outside of all regions ", across, "═");
  const own = instances.filter((instance) => instance.component === component.id && instance.region === region.name);
  if (component.scope === "region") {
    return own.length > 0 ? centre(" over all zones ", across, "═") : centre("not here", across, " ");
  }
  const cells = region.zones.map(({ name }) => {
    const count = own.filter(({ zone }) => zone === name).length;
    return `│${centre(count > 4 ? `● × ${count}` : "●".repeat(count), box - 2, " ")}│`;
  });
  return cells.join(" ");
}

const ARROWS: Readonly<Record<Link["mode"], string>> = { synchronous: "→", asynchronous: "⇢", replication: "⟳" };

function drawLinks({ components, links }: Topology): string {
  const lines = components.flatMap(({ id }) => {
    const own = links.filter(({ from }) => from === id);
    const parts = (["synchronous", "asynchronous"] as const).flatMap((mode) => {
      const targets = own.filter((link) => link.mode === mode).map(({ to }) => to);
      return targets.length === 0 ? [] : [`${ARROWS[mode]} ${targets.join(", ")}`];
    });
    if (own.some(({ mode }) => mode === "replication")) parts.push(ARROWS.replication);
    return parts.length === 0 ? [] : wrap(`${id} ${parts.join("  ")}`, { width: WIDTH, first: "  ", rest: "      " });
  });
  return lines.length === 0
    ? ""
    : ["links (→ waits for, ⇢ hands over to, ⟳ copies between its instances)", ...lines].join("\n");
}

function drawJourneys({ journeys }: Topology): string {
  const lines = journeys.flatMap(({ id, durability, needs }) =>
    wrap(`${id} needs ${needs.join(", ")}${durability === "best-effort" ? " (best effort)" : ""}`, {
      width: WIDTH,
      first: "  ",
      rest: "      ",
    }),
  );
  return lines.length === 0 ? "" : ["journeys", ...lines].join("\n");
}

function centre(text: string, width: number, fill: string): string {
  const space = Math.max(0, width - text.length);
  const before = Math.floor(space / 2);
  return `${fill.repeat(before)}${text}${fill.repeat(space - before)}`;
}
