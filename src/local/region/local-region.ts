import type { Ms } from "../../base/units.ts";
import { observersOf } from "../../topology/observer.ts";
import type { Region } from "../../topology/topology.ts";
import type { LinkRule } from "../../world/primitive.ts";
import type { InstanceStatus, QueueDepth } from "../../world/world.ts";
import { type Means, type Parts, assemble } from "../assemble.ts";
import type { Context } from "../context.ts";
import { Traps } from "../hand/kill-at-call.ts";
import { createReach } from "../../world/reach.ts";
import type { ReplicaSet } from "../replica-set.ts";
import { ScalingLoop } from "../scaling-loop.ts";
import type { VantageConfig } from "../vantage/vantage.ts";
import { ZonalShiftLoop } from "../zonal-shift-loop.ts";
import { type ZoneVotes, zoneVotes } from "../../control/zone-votes.ts";
import { FENCED, type Posture, tasksAt } from "./posture.ts";
import { RegionPlane, type RegionPlaneEvents } from "./region-plane.ts";

/** How long a task may take to finish what it works on when the whole system stops. */
const STOP_GRACE_MS: Ms = 3_000;
const LOOK_AGAIN_MS: Ms = 20;

/** What a region is made with: everything of its context but its reach, which is its own. */
export interface LocalRegionSetup extends Means {
  readonly context: Omit<Context, "reach">;
  readonly vantage: VantageConfig | null;
  /** The link rules in force. */
  rules(): readonly LinkRule[];
  /** Zonal shift, as the DNS is told of it. */
  onShift(service: string, zones: readonly string[]): void;
  onRegionSight(region: string, ok: boolean): void;
  /** Another member of a database is its first now: the one that takes writes, or that copies another region's. */
  onFirst(component: string): void;
}

/** Part of a region that works for customers, and whether all of it is there. */
export interface RunningComponent {
  readonly id: string;
  readonly redundant: boolean;
}

/**
 * One region of the system: its zones, what stands in them, and the controllers that keep it running. What it runs is
 * its posture; it is given another one by whoever recovers regions.
 */
export class LocalRegion {
  readonly context: Context;
  readonly parts: Parts;
  readonly plane: RegionPlane;
  readonly scaling: ScalingLoop;
  readonly shifts: ZonalShiftLoop;
  readonly traps = new Traps();
  readonly #setup: LocalRegionSetup;
  readonly #votes: ZoneVotes;
  readonly #leased = new Set<string>();
  #posture: Posture = FENCED;

