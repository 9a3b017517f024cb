import type { Clock } from "../../base/clock.ts";
import { dnsProbe, ttlSeconds } from "../../topology/region-spec.ts";
import type { Pace } from "../../topology/timing.ts";
import type { BalancerNodes, GlobalConfig, TrafficDecision } from "../process/messages-global.ts";
import { type HealthTarget, HealthChecker } from "./health-check.ts";
import { type DnsRecord, type HostedZone, balancerRecords, regionRecords } from "./records.ts";
import type { DnsServer } from "./server.ts";
import { TrafficWatch } from "./traffic-watch.ts";

/** A name that is not there yet is looked for again soon. */
const NEGATIVE_TTL_SECONDS = 1;

export interface DirectoryOptions {
  readonly config: Pick<GlobalConfig, "system" | "recovery" | "regions" | "dns" | "locations" | "edge">;
  readonly dns: DnsServer;
  readonly clock: Clock;
  readonly pace: Pace;
  /** The health checks of a balancer node crossed their threshold. */
  onNode(service: string, zone: string, healthy: boolean): void;
  onShift(decision: TrafficDecision): void;
}

/**
 * What a system's names lead to at each moment: it keeps the DNS in line with the balancers, with the health checks,
 * and with what customers are kept away from. In a system of several regions each service has a name in each of them,
 * and one that leads to a region that is well, by the records that are shipped (`aws/edge/routing.ts`): failover, or
 * the nearest where all regions serve.
 */
export class Directory {
  readonly #options: DirectoryOptions;
  readonly #checker: HealthChecker;
  readonly #balancers = new Map<string, BalancerNodes>();
  readonly #zonesAway = new Map<string, readonly string[]>();
  /** Nodes that the health checks have found ill. */
  readonly #ill = new Set<string>();
  readonly #watch: TrafficWatch;
  #regionsAway: readonly string[] = [];

