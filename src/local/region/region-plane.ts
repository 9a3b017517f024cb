import { fileURLToPath } from "node:url";
import { messageOf } from "../../base/error.ts";
import type { Ms } from "../../base/units.ts";
import { componentsOf, findComponent } from "../../topology/topology.ts";
import type { LinkRule } from "../../world/primitive.ts";
import type { Context } from "../context.ts";
import type { QueueFault } from "../engine/queue-calls.ts";
import type { Child } from "../process/child.ts";
import { type Connection, connect } from "../process/ipc.ts";
import type { RegionProtocol } from "../process/messages-region.ts";
import type {
  EndpointOrder,
  LinkTarget,
  ObservingConfig,
  TargetOrder,
  ZoneConfig,
  ZoneProtocol,
} from "../process/messages-zone.ts";
import { nodeCommand } from "../process/node-command.ts";
import type { EndpointTargets } from "../replica-set.ts";
import type { VantageConfig } from "../vantage/vantage.ts";
import { memberEnd } from "../zone-config.ts";
import { ZoneHandle } from "../zone-handle.ts";

/** Pause before a process that ended by itself is started again. */
const RESTART_AFTER_MS: Ms = 100;

/** What the processes of a region report. */
export interface RegionPlaneEvents {
  health(zone: string, service: string, task: string, healthy: boolean): void;
  sight(observer: string, component: string, instance: string, ok: boolean): void;
  metrics(zone: string, services: ZoneProtocol["events"]["metrics"]["services"]): void;
  trapped(id: string): void;
  cancelledCommit(zone: string, endpoint: string): void;
  /** A zone's process may, or may no longer, let writes be acknowledged. */
  lease(zone: string, held: boolean): void;
  /** A message has used up its receives. */
  deadLettered(queue: string, message: string): void;
  /** The region's own watcher sees, or does not see, a region. */
  regionSight(region: string, ok: boolean): void;
  /** The process of a zone has gone, though the zone has power; it is started again. */
  zoneLost(zone: string): void;
}

/** What the processes of a region are started with. */
export interface RegionPlaneConfig {
  zone(name: string): ZoneConfig;
  observing(): ObservingConfig | null;
  readonly vantage: VantageConfig | null;
}

/** Where an endpoint leads that another region's database is behind: a link, or nowhere. */
export type ForeignTarget = LinkTarget | null;

/**
 * The processes that carry users' bytes in one region: one a zone, and one for what stands beside the zones. It
 * remembers what it ordered, so that a process that starts again is given the same.
 */
export class RegionPlane {
  readonly zones: ReadonlyMap<string, ZoneHandle>;
  readonly #context: Context;
  readonly #events: RegionPlaneEvents;
  readonly #config: RegionPlaneConfig;
  readonly #endpoints = new Map<string, EndpointTargets>();
  /** By endpoint: those that lead to another region. */
  readonly #foreign = new Map<string, ForeignTarget>();
  readonly #targets = new Map<string, readonly TargetOrder[]>();
  readonly #healthPaths = new Map<string, string>();
  readonly #zonesAway = new Map<string, readonly string[]>();
  #pins = new Map<string, string>();
  #rules: readonly LinkRule[] = [];
  #queueFaults: readonly QueueFault[] = [];
  /** By queue: how many of its messages are still to be stranded. */
  readonly #toStrand = new Map<string, number>();
  #powered = false;
  #beside: { child: Child; connection: Connection<RegionProtocol> } | null = null;

  constructor(context: Context, events: RegionPlaneEvents, config: RegionPlaneConfig) {
    this.#context = context;
    this.#events = events;
    this.#config = config;
    const zones = context.plan.region.zones.map((zone) => {
      const handle = new ZoneHandle({
        zone,
        spawner: context.spawner,
        logFile: context.state.logFile(`zone-${zone.name}`),
        cwd: context.state.path,
        config: () => config.zone(zone.name),
        onReady: (connection) => this.#brief(zone.name, connection),
        onLost: (how) => {
          events.zoneLost(zone.name);
          this.#restart(zone.name, how, () => handle.start());
        },
      });
      return [zone.name, handle] as const;
    });
    this.zones = new Map(zones);
  }

