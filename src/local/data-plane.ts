import { fileURLToPath } from "node:url";
import { messageOf } from "../base/error.ts";
import type { Ms } from "../base/units.ts";
import { componentsOf, findComponent } from "../topology/topology.ts";
import type { LinkRule } from "../world/primitive.ts";
import type { Context } from "./context.ts";
import { balancerFromOutside } from "./plan.ts";
import { PORT } from "./address.ts";
import { type Child } from "./process/child.ts";
import { type Connection, connect } from "./process/ipc.ts";
import type { GlobalProtocol } from "./process/messages-global.ts";
import type { QueueFault } from "./engine/queue-calls.ts";
import type { RegionProtocol } from "./process/messages-region.ts";
import type { EndpointOrder, LinkTarget, TargetOrder, ZoneProtocol } from "./process/messages-zone.ts";
import { nodeCommand } from "./process/node-command.ts";
import type { EndpointTargets } from "./replica-set.ts";
import { memberEnd } from "./zone-config.ts";
import { ZoneHandle } from "./zone-handle.ts";
import type { ZoneConfig } from "./process/messages-zone.ts";

/** Pause before a process that ended by itself is started again. */
const RESTART_AFTER_MS: Ms = 100;

/** What the processes of the data plane report. */
export interface DataPlaneEvents {
  health(zone: string, service: string, task: string, healthy: boolean): void;
  sight(observer: string, component: string, instance: string, ok: boolean): void;
  metrics(zone: string, services: ZoneProtocol["events"]["metrics"]["services"]): void;
  /** The DNS's health checks of a balancer node; healthy in the beginning. */
  node(service: string, zone: string, healthy: boolean): void;
  trapped(id: string): void;
  cancelledCommit(zone: string, endpoint: string): void;
  /** A message has used up its receives. */
  deadLettered(queue: string, message: string): void;
  /** The process of a zone has gone, though the zone has power; it is started again. */
  zoneLost(zone: string): void;
}

/**
 * The processes that carry users' bytes: one a zone, one for the region's own services, one for what is outside (DNS
 * and edge). It remembers what it ordered, so that a process that starts again is given the same.
 */
export class DataPlane {
  readonly zones: ReadonlyMap<string, ZoneHandle>;
  readonly #context: Context;
  readonly #events: DataPlaneEvents;
  readonly #endpoints = new Map<string, EndpointTargets>();
  readonly #targets = new Map<string, readonly TargetOrder[]>();
  readonly #healthPaths = new Map<string, string>();
  readonly #zonesAway = new Map<string, readonly string[]>();
  #pins = new Map<string, string>();
  #rules: readonly LinkRule[] = [];
  #queueFaults: readonly QueueFault[] = [];
  #siteDown = false;
  #stopping = false;
  #region: { child: Child; connection: Connection<RegionProtocol> } | null = null;
  #global: { child: Child; connection: Connection<GlobalProtocol> } | null = null;

