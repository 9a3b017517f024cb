import type { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { type RegionStacks, type Shipment, type Site, shipmentOf } from "../../src/aws/ship.ts";
import { shipSites } from "../../src/aws/site.ts";
import { shipComponents } from "../../src/aws/system.ts";
import { definitionOf } from "../../src/definition/validate.ts";
import { compileTopology } from "../../src/topology/compile.ts";
import { plainStacks, quietApp } from "./quiet-app.ts";

/** What is shipped of a definition's programs. */
export interface ProgramOptions {
  readonly active?: string;
  readonly stage?: "production" | "dev";
  /** Where `build` and `code` are relative to. @default examples/everything */
  readonly directory?: string;
}

/** The regions of a definition with all that programs use, and the programs; no edge, no watch. */
export interface Programs {
  readonly app: App;
  readonly shipment: Shipment;
  readonly sites: readonly Site[];
  /** A part of a region, of the primary one unless said. */
  readonly template: (part: keyof RegionStacks, region?: number) => Template;
}

/** A folder with a Dockerfile and one with a function. */
export const EVERYTHING = new URL("../../examples/everything/", import.meta.url).pathname;

/** A system with one HTTP service behind an edge, to which a test adds what it is about. */
export function systemOf(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: "shop",
    regions: { primary: "us-east-1", secondary: "us-west-2" },
    recovery: "warm-standby",
    edge: { domain: "shop.example.com", hostedZoneId: "Z0123456789EXAMPLE", routes: { "/api/*": "api" } },
    services: { api: { build: "./program", run: "node server.ts", health: "/healthz" } },
    ...changes,
  };
}

/** Ships the programs of a definition, after what they use. */
export function shipPrograms(definition: Record<string, unknown>, options: ProgramOptions = {}): Programs {
  const { stage = "production", directory = EVERYTHING } = options;
  const compiled = compileTopology(definitionOf(definition), { regions: "all", directory });
  const topology = { ...compiled, shipping: { ...compiled.shipping, stage } };
  const app = quietApp();
  const shipment = shipmentOf(topology, options.active);
  const sites = shipSites(shipment, plainStacks(app, shipment));
  for (const site of sites) if (site.presence.deployed) shipComponents(site);
  const template: Programs["template"] = (part, region = 0) => Template.fromStack(sites[region]!.stacks[part]);
  return { app, shipment, sites, template };
}
