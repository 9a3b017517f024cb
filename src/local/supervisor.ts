import { UserError } from "../base/error.ts";
import type { WorldEvent } from "../base/journal.ts";
import { type Ms, formatDuration } from "../base/units.ts";
import { healthyAfterMs } from "../topology/spec.ts";
import { type Topology, componentsOf } from "../topology/topology.ts";
import type { BackupReport, RestoreReport } from "../world/backup.ts";
import type { Primitive, PrimitiveKind } from "../world/primitive.ts";
import type { Footprint, RecoveryCommand, SavedItem } from "../world/recovery.ts";
import type { InstanceStatus, QueueDepth, Status, World } from "../world/world.ts";
import { PORT } from "./address.ts";
import type { Means } from "./assemble.ts";
import type { BackupKey } from "./backup/key.ts";
import { RegionBackups } from "./backup/region-backups.ts";
import type { RunCode } from "./codes.ts";
import type { Context } from "./context.ts";
import { CrashLoops } from "./crash-loop.ts";
import { Faults } from "./faults.ts";
import { footprintOf } from "./footprint.ts";
import { GlobalPlane } from "./global-plane.ts";
import { handsOn } from "./hands.ts";
import { entryNear } from "./location.ts";
import { obstacleIn } from "./obstacle.ts";
import type { RegionPlan } from "./plan.ts";
import { LocalRegion, type RunningComponent } from "./region/local-region.ts";
import { RegionRecovery } from "./recovery/region-recovery.ts";
import { outsideVantage, regionVantage } from "./vantage-config.ts";

/** Beside what the slowest health checks take. */
const START_WITHIN_MS: Ms = 60_000;

/** What a supervisor is made with: everything of its context but what each region has of its own. */
export interface SupervisorSetup extends Means {
  readonly context: Omit<Context, "plan" | "reach">;
  /** The regions, the one that serves in the beginning first. */
  readonly plans: readonly RegionPlan[];
  /** What backups are encrypted with; null: with nothing. */
  readonly backupKey: BackupKey | null;
}

/**
 * Runs a system on this machine: starts its regions in dependency order, keeps them running by the controllers, and
 * breaks them on request. It carries no user's bytes, so a busy system cannot delay its decisions.
 */
export class Supervisor implements World {
  readonly #context: SupervisorSetup["context"];
  readonly #regions: readonly LocalRegion[];
  readonly #outside: GlobalPlane;
  readonly #recovery: RegionRecovery;
  readonly #faults: Faults;
  readonly #backups: readonly { readonly region: LocalRegion; readonly kept: RegionBackups }[];
  #phase: "starting" | "running" | "stopping" = "starting";
  #since: Ms;

