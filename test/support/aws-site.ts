import type { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import type { FunctionHandle } from "../../src/aws/handle.ts";
import { type RegionStacks, type Shipment, type Site, shipmentOf } from "../../src/aws/ship.ts";
import { shipSites } from "../../src/aws/site.ts";
import { definitionOf } from "../../src/definition/validate.ts";
import { compileTopology } from "../../src/topology/compile.ts";
import type { ShippingSettings } from "../../src/topology/shipping.ts";
import type { Component, Objectives, RecoveryStrategy, Topology } from "../../src/topology/topology.ts";
import { plainStacks, quietApp } from "./quiet-app.ts";

/** What a test ships; everything has a default. */
export interface SitesOptions {
  readonly components?: readonly Component[];
  readonly regions?: readonly [string] | readonly [string, string];
  readonly zones?: readonly string[];
  readonly recovery?: RecoveryStrategy;
  readonly active?: string;
  readonly stage?: "production" | "dev";
  readonly network?: Partial<ShippingSettings["network"]>;
  readonly keys?: ShippingSettings["keys"];
  readonly regionRpoMs?: number | null;
}

/** The parts of a region's stacks, as templates. */
export type Part = keyof RegionStacks;

/** Sites with network and key, and nothing else shipped yet. */
export interface Sites {
  readonly app: App;
  readonly shipment: Shipment;
  readonly sites: readonly Site[];
  readonly first: Site;
  readonly second: Site;
  readonly template: (part: Part, site?: Site) => Template;
}

/** Makes stacks, keys and networks for a topology of one's own, in two regions unless said. */
export function makeSites(options: SitesOptions = {}): Sites {
  const topology = makeTopology(options);
  const app = quietApp();
  const shipment = shipmentOf(topology, options.active);
  const sites = shipSites(shipment, plainStacks(app, shipment));
  const template = (part: Part, site: Site = sites[0]!): Template => Template.fromStack(site.stacks[part]);
  return { app, shipment, sites, first: sites[0]!, second: sites[1] ?? sites[0]!, template };
}

/** A topology with these components alone, as the definition of a small system would give it. */
function makeTopology(options: SitesOptions): Topology {
  const [primary, secondary] = options.regions ?? ["us-east-1", "us-west-2"];
  const recovery = secondary === undefined ? "backup-restore" : (options.recovery ?? "warm-standby");
  const definition = definitionOf({
    name: "shop",
    regions: { primary, ...(secondary === undefined ? {} : { secondary }) },
    recovery,
    services: { api: { run: "node server.js" } },
  });
  const compiled = compileTopology(definition, { regions: "all", directory: "/srv/shop" });
  const { shipping, objectives } = compiled;
  const region: Objectives["region"] = { rtoMs: null, rpoMs: options.regionRpoMs ?? null };
  return {
    ...compiled,
    regions: compiled.regions.map((each) => {
      const names = options.zones ?? each.zones.map(({ name }) => name);
      return { ...each, zones: names.map((name, index) => ({ name, index })) };
    }),
    components: options.components ?? compiled.components,
    objectives: { ...objectives, region },
    shipping: {
      ...shipping,
      stage: options.stage ?? "production",
      network: { ...shipping.network, nat: "zone", ...options.network },
      keys: options.keys ?? {},
    },
  };
}

/** A function, as if it had been shipped. */
export function fakeFunction(site: Site, id: string): FunctionHandle {
  const arn = `arn:aws:lambda:${site.region.name}:123456789012:function:${id}`;
  const handle: FunctionHandle = {
    id,
    kind: "function",
    arn,
    name: id,
    aliasArn: `${arn}:live`,
    access: [],
    doors: [],
  };
  site.handles.add(handle);
  return handle;
}
