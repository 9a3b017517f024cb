import { LOAD } from "../../facts/load.ts";
import { loadOf } from "../../topology/assumption.ts";
import {
  type CacheComponent,
  type Component,
  type DatabaseComponent,
  type QueueComponent,
  type Region,
  type Topology,
  componentsOf,
} from "../../topology/topology.ts";
import { scalingAtAws } from "./control-spec.ts";
import { arrivalsOf, loadPlan } from "./demand.ts";
import type { PartPlan } from "./model.ts";
import type { WarmthPlan } from "./part/warmth.ts";
import type { WorkPlan } from "./part/work.ts";

/** The key of a component's part in a region. */
export type KeyOf = (component: Component, region: Region) => string;

/** A part that stands for no component's instances, and the component that it is told of as. */
export interface FluidPart {
  readonly key: string;
  readonly component: string;
  readonly plan: WorkPlan | WarmthPlan;
}

/** What works off the queues that journeys put something into, and what that needs; without what journeys need. */
export function behindQueues(topology: Topology, needed: readonly Component[]): readonly Component[] {
  const found = new Set<Component>();
  const add = (component: Component): void => {
    if (found.has(component) || needed.includes(component)) return;
    found.add(component);
    for (const used of waitsFor(topology, component)) add(used);
  };
  for (const queue of needed) if (queue.kind === "queue") for (const worker of workersOf(topology, queue)) add(worker);
  return topology.components.filter((component) => found.has(component));
}

/** What waits in the queues that journeys put something into, and what caches keep from databases. */
export function fluidParts(topology: Topology, needed: readonly Component[], keyOf: KeyOf): readonly FluidPart[] {
  const queues = needed.flatMap((component) => (component.kind === "queue" ? [component] : []));
  return topology.regions.flatMap((region) => [
    ...queues.flatMap((queue) => workPart(topology, { queue, region, keyOf })),
    ...shielded(topology, needed).map((pair): FluidPart => ({
      key: warmthKey(pair, region),
      component: pair.cache.id,
      plan: warmthPlan(topology, { ...pair, region, keyOf }),
    })),
  ]);
}

/** Keys of what a journey that needs these components needs of databases behind caches. */
export function warmthKeys(topology: Topology, needed: readonly Component[], region: Region): readonly string[] {
  return shielded(topology, needed).map((pair) => warmthKey(pair, region));
}

/** Whom to look at once something happens to a part: the key of each part that others rest on, with theirs. */
export function followersOf(parts: ReadonlyMap<string, PartPlan>): ReadonlyMap<string, readonly string[]> {
  const followers = new Map<string, string[]>();
  for (const [key, plan] of parts) {
    for (const of of restsOn(plan)) followers.set(of, [...(followers.get(of) ?? []), key]);
  }
  return followers;
}

function restsOn(plan: PartPlan): readonly string[] {
  if (plan.kind === "warmth") return [plan.cache];
  if (plan.kind !== "work") return [];
  return [...plan.needs, ...(plan.workers === null ? [] : [plan.workers])];
}

function waitsFor({ links, components }: Topology, { id }: Component): readonly Component[] {
  const used = links.filter(({ from, mode }) => from === id && mode === "synchronous").map(({ to }) => to);
  return components.filter((component) => used.includes(component.id));
}

function workersOf({ links, components }: Topology, { id }: QueueComponent): readonly Component[] {
  const workers = links.filter(({ from, mode }) => from === id && mode === "asynchronous").map(({ to }) => to);
  return components.filter(
    ({ id: each, kind }) => workers.includes(each) && (kind === "service" || kind === "function"),
  );
}

interface Queued {
  readonly queue: QueueComponent;
  readonly region: Region;
  readonly keyOf: KeyOf;
}

function workKey({ id }: QueueComponent, { name }: Region): string {
  return `work/${id}@${name}`;
}

/** Of several workers the first: they are all the same to a message. None: nobody works it off. */
function workPart(topology: Topology, { queue, region, keyOf }: Queued): readonly FluidPart[] {
  const [worker] = workersOf(topology, queue);
  if (worker === undefined) return [];
  const { regions, journeys, components, objectives } = topology;
  const sources = journeys.filter(({ needs }) => needs.includes(queue.id)).flatMap(({ needs }) => needs);
  const needs = waitsFor(topology, worker);
  const isDatabase = ({ kind }: Component): boolean => kind === "database";
  const inside = components.filter(({ id }) => sources.includes(id));
  const load = worker.kind === "service" ? loadPlan(topology, worker, region) : null;
  const scale = worker.kind === "service" ? worker.settings.scale : null;
  const isByDepth = scale?.on?.metric === "queueDepth" && objectives.peak !== null;
  const other = regions.find(({ name }) => name !== region.name);
  const rtos = [objectives.instance, objectives.zone, objectives.region].flatMap(({ rtoMs }) => rtoMs ?? []);
  const plan: WorkPlan = {
    kind: "work",
    region: region.name,
    peak: arrivalsOf(topology, [queue.id]) ?? 1,
    trough: LOAD.trough.value,
    sources: new Set(inside.map((component) => keyOf(component, region))),
    workers: load === null ? null : keyOf(worker, region),
    usualCapacity: load === null || scale === null ? 0 : load.perTask * scale.min,
    usualTasks: scale?.min ?? 0,
    needs: new Set([queue, ...needs, ...(load === null ? [worker] : [])].map((component) => keyOf(component, region))),
    isWritten: inside.some(isDatabase),
    writes: needs.some(isDatabase),
    workMs: loadOf(topology).requestMs,
    retentionMs: queue.settings.retentionMs,
    scaling: isByDepth ? scalingAtAws({ ...scale, target: scale.on.target }) : null,
    twin: queue.settings.acrossRegions === "outbox" && other ? workKey(queue, other) : null,
    objectiveMs: rtos.length === 0 ? null : Math.max(...rtos),
  };
  return [{ key: workKey(queue, region), component: queue.id, plan }];
}

interface Shielded {
  readonly cache: CacheComponent;
  readonly database: DatabaseComponent;
}

/** Caches and the databases that a program asks, too, where it is one that asks both. */
function shielded(topology: Topology, needed: readonly Component[]): readonly Shielded[] {
  const asked = needed
    .filter(({ kind }) => kind === "service" || kind === "function")
    .map((component) => waitsFor(topology, component).filter((used) => needed.includes(used)));
  return componentsOf(topology, "cache").flatMap((cache) =>
    componentsOf(topology, "database").flatMap((database) =>
      asked.some((used) => used.includes(cache) && used.includes(database)) ? [{ cache, database }] : [],
    ),
  );
}

function warmthKey({ cache, database }: Shielded, { name }: Region): string {
  return `warmth/${cache.id}/${database.id}@${name}`;
}

function warmthPlan(
  topology: Topology,
  { cache, database, region, keyOf }: Shielded & { readonly region: Region; readonly keyOf: KeyOf },
): WarmthPlan {
  const { requestMs, patienceMs, coldFactor, warmMs } = loadOf(topology);
  const peak = arrivalsOf(topology, [cache.id, database.id]) ?? 1;
  return {
    kind: "warmth",
    cache: keyOf(cache, region),
    load: {
      region: region.name,
      peak,
      trough: LOAD.trough.value,
      perTask: peak / LOAD.databaseShare.value,
      atTarget: peak,
      requestMs,
      patienceMs,
      attempts: LOAD.attempts.value,
      queueMs: LOAD.queueMs.value,
      countsRequests: false,
      scaling: null,
    },
    coldFactor,
    warmMs,
    entryMs: LOAD.entryMs.value,
  };
}