  constructor(options: DirectoryOptions) {
    const { clock, pace, config } = options;
    this.#options = options;
    this.#watch = new TrafficWatch(
      config.regions.map(({ name }) => name),
      options.onShift,
    );
    const { intervalMs, timeoutMs, unhealthyThreshold } = dnsProbe(config.dns.healthCheck, pace);
    this.#checker = new HealthChecker({
      clock,
      intervalMs,
      timeoutMs,
      threshold: unhealthyThreshold,
      onChange: (target, healthy) => this.#judged(target, healthy),
    });
    this.#publish();
  }

  /** What leads to a service, wherever it is served from. */
  nameOf(service: string): string {
    return `${service}.${this.#options.config.system}.internal`;
  }

  /** What leads to a service in one region. */
  nameIn(service: string, region: string): string {
    return `${service}.${region}.${this.#options.config.system}.internal`;
  }

  setBalancer(told: BalancerNodes): void {
    this.#balancers.set(told.service, told);
    this.#publish();
    this.#watchTraffic();
  }

  /** A zonal shift works as on AWS: it makes the zone's health check fail, whatever the node is like. */
  setZonesAway(service: string, zones: readonly string[]): void {
    const before = this.#zonesAway.get(service) ?? [];
    this.#zonesAway.set(service, zones);
    for (const zone of new Set([...before, ...zones])) this.#publishHealth(service, zone);
    this.#watchTraffic();
  }

  /** Keeps customers away from exactly these regions. */
  setRegionsAway(away: readonly string[]): void {
    this.#regionsAway = away;
    for (const { name } of this.#options.config.regions) {
      this.#options.dns.setHealth(gateOf(name), !this.#regionsAway.includes(name));
    }
    this.#watchTraffic();
  }

  #judged(target: string, healthy: boolean): void {
    const [service = "", zone = ""] = target.split("/");
    if (service === EDGE) return this.#options.dns.setHealth(target, healthy);
    if (healthy) this.#ill.delete(target);
    else this.#ill.add(target);
    this.#publishHealth(service, zone);
    this.#options.onNode(service, zone, healthy);
    this.#watchTraffic();
  }

  #publishHealth(service: string, zone: string): void {
    const target = targetOf(service, zone);
    const away = this.#zonesAway.get(service)?.includes(zone) === true;
    this.#options.dns.setHealth(target, !this.#ill.has(target) && !away);
  }

  /** Brings the DNS and the health checks in line with the balancers. */
  #publish(): void {
    const { config, dns } = this.#options;
    const balancers = [...this.#balancers.values()];
    const own = `${config.system}.internal`;
    const records = balancers.flatMap((each) => this.#recordsOf(each));
    const zones: HostedZone[] = [{ origin: own, negativeTtlSeconds: NEGATIVE_TTL_SECONDS, records }];
    if (config.edge) {
      const { domain } = config.edge;
      zones.push({ origin: domain, negativeTtlSeconds: NEGATIVE_TTL_SECONDS, records: this.#edgeRecords(domain) });
    }
    dns.setRecords(zones);
    const nodes = balancers.flatMap(({ service, port, path, nodes }) =>
      nodes.map(({ zone, host }): HealthTarget => ({ id: targetOf(service, zone), address: { host, port }, path })),
    );
    this.#checker.setTargets([...nodes, ...this.#edgeTargets()]);
  }

  #recordsOf({ service, nodes }: BalancerNodes): DnsRecord[] {
    const { regions, recovery } = this.#options.config;
    const balancer = (name: string, of: typeof nodes): DnsRecord[] =>
      balancerRecords(name, of, { ttlSeconds: this.#ttl, healthOf: (zone) => targetOf(service, zone) });
    if (regions.length < 2) return balancer(this.nameOf(service), nodes);
    const own = regions.flatMap(({ name: region }) => {
      const there = nodes.filter((node) => node.region === region);
      return balancer(this.nameIn(service, region), there);
    });
    const either = regionRecords(this.nameOf(service), regions, {
      policy: recovery === "active-active" ? "latency" : "failover",
      ttlSeconds: this.#ttl,
      nameIn: (region) => this.nameIn(service, region),
      healthOf: gateOf,
    });
    return [...own, ...either];
  }

  /** The customers' own name leads to the edge location near them. */
  #edgeRecords(name: string): DnsRecord[] {
    const ttlSeconds = this.#ttl;
    const entries = this.#edges();
    return entries.map(({ region, address }) => {
      const target = { addresses: [address.host] };
      return entries.length === 1
        ? { name, routing: { policy: "simple" }, target, ttlSeconds, health: null }
        : { name, routing: { policy: "latency", region }, target, ttlSeconds, health: targetOf(EDGE, region) };
    });
  }

  /** A location that nobody could stand in for is given out in any case. */
  #edgeTargets(): HealthTarget[] {
    const entries = this.#edges();
    if (entries.length === 1) return [];
    return entries.map(({ region, address }) => ({ id: targetOf(EDGE, region), address, path: null }));
  }

  #edges(): { region: string; address: { host: string; port: number } }[] {
    return this.#options.config.locations.flatMap(({ region, edge }) =>
      edge === null ? [] : [{ region, address: edge }],
    );
  }

  get #ttl(): number {
    return ttlSeconds(this.#options.config.dns.ttlMs, this.#options.pace);
  }

  #watchTraffic(): void {
    for (const { service, nodes } of this.#balancers.values()) {
      this.#watch.look(service, (near) => {
        const [host] = this.#options.dns.addressesOf(this.nameOf(service), near);
        return nodes.find((node) => node.host === host)?.region;
      });
    }
  }
}

/** What edge locations are called among the health targets; the colon keeps it apart from every service's name. */
const EDGE = "edge:";

function targetOf(service: string, zone: string): string {
  return `${service}/${zone}`;
}

/** Route 53's gate of a region: unhealthy while customers are kept away from it. */
function gateOf(region: string): string {
  return `gate:/${region}`;
}
