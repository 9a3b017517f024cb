import { type Stack, Tags } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { physicalName } from "../../src/aws/name.ts";
import { shipRecovery } from "../../src/aws/recovery/recovery.ts";
import { type Shipment, type Site, shipmentOf } from "../../src/aws/ship.ts";
import { type NewStack, shipSites } from "../../src/aws/site.ts";
import { shipWatch } from "../../src/aws/watch/watch.ts";
import { definitionOf } from "../../src/definition/validate.ts";
import { compileTopology } from "../../src/topology/compile.ts";
import { fakeHandles } from "./aws-handles.ts";
import { plainStacks, quietApp } from "./quiet-app.ts";

/** A resource as a test looks at it. */
export interface Made {
  readonly Type: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- a template's properties have no type
  readonly Properties: any;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
}

/** The watch and recovery of a system whose other parts are made up. */
export interface WatchRig {
  readonly shipment: Shipment;
  readonly sites: readonly Site[];
  /** Resources of a type in the watch stack of a region (0: the first one), by logical id. */
  watched(type: string, region?: number): Record<string, Made>;
  /** Resources of a type in the recovery stack. */
  recovery(type: string): Record<string, Made>;
  /** Whole templates, by stack. */
  readonly templates: () => Record<string, Template>;
}

/** A system with a service that listens, a worker, and data of three kinds, to which a test adds what it is about. */
export function shopOf(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: "shop",
    regions: { primary: "us-east-1", secondary: "us-west-2" },
    recovery: "warm-standby",
    objectives: { zone: { rto: "2 minutes", rpo: "0 seconds" }, region: { rto: "15 minutes", rpo: "30 seconds" } },
    edge: { domain: "shop.example.com", hostedZoneId: "Z0123456789EXAMPLE", routes: { "/api/*": "api" } },
    services: {
      api: { run: "node server.js", health: "/healthz", uses: ["orders", "sessions", "database"] },
      worker: {
        run: "node worker.js",
        consumes: "orders",
        uses: ["database"],
        scale: { min: 3, max: 10, on: { queueDepth: 100 } },
      },
    },
    queues: { orders: {} },
    databases: { database: { engine: "aurora-postgresql" } },
    caches: { sessions: {} },
    journeys: {
      order: { write: "POST /api/orders", read: "GET /api/orders/{key}" },
      catalogue: { read: "GET /api/products" },
    },
    ...changes,
  };
}

/** What is asked for beside a definition. */
interface RigOptions {
  readonly active?: string;
  readonly stage?: "production" | "dev";
}

const made = new Map<string, WatchRig>();

/** Ships the watch of each region that is deployed, and the recovery; the same is shipped once, and only looked at. */
export function shipWatched(definition: Record<string, unknown> = shopOf(), options: RigOptions = {}): WatchRig {
  const key = JSON.stringify([definition, options]);
  const rig = made.get(key) ?? newRig(definition, options);
  made.set(key, rig);
  return rig;
}

function newRig(definition: Record<string, unknown>, options: RigOptions): WatchRig {
  const compiled = compileTopology(definitionOf(definition), { regions: "all", directory: "/srv/shop" });
  const { stage = "production" } = options;
  const topology = { ...compiled, shipping: { ...compiled.shipping, stage } };
  const shipment = shipmentOf(topology, options.active);
  const plain = plainStacks(quietApp(), shipment);
  const newStack: NewStack = (part, region) => {
    const stack = plain(part, region);
    Tags.of(stack).add("holdfast:system", physicalName(shipment));
    return stack;
  };
  const sites = shipSites(shipment, newStack);
  for (const site of sites.filter(({ presence }) => presence.deployed)) {
    fakeHandles(site);
    shipWatch(site);
  }
  const recovery = newStack("recovery", topology.regions.at(-1)!.name);
  shipRecovery(recovery, sites);
  const found = (stack: Stack, type: string) => Template.fromStack(stack).findResources(type) as Record<string, Made>;
  return {
    shipment,
    sites,
    watched: (type, region = 0) => found(sites[region]!.stacks.watch, type),
    recovery: (type) => found(recovery, type),
    templates: () =>
      Object.fromEntries(
        [...sites.map(({ stacks }) => stacks.watch), recovery].map((stack) => [
          stack.stackName,
          Template.fromStack(stack),
        ]),
      ),
  };
}
