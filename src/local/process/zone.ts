import { type SecureContext, createSecureContext } from "node:tls";
import { systemClock } from "../../base/clock.ts";
import { every } from "../../base/clock.ts";
import { seededRandom } from "../../base/random.ts";
import { Balancer } from "../balancer/balancer.ts";
import { openBeacon } from "../beacon.ts";
import { Endpoint } from "../endpoint.ts";
import { LeaseHolder } from "../lease/holder.ts";
import { LinkTable } from "../link/link-table.ts";
import { createCancelledCommitDetector } from "../link/postgres-inspector.ts";
import { QUEUE_SERVICE } from "../../world/primitive.ts";
import { monitorEventLoop } from "../../base/event-loop.ts";
import { serve } from "./ipc.ts";
import type { EndpointLink, ServiceMetrics, ZoneConfig, ZoneProtocol } from "./messages-zone.ts";
import { observe, raisePriority } from "./observe.ts";

/**
 * The process of one zone: its balancer nodes, its outgoing links, its endpoints and its observers. A zone's loss is
 * the end of
 * this one process, and of what the supervisor started for the zone. Configured and ordered over IPC, see `messages-
 * zone.ts`.
 */
const clock = systemClock;
const TIMES = { idleTimeoutMs: 60_000, connectTimeoutMs: 1_000, slowStartMs: 0 } as const;

const eventLoop = monitorEventLoop(systemClock);
const endpoints = new Map<string, Endpoint>();
/** Endpoints that lead to what takes writes in this region. */
const leased = new Set<string>();
const balancers = new Map<string, Balancer>();
let links = new LinkTable({ zone: "", clock });
let ownZone = "";
let lease: LeaseHolder | null = null;

async function configure(config: ZoneConfig): Promise<void> {
  raisePriority();
  ownZone = config.zone;
  links = new LinkTable({ zone: ownZone, clock, checkDelay: config.checkDelay });
  if (config.lease) lease = new LeaseHolder({ config: config.lease, clock, onChange: leaseChanged });
  const tls = createSecureContext({ cert: config.tls.certificate, key: config.tls.key });
  await openBeacon(config.beacon);
  await Promise.all([
    ...config.links.map(({ listen, target, purpose }) =>
      links.open({ listen, target, purpose, calls: target.end.component === QUEUE_SERVICE }),
    ),
    ...config.endpoints.map((endpoint) => openEndpoint(endpoint, tls)),
    ...config.balancers.map(async (balancer) => {
      const { service } = balancer;
      const random = seededRandom(`${config.zone}/${service}`);
      const onHealth = (target: string, healthy: boolean): void => emit("health", { service, target, healthy });
      const node = new Balancer({ config: balancer, links, clock, random, ...TIMES, onHealth });
      balancers.set(service, node);
      await node.listen();
    }),
  ]);
  observe(config.observers, clock, (sight) => emit("sight", sight));
  every(clock, config.metricsEveryMs, () => emit("metrics", { services: takeMetrics() }));
}

function leaseChanged(held: boolean): void {
  if (!held) for (const endpoint of endpoints.values()) endpoint.leaseLost();
  emit("lease", { held });
}

async function openEndpoint(config: EndpointLink, tls: SecureContext): Promise<void> {
  const holder = lease;
  const endpoint = new Endpoint({
    config,
    links,
    clock,
    tls,
    ...(config.protocol === "postgres" ? { inspect: cancelledCommits(config.id) } : {}),
    ...(holder ? { holdsLease: () => holder.holds() } : {}),
  });
  endpoints.set(config.id, endpoint);
  await endpoint.open();
}

/**
 * A commit whose wait for a standby was cancelled looks like a success to the program: the connection is dropped
 * instead.
 */
function cancelledCommits(endpoint: string): () => (chunk: Buffer) => boolean {
  return () => {
    const detect = createCancelledCommitDetector();
    return (chunk) => {
      const cancelled = detect(chunk);
      if (cancelled) emit("cancelledCommit", { endpoint });
      return cancelled;
    };
  };
}

function takeMetrics(): Record<string, ServiceMetrics> {
  const entries = [...balancers].map(([service, balancer]) => {
    const { meanConcurrent, requests, errors, targetErrors, sentTo } = balancer.takeMetrics();
    const own = Object.values(errors).reduce((sum, count) => sum + count, 0);
    return [service, { concurrent: meanConcurrent, requests, errors: own + targetErrors, sentTo }] as const;
  });
  return Object.fromEntries(entries);
}

const emit = serve<ZoneProtocol>({
  configure,
  requests: {
    eventLoop: () => eventLoop.takeMaxMs(),
    rules: async (rules) => {
      await links.setRules(rules);
      return null;
    },
    trap: ({ id, operation }) => {
      links.arm({ id, component: QUEUE_SERVICE, operation }, () => emit("trapped", { id }));
      return null;
    },
    endpoint: (order) => {
      endpoints.get(order.id)?.set(order);
      // One that leads nowhere yet must not take the lease from who has it.
      if (order.leased && order.targets.length > 0) leased.add(order.id);
      else leased.delete(order.id);
      lease?.want(leased.size > 0);
      return null;
    },
    drained: async ({ service, target }) => {
      await balancers.get(service)?.drained(target);
      return null;
    },
    healthPath: ({ service, path }) => {
      balancers.get(service)?.setHealthPath(path);
      return null;
    },
  },
  messages: {
    targets: ({ service, targets }) => balancers.get(service)?.setTargets(targets),
    // Who still comes to the node of a zone that traffic is shifted away from is served as ever.
    zonesAway: ({ service, zones }) => balancers.get(service)?.setZonesAway(zones.filter((zone) => zone !== ownZone)),
  },
});
