import { assert } from "../base/error.ts";
import { formatDuration } from "../base/units.ts";
import { Dependence, type Part } from "./dependence.ts";
import type { Component, Instance, Journey, Kind, Region, Topology } from "./topology.ts";
/** Something that is lost at once: one instance, all that a zone or region holds, or a component wherever it runs. */
export interface Loss {
  readonly kind: "instance" | "zone" | "region" | "component";
  readonly id: string;
}

/** What a loss takes with it until it is mended. */
export interface BlastRadius {
  readonly lost: Loss;
  /** Journeys that stop: no region that serves customers has enough left of all that they need. */
  readonly journeysLost: readonly string[];
  /** Components of which acknowledged data may be gone for good. */
  readonly dataAtRisk: readonly string[];
  /** Why, a sentence for each journey and component above, and for what merely waits. */
  readonly because: readonly string[];
}

/**
 * The blast radius of every component, region, zone and instance. It follows from the graph alone: who is reached
 * synchronously, and how many of each are needed. It leaves out how long a failover takes, load (what is left may be
 * too little for the peak), the network itself, and the store of the static site, of which the edge keeps copies.
 */

/**
 * The blast radius of every component, region, zone and instance. It follows from the graph alone: who is reached
 * synchronously, and how many of each are needed. It leaves out how long a failover takes, load (what is left may be
 * too little for the peak), the network itself, and the store of the static site, of which the edge keeps copies.
 */
export function blastRadii(topology: Topology): readonly BlastRadius[] {
  const { components, regions, instances } = topology;
  const losses: Loss[] = [
    ...components.map(({ id }) => ({ kind: "component" as const, id })),
    ...regions.map(({ name }) => ({ kind: "region" as const, id: name })),
    ...regions.flatMap(({ zones }) => zones.map(({ name }) => ({ kind: "zone" as const, id: name }))),
    ...instances.map(({ id }) => ({ kind: "instance" as const, id })),
  ];
  const dependence = dependenceOf(topology);
  return losses.map((lost) => radiusOf(topology, dependence, lost));
}

/** The blast radius of one loss. */
export function blastRadius(topology: Topology, lost: Loss): BlastRadius {
  return radiusOf(topology, dependenceOf(topology), lost);
}

/** What a system's journeys stand on: components in each region, and the instances of those. */
function dependenceOf(topology: Topology): Dependence {
  const { components, instances, journeys, regions } = topology;
  const inRegions = regions.flatMap((region) => [
    ...components.map((component) =>
      needing(partIn(component.id, region), [
        { of: standing(instances, component, region).map(({ id }) => id), atLeast: neededOf(component) },
      ]),
    ),
    ...journeys.map(({ id, needs }) =>
      needing(
        partIn(journeyPart(id), region),
        needs.map((need) => ({ of: [partIn(need, region)], atLeast: 1 })),
      ),
    ),
  ]);
  const serving = servingRegions(topology);
  return new Dependence([
    ...instances.map(({ id, region, zone }) => ({
      id,
      place: { region, zones: zone === null ? [] : [zone] },
      needs: [],
    })),
    ...inRegions,
    ...journeys.map(({ id }) =>
      needing(journeyPart(id), [{ of: serving.map((region) => partIn(journeyPart(id), region)), atLeast: 1 }]),
    ),
  ]);
}

function needing(id: string, needs: readonly { readonly of: readonly string[]; readonly atLeast: number }[]): Part {
  return { id, place: { region: null, zones: [] }, needs: needs.map((need) => ({ ...need, isSure: true })) };
}

function journeyPart(id: string): string {
  return `journey ${id}`;
}

function partIn(id: string, { name }: Region): string {
  return `${id} in ${name}`;
}

function radiusOf(topology: Topology, dependence: Dependence, lost: Loss): BlastRadius {
  const gone = new Set(topology.instances.filter((instance) => isLost(instance, lost)).map(({ id }) => id));
  const left = topology.instances.filter(({ id }) => !gone.has(id));
  const stops = new Set(dependence.lose({ sure: [...gone], possible: [] }).stops);
  const stopped = topology.journeys
    .filter(({ id }) => stops.has(journeyPart(id)))
    .map((journey) => ({ id: journey.id, why: whyStopped(topology, journey, { stops, left }) }));
  const atRisk = topology.components.flatMap((component) => {
    const why = whyAtRisk(topology, component, left);
    return why === undefined ? [] : [{ id: component.id, why }];
  });
  return {
    lost,
    journeysLost: stopped.map(({ id }) => id),
    dataAtRisk: atRisk.map(({ id }) => id),
    because: [...stopped, ...atRisk].map(({ id, why }) => `${id}: ${why}`).concat(waiting(topology, left)),
  };
}