  constructor(setup: LocalRegionSetup) {
    const { region } = setup.context.plan;
    const reach = createReach({
      region,
      rules: () => setup.rules(),
      powered: (place) => (place === region.name ? this.plane.powered : this.plane.zones.get(place)?.powered) ?? false,
    });
    this.#setup = setup;
    this.context = { ...setup.context, reach };
    this.#votes = zoneVotes(
      region.zones.map(({ name }) => name),
      observersOf(region),
    );
    this.parts = assemble(this.context, setup, {
      onEndpoint: (targets) => {
        this.plane.setEndpoint(targets);
        setup.onFirst(targets.component);
      },
      onTargets: (service, targets) => this.plane.setTargets(service, targets),
      drained: (service, task) => this.plane.drained(service, task),
    });
    this.plane = new RegionPlane(this.context, this.#planeEvents(), {
      zone: (zone) => this.parts.zoneConfig(zone),
      observing: () => this.parts.observing(),
      vantage: setup.vantage,
    });
    this.scaling = new ScalingLoop(this.context, this.parts.services, () => this.queueDepths());
    const balanced = new Set(this.context.plan.balancers.map(({ service }) => service));
    this.shifts = new ZonalShiftLoop(this.context, [...balanced], (service, zones) => {
      this.plane.shiftAway(service, zones);
      setup.onShift(service, zones);
    });
  }

  get region(): Region {
    return this.context.plan.region;
  }

  get name(): string {
    return this.region.name;
  }

  get posture(): Posture {
    return this.#posture;
  }

  /** Databases that another region's can follow. */
  get databases(): readonly ReplicaSet[] {
    return this.parts.replicaSets.filter(({ copiesRegions }) => copiesRegions);
  }

  get caches(): readonly ReplicaSet[] {
    return this.parts.replicaSets.filter(({ copiesRegions }) => !copiesRegions);
  }

  /** Starts its zones, and what stands beside them. */
  async open(): Promise<void> {
    await this.plane.start(this.#setup.rules());
  }

  /** Begins its databases in a role, in the first start or after one that was recorded. */
  beginData(data: Posture["data"]): void {
    this.#posture = { ...this.#posture, data };
    if (data !== "off") for (const set of this.databases) set.begin(data);
  }

  /** Begins its caches and services at a level. */
  beginServices(level: Posture["services"]): void {
    this.#posture = { ...this.#posture, services: level };
    if (level !== "off") for (const set of this.caches) set.begin();
    for (const { component, tasks } of this.parts.services) tasks.begin(tasksAt(level, component.settings.scale.min));
    if (level === "full") this.scaling.begin();
  }

  /** Has its databases lead or follow from now on; whether all of them do in time. */
  async turnData(role: "leads" | "follows", withinMs: Ms): Promise<boolean> {
    this.#posture = { ...this.#posture, data: role };
    const turned = await Promise.all(this.databases.map((set) => set.turn(role, withinMs)));
    return turned.every((each) => each);
  }

  /** Starts or stops tasks, and caches with the first and the last. Does not wait for them. */
  scaleServices(level: Posture["services"]): void {
    const before = this.#posture.services;
    this.#posture = { ...this.#posture, services: level };
    if (before === "off" && level !== "off") for (const set of this.caches) set.beginAnew();
    if (before !== "off" && level === "off") for (const set of this.caches) void set.fence();
    for (const { component, tasks } of this.parts.services) {
      tasks.scaleTo(tasksAt(level, component.settings.scale.min));
    }
    if (level === "full") this.scaling.begin();
    else this.scaling.pause();
  }

  /** Ends all that works in it: databases, caches, tasks. Disks stay as they are. */
  async fence(): Promise<void> {
    this.#posture = FENCED;
    this.scaling.pause();
    await Promise.all([
      ...this.parts.services.map(({ tasks }) => tasks.fence()),
      ...this.parts.replicaSets.map((set) => set.fence()),
    ]);
  }

  /** It was given up, and cannot be reached: what it runs is its own affair until it is fenced. */
  giveUp(): void {
    this.#posture = FENCED;
  }

  /** Whether the processes of half of its zones may let writes be acknowledged. */
  mayWrite(): boolean {
    const held = [...this.#leased].filter((zone) => this.plane.zones.get(zone)?.connection);
    return held.length >= this.region.zones.length / 2;
  }

  /** Takes its power. */
  async powerOff(): Promise<void> {
    this.plane.powerOff();
    for (const { name } of this.region.zones) {
      for (const { tasks } of this.parts.services) tasks.killIn(name);
      await Promise.all(this.parts.replicaSets.map((set) => set.killIn(name)));
    }
  }

  /** What it is to run, and whether all of it is there. */
  components(): readonly RunningComponent[] {
    const { data, services } = this.#posture;
    const sets = [...(data === "off" ? [] : this.databases), ...(services === "off" ? [] : this.caches)];
    const replicated = sets.map((set) => ({ id: set.component, redundant: set.redundant }));
    const tasks = this.parts.services.map(({ tasks }) => ({ id: tasks.service, redundant: tasks.redundant }));
    return [...replicated, ...tasks];
  }

  /** All that it is to run is there, in zones that are there. */
  redundant(): boolean {
    const running = Object.values(this.plane.pids()).every((pid) => pid !== null);
    const { zones } = this.region;
    return (
      running &&
      zones.every(({ name }) => this.#votes.available(name)) &&
      this.components().every(({ redundant }) => redundant)
    );
  }

  /** Resolves with whether all services serve as wanted, at the latest after `withinMs`. */
  async whole(withinMs: Ms): Promise<boolean> {
    const { clock } = this.context;
    const deadline = clock.now() + withinMs;
    const isWhole = (): boolean => this.components().every(({ redundant }) => redundant);
    while (!isWhole() && clock.now() < deadline) await clock.sleep(LOOK_AGAIN_MS);
    return isWhole();
  }

  queueDepths(): Promise<readonly QueueDepth[]> {
    return this.plane.queueDepths();
  }

  /** Tasks and members: what the system itself runs, without what is AWS's. */
  systemInstances(): InstanceStatus[] {
    return [
      ...this.parts.services.flatMap(({ tasks }) => tasks.statuses()),
      ...this.parts.replicaSets.flatMap((set) => set.statuses()),
    ];
  }

  instances(): InstanceStatus[] {
    const pids = this.plane.pids();
    const region = this.name;
    const zones = [...this.plane.zones.values()].map(({ zone, powered, pid }) => ({
      id: zone.name,
      component: "zone",
      region,
      zone: zone.name,
      pid,
      state: powered && this.#votes.available(zone.name) ? ("healthy" as const) : ("stopped" as const),
      role: null,
    }));
    const id = `region ${region}`;
    const pid = pids[id] ?? null;
    const state = pid === null ? ("stopped" as const) : ("healthy" as const);
    return [
      ...this.systemInstances(),
      ...zones,
      { id, component: "queue service", region, zone: null, pid, state, role: null },
    ];
  }

  /** Whether this is one of its tasks or members. */
  has(instance: string): boolean {
    return (
      this.parts.services.some(({ tasks }) => tasks.statuses().some(({ id }) => id === instance)) ||
      this.parts.replicaSets.some((set) => set.member(instance) !== undefined)
    );
  }

  /** Sends a signal to the process of one of its instances; false where it has none now. */
  signal(instance: string, signal: NodeJS.Signals): boolean {
    const task = this.parts.services.map(({ tasks }) => tasks.child(instance)).find((child) => child !== undefined);
    const member = this.parts.replicaSets.map((set) => set.member(instance)).find((each) => each !== undefined);
    const child = task ?? member?.engine.process();
    child?.signal(signal);
    return child !== undefined && child !== null;
  }

  /** Drains and stops everything. Programs may finish what they work on; what was accepted stays on disk. */
  async stop(): Promise<void> {
    this.scaling.stop();
    this.shifts.stop();
    await Promise.all(this.parts.services.map(({ tasks }) => tasks.stop(STOP_GRACE_MS)));
    await Promise.all(this.parts.replicaSets.map((set) => set.stop()));
    await this.plane.stop();
  }

  #planeEvents(): RegionPlaneEvents {
    const { clock, events } = this.context;
    const service = (name: string): Parts["services"][number] | undefined =>
      this.parts.services.find(({ tasks }) => tasks.service === name);
    const decide = (component: string, what: string, subject: string): void =>
      events.emit({ kind: "decision", at: clock.now(), component, what, subject });
    return {
      health: (zone, name, task, healthy) => {
        events.emit({ kind: "sight", at: clock.now(), observer: zone, instance: task, component: name, ok: healthy });
        service(name)?.tasks.seeHealth(zone, task, healthy);
      },
      sight: (observer, component, instance, ok) => {
        events.emit({ kind: "sight", at: clock.now(), observer, instance, component, ok });
        if (component === "zone") return this.#seeZoneVote(observer, instance, ok);
        const set = this.parts.replicaSets.find((each) => each.component === component);
        set?.see({ kind: "sight", observer, member: instance, ok });
      },
      metrics: (zone, services) => {
        this.scaling.seeMetrics(zone, services);
        this.shifts.seeMetrics(zone, services);
      },
      trapped: (id) => this.traps.spring(id),
      cancelledCommit: (zone, endpoint) => decide(endpoint.split(".")[0] ?? endpoint, "cancelled-commit", zone),
      lease: (zone, held) => {
        if (held) this.#leased.add(zone);
        else this.#leased.delete(zone);
        decide("lease", held ? "held" : "lost", zone);
      },
      deadLettered: (component, subject) => decide(component, "dead-lettered", subject),
      regionSight: (region, ok) => this.#setup.onRegionSight(region, ok),
      zoneLost: (zone) => {
        this.#leased.delete(zone);
        for (const { tasks } of this.parts.services) tasks.forgetNode(zone);
      },
    };
  }

  #seeZoneVote(observer: string, zone: string, ok: boolean): void {
    const available = this.#votes.vote(observer, zone, ok);
    if (available === undefined) return;
    const { clock, events } = this.context;
    const what = available ? "zone-available" : "zone-lost";
    events.emit({ kind: "decision", at: clock.now(), component: "zone", what, subject: zone });
    for (const set of this.parts.replicaSets) set.seeZone(zone, available);
    for (const { tasks } of this.parts.services) {
      if (!available) tasks.forgetNode(zone);
      tasks.seeZone(zone, available);
    }
    this.scaling.seeZone(zone, available);
  }
}