  /** Whether what stands beside the zones has power. */
  get powered(): boolean {
    return this.#powered;
  }

  /** Starts what does not run yet, with the rules that are in force. */
  async start(rules: readonly LinkRule[]): Promise<void> {
    this.#rules = rules;
    this.#powered = true;
    const stopped = [...this.zones.values()].filter(({ pid }) => pid === null);
    await Promise.all([...stopped.map((zone) => zone.start()), ...(this.#beside ? [] : [this.#startBeside()])]);
  }

  /** Takes the power of all zones and of what stands beside them. What else they hold is the caller's to kill. */
  powerOff(): void {
    this.#powered = false;
    for (const zone of this.zones.values()) zone.powerOff();
    this.#beside?.child.signal("SIGKILL");
    this.#beside = null;
  }

  /** Puts exactly these rules in force everywhere; resolves when they are. */
  async applyRules(rules: readonly LinkRule[]): Promise<void> {
    this.#rules = rules;
    const zones = [...this.zones.values()].map((zone) => zone.connection?.request("rules", rules).catch(() => null));
    await Promise.all([...zones, this.#beside?.connection.request("rules", rules).catch(() => null)]);
  }

  setTargets(service: string, targets: readonly TargetOrder[]): void {
    this.#targets.set(service, targets);
    for (const zone of this.zones.values()) zone.connection?.send("targets", { service, targets });
  }

  /** Resolves once no balancer node has anything under way to this task; it must drain already. */
  async drained(service: string, target: string): Promise<void> {
    const asked = [...this.zones.values()].map(({ connection }) => connection?.request("drained", { service, target }));
    await Promise.all(asked.map((each) => each?.catch(() => null)));
  }

  /** Has the balancer nodes ask a service's tasks for another path; null: for the definition's own again. */
  async setHealthPath(service: string, path: string | null): Promise<void> {
    if (path === null) this.#healthPaths.delete(service);
    else this.#healthPaths.set(service, path);
    const asked = [...this.zones.values()].map(({ connection }) =>
      connection?.request("healthPath", { service, path }),
    );
    // A zone whose process is gone is told when it starts again.
    await Promise.all(asked.map((each) => each?.catch(() => null)));
  }

  /** Zonal shift: keeps a service's customers away from exactly these zones. */
  shiftAway(service: string, zones: readonly string[]): void {
    this.#zonesAway.set(service, zones);
    for (const { connection } of this.zones.values()) connection?.send("zonesAway", { service, zones });
  }

  /** Leads the endpoints of a database or cache to new members, each zone after its TTL; the first ones at once. */
  setEndpoint(targets: EndpointTargets): void {
    const now = !this.#endpoints.has(targets.component);
    this.#endpoints.set(targets.component, targets);
    this.#order(this.#endpointOrders(targets, now));
  }

  /**
   * Leads an endpoint out of the region, at once (a link tells), in place of the region's own members; undefined: to
   * those again.
   */
  setForeign(endpoint: string, target: ForeignTarget | undefined): void {
    if (target === undefined) this.#foreign.delete(endpoint);
    else this.#foreign.set(endpoint, target);
    const [component = ""] = endpoint.split(".");
    const targets = this.#endpoints.get(component) ?? { component, primary: null, replicas: [] };
    this.#order(this.#endpointOrders(targets, true).filter(({ id }) => id === endpoint));
  }

  /** Makes a reader endpoint lead to one replica, at once and for open connections too; null: to all again. */
  async pinReader(component: string, replica: string | null): Promise<void> {
    if (replica === null) this.#pins.delete(component);
    else this.#pins.set(component, replica);
    const targets = this.#endpoints.get(component);
    if (!targets) return;
    const orders = this.#endpointOrders(targets, true)
      .filter(({ id }) => id.endsWith(".reader"))
      .map((order) => ({ ...order, reset: true }));
    const zones = [...this.zones.values()];
    await Promise.all(zones.flatMap(({ connection }) => orders.map((order) => connection?.request("endpoint", order))));
  }

  async queueDepths(): Promise<RegionProtocol["requests"]["depths"]["answer"]> {
    return (await this.#beside?.connection.request("depths", null).catch(() => [])) ?? [];
  }

  /** Puts exactly these faults of the queue service in force; resolves when they are. */
  async applyQueueFaults(faults: readonly QueueFault[]): Promise<void> {
    this.#queueFaults = faults;
    // One that is gone is started with them.
    await this.#beside?.connection.request("faults", faults).catch(() => null);
  }

  /** Strands the next messages of a queue. A process that starts again goes on where the last one was told to be. */
  async strand(queue: string, messages: number): Promise<void> {
    this.#strandMore(queue, messages);
    try {
      await this.#beside?.connection.request("strand", { queue, messages });
    } catch (error) {
      this.#strandMore(queue, -messages);
      throw error;
    }
  }

  /** Strands no more messages of a queue, and moves its dead letters back; answers how many. */
  async redrive(queue: string): Promise<number> {
    this.#toStrand.delete(queue);
    return (await this.#beside?.connection.request("redrive", { queue })) ?? 0;
  }

  /** The way to the process of what stands beside the zones; null while there is none. */
  get beside(): Pick<Connection<RegionProtocol>, "request"> | null {
    return this.#beside?.connection ?? null;
  }

  async arm(zone: string, trap: ZoneProtocol["requests"]["trap"]["body"]): Promise<void> {
    await this.zones.get(zone)?.connection?.request("trap", trap);
  }

  async eventLoopDelays(): Promise<Record<string, Ms>> {
    const asked: (readonly [string, Promise<Ms> | undefined])[] = [
      ...[...this.zones.values()].map(
        ({ zone, connection }) => [`zone ${zone.name}`, connection?.request("eventLoop", null)] as const,
      ),
      [this.#name(), this.#beside?.connection.request("eventLoop", null)],
    ];
    const answers = asked.map(async ([name, answer]) => {
      const delay = await answer?.catch(() => undefined);
      return delay === undefined ? [] : [[name, delay] as const];
    });
    return Object.fromEntries((await Promise.all(answers)).flat());
  }

  /** Pids of its processes by name, for `status` and `doctor`. */
  pids(): Record<string, number | null> {
    const zones = [...this.zones.values()].map(({ zone, pid }) => [`zone ${zone.name}`, pid] as const);
    return Object.fromEntries([...zones, [this.#name(), this.#beside?.child.pid ?? null]]);
  }

  async stop(): Promise<void> {
    this.#powered = false;
    const zones = [...this.zones.values()].map((zone) => zone.stop());
    await Promise.all([...zones, this.#beside?.child.stop(2_000)]);
    this.#beside = null;
  }

  /** Gives a zone's new process all that is in force. */
  async #brief(zone: string, connection: Connection<ZoneProtocol>): Promise<void> {
    connection.onMessage("health", ({ service, target, healthy }) =>
      this.#events.health(zone, service, target, healthy),
    );
    connection.onMessage("sight", ({ component, instance, ok }) => this.#events.sight(zone, component, instance, ok));
    connection.onMessage("metrics", ({ services }) => this.#events.metrics(zone, services));
    connection.onMessage("trapped", ({ id }) => this.#events.trapped(id));
    connection.onMessage("cancelledCommit", ({ endpoint }) => this.#events.cancelledCommit(zone, endpoint));
    connection.onMessage("lease", ({ held }) => this.#events.lease(zone, held));
    await connection.request("rules", this.#rules);
    const components = new Set([...this.#endpoints.keys(), ...[...this.#foreign.keys()].map(componentOf)]);
    for (const component of components) {
      const targets = this.#endpoints.get(component) ?? { component, primary: null, replicas: [] };
      for (const order of this.#endpointOrders(targets, true)) await connection.request("endpoint", order);
    }
    for (const [service, path] of this.#healthPaths) await connection.request("healthPath", { service, path });
    for (const [service, zones] of this.#zonesAway) connection.send("zonesAway", { service, zones });
    for (const [service, targets] of this.#targets) connection.send("targets", { service, targets });
  }

  #order(orders: readonly EndpointOrder[]): void {
    for (const { connection } of this.zones.values()) {
      for (const order of orders) void connection?.request("endpoint", order).catch(() => null);
    }
  }

  #endpointOrders({ component, primary, replicas }: EndpointTargets, now: boolean): EndpointOrder[] {
    const pinned = this.#pins.get(component);
    const { plan, topology } = this.#context;
    const readers = pinned === undefined ? (replicas.length > 0 ? replicas : primaryOnly(primary)) : [pinned];
    return plan.endpoints
      .filter((endpoint) => endpoint.component === component)
      .map(({ id, role }) => {
        const foreign = this.#foreign.get(id);
        if (foreign !== undefined || role === "upstream") {
          const targets = foreign ? [foreign] : [];
          return { id, targets, now: true, reset: false, leased: false };
        }
        const ids = role === "writer" ? primaryOnly(primary) : readers;
        const targets = ids.flatMap((member) => this.#targetOf(member));
        // Also a reader's that has nowhere else to lead; but nobody writes to a copy of another region's.
        const isCopy = this.#foreign.has(`${component}.writer`);
        const isDatabase = findComponent(topology, "database", component) !== undefined;
        const leased = isDatabase && !isCopy && primary !== null && ids.includes(primary);
        return { id, targets, now, reset: false, leased };
      });
  }

  #targetOf(id: string): LinkTarget[] {
    const member = this.#context.plan.members.find((each) => each.id === id);
    return member ? [{ address: member.listen, end: memberEnd(member) }] : [];
  }

  async #startBeside(): Promise<void> {
    const { plan, topology, pace, state, spawner } = this.#context;
    const name = this.#name();
    const entry = fileURLToPath(new URL("../process/region.ts", import.meta.url));
    const child = await spawner.spawn(
      nodeCommand({ name, entry, logFile: state.logFile(name.replace(" ", "-")), cwd: state.path }),
    );
    const connection = connect<RegionProtocol>(child);
    this.#beside = { child, connection };
    connection.onMessage("deadLettered", ({ queue, message }) => this.#events.deadLettered(queue, message));
    connection.onMessage("stranded", ({ queue }) => this.#strandMore(queue, -1));
    connection.onMessage("sight", ({ region, ok }) => this.#events.regionSight(region, ok));
    connection.onMessage("observed", ({ component, instance, ok }) =>
      this.#events.sight(plan.region.name, component, instance, ok),
    );
    void child.exited.then((how) => {
      if (this.#beside?.child !== child) return;
      this.#beside = null;
      this.#restart(name, how, () => this.#startBeside());
    });
    await connection.configure({
      region: plan.region.name,
      listen: plan.queueService.listen,
      dataDirectory: state.file("sqs", plan.region.name),
      queues: componentsOf(topology, "queue").map(({ id, settings }) => ({ id, settings })),
      paceFactor: pace.factor,
      faults: this.#queueFaults,
      toStrand: [...this.#toStrand].map(([queue, messages]) => ({ queue, messages })),
      observing: this.#config.observing(),
      vantage: this.#config.vantage,
    });
    await connection.request("rules", this.#rules);
  }

  #strandMore(queue: string, messages: number): void {
    this.#toStrand.set(queue, Math.max(0, (this.#toStrand.get(queue) ?? 0) + messages));
  }

  #name(): string {
    return `region ${this.#context.plan.region.name}`;
  }

  #restart(about: string, how: string, again: () => Promise<void>): void {
    const { clock, host } = this.#context;
    if (!this.#powered) return;
    host.say({ level: "warning", about, text: `its process ended (${how}); starting it again` });
    const onFailed = (error: unknown): void =>
      host.say({ level: "error", about, text: `it did not start again: ${messageOf(error)}` });
    clock.after(RESTART_AFTER_MS, () => {
      if (this.#powered) void again().catch(onFailed);
    });
  }
}

function componentOf(endpoint: string): string {
  return endpoint.split(".")[0] ?? "";
}

function primaryOnly(primary: string | null): readonly string[] {
  return primary === null ? [] : [primary];
}
