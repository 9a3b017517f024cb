import { App, Stack, Tags } from "aws-cdk-lib";
import type { Component, Kind, Topology } from "../topology/topology.ts";
import { componentsOf } from "../topology/topology.ts";
import { type ManifestFile, kubernetesManifests } from "./compute/kubernetes-manifest.ts";
import type { Handles } from "./handle.ts";
import { shipAccelerator } from "./kind/accelerator.ts";
import { shipBucket } from "./kind/bucket.ts";
import { shipBus, shipRules } from "./kind/bus.ts";
import { shipCache } from "./kind/cache.ts";
import { shipDatabase } from "./kind/database.ts";
import { shipEdge } from "./kind/edge.ts";
import { shipFileSystem } from "./kind/file-system.ts";
import { shipFunction } from "./kind/function.ts";
import { shipHttpApi } from "./kind/http-api.ts";
import { shipQueue } from "./kind/queue.ts";
import { shipSchedule } from "./kind/schedule.ts";
import { shipService } from "./kind/service.ts";
import { shipTable } from "./kind/table.ts";
import { shipTopic, subscribeFunctions } from "./kind/topic.ts";
import { shipVolume } from "./kind/volume.ts";
import { physicalName, stackName } from "./name.ts";
import { shipBackups } from "./recovery/backup.ts";
import { shipRecovery } from "./recovery/recovery.ts";
import { type ShippedStacks, type Shipment, type Site, isDev, shipmentOf } from "./ship.ts";
import { type NewStack, shipSites } from "./site.ts";
import { shipWatch } from "./watch/watch.ts";

/** CloudFront, its certificates and its firewall are only taken there. */
const GLOBAL_REGION = "us-east-1";

export interface ShipOptions {
  readonly topology: Topology;
  /** The region that serves now. @default the primary one */
  readonly active?: string;
}

/** A system's stacks, and what goes beside them. */
export interface ShippedSystem {
  readonly stacks: ShippedStacks;
  readonly shipment: Shipment;
  /** What CloudFormation cannot make: the manifests of services on Kubernetes. */
  readonly files: readonly ManifestFile[];
}

/** Makes all stacks of a system in an app; the app is not synthesized yet. */
export function shipSystem(app: App, { topology, active }: ShipOptions): ShippedSystem {
  const shipment = shipmentOf(topology, active);
  const newStack = stacksOf(app, shipment);
  const sites = shipSites(shipment, newStack);
  for (const site of sites) shipSite(site);
  const global = hasGlobal(topology) ? newStack("global", GLOBAL_REGION) : null;
  if (global) for (const edge of componentsOf(topology, "edge")) shipEdge(global, sites, edge);
  if (global) for (const each of componentsOf(topology, "accelerator")) shipAccelerator(global, sites, each);
  const recovery = newStack("recovery", topology.regions.at(-1)!.name);
  shipRecovery(recovery, sites);
  const regions = Object.fromEntries(sites.map(({ region, stacks }) => [region.name, stacks]));
  return { stacks: { regions, global, recovery }, shipment, files: sites.flatMap(kubernetesManifests) };
}

function shipSite(site: Site): void {
  if (site.presence.deployed) {
    shipComponents(site);
    shipWatch(site);
  }
  shipBackups(site);
}

/** Data first, then what carries messages, then what computes; within each, what is used before what uses it. */
export function shipComponents(site: Site): void {
  const { handles, shipment } = site;
  const each = <K extends Kind>(
    kind: K,
    ship: (component: Extract<Component, { kind: K }>) => Parameters<Handles["add"]>[0],
  ): void => {
    for (const component of componentsOf(shipment.topology, kind)) handles.add(ship(component));
  };
  each("database", (component) => shipDatabase(site, component));
  each("cache", (component) => shipCache(site, component));
  each("table", (component) => shipTable(site, component));
  each("bucket", (component) => shipBucket(site, component));
  each("file-system", (component) => shipFileSystem(site, component));
  each("volume", (component) => shipVolume(site, component));
  each("queue", (component) => shipQueue(site, component));
  each("topic", (component) => shipTopic(site, component));
  each("bus", (component) => shipBus(site, component));
  for (const component of programsInOrder(shipment.topology)) {
    handles.add(component.kind === "service" ? shipService(site, component) : shipFunction(site, component));
  }
  for (const component of componentsOf(shipment.topology, "topic")) subscribeFunctions(site, component);
  each("bus", (component) => shipRules(site, component));
  each("http-api", (component) => shipHttpApi(site, component));
  for (const component of componentsOf(shipment.topology, "schedule")) shipSchedule(site, component);
}

/** Services and functions, each after those that it uses. The definition has no circle of them. */
function programsInOrder(topology: Topology): readonly Extract<Component, { kind: "service" | "function" }>[] {
  const open = [...componentsOf(topology, "service"), ...componentsOf(topology, "function")];
  const done: typeof open = [];
  while (open.length > 0) {
    const waiting = new Set(open.map(({ id }) => id));
    const index = open.findIndex(({ settings }) => !settings.uses.some((used) => waiting.has(used)));
    done.push(...open.splice(Math.max(0, index), 1));
  }
  return done;
}

function hasGlobal(topology: Topology): boolean {
  return topology.components.some(({ kind }) => kind === "edge" || kind === "accelerator");
}

function stacksOf(app: App, shipment: Shipment): NewStack {
  return (part, region) => {
    const stack = new Stack(app, stackName(shipment, part, region), {
      env: { region },
      description: `${shipment.system}: ${part}`,
      terminationProtection: !isDev(shipment),
    });
    Tags.of(stack).add("holdfast:system", physicalName(shipment));
    return stack;
  };
}