  constructor({ context, plans, backupKey, ...means }: SupervisorSetup) {
    this.#context = context;
    this.#since = context.clock.now();
    const rules = () => this.#faults.rules();
    const vantages = { topology: context.topology, pace: context.pace, state: context.state, plans };
    this.#regions = plans.map((plan) => {
      const region: LocalRegion = new LocalRegion({
        ...means,
        context: { ...context, plan },
        vantage: regionVantage(vantages, plan),
        rules,
        onShift: (service, zones) => this.#outside.shiftAway(service, zones),
        onRegionSight: (seen, ok) => this.#recovery.seeRegion(plan.region.name, seen, ok),
        onFirst: (component) => this.#recovery.seeFirst(region, component),
      });
      return region;
    });
    const postgres = means.engines.postgres;
    this.#backups = (means.keepsBackups ? this.#regions : []).map((region) => {
      const copyTo = plans.find((plan) => plan !== region.context.plan)?.region.name ?? null;
      return { region, kept: new RegionBackups({ region, copyTo, key: backupKey, postgres }) };
    });
    this.#outside = new GlobalPlane(
      context,
      plans,
      {
        node: (service, zone, healthy) => this.#in(zone)?.shifts.seeNode(service, zone, healthy),
        regionSight: (seen, ok) => this.#recovery.seeRegion("outside", seen, ok),
      },
      outsideVantage(vantages),
    );
    this.#recovery = new RegionRecovery({
      context,
      regions: this.#regions,
      outside: this.#outside,
      rules,
      restore: async (region) => (await this.#backupsOf(region)?.layDown()) ?? false,
      onPostures: () => void this.#keepBackups(),
    });
    this.#faults = new Faults({
      clock: context.clock,
      placesIn: (name) => this.#placesIn(name),
      applyRules: async (rules) => {
        await Promise.all([
          ...this.#regions.map(({ plane }) => plane.applyRules(rules)),
          this.#outside.applyRules(rules),
        ]);
      },
      hands: handsOn({
        regions: this.#regions,
        outside: this.#outside,
        recovery: this.#recovery,
        backups: {
          kept: means.keepsBackups,
          leading: () => this.#leadingBackups(),
          restore: (toTime) => this.restore({ toTime }),
        },
      }),
      fenceRegions: () => this.#recovery.fenceAgain(),
      fencePending: () => this.#regions.some(({ parts }) => parts.replicaSets.some((set) => set.fencePending)),
    });
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
    const postures = new Map(this.#regions.map((region) => [region, this.#recovery.postureOf(region)]));
    // Zones and what stands beside them are AWS's, and there whatever a system runs in them.
    await Promise.all([...this.#regions.map((region) => region.open()), this.#outside.start()]);
    host.say({ level: "progress", about: "network", text: "zones, balancers, queue service, DNS and edge are up" });
    const begin = (what: (region: LocalRegion) => void): void => {
      for (const region of this.#regions) what(region);
    };
    begin((region) => region.beginData(postures.get(region)!.data)); // every region has a posture
    this.#recovery.lead();
    await this.#until("the databases and caches", () =>
      this.#regions.every(({ databases, posture }) =>
        databases.every((set) => posture.data === "off" || set.endpoint.primary !== null),
      ),
    );
    begin((region) => region.beginServices(postures.get(region)!.services));
    this.#recovery.begin();
    const told = new Set<string>();
    await this.#until("every component", (loops) => {
      for (const { id, redundant } of this.#components()) {
        if (redundant && !told.has(id)) host.say({ level: "progress", about: id, text: "healthy" });
        if (redundant) told.add(id);
      }
      return loops.believes(this.#components(), this.#context.clock.now()) && this.#whole();
    });
    await this.#keepBackups();
    this.#phase = "running";
    this.#since = this.#context.clock.now();
  }

  async status(): Promise<Status> {
    const { topology } = this.#context;
    const { addresses } = this.#regions[0]!.context.plan; // a system has a region
    const site = topology.components.some(({ kind }) => kind === "edge");
    const state = this.#phase === "running" ? (this.#redundant() ? "healthy" : "degraded") : this.#phase;
    return {
      state: state === "stopping" ? "down" : state,
      since: new Date(this.#since).toISOString(),
      endpoints: {
        site: site ? `http://${addresses.global(1)}:${PORT.http}` : null,
        dns: `${addresses.global(53)}:${PORT.dns}`,
        control: `http://${addresses.global(2)}:${PORT.control}`,
      },
      regions: this.#regions.map(({ region, context }) => {
        const { host, port } = context.plan.queueService.listen;
        const entry = entryNear(context.plan, topology);
        return { name: region.name, role: region.role, aws: { sqs: `http://${host}:${port}` }, entry };
      }),
      recovery: this.#recovery.status(),
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

  async recover(command: RecoveryCommand): Promise<void> {
    this.#recovery.command(command);
  }

  footprint(): Promise<readonly Footprint[]> {
    const { state } = this.#context;
    return Promise.all(
      this.#regions.map(async (region) => {
        const ids = region.context.plan.members.map(({ component, id }) => state.file(component, id));
        const pids = region.systemInstances().flatMap(({ pid }) => (pid === null ? [] : [pid]));
        return { region: region.name, ...(await footprintOf(pids, [...ids, state.file("sqs", region.name)])) };
      }),
    );
  }

  async saved(since: Ms): Promise<readonly SavedItem[]> {
    return this.#recovery.saved(since);
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

  /** Over all regions: what waits in any of them waits. */
  async queueDepths(): Promise<readonly QueueDepth[]> {
    const all = (await Promise.all(this.#regions.map((region) => region.queueDepths()))).flat();
    return componentsOf(this.#context.topology, "queue").flatMap(({ id: queue }) => {
      const own = all.filter((depth) => depth.queue === queue);
      const sum = (of: (depth: QueueDepth) => number): number => own.reduce((total, depth) => total + of(depth), 0);
      if (own.length === 0) return [];
      const redelivered = sum((depth) => depth.redelivered ?? 0);
      return [
        { queue, pending: sum(({ pending }) => pending), stranded: sum(({ stranded }) => stranded), redelivered },
      ];
    });
  }

  async replicas(component: string): Promise<readonly string[]> {
    const set = this.#recovery.serving.parts.replicaSets.find((each) => each.component === component);
    return set?.endpoint.replicas ?? [];
  }

  pinReader(component: string, replica: string | null): Promise<void> {
    return this.#recovery.serving.plane.pinReader(component, replica);
  }

  async checksums(component: string): Promise<Readonly<Record<string, string | null>>> {
    const set = this.#recovery.serving.parts.replicaSets.find((each) => each.component === component);
    return (await set?.checksums()) ?? {};
  }

  async eventLoopDelays(): Promise<Readonly<Record<string, Ms>>> {
    const asked = [...this.#regions.map(({ plane }) => plane.eventLoopDelays()), this.#outside.eventLoopDelays()];
    return Object.assign({}, ...(await Promise.all(asked))) as Record<string, Ms>;
  }

  /** Drains and stops everything. Programs may finish what they work on; what was accepted stays on disk. */
  async stop(): Promise<void> {
    this.#phase = "stopping";
    this.#recovery.stop();
    await Promise.all(this.#backups.map(({ kept }) => kept.stop()));
    await Promise.all(this.#regions.map((region) => region.stop()));
    await this.#outside.stop();
  }

  async backup(): Promise<BackupReport> {
    return { databases: await this.#leadingBackups().backUp() };
  }

  async restore({ toTime }: { readonly toTime: Ms | null }): Promise<RestoreReport> {
    const report = await this.#leadingBackups().restore(toTime);
    this.#recovery.copyAnew();
    return report;
  }

  /** The backups of the region that leads. Throws RUN-036 where none are kept. */
  #leadingBackups(): RegionBackups {
    const leading = this.#backups.find(({ kept }) => kept.running);
    if (leading) return leading.kept;
    throw new UserError({
      code: "RUN-036" satisfies RunCode,
      message: "no backups are kept now: no region takes writes, or the system was started by a drill",
      fix: "start it with `holdfast up`, and see `holdfast status`",
    });
  }

  #backupsOf(region: LocalRegion): RegionBackups | undefined {
    return this.#backups.find((each) => each.region === region)?.kept;
  }

  /** Backups are taken where databases take writes. */
  async #keepBackups(): Promise<void> {
    if (this.#phase === "stopping") return;
    const changes = this.#backups.map(async ({ region, kept }) => {
      if (region.posture.data !== "leads") return kept.leave();
      // What a region that takes over has are copies: none of them reaches what it goes on with.
      if ((await kept.begin()) && this.#phase === "running") await kept.backUp();
    });
    await Promise.allSettled(changes); // what failed was said, and is tried again by the schedule
  }

  /** The region of a zone. */
  #in(zone: string): LocalRegion | undefined {
    return this.#regions.find(({ region }) => region.zones.some(({ name }) => name === zone));
  }

  #placesIn(name: string): readonly string[] {
    const zones = this.#regions.find((region) => region.name === name)?.region.zones ?? [];
    return [...zones.map((zone) => zone.name), name];
  }

  #components(): readonly RunningComponent[] {
    const all = this.#regions.map((region) => region.components());
    return (all[0] ?? []).map(({ id }) => ({
      id,
      redundant: all.every((components) => components.find((each) => each.id === id)?.redundant !== false),
    }));
  }

  /** All that each region is to run is there. */
  #whole(): boolean {
    return this.#outside.pid !== null && this.#regions.every((region) => region.redundant());
  }

  /** Nothing is missing, and no region is being recovered. */
  #redundant(): boolean {
    return this.#whole() && this.#recovery.settled();
  }

  #instances(): InstanceStatus[] {
    const { pid } = this.#outside;
    const state = pid === null ? ("stopped" as const) : ("healthy" as const);
    const outside = { id: "global", component: "edge and DNS", region: null, zone: null, pid, state, role: null };
    return [...this.#regions.flatMap((region) => region.instances()), outside];
  }

  async #until(what: string, isTrue: (loops: CrashLoops) => boolean): Promise<void> {
    const { clock, events, topology, state } = this.#context;
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
          const obstacle = obstacleIn(complaint, this.#addressOf(subject));
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

  #addressOf(member: string): string | undefined {
    const listen = this.#regions.flatMap(({ context }) => context.plan.members).find(({ id }) => id === member)?.listen;
    return listen && `${listen.host}:${listen.port}`;
  }
}
