import { type Cancel, systemClock } from "../../base/clock.ts";
import { monitorEventLoop } from "../../base/event-loop.ts";
import { seededRandom } from "../../base/random.ts";
import { TAKEOVER } from "../../facts/takeover.ts";
import { DNS_ASKERS } from "../../topology/region-spec.ts";
import { type Pace, timer } from "../../topology/timing.ts";
import { Accelerator } from "../accelerator/accelerator.ts";
import type { Address } from "../address.ts";
import { Directory } from "../dns/directory.ts";
import { CachingResolver } from "../dns/resolver.ts";
import { DnsServer } from "../dns/server.ts";
import { Edge, type EdgeDecision, type ServicePlace } from "../edge/edge.ts";
import { LinkTable } from "../link/link-table.ts";
import { type Vantage, startVantage } from "../vantage/vantage.ts";
import { serve } from "./ipc.ts";
import type { BalancerNodes, GlobalConfig, GlobalProtocol, Location, TrafficDecision } from "./messages-global.ts";

/**
 * The process of what stands outside of every region: the DNS with its health checks, the locations of the edge, the
 * accelerators, and the watcher and witness there. It reaches the balancer nodes by links of its own. Started by the
 * supervisor with an IPC channel; it does nothing until it is configured, and then goes on by itself: a node that dies
 * leaves the DNS without anyone's order.
 */
const clock = systemClock;
const eventLoop = monitorEventLoop(clock);
const links = new LinkTable({ zone: "outside", clock });
const dns = new DnsServer({ random: seededRandom("dns") });
const balancers = new Map<string, BalancerNodes>();
/** By the region that each is near. */
const edges = new Map<string, Edge>();
let regionsAway: readonly string[] = [];
let turning: Cancel = () => undefined;
let config: GlobalConfig;
let pace: Pace;
let directory: Directory;
let accelerators: readonly Accelerator[];
let vantage: Vantage | null = null;

async function configure(given: GlobalConfig): Promise<void> {
  config = given;
  pace = { name: config.paceFactor === 1 ? "aws" : "fast", factor: config.paceFactor };
  await Promise.all(config.links.map((link) => links.open(link)));
  const servers = await Promise.all(config.locations.map((location) => dns.listen(location.dns, location.region)));
  const onNode = (service: string, zone: string, healthy: boolean): void => emit("health", { service, zone, healthy });
  directory = new Directory({ config, dns, clock, pace, onNode, onShift: decide });
  // Each location asks the DNS as those near it do, and another one's where that is silent.
  const near = (at: number): Address[] => [...servers.slice(at), ...servers.slice(0, at)];
  await Promise.all(config.locations.map((location, at) => startEdge(location, near(at))));
  const regions = config.regions.map(({ name }) => name);
  accelerators = config.accelerators.map(
    (each) => new Accelerator({ config: each, regions, serves, clock, pace, onShift: decide }),
  );
  await Promise.all(accelerators.map((accelerator) => accelerator.listen()));
  keepAway(config.away);
  const onSight = (region: string, ok: boolean): void => emit("sight", { region, ok });
  if (config.vantage) vantage = await startVantage(config.vantage, { clock, links, onSight });
}

async function startEdge({ region, edge: listen }: Location, servers: readonly Address[]): Promise<void> {
  if (listen === null || config.edge === null) return;
  const resolvers = Array.from({ length: DNS_ASKERS.edgeMachines }, () => new CachingResolver({ servers, clock }));
  const regions = config.regions.map(({ name }) => name);
  const edge = new Edge({ settings: config.edge, pace, clock, resolvers, placeOf, regions, onDecision: decide });
  edges.set(region, edge);
  await edge.listen(listen);
}

function decide(decision: EdgeDecision | TrafficDecision): void {
  emit("decision", decision);
}

/** The region that serves, where one does: the first one that customers are not kept away from. */
function active(): string | undefined {
  return (config.regions.find(({ name }) => !regionsAway.includes(name)) ?? config.regions[0])?.name;
}

/** Whether a region has customers as long as all is well. */
function serves(region: string): boolean {
  return config.recovery === "active-active" ? !regionsAway.includes(region) : region === active();
}

/** Where reads that fail are asked for again: in a region that runs its services beforehand. */
function standby(): string | undefined {
  const runs = config.recovery === "warm-standby" || config.recovery === "active-active";
  return runs ? config.regions.find(({ name }) => name !== active())?.name : undefined;
}

function placeOf(service: string): ServicePlace | null {
  const known = balancers.get(service);
  const other = standby();
  if (!known) return null;
  const { port } = known;
  return { name: directory.nameOf(service), port, standby: other ? directory.nameIn(service, other) : null };
}

/** A switch is followed once an alarm has seen it, which takes the longest that is usual. */
function throwSwitch(away: readonly string[]): void {
  turning();
  turning = clock.after(timer(TAKEOVER.alarm.value[1], pace), () => keepAway(away));
}

function keepAway(away: readonly string[]): void {
  regionsAway = away;
  directory.setRegionsAway(away);
  for (const accelerator of accelerators) accelerator.watchTraffic();
}

const emit = serve<GlobalProtocol>({
  configure,
  requests: {
    eventLoop: () => eventLoop.takeMaxMs(),
    rules: async (rules) => {
      await links.setRules(rules);
      return null;
    },
    witness(command) {
      if (!vantage) throw new Error("there is one region, and no witness of its lease");
      return vantage.witness(command);
    },
    site: ({ down }) => {
      for (const edge of edges.values()) edge.setBucketsDown(down);
      return null;
    },
    edgeDown: async ({ region, down }) => {
      await edges.get(region)?.setLost(down);
      return null;
    },
    dnsDown: ({ region, down }) => {
      dns.setSilent(region, down);
      return null;
    },
  },
  messages: {
    balancers: (told) => {
      balancers.set(told.service, told);
      directory.setBalancer(told);
      for (const accelerator of accelerators) if (accelerator.service === told.service) accelerator.setNodes(told);
    },
    shift: ({ service, away }) => {
      directory.setZonesAway(service, away);
      for (const accelerator of accelerators) if (accelerator.service === service) accelerator.setZonesAway(away);
    },
    traffic: ({ away }) => throwSwitch(away),
  },
});
