import { fileURLToPath } from "node:url";
import { messageOf } from "../base/error.ts";
import type { Ms } from "../base/units.ts";
import { dnsOf } from "../topology/region-spec.ts";
import { componentsOf, findComponent } from "../topology/topology.ts";
import type { LinkRule } from "../world/primitive.ts";
import { PORT } from "./address.ts";
import type { Context } from "./context.ts";
import { acceleratorsNear, locationNear } from "./location.ts";
import { type RegionPlan, balancerFromOutside } from "./plan.ts";
import type { Child } from "./process/child.ts";
import { type Connection, connect } from "./process/ipc.ts";
import type { GlobalProtocol } from "./process/messages-global.ts";
import { nodeCommand } from "./process/node-command.ts";
import type { VantageConfig } from "./vantage/vantage.ts";

/** Pause before it is started again where it ended by itself. */
const RESTART_AFTER_MS: Ms = 100;
const NAME = "global";

/** What the process of what stands outside of every region reports. */
export interface GlobalPlaneEvents {
  /** The DNS's health checks of a balancer node; healthy in the beginning. */
  node(service: string, zone: string, healthy: boolean): void;
  /** The watcher outside of all regions sees, or does not see, a region. */
  regionSight(region: string, ok: boolean): void;
}

/**
 * The process of what stands outside of every region: DNS, edge and accelerators, and the watcher and witness there. It
 * remembers what it ordered, so that a process that starts again is given the same.
 */
export class GlobalPlane {
  readonly #context: Omit<Context, "plan" | "reach">;
  readonly #plans: readonly RegionPlan[];
  readonly #events: GlobalPlaneEvents;
  readonly #vantage: VantageConfig | null;
  readonly #zonesAway = new Map<string, readonly string[]>();
  #regionsAway: readonly string[] = [];
  #rules: readonly LinkRule[] = [];
  #bucketsDown: readonly string[] = [];
  readonly #lostEdges = new Set<string>();
  readonly #silentDns = new Set<string>();
  #stopping = false;
  #running: { child: Child; connection: Connection<GlobalProtocol> } | null = null;

  constructor(
    context: Omit<Context, "plan" | "reach">,
    plans: readonly RegionPlan[],
    events: GlobalPlaneEvents,
    vantage: VantageConfig | null,
  ) {
    this.#context = context;
    this.#plans = plans;
    this.#events = events;
    this.#vantage = vantage;
  }

  /** The way to its process; null while there is none. */
  get connection(): Pick<Connection<GlobalProtocol>, "request"> | null {
    return this.#running?.connection ?? null;
  }

  get pid(): number | null {
    return this.#running?.child.pid ?? null;
  }

