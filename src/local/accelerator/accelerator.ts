import { once } from "node:events";
import { type Server, type Socket, connect, createServer } from "node:net";
import type { Clock } from "../../base/clock.ts";
import { ACCELERATOR } from "../../facts/edge.ts";
import { type Pace, timeout, timer } from "../../topology/timing.ts";
import type { Address } from "../address.ts";
import { HealthChecker } from "../dns/health-check.ts";
import { TrafficWatch } from "../dns/traffic-watch.ts";
import type { AcceleratorConfig, BalancerNode, BalancerNodes, TrafficDecision } from "../process/messages-global.ts";
import { chooseGroup } from "./endpoint-group.ts";

/** How long the answer to a health check may take; not documented. */
const LOOK_TIMEOUT_MS = 5_000;

export interface AcceleratorOptions {
  readonly config: AcceleratorConfig;
  /** In the definition's order. */
  readonly regions: readonly string[];
  /** Whether a region is to have customers as long as all is well: its traffic dial. */
  readonly serves: (region: string) => boolean;
  readonly clock: Clock;
  readonly pace: Pace;
  onShift(decision: TrafficDecision): void;
}

/**
 * A way into the system by two addresses that never change, as Global Accelerator has it: each new TCP connection goes
 * to a healthy balancer node of the nearest region that is well, so no DNS answer has to expire before customers follow
 * a failover. Open connections are never moved, and one that fails is not tried elsewhere: that is the customer's.
 * Not covered: UDP, client affinity, weights, and a dial between all and nothing.
 */
export class Accelerator {
  readonly #options: AcceleratorOptions;
  readonly #checker: HealthChecker;
  readonly #ill = new Set<string>();
  readonly #servers: Server[] = [];
  readonly #open = new Set<Socket>();
  readonly #watch: TrafficWatch;
  #nodes: BalancerNodes | null = null;
  #zonesAway: readonly string[] = [];
  #turn = 0;

  constructor(options: AcceleratorOptions) {
    const { clock, pace, regions, onShift } = options;
    this.#options = options;
    this.#watch = new TrafficWatch(regions, onShift);
    this.#checker = new HealthChecker({
      clock,
      // As it is shipped.
      intervalMs: timer(ACCELERATOR.healthInterval.min, pace),
      timeoutMs: timeout(LOOK_TIMEOUT_MS, pace),
      threshold: ACCELERATOR.healthThreshold.value,
      onChange: (zone, healthy) => {
        if (healthy) this.#ill.delete(zone);
        else this.#ill.add(zone);
        this.watchTraffic();
      },
    });
  }

  /** The service that it leads to. */
  get service(): string {
    return this.#options.config.service;
  }

  /** Listens at all of its addresses. Rejects with the system's error where one is in use. */
  async listen(): Promise<void> {
    const all = this.#options.config.entries.flatMap(({ region, addresses }) =>
      addresses.map(({ host, port }) => {
        const server = createServer({ allowHalfOpen: true, noDelay: true }, (customer) =>
          this.#serve(customer, region),
        );
        this.#servers.push(server);
        server.listen(port, host);
        return once(server, "listening");
      }),
    );
    await Promise.all(all);
  }

  /** The nodes that it leads to, which it checks by itself. */
  setNodes(told: BalancerNodes): void {
    const { nodes, port, path } = told;
    this.#nodes = told;
    this.#checker.setTargets(nodes.map(({ zone, host }) => ({ id: zone, address: { host, port }, path })));
    this.watchTraffic();
  }

  /** Zonal shift: the zones that a balancer sends nobody to. */
  setZonesAway(zones: readonly string[]): void {
    this.#zonesAway = zones;
    this.watchTraffic();
  }

  /** Looks where new connections go; called by whoever changes what `serves` says. */
  watchTraffic(): void {
    this.#watch.look(this.#options.config.id, (near) => this.#regionFor(near));
  }

  async close(): Promise<void> {
    this.#checker.close();
    for (const socket of this.#open) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  #serve(customer: Socket, near: string): void {
    const to = this.#addressFor(near);
    if (!to) return void customer.resetAndDestroy();
    const upstream = connect({ ...to, allowHalfOpen: true, noDelay: true });
    this.#join(customer, upstream);
    this.#join(upstream, customer);
  }

  /** Passes one direction on; whichever end breaks off, the other one learns of it. */
  #join(from: Socket, to: Socket): void {
    this.#open.add(from);
    from.pipe(to);
    from.on("error", () => to.resetAndDestroy());
    from.once("close", () => {
      this.#open.delete(from);
      if (!to.destroyed && !from.readableEnded) to.resetAndDestroy();
    });
  }

  /** A healthy node of the region that is chosen, in turn; any of them where none is. */
  #addressFor(near: string): Address | undefined {
    const all = this.#nodesIn(this.#regionFor(near));
    const healthy = all.filter((node) => this.#isHealthy(node));
    const nodes = healthy.length > 0 ? healthy : all;
    const node = nodes[this.#turn++ % nodes.length];
    return node && this.#nodes ? { host: node.host, port: this.#nodes.port } : undefined;
  }

  #regionFor(near: string): string | undefined {
    const { regions, serves } = this.#options;
    const byNearness = [near, ...regions.filter((region) => region !== near)];
    const groups = byNearness.map((region) => ({
      region,
      dial: serves(region) ? (100 as const) : (0 as const),
      healthy: this.#nodesIn(region).some((node) => this.#isHealthy(node)),
    }));
    return this.#nodes ? chooseGroup(groups) : undefined;
  }

  #nodesIn(region: string | undefined): readonly BalancerNode[] {
    return this.#nodes?.nodes.filter((node) => node.region === region) ?? [];
  }

  #isHealthy({ zone }: BalancerNode): boolean {
    return !this.#ill.has(zone) && !this.#zonesAway.includes(zone);
  }
}
