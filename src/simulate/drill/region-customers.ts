import type { Action } from "../../base/journal.ts";
import type { Ms } from "../../base/units.ts";
import { DNS_ASKERS } from "../../topology/region-spec.ts";
import { type Pace, timeout } from "../../topology/timing.ts";
import { type Journey, type Topology, componentsOf, findComponent, weightOf } from "../../topology/topology.ts";
import type { Answer, AttemptAt } from "./customers.ts";
import { needsOf } from "./journey-needs.ts";
import type { Demand } from "./region-directory.ts";
import type { RegionView } from "./region-world.ts";

/** What passes until an answer comes where all is well, or where somebody says no at once. */
const AT_ONCE_MS: Ms = 5;
/** What an answer takes from programs that have too little of a processor: more than customers take for steady. */
const LATE_MS: Ms = 300;
/** How long the resolver of customers waits for a DNS server, before it asks the next one. */
const NAME_PATIENCE_MS: Ms = 400;

/** What a request needs of the region that it is served in; null where the edge answers by itself. */
interface Needs {
  readonly components: readonly string[];
  /** It writes to a database, in whichever region that is. */
  readonly isWrite: boolean;
}

/** What customers of a system over regions need, and how patient what is on their way is. */
export interface Paths {
  readonly homes: readonly string[];
  /** How long the edge waits for an origin. */
  readonly originMs: Ms;
  /** How many addresses an origin's name has: a read that nobody answers is sent to the next one. */
  readonly addresses: number;
  /** Reads that fail in one region are asked for in another that runs all the time. */
  readonly hasSecondOrigin: boolean;
  needsOf(journey: Journey, action: Action): Needs | null;
}

/** How customers come into a system that has an edge. */
export function pathsOf(topology: Topology, pace: Pace): Paths {
  const [edge] = componentsOf(topology, "edge");
  const { recovery } = topology;
  const needs = new Map(
    topology.journeys.map((journey) => {
      return [
        journey.id,
        { read: regionNeeds(topology, journey, "read"), write: regionNeeds(topology, journey, "write") },
      ];
    }),
  );
  return {
    homes: topology.regions.map(({ name }) => name),
    originMs: timeout(edge?.settings.origin.responseTimeoutMs ?? 0, pace),
    addresses: topology.regions[0]?.zones.length ?? 1,
    hasSecondOrigin: recovery === "warm-standby" || recovery === "active-active",
    needsOf: ({ id }, action) => needs.get(id)?.[action] ?? null,
  };
}

/** What a queue's work waits for in an outbox is written to the database, and not to the queue. */
function regionNeeds(topology: Topology, journey: Journey, action: Action): Needs | null {
  const { service, queues, writers, readers } = needsOf(topology, journey, action);
  if (service === null) return null;
  const isDatabase = (id: string): boolean => findComponent(topology, "database", id) !== undefined;
  const handedOver = queues.filter((id) => findComponent(topology, "queue", id)?.settings.acrossRegions === "none");
  const caches = writers.filter((id) => !isDatabase(id));
  return {
    components: [service, ...handedOver, ...caches, ...readers],
    isWrite: action === "write" && (writers.some(isDatabase) || handedOver.length < queues.length),
  };
}

/** How often customers near one region look up the edge, and their edge location a service. */
export function demandOf({ journeys, regions }: Topology, paths: Paths, rate: number): Demand {
  const served = journeys.filter((journey) => paths.needsOf(journey, "read") !== null);
  const edgePerMs = rate / 1_000 / regions.length;
  return { edgePerMs, servicePerMs: (edgePerMs * weightOf(served)) / weightOf(journeys) };
}

/** How an attempt fares that is sent while the world is as `view` shows it. */
export function answerIn(view: RegionView, paths: Paths, attempt: AttemptAt): Answer {
  const { near, provider, machine } = placesOf(attempt.customer, paths);
  const way = view.ways[near];
  const edge = view.edges[way?.edges[provider] ?? ""];
  if (way === undefined || edge?.isUp !== true) return { ok: false, tookMs: AT_ONCE_MS, silent: true };
  const answer = answerFrom(edge.servedFrom[machine] ?? near, { view, paths, attempt });
  return way.isNameSlow ? { ...answer, tookMs: answer.tookMs + NAME_PATIENCE_MS } : answer;
}

/** Customers live near one region after the other, have one provider after the other, and so on. */
function placesOf(
  customer: number,
  { homes }: Paths,
): { readonly near: string; readonly provider: number; readonly machine: number } {
  const { providers, edgeMachines } = DNS_ASKERS;
  const neighbour = Math.floor(customer / homes.length);
  const machine = Math.floor(neighbour / providers) % edgeMachines;
  return { near: homes[customer % homes.length] ?? "", provider: neighbour % providers, machine };
}

function answerFrom(
  region: string,
  {
    view,
    paths,
    attempt: { journey, action },
  }: { readonly view: RegionView; readonly paths: Paths; readonly attempt: AttemptAt },
): Answer {
  const needs = paths.needsOf(journey, action);
  if (needs === null) return { ok: true, tookMs: AT_ONCE_MS };
  const worksIn = (name: string): boolean => {
    const there = view.regions[name];
    if (there === undefined || !there.isReached || needs.components.some((each) => there.lacks.has(each))) return false;
    return !needs.isWrite || there.isWritable;
  };
  const isSilent = view.regions[region]?.isReached !== true;
  if (!isSilent && worksIn(region)) return { ok: true, tookMs: view.isCrowded ? LATE_MS : AT_ONCE_MS };
  const isRead = action === "read";
  const tookMs = isSilent ? paths.originMs * (isRead ? paths.addresses : 1) : AT_ONCE_MS;
  const other = paths.homes.find((name) => name !== region);
  if (isRead && paths.hasSecondOrigin && other !== undefined) return { ok: worksIn(other), tookMs };
  return { ok: false, tookMs };
}