  constructor(context: Context, events: DataPlaneEvents, configure: (zone: string) => ZoneConfig) {
    this.#context = context;
    this.#events = events;
    const zones = context.plan.region.zones.map((zone) => {
      const handle = new ZoneHandle({
        zone,
        spawner: context.spawner,
        logFile: context.state.logFile(`zone-${zone.name}`),
        cwd: context.state.path,
        config: () => configure(zone.name),
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

  async start(): Promise<void> {
    await Promise.all([
      ...[...this.zones.values()].map((zone) => zone.start()),
      this.#startRegion(),
      this.#startGlobal(),
    ]);
  }

  /** Puts exactly these rules in force everywhere; resolves when they are. */
  async applyRules(rules: readonly LinkRule[]): Promise<void> {
    this.#rules = rules;
    const zones = [...this.zones.values()].map((zone) => zone.connection?.request("rules", rules).catch(() => null));
    await Promise.all([...zones, this.#global?.connection.request("rules", rules)]);
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
    this.#global?.connection.send("shift", { service, away: zones });
    for (const { connection } of this.zones.values()) connection?.send("zonesAway", { service, zones });
  }

  /** Leads the endpoints of a database or cache to new members, each zone after its TTL; the first ones at once. */
  setEndpoint(targets: EndpointTargets): void {
    const now = !this.#endpoints.has(targets.component);
    this.#endpoints.set(targets.component, targets);
    for (const zone of this.zones.values()) {
      const { connection } = zone;
      if (!connection) continue;
      for (const order of this.#endpointOrders(targets, now))
        void connection.request("endpoint", order).catch(() => null);
    }
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
    return (await this.#region?.connection.request("depths", null)) ?? [];
  }

  /** Puts exactly these faults of the queue service in force; resolves when they are. */
  async applyQueueFaults(faults: readonly QueueFault[]): Promise<void> {
    this.#queueFaults = faults;
    // One that is gone is started with them.
    await this.#region?.connection.request("faults", faults).catch(() => null);
  }

  /** Takes the bucket of the static site away from the edge, or gives it back; resolves when that is so. */
  async setSiteDown(down: boolean): Promise<void> {
    this.#siteDown = down;
    // One that is gone is told when it starts again.
    await this.#global?.connection.request("site", { down }).catch(() => null);
  }

  /** The way to the process of the region's own services; null while it has none. */
  get region(): Pick<Connection<RegionProtocol>, "request"> | null {
    return this.#region?.connection ?? null;
  }

  async arm(zone: string, trap: ZoneProtocol["requests"]["trap"]["body"]): Promise<void> {
    await this.zones.get(zone)?.connection?.request("trap", trap);
  }

  async eventLoopDelays(): Promise<Record<string, Ms>> {
    const asked: (readonly [string, Promise<Ms> | undefined])[] = [
      ...[...this.zones.values()].map(
        ({ zone, connection }) => [`zone ${zone.name}`, connection?.request("eventLoop", null)] as const,
      ),
      ["region", this.#region?.connection.request("eventLoop", null)],
      ["global", this.#global?.connection.request("eventLoop", null)],
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
    return Object.fromEntries([
      ...zones,
      ["region", this.#region?.child.pid ?? null],
      ["global", this.#global?.child.pid ?? null],
    ]);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const zones = [...this.zones.values()].map((zone) => zone.stop());
    await Promise.all([...zones, this.#region?.child.stop(2_000), this.#global?.child.stop(1_000)]);
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
    await connection.request("rules", this.#rules);
    for (const targets of this.#endpoints.values()) {
      for (const order of this.#endpointOrders(targets, true)) await connection.request("endpoint", order);
    }
    for (const [service, path] of this.#healthPaths) await connection.request("healthPath", { service, path });
    for (const [service, zones] of this.#zonesAway) connection.send("zonesAway", { service, zones });
    for (const [service, targets] of this.#targets) connection.send("targets", { service, targets });
  }

  #endpointOrders({ component, primary, replicas }: EndpointTargets, now: boolean): EndpointOrder[] {
    const pinned = this.#pins.get(component);
    const readers = pinned === undefined ? (replicas.length > 0 ? replicas : primaryOnly(primary)) : [pinned];
    return this.#context.plan.endpoints
      .filter((endpoint) => endpoint.component === component)
      .map(({ id, role }) => {
        const ids = role === "writer" ? primaryOnly(primary) : readers;
        return { id, targets: ids.flatMap((member) => this.#targetOf(member)), now, reset: false };
      });
  }

  #targetOf(id: string): LinkTarget[] {
    const member = this.#context.plan.members.find((each) => each.id === id);
    return member ? [{ address: member.listen, end: memberEnd(member) }] : [];
  }

  async #startRegion(): Promise<void> {
    const { plan, topology, pace, state } = this.#context;
    const child = await this.#spawn("region", "./process/region.ts");
    const connection = connect<RegionProtocol>(child);
    this.#region = { child, connection };
    connection.onMessage("deadLettered", ({ queue, message }) => this.#events.deadLettered(queue, message));
    this.#keep(child, () => {
      this.#region = null;
      return this.#startRegion();
    });
    await connection.configure({
      region: plan.region.name,
      listen: plan.queueService.listen,
      dataDirectory: state.file("sqs"),
      queues: componentsOf(topology, "queue").map(({ id, settings }) => ({ id, settings })),
      paceFactor: pace.factor,
      faults: this.#queueFaults,
    });
  }

  async #startGlobal(): Promise<void> {
    const { plan, topology, pace } = this.#context;
    const edge = componentsOf(topology, "edge")[0];
    const child = await this.#spawn("global", "./process/global.ts");
    const connection = connect<GlobalProtocol>(child);
    this.#global = { child, connection };
    this.#keep(child, () => {
      this.#global = null;
      return this.#startGlobal();
    });
    const settings = edge?.settings;
    await connection.configure({
      system: topology.system,
      paceFactor: pace.factor,
      dns: {
        listen: { host: plan.addresses.global(53), port: PORT.dns },
        ttlMs: settings?.dnsTtlMs ?? 60_000,
        healthCheck: settings?.dnsHealthCheck ?? { intervalMs: 10_000, threshold: 3 },
      },
      edge: settings ? { listen: { host: plan.addresses.global(1), port: PORT.http }, settings } : null,
      links: plan.balancers.map((balancer) => ({
        listen: balancerFromOutside(plan, balancer),
        target: {
          address: balancer.listen,
          end: { zone: balancer.zone.name, component: balancer.service, instance: null },
        },
        purpose: "client",
      })),
    });
    await connection.request("rules", this.#rules);
    await connection.request("site", { down: this.#siteDown });
    connection.onMessage("decision", (decided) => this.#tellOfEdge(edge?.id ?? "", decided));
    connection.onMessage("health", ({ service, zone, healthy }) => this.#events.node(service, zone, healthy));
    for (const { service, zone } of plan.balancers) this.#events.node(service, zone.name, true);
    for (const [service, away] of this.#zonesAway) connection.send("shift", { service, away });
    for (const service of new Set(plan.balancers.map((balancer) => balancer.service))) {
      const nodes = plan.balancers.filter((balancer) => balancer.service === service);
      connection.send("balancers", {
        service,
        port: PORT.http,
        path: findComponent(topology, "service", service)?.settings.health?.path ?? "/",
        nodes: nodes.map((balancer) => ({ zone: balancer.zone.name, host: balancerFromOutside(plan, balancer).host })),
      });
    }
  }

  #tellOfEdge(component: string, decided: GlobalProtocol["events"]["decision"]): void {
    const { clock, events } = this.#context;
    events.emit({ kind: "decision", at: clock.now(), component, ...decided });
  }

  /** Starts a process again when it ends without having been told to. */
  #keep(child: Child, again: () => Promise<void>): void {
    void child.exited.then((how) => this.#restart(child.name, how, again));
  }

  #restart(about: string, how: string, again: () => Promise<void>): void {
    const { clock, host } = this.#context;
    if (this.#stopping) return;
    host.say({ level: "warning", about, text: `its process ended (${how}); starting it again` });
    const onFailed = (error: unknown): void =>
      host.say({ level: "error", about, text: `it did not start again: ${messageOf(error)}` });
    clock.after(RESTART_AFTER_MS, () => void again().catch(onFailed));
  }

  #spawn(name: string, file: string): Promise<Child> {
    const { spawner, state } = this.#context;
    const entry = fileURLToPath(new URL(file, import.meta.url));
    return spawner.spawn(nodeCommand({ name, entry, logFile: state.logFile(name), cwd: state.path }));
  }
}

function primaryOnly(primary: string | null): readonly string[] {
  return primary === null ? [] : [primary];
}