function isLost(instance: Instance, { kind, id }: Loss): boolean {
  return (
    { instance: instance.id, zone: instance.zone, region: instance.region, component: instance.component }[kind] === id
  );
}

/** How many instances of a component one region needs: for a write, also the copies that must take it. */
function neededOf(component: Component): number {
  if (component.kind === "database") return 1 + component.settings.synchronousStandbys;
  return component.kind === "cache" ? 1 + component.settings.minReplicasToWrite : 1;
}

/** What the first of the serving regions lacks for a journey, and whether another region takes over. */
function whyStopped(
  topology: Topology,
  journey: Journey,
  { stops, left }: { readonly stops: ReadonlySet<string>; readonly left: readonly Instance[] },
): string {
  const [serving] = servingRegions(topology);
  const missing = topology.components.find(
    ({ id }) => serving !== undefined && journey.needs.includes(id) && stops.has(partIn(id, serving)),
  );
  assert(serving !== undefined && missing !== undefined, "a journey stops with a component that it needs");
  const why = shortage(missing, countIn(left, missing, serving));
  const next = topology.regions.find(({ role }) => role === "secondary");
  const takesOver = next && topology.recovery !== "active-active" && !stops.has(partIn(journeyPart(journey.id), next));
  return takesOver ? `${why}, until ${next.name} takes over` : why;
}

function shortage(component: Component, count: number): string {
  if (count === 0) return `nothing is left of ${component.id}`;
  return `${component.id} takes no writes with ${count} of the ${neededOf(component)} that must hold each`;
}

/** What is lost for good with everything that stands at one place, of what holds no copies among its instances. */
const HELD: Readonly<Partial<Record<Kind, string>>> = {
  queue: "the messages that wait in it",
  topic: "the messages that are on their way to its subscribers",
  bus: "the events that are on their way to its targets",
  volume: "what no snapshot holds",
};

/** Why acknowledged data of a component may be gone; undefined where a copy of all of it is left, or it holds none. */
function whyAtRisk(topology: Topology, component: Component, left: readonly Instance[]): string | undefined {
  const { kind } = component;
  if (component.layer !== "messaging" && component.layer !== "data") return undefined;
  if (kind === "schedule") return undefined;
  for (const region of servingRegions(topology)) {
    const members = countIn(topology.instances, component, region);
    const rest = countIn(left, component, region);
    const lost = members - rest;
    if (lost === 0) continue;
    if (HELD[kind] !== undefined) return HELD[kind];
    if (rest === 0)
      return hasCopyElsewhere(topology, { component, region, left })
        ? "what the other region has not received yet"
        : "all that no backup holds";
    const copies = kind === "database" ? 1 + component.settings.synchronousStandbys : 1;
    if (lost >= copies) return "the last writes, which replicas receive after they are acknowledged";
  }
  return undefined;
}

/** Queues that are still there and that nothing works off any more: their messages wait, and are dropped in the end. */
function waiting(topology: Topology, left: readonly Instance[]): readonly string[] {
  const { components, instances } = topology;
  return components.flatMap((component) => {
    if (component.kind !== "queue") return [];
    const workers = components.filter(
      ({ kind, settings }) => (kind === "service" || kind === "function") && settings.consumes === component.id,
    );
    const workersIn = (all: readonly Instance[], region: Region): number =>
      workers.reduce((sum, worker) => sum + countIn(all, worker, region), 0);
    const isIdle = servingRegions(topology).some(
      (region) =>
        countIn(left, component, region) > 0 && workersIn(instances, region) > 0 && workersIn(left, region) === 0,
    );
    if (!isIdle) return [];
    return [
      `${component.id}: its messages wait for a worker, for ${formatDuration(component.settings.retentionMs)} at most`,
    ];
  });
}

/** The regions that serve customers as long as all is well. */
function servingRegions({ regions, recovery }: Topology): readonly Region[] {
  return regions.filter(({ role }) => role === "primary" || recovery === "active-active");
}

function countIn(instances: readonly Instance[], component: Component, region: Region): number {
  return standing(instances, component, region).length;
}

/** The instances of a component that serve one region. */
function standing(instances: readonly Instance[], component: Component, region: Region): readonly Instance[] {
  return instances.filter(
    (instance) =>
      instance.component === component.id && (instance.region === region.name || component.scope === "global"),
  );
}

/** Whether another region has a copy; that of a cache is its own. */
function hasCopyElsewhere(
  { links }: Topology,
  { component, region, left }: { component: Component; region: Region; left: readonly Instance[] },
): boolean {
  const isCopied = links.some(({ from, mode }) => from === component.id && mode === "replication");
  if (!isCopied || component.kind === "cache") return false;
  return left.some((instance) => instance.component === component.id && instance.region !== region.name);
}
