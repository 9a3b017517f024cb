import { UserError } from "../base/error.ts";
import type { WorldEvent } from "../base/journal.ts";
import { type Ms, formatDuration } from "../base/units.ts";
import { type Topology, componentsOf } from "../topology/topology.ts";
import type { Primitive, PrimitiveKind } from "../world/primitive.ts";
import type { InstanceStatus, QueueDepth, Status, World } from "../world/world.ts";
import { PORT } from "./address.ts";
import { type Means, type Parts, assemble, healthyAfterMs } from "./assemble.ts";
import type { RunCode } from "./codes.ts";
import type { Context } from "./context.ts";
import { CrashLoops } from "./crash-loop.ts";
import { DataPlane, type DataPlaneEvents } from "./data-plane.ts";
import { type FaultSurface, Faults } from "./faults.ts";
import { Traps } from "./hand/kill-at-call.ts";
import { handsOn } from "./hands.ts";
import { obstacleIn } from "./obstacle.ts";
import type { RegionPlan } from "./plan.ts";
import { createReach } from "./reach.ts";
import { ScalingLoop } from "./scaling-loop.ts";
import { ZonalShiftLoop } from "./zonal-shift-loop.ts";
import { zoneVotes } from "./zone-votes.ts";

/** How long a task may take to finish what it works on when the whole system stops. */
const STOP_GRACE_MS: Ms = 3_000;
/** Beside what the slowest health checks take. */
const START_WITHIN_MS: Ms = 60_000;

/** What a supervisor is made with: everything of its context but its reach, which is its own. */
export interface SupervisorSetup extends Means {
  readonly context: Omit<Context, "reach">;
}

/**
 * Runs one region of a system on this machine: starts everything in dependency order, keeps it running by the
 * controllers, and breaks it on request. It carries no user's bytes, so a busy system cannot delay its decisions.
 */
export class Supervisor implements World {
  readonly #context: Context;
  readonly #parts: Parts;
  readonly #plane: DataPlane;
  readonly #faults: Faults;
  readonly #scaling: ScalingLoop;
  readonly #shifts: ZonalShiftLoop;
  readonly #votes;
  readonly #traps = new Traps();
  #phase: "starting" | "running" | "stopping" = "starting";
  #since: Ms;

