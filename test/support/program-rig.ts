import { App, CloudFormationValidatePlugin, type IPolicyValidationPlugin, Stack, Validations } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Handles } from "../../src/aws/handle.ts";
import { shipKey } from "../../src/aws/key.ts";
import { shipBucket } from "../../src/aws/kind/bucket.ts";
import { shipBus } from "../../src/aws/kind/bus.ts";
import { shipCache } from "../../src/aws/kind/cache.ts";
import { shipDatabase } from "../../src/aws/kind/database.ts";
import { shipFileSystem } from "../../src/aws/kind/file-system.ts";
import { shipFunction } from "../../src/aws/kind/function.ts";
import { shipHttpApi } from "../../src/aws/kind/http-api.ts";
import { shipQueue } from "../../src/aws/kind/queue.ts";
import { shipService } from "../../src/aws/kind/service.ts";
import { shipTable } from "../../src/aws/kind/table.ts";
import { shipTopic } from "../../src/aws/kind/topic.ts";
import { shipVolume } from "../../src/aws/kind/volume.ts";
import { stackName } from "../../src/aws/name.ts";
import { shipNetwork } from "../../src/aws/network.ts";
import { type RegionStacks, type Shipment, type Site, presenceIn } from "../../src/aws/ship.ts";
import { definitionOf } from "../../src/definition/validate.ts";
import { compileTopology } from "../../src/topology/compile.ts";
import { componentsOf } from "../../src/topology/topology.ts";

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
  const app = new App({ analyticsReporting: false });
  Validations.of(app).addPlugins(quietValidation());
  const active = options.active ?? topology.regions[0]!.name;
  const shipment: Shipment = { topology, system: topology.system, stage, active, wires: [] };
  const bare = topology.regions.map((region) => {
    const parts = ["network", "data", "messaging", "compute", "watch"] as const;
    const stack = (part: string): Stack =>
      new Stack(app, stackName(shipment, part, region.name), { env: { region: region.name } });
    const named = parts.map((part) => [part, stack(part)]);
    const stacks = Object.fromEntries(named) as unknown as RegionStacks;
    const other = topology.regions.find(({ name }) => name !== region.name) ?? null;
    return { shipment, region, presence: presenceIn(shipment, region), stacks, other, handles: new Handles() };
  });
  const sites = bare.map((site): Site => {
    const keyArn = shipKey(site, bare[0]!);
    return { ...site, keyArn, network: shipNetwork(site, keyArn) };
  });
  for (const site of sites) if (site.presence.deployed) shipParts(site);
  const template: Programs["template"] = (part, region = 0) => Template.fromStack(sites[region]!.stacks[part]);
  return { app, shipment, sites, template };
}

function shipParts(site: Site): void {
  const { handles, shipment } = site;
  const { topology } = shipment;
  for (const each of componentsOf(topology, "database")) handles.add(shipDatabase(site, each));
  for (const each of componentsOf(topology, "cache")) handles.add(shipCache(site, each));
  for (const each of componentsOf(topology, "table")) handles.add(shipTable(site, each));
  for (const each of componentsOf(topology, "bucket")) handles.add(shipBucket(site, each));
  for (const each of componentsOf(topology, "file-system")) handles.add(shipFileSystem(site, each));
  for (const each of componentsOf(topology, "volume")) handles.add(shipVolume(site, each));
  for (const each of componentsOf(topology, "queue")) handles.add(shipQueue(site, each));
  for (const each of componentsOf(topology, "topic")) handles.add(shipTopic(site, each));
  for (const each of componentsOf(topology, "bus")) handles.add(shipBus(site, each));
  // Each after those that it uses, whatever the kind.
  const programs = [...componentsOf(topology, "service"), ...componentsOf(topology, "function")];
  const open = [...programs];
  while (open.length > 0) {
    const index = open.findIndex(({ settings }) => !settings.uses.some((used) => open.some(({ id }) => id === used)));
    const [next] = open.splice(Math.max(0, index), 1);
    if (next) handles.add(next.kind === "service" ? shipService(site, next) : shipFunction(site, next));
  }
  for (const each of componentsOf(topology, "http-api")) handles.add(shipHttpApi(site, each));
}

/** Stands in for the CDK's own validator, which takes seconds and warns of stacks that are still empty. */
function quietValidation(): IPolicyValidationPlugin {
  return Object.create(CloudFormationValidatePlugin.prototype, {
    name: { value: "quiet" },
    version: { value: "1" },
    ruleIds: { value: [] },
    validate: { value: () => ({ success: true, violations: [] }) },
  }) as IPolicyValidationPlugin;
}