  async start(): Promise<void> {
    const { state, spawner } = this.#context;
    const entry = fileURLToPath(new URL("./process/global.ts", import.meta.url));
    const child = await spawner.spawn(
      nodeCommand({ name: NAME, entry, logFile: state.logFile(NAME), cwd: state.path }),
    );
    const connection = connect<GlobalProtocol>(child);
    this.#running = { child, connection };
    void child.exited.then((how) => this.#restart(how));
    await connection.configure(this.#config());
    await this.#brief(connection);
  }

  /** Puts exactly these rules in force; resolves when they are. */
  async applyRules(rules: readonly LinkRule[]): Promise<void> {
    this.#rules = rules;
    await this.#running?.connection.request("rules", rules);
  }

  /** Zonal shift: the DNS leaves exactly these zones' nodes out. */
  shiftAway(service: string, zones: readonly string[]): void {
    this.#zonesAway.set(service, zones);
    this.#running?.connection.send("shift", { service, away: zones });
  }

  /** Keeps customers away from exactly these regions; whether they were not before. */
  keepAwayFrom(regions: readonly string[]): boolean {
    if (regions.join() === this.#regionsAway.join()) return false;
    this.#regionsAway = regions;
    this.#running?.connection.send("traffic", { away: regions });
    return true;
  }

  /** Takes the buckets of the static site away from the edge, or gives them back; resolves when that is so. */
  async setSiteDown(down: boolean): Promise<void> {
    this.#bucketsDown = down ? this.#plans.map(({ region }) => region.name) : [];
    // One that is gone is told when it starts again.
    await this.#running?.connection.request("site", { down: this.#bucketsDown }).catch(() => null);
  }

  /** Loses the edge location near a region, or brings it back; resolves when that is so. */
  async setEdgeDown(region: string, down: boolean): Promise<void> {
    if (down) this.#lostEdges.add(region);
    else this.#lostEdges.delete(region);
    await this.#running?.connection.request("edgeDown", { region, down }).catch(() => null);
  }

  /** Has the DNS answer nobody who asks near a region, or answer again; resolves when that is so. */
  async setDnsDown(region: string, down: boolean): Promise<void> {
    if (down) this.#silentDns.add(region);
    else this.#silentDns.delete(region);
    await this.#running?.connection.request("dnsDown", { region, down }).catch(() => null);
  }

  async eventLoopDelays(): Promise<Record<string, Ms>> {
    const delay = await this.#running?.connection.request("eventLoop", null).catch(() => undefined);
    return delay === undefined ? {} : { [NAME]: delay };
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running?.child.stop(1_000);
  }

  #config(): GlobalProtocol["config"] {
    const { topology, pace } = this.#context;
    const plans = this.#plans.toSorted((a, b) => a.region.index - b.region.index);
    const settings = componentsOf(topology, "edge")[0]?.settings;
    return {
      system: topology.system,
      paceFactor: pace.factor,
      recovery: topology.recovery,
      regions: plans.map(({ region: { name, role } }) => ({ name, role })),
      away: this.#regionsAway,
      dns: dnsOf(topology),
      vantage: this.#vantage,
      edge: settings ?? null,
      locations: plans.map((plan) => locationNear(plan, topology)),
      accelerators: acceleratorsNear(plans, topology),
      links: plans.flatMap((plan) =>
        plan.balancers.map((balancer) => ({
          listen: balancerFromOutside(plan, balancer),
          target: {
            address: balancer.listen,
            end: { zone: balancer.zone.name, component: balancer.service, instance: null },
          },
          purpose: "client" as const,
        })),
      ),
    };
  }

  /** Gives a new process all that is in force. */
  async #brief(connection: Connection<GlobalProtocol>): Promise<void> {
    const { topology, clock, events } = this.#context;
    const edge = componentsOf(topology, "edge")[0]?.id ?? "";
    connection.onMessage("decision", (decided) =>
      events.emit({ kind: "decision", at: clock.now(), component: edge, ...decided }),
    );
    connection.onMessage("sight", ({ region, ok }) => this.#events.regionSight(region, ok));
    connection.onMessage("health", ({ service, zone, healthy }) => this.#events.node(service, zone, healthy));
    await connection.request("rules", this.#rules);
    await connection.request("site", { down: this.#bucketsDown });
    for (const region of this.#lostEdges) await connection.request("edgeDown", { region, down: true });
    for (const region of this.#silentDns) await connection.request("dnsDown", { region, down: true });
    const balancers = this.#plans.flatMap((plan) => plan.balancers.map((balancer) => ({ plan, balancer })));
    for (const { balancer } of balancers) this.#events.node(balancer.service, balancer.zone.name, true);
    for (const [service, away] of this.#zonesAway) connection.send("shift", { service, away });
    for (const service of new Set(balancers.map(({ balancer }) => balancer.service))) {
      const nodes = balancers.filter(({ balancer }) => balancer.service === service);
      connection.send("balancers", {
        service,
        port: PORT.http,
        path: findComponent(topology, "service", service)?.settings.health?.path ?? "/",
        nodes: nodes.map(({ plan, balancer }) => ({
          zone: balancer.zone.name,
          region: plan.region.name,
          host: balancerFromOutside(plan, balancer).host,
        })),
      });
    }
  }

  #restart(how: string): void {
    const { clock, host } = this.#context;
    if (this.#stopping) return;
    this.#running = null;
    host.say({ level: "warning", about: NAME, text: `its process ended (${how}); starting it again` });
    const onFailed = (error: unknown): void =>
      host.say({ level: "error", about: NAME, text: `it did not start again: ${messageOf(error)}` });
    clock.after(RESTART_AFTER_MS, () => void this.start().catch(onFailed));
  }
}