  constructor(setup: SupervisorSetup) {
    const { zones } = setup.context.plan.region;
    const reach = createReach({
      zones,
      rules: () => this.#faults.rules(),
      powered: (zone) => this.#plane.zones.get(zone)?.powered ?? false,
    });
    this.#context = { ...setup.context, reach };
    this.#since = this.#context.clock.now();
    this.#votes = zoneVotes(zones.map(({ name }) => name));
    this.#parts = assemble(this.#context, setup, {
      onEndpoint: (targets) => this.#plane.setEndpoint(targets),
      onTargets: (service, targets) => this.#plane.setTargets(service, targets),
      drained: (service, task) => this.#plane.drained(service, task),
    });
    this.#plane = new DataPlane(this.#context, this.#planeEvents(), (zone) => this.#parts.zoneConfig(zone));
    this.#scaling = new ScalingLoop(this.#context, this.#parts.services, () => this.queueDepths());
    const balanced = new Set(this.#context.plan.balancers.map(({ service }) => service));
    this.#shifts = new ZonalShiftLoop(this.#context, [...balanced], (...away) => this.#plane.shiftAway(...away));
    this.#faults = new Faults(this.#surface());
  }

  get topology(): Topology {
    return this.#context.topology;
  }

  get paceFactor(): number {
    return this.#context.pace.factor;
  }

  /**
   * Starts everything in dependency order; resolves when all is healthy, rejects with RUN-006 where something is not in
   * time.
   */
  async start(): Promise<void> {
    const { host } = this.#context;
    await this.#plane.start();
    host.say({ level: "progress", about: "network", text: "zones, balancers, queue service, DNS and edge are up" });
    for (const set of this.#parts.replicaSets) set.begin();
    await this.#until("the databases and caches", () =>
      this.#parts.replicaSets.every((set) => set.endpoint.primary !== null),
    );
    for (const { tasks } of this.#parts.services) tasks.begin();
    const told = new Set<string>();
    await this.#until("every component", (loops) => {
      for (const { id, redundant } of this.#components()) {
        if (redundant && !told.has(id)) host.say({ level: "progress", about: id, text: "healthy" });
        if (redundant) told.add(id);
      }
      return loops.believes(this.#components(), this.#context.clock.now()) && this.#redundant();
    });
    this.#scaling.begin();
    this.#phase = "running";
    this.#since = this.#context.clock.now();
  }

  async status(): Promise<Status> {
    const { plan, topology } = this.#context;
    const site = topology.components.some(({ kind }) => kind === "edge");
    const { host: queueHost, port: queuePort } = plan.queueService.listen;
    const state = this.#phase === "running" ? (this.#redundant() ? "healthy" : "degraded") : this.#phase;
    return {
      state: state === "stopping" ? "down" : state,
      since: new Date(this.#since).toISOString(),
      endpoints: {
        site: site ? `http://${plan.addresses.global(1)}:${PORT.http}` : null,
        dns: `${plan.addresses.global(53)}:${PORT.dns}`,
        control: `http://${plan.addresses.global(2)}:${PORT.control}`,
      },
      regions: [{ name: plan.region.name, role: plan.region.role, aws: { sqs: `http://${queueHost}:${queuePort}` } }],
      instances: this.#instances(),
      faults: this.#faults.active(),
    };
  }

  limits(needed?: readonly PrimitiveKind[]): Promise<Partial<Record<PrimitiveKind, string>>> {
    return this.#faults.limits(needed);
  }

  inject(fault: { name: string; target: string | null; primitives: readonly Primitive[] }): Promise<string> {
    return this.#faults.inject(fault);
  }

  heal(faultId: string): Promise<void> {
    return this.#faults.heal(faultId);
  }

  watch(listener: (event: WorldEvent) => void): () => void {
    return this.#context.events.watch(listener);
  }

  async settled(withinMs: Ms): Promise<boolean> {
    const { clock } = this.#context;
    const deadline = clock.now() + withinMs;
    while (!this.#redundant() && clock.now() < deadline) await clock.sleep(25);
    return this.#redundant();
  }

  async queueDepths(): Promise<readonly QueueDepth[]> {
    return this.#plane.queueDepths();
  }

  async replicas(component: string): Promise<readonly string[]> {
    const set = this.#parts.replicaSets.find((each) => each.component === component);
    return set?.endpoint.replicas ?? [];
  }

  pinReader(component: string, replica: string | null): Promise<void> {
    return this.#plane.pinReader(component, replica);
  }

  async checksums(component: string): Promise<Readonly<Record<string, string | null>>> {
    const set = this.#parts.replicaSets.find((each) => each.component === component);
    return (await set?.checksums()) ?? {};
  }

  eventLoopDelays(): Promise<Readonly<Record<string, Ms>>> {
    return this.#plane.eventLoopDelays();
  }

  /** Drains and stops everything. Programs may finish what they work on; what was accepted stays on disk. */
  async stop(): Promise<void> {
    this.#phase = "stopping";
    this.#scaling.stop();
    this.#shifts.stop();
    await Promise.all(this.#parts.services.map(({ tasks }) => tasks.stop(STOP_GRACE_MS)));
    await Promise.all(this.#parts.replicaSets.map((set) => set.stop()));
    await this.#plane.stop();
  }

  #components(): readonly { id: string; redundant: boolean }[] {
    const replicated = this.#parts.replicaSets.map((set) => ({ id: set.component, redundant: set.redundant }));
    const services = this.#parts.services.map(({ tasks }) => ({ id: tasks.service, redundant: tasks.redundant }));
    return [...replicated, ...services];
  }

  #redundant(): boolean {
    const zones = [...this.#plane.zones.keys()];
    const running = Object.values(this.#plane.pids()).every((pid) => pid !== null);
    return (
      running &&
      zones.every((zone) => this.#votes.available(zone)) &&
      this.#components().every(({ redundant }) => redundant)
    );
  }

  #instances(): InstanceStatus[] {
    const region = this.#context.plan.region.name;
    const pids = this.#plane.pids();
    const zones = [...this.#plane.zones.values()].map(({ zone, powered, pid }) => ({
      id: zone.name,
      component: "zone",
      region,
      zone: zone.name,
      pid,
      state: powered && this.#votes.available(zone.name) ? ("healthy" as const) : ("stopped" as const),
      role: null,
    }));
    const own = (id: string, component: string, at: string | null): InstanceStatus => {
      const pid = pids[id] ?? null;
      return { id, component, region: at, zone: null, pid, state: pid === null ? "stopped" : "healthy", role: null };
    };
    return [
      ...this.#parts.services.flatMap(({ tasks }) => tasks.statuses()),
      ...this.#parts.replicaSets.flatMap((set) => set.statuses()),
      ...zones,
      own("region", "queue service", region),
      own("global", "edge and DNS", null),
    ];
  }

  #planeEvents(): DataPlaneEvents {
    const { clock, events } = this.#context;
    const service = (name: string): Parts["services"][number] | undefined =>
      this.#parts.services.find(({ tasks }) => tasks.service === name);
    return {
      health: (zone, name, task, healthy) => {
        events.emit({ kind: "sight", at: clock.now(), observer: zone, instance: task, component: name, ok: healthy });
        service(name)?.tasks.seeHealth(zone, task, healthy);
      },
      sight: (observer, component, instance, ok) => {
        events.emit({ kind: "sight", at: clock.now(), observer, instance, component, ok });
        if (component === "zone") return this.#seeZoneVote(observer, instance, ok);
        const set = this.#parts.replicaSets.find((each) => each.component === component);
        set?.see({ kind: "sight", observer, member: instance, ok });
      },
      metrics: (zone, services) => {
        this.#scaling.seeMetrics(zone, services);
        this.#shifts.seeMetrics(zone, services);
      },
      node: (name, zone, healthy) => this.#shifts.seeNode(name, zone, healthy),
      trapped: (id) => this.#traps.spring(id),
      cancelledCommit: (zone, endpoint) => {
        const [component = endpoint] = endpoint.split(".");
        events.emit({ kind: "decision", at: clock.now(), component, what: "cancelled-commit", subject: zone });
      },
      deadLettered: (component, subject) =>
        events.emit({ kind: "decision", at: clock.now(), component, what: "dead-lettered", subject }),
      zoneLost: (zone) => {
        for (const { tasks } of this.#parts.services) tasks.forgetNode(zone);
      },
    };
  }

  #seeZoneVote(observer: string, zone: string, ok: boolean): void {
    const available = this.#votes.vote(observer, zone, ok);
    if (available === undefined) return;
    const { clock, events } = this.#context;
    const what = available ? "zone-available" : "zone-lost";
    events.emit({ kind: "decision", at: clock.now(), component: "zone", what, subject: zone });
    for (const set of this.#parts.replicaSets) set.seeZone(zone, available);
    for (const { tasks } of this.#parts.services) {
      if (!available) tasks.forgetNode(zone);
      tasks.seeZone(zone, available);
    }
    this.#scaling.seeZone(zone, available);
  }

  #surface(): FaultSurface {
    const loops = { scaling: this.#scaling, shifts: this.#shifts };
    const on = { context: this.#context, parts: this.#parts, plane: this.#plane, ...loops };
    const signal = (instance: string, name: NodeJS.Signals): boolean => this.#signal(instance, name);
    return {
      clock: this.#context.clock,
      applyRules: (rules) => this.#plane.applyRules(rules),
      hands: handsOn({ ...on, traps: this.#traps, signal }),
      fencePending: () => this.#parts.replicaSets.some((set) => set.fencePending),
    };
  }

  #signal(instance: string, signal: NodeJS.Signals): boolean {
    const task = this.#parts.services.map(({ tasks }) => tasks.child(instance)).find((child) => child !== undefined);
    const member = this.#parts.replicaSets.map((set) => set.member(instance)).find((each) => each !== undefined);
    const child = task ?? member?.engine.process();
    child?.signal(signal);
    return child !== undefined && child !== null;
  }

  async #until(what: string, isTrue: (loops: CrashLoops) => boolean): Promise<void> {
    const { clock, events, plan, topology, state } = this.#context;
    const withinMs = this.#startWithinMs();
    const deadline = clock.now() + withinMs;
    const complaints = new Map<string, string>();
    const loops = new CrashLoops(topology, state);
    const unwatch = events.watch((event) => {
      loops.see(event);
      if (event.kind === "act" && !event.ok && event.detail) complaints.set(event.subject, event.detail);
    });
    try {
      while (!isTrue(loops)) {
        for (const [subject, complaint] of complaints) {
          const obstacle = obstacleIn(complaint, addressOf(plan, subject));
          if (obstacle) throw obstacle;
        }
        const loop = await loops.problem();
        if (loop) throw loop;
        if (clock.now() > deadline) throw this.#late(what, withinMs, complaints);
        await clock.sleep(20);
      }
    } finally {
      unwatch();
    }
  }

  #startWithinMs(): Ms {
    const { topology, pace } = this.#context;
    const checks = componentsOf(topology, "service").map(({ settings }) => healthyAfterMs(settings.health, pace));
    return START_WITHIN_MS + Math.max(0, ...checks);
  }

  #late(what: string, withinMs: Ms, complaints: ReadonlyMap<string, string>): UserError {
    const missing = this.#components()
      .filter(({ redundant }) => !redundant)
      .map(({ id }) => id);
    const why = [...complaints].map(([subject, complaint]) => `; ${subject}: ${complaint}`).join("");
    return new UserError({
      code: "RUN-006" satisfies RunCode,
      message: `${what} did not come up within ${formatDuration(withinMs)} (missing: ${missing.join(", ")})${why}`,
      fix: `read the logs in ${this.#context.state.file("logs")}`,
    });
  }
}

function addressOf(plan: RegionPlan, member: string): string | undefined {
  const listen = plan.members.find(({ id }) => id === member)?.listen;
  return listen && `${listen.host}:${listen.port}`;
}
