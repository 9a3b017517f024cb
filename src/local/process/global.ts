import { systemClock } from "../../base/clock.ts";
import { seededRandom } from "../../base/random.ts";
import { type HealthTarget, HealthChecker } from "../dns/health-check.ts";
import { type HostedZone, balancerRecords, ttlSeconds } from "../dns/records.ts";
import { CachingResolver } from "../dns/resolver.ts";
import { DnsServer } from "../dns/server.ts";
import { Edge, type EdgeDecision } from "../edge/edge.ts";
import { type Pace, timeout, timer } from "../../topology/timing.ts";
import { LinkTable } from "../link/link-table.ts";
import { monitorEventLoop } from "../../base/event-loop.ts";
import { serve } from "./ipc.ts";
import type { GlobalConfig, GlobalProtocol } from "./messages-global.ts";

/**
 * The process of what stands outside of every region: the DNS with its health checks, and the edge. It reaches the
 * balancer nodes by
 * links of its own. Started by the supervisor with an IPC channel; it does nothing until it is configured, and then
 * goes on
 * by itself: a node that dies leaves the DNS without anyone's order.
 */
const clock = systemClock;
/** Route 53 gives a connection four seconds, and the answer two. */
const LOOK_TIMEOUT_MS = 6_000;
/** A name that is not there yet is looked for again soon. */
const NEGATIVE_TTL_SECONDS = 1;

type Balancers = GlobalProtocol["messages"]["balancers"];

const eventLoop = monitorEventLoop(systemClock);
const links = new LinkTable({ zone: "outside", clock });
const dns = new DnsServer({ random: seededRandom("dns") });
const balancers = new Map<string, Balancers>();
const away = new Map<string, readonly string[]>();
const unhealthy = new Set<string>();
let config: GlobalConfig;
let pace: Pace;
let checker: HealthChecker;
let edge: Edge | null = null;

async function configure(given: GlobalConfig): Promise<void> {
  config = given;
  pace = { name: config.paceFactor === 1 ? "aws" : "fast", factor: config.paceFactor };
  const { edge: wanted, dns: settings } = config;
  await Promise.all(config.links.map((link) => links.open(link)));
  const server = await dns.listen(settings.listen);
  checker = new HealthChecker({
    clock,
    intervalMs: timer(settings.healthCheck.intervalMs, pace),
    timeoutMs: timeout(LOOK_TIMEOUT_MS, pace),
    threshold: settings.healthCheck.threshold,
    onChange: judged,
  });
  if (wanted) await startEdge(wanted, new CachingResolver({ server, clock }));
  publish();
}

async function startEdge(
  { listen, settings }: NonNullable<GlobalConfig["edge"]>,
  resolver: CachingResolver,
): Promise<void> {
  const balancerOf = (service: string): { name: string; port: number } | null => {
    const known = balancers.get(service);
    return known ? { name: nameOf(service), port: known.port } : null;
  };
  const onDecision = (decision: EdgeDecision): void => emit("decision", decision);
  edge = new Edge({ settings, pace, clock, resolver, balancerOf, onDecision });
  await edge.listen(listen);
}

function nameOf(service: string): string {
  return `${service}.${config.system}.internal`;
}

function targetOf(service: string, zone: string): string {
  return `${service}/${zone}`;
}

function judged(target: string, healthy: boolean): void {
  const [service = "", zone = ""] = target.split("/");
  if (healthy) unhealthy.delete(target);
  else unhealthy.add(target);
  publishHealth(service, zone);
  emit("health", { service, zone, healthy });
}

/** A zonal shift works as on AWS: it makes the zone's health check fail, whatever the node is like. */
function publishHealth(service: string, zone: string): void {
  const target = targetOf(service, zone);
  dns.setHealth(target, !unhealthy.has(target) && !away.get(service)?.includes(zone));
}

/** Brings the DNS and the health checks in line with the balancers. */
function publish(): void {
  const ttl = ttlSeconds(config.dns.ttlMs, pace.factor);
  const records = [...balancers.values()].flatMap(({ service, nodes }) =>
    balancerRecords(nameOf(service), nodes, { ttlSeconds: ttl, healthOf: (zone) => targetOf(service, zone) }),
  );
  const zones: HostedZone[] = [
    { origin: `${config.system}.internal`, negativeTtlSeconds: NEGATIVE_TTL_SECONDS, records },
  ];
  if (config.edge) {
    const { listen, settings } = config.edge;
    const name = settings.domain;
    const target = { addresses: [listen.host] };
    const record = { name, routing: { policy: "simple" }, target, ttlSeconds: ttl, health: null } as const;
    zones.push({ origin: name, negativeTtlSeconds: NEGATIVE_TTL_SECONDS, records: [record] });
  }
  dns.setRecords(zones);
  const targets = [...balancers.values()].flatMap(({ service, port, path, nodes }) =>
    nodes.map(({ zone, host }): HealthTarget => ({ id: targetOf(service, zone), address: { host, port }, path })),
  );
  checker.setTargets(targets);
}

const emit = serve<GlobalProtocol>({
  configure,
  requests: {
    eventLoop: () => eventLoop.takeMaxMs(),
    rules: async (rules) => {
      await links.setRules(rules);
      return null;
    },
    site: ({ down }) => {
      edge?.setOriginDown(down);
      return null;
    },
  },
  messages: {
    balancers: (told) => {
      balancers.set(told.service, told);
      publish();
    },
    shift: ({ service, away: zones }) => {
      const before = away.get(service) ?? [];
      away.set(service, zones);
      for (const zone of new Set([...before, ...zones])) publishHealth(service, zone);
    },
  },
});
