import { type Random, seededRandom } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import { type ZoneVotes, zoneVotes } from "../../control/zone-votes.ts";
import { PROCESSORS, REGION_ENGINE } from "../../facts/engine.ts";
import { observersOf } from "../../topology/observer.ts";
import type { LinkRule, Primitive, ServiceEffect } from "../../world/primitive.ts";
import { OUTSIDE } from "../../world/primitive.ts";
import { type Answer, Watch } from "../system/watch.ts";
import { type Spread, drawTime } from "../system/spread.ts";
import { type VirtualTime, virtualTime } from "../virtual-time.ts";
import { FrontDoor } from "./front-door.ts";
import { type DrillSurroundings, MemberSet, type MemberSetView } from "./member-set.ts";
import { Network, type NetworkView } from "./network.ts";
import { Processors } from "./processors.ts";
import type { ScenePlan } from "./scene-plan.ts";
import { ServiceScaling } from "./service-scaling.ts";
import { TaskPool, type TaskView } from "./task-pool.ts";

/** What a controller concluded, and when, since the fault. */
export interface Decided {
  readonly component: string;
  readonly what: string;
  readonly at: Ms;
}

/** The region as it was from a moment on. Times count from the fault. */
export interface SceneView {
  readonly at: Ms;
  readonly network: NetworkView;
  readonly sets: ReadonlyMap<string, MemberSetView>;
  readonly pools: ReadonlyMap<string, readonly TaskView[]>;
  /** By service: for each machine of the edge location, the zones whose nodes it knows. */
  readonly known: ReadonlyMap<string, readonly (readonly string[])[]>;
  readonly queueFaults: ReadonlyMap<string, ServiceEffect>;
  readonly zonesAway: ReadonlySet<string>;
}

/** What the region was like at a moment. */
export function viewAt(history: readonly SceneView[], at: Ms): SceneView {
  let [low, high] = [0, history.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (history[middle]!.at <= at) low = middle; // within its length
    else high = middle - 1;
  }
  return history[low]!; // a scene notes how it begins
}

/** What everything has settled by, before the fault. */
const SETTLED_MS: Ms = 120_000;

/** What the controllers believe once all is well: it is the same for every play. */
export function settleScene(plan: ScenePlan): ScenePlan {
  const scene = new Scene(plan, seededRandom("settle"), 0);
  scene.runUntil(SETTLED_MS);
  return scene.settled();
}

/**
 * A region at the pace of a drill, in virtual time: the controllers of this machine command members and tasks that take
 * as long as measured. Faults are the primitives that drills are made of.
 */
export class Scene {
  /** What it was like, from each change on. */
  readonly history: SceneView[] = [];
  readonly decisions: Decided[] = [];
  readonly #plan: ScenePlan;
  readonly #time: VirtualTime = virtualTime();
  readonly #network: Network;
  readonly #sets: readonly MemberSet[];
  readonly #pools: readonly TaskPool[];
  readonly #doors: readonly FrontDoor[];
  readonly #votes: ZoneVotes;
  readonly #watch: Watch;
  readonly #random: Random;
  readonly #streams = new Map<string, Random>();
  readonly #startsAt: Ms;
  readonly #queueFaults = new Map<string, ServiceEffect>();
  readonly #zonesAway = new Set<string>();
  readonly #dark = new Set<string>();
  #rules: readonly LinkRule[] = [];
  #isChanged = true;
  /** Services whose health checks ask for what they need, too. */
  readonly #deep = new Set<string>();
  readonly #scalings = new Map<string, ServiceScaling>();
  #crowd = 1;
  /** What programs that start share; null: nobody but them needs much of it. */
  #processors: Processors | null = null;
  /** Whether a task in a zone reaches all that its service needs; whoever knows journeys says so. */
  reachesAll: (service: string, zone: string) => boolean = () => true;

  /** `startsAt`: the fault's moment, in the time of the controllers; 0 where they start. */
  constructor(plan: ScenePlan, random: Random, startsAt: Ms = SETTLED_MS) {
    this.#plan = plan;
    this.#random = random;
    this.#startsAt = startsAt;
    this.#time.runUntil(startsAt);
    const zones = plan.region.zones.map(({ name }) => name);
    this.#network = new Network(plan.region);
    const around: DrillSurroundings = {
      time: this.#time,
      network: this.#network,
      chance: (name) => this.#stream(name),
      startProgram: (name, alone, then) => this.#startProgram(name, alone, then),
      decided: (component, what) => this.#decided(component, what),
      changed: () => (this.#isChanged = true),
    };
    this.#sets = plan.sets.map((set) => new MemberSet(set, around));
    this.#pools = plan.pools.map((pool) => {
      const { service } = pool;
      return new TaskPool(pool, around, (zone) => !this.#deep.has(service) || this.reachesAll(service, zone));
    });
    this.#doors = plan.doors.map((door) => new FrontDoor(door, around, (zone) => this.#findNode(door.service, zone)));
    this.#votes = zoneVotes(zones, observersOf(plan.region));
    this.#watch = new Watch({
      time: this.#time,
      probe: plan.zoneWatch,
      phaseOf: (observer, zone) => around.chance(`${observer} watches ${zone}`).next(),
      find: (observer, zone) => this.#findZone(observer, zone),
      tell: (observer, zone, ok) => this.#vote(observer, zone, ok),
    });
    this.#note();
  }

  /** Since the fault. */
  get now(): Ms {
    return this.#time.now() - this.#startsAt;
  }

  /** The plan, with what its controllers believe now. */
  settled(): ScenePlan {
    const { sets, pools } = this.#plan;
    return {
      ...this.#plan,
      sets: sets.map((set, at) => ({ ...set, settled: this.#sets[at]?.state ?? null })),
      pools: pools.map((pool, at) => ({ ...pool, settled: this.#pools[at]?.state ?? null })),
    };
  }

  /** Lets everything happen that is due until then. */
  runUntil(at: Ms): void {
    this.#time.runUntil(this.#startsAt + at, () => this.#look());
  }

  /** Whether a failover that began has not come to its end. */
  get isFailingOver(): boolean {
    return this.#sets.some(({ state }) => state.failing !== null);
  }

  /** Whether every database that was to be replaced by a restored one serves again. */
  get isRestored(): boolean {
    const count = (what: string): number => this.decisions.filter((each) => each.what === what).length;
    return count("restored-to") === count("restoring");
  }

  /** So many times as many customers as ever come from now on: programs that start share what they leave. */
  crowdBy(factor: number): void {
    this.#crowd = factor;
    const taken = this.#plan.processorsTaken(factor);
    this.#processors = new Processors(this.#time, { count: PROCESSORS, taken }, () => undefined);
  }

  /** Does this to the region now. */
  strike(primitives: readonly Primitive[]): void {
    for (const primitive of primitives) this.#do(primitive);
    this.#isChanged = true;
    this.#look();
  }

  /** Undoes it. */
  heal(primitives: readonly Primitive[]): void {
    for (const primitive of primitives) this.#undo(primitive);
    this.#isChanged = true;
    this.#look();
  }

  #do(primitive: Primitive): void {
    switch (primitive.kind) {
      case "kill":
      case "kill-at-call":
        return this.#each(primitive.instance, (part) => part.kill(primitive.instance));
      case "pause":
        return this.#each(primitive.instance, (part) => part.pause(primitive.instance, true));
      case "fill-disk":
        return this.#sets.find((set) => set.has(primitive.instance))?.kill(primitive.instance, true);
      case "power-off":
        this.#dark.add(primitive.zone);
        this.#setNetwork();
        return this.#killIn(primitive.zone, this.#sets);
      case "skew-clock":
        return this.#killIn(primitive.zone, this.#sets);
      case "link":
        this.#rules = [...this.#rules, primitive.rule];
        return this.#setNetwork();
      case "service-fault":
        this.#queueFaults.set(primitive.queue, primitive.effect);
        return;
      case "deploy":
        return this.#pool(primitive.service)?.deployBroken(primitive.run);
      case "health-check":
        this.#deep.add(primitive.service);
        return;
      case "shift-away":
        this.#zonesAway.add(primitive.zone);
        for (const door of this.#doors) door.shift(primitive.zone, true);
        return;
      case "hold-endpoint":
        return this.#set(primitive.component)?.holdEndpoint(true);
      case "size-to-load":
        return this.#sizeToLoad(primitive.service, primitive.share);
      default: // it touches nobody who serves customers
    }
  }

  #undo(primitive: Primitive): void {
    switch (primitive.kind) {
      case "pause":
        return this.#each(primitive.instance, (part) => part.pause(primitive.instance, false));
      case "fill-disk":
        return this.#sets.find((set) => set.has(primitive.instance))?.mend(primitive.instance);
      case "power-off":
        return this.#lightUp(primitive.zone);
      case "link":
        this.#rules = this.#rules.filter((rule) => rule !== primitive.rule);
        return this.#setNetwork();
      case "service-fault":
        this.#queueFaults.delete(primitive.queue);
        return;
      case "health-check":
        this.#deep.delete(primitive.service);
        return;
      case "shift-away":
        this.#zonesAway.delete(primitive.zone);
        for (const door of this.#doors) door.shift(primitive.zone, false);
        return;
      case "hold-endpoint":
        return this.#set(primitive.component)?.holdEndpoint(false);
      case "size-to-load":
        return this.#scalings.get(primitive.service)?.restoreTarget();
      case "delete-rows":
        return this.#restore();
      default: // over at once, or nothing that was done here
    }
  }

  #startProgram(name: string, alone: Spread, then: () => void): void {
    const random = this.#stream(`${name} listens`);
    if (this.#processors === null) this.#time.after(drawTime(alone, random), then);
    else this.#processors.work(REGION_ENGINE.program.value, random, then);
  }

  #sizeToLoad(service: string, share: number): void {
    const plan = this.#plan.scalings.find((each) => each.service === service);
    if (!plan) return;
    const scaling = new ServiceScaling(plan, {
      time: this.#time,
      random: this.#stream(`load of ${service}`),
      crowd: () => this.#crowd,
      scaleTo: (count) => {
        this.#decided(service, "scaled-out");
        this.#pool(service)?.scaleTo(count);
      },
    });
    this.#scalings.set(service, scaling);
    scaling.sizeToLoad(share);
  }

  /** Every database is restored beside itself, and then led on with that. */
  #restore(): void {
    const databases = this.#plan.sets.filter(({ isDatabase }) => isDatabase);
    for (const { component } of databases) this.#decided(component, "restoring");
    this.#time.after(drawTime(this.#plan.restoreMs, this.#stream("restore")), () => {
      for (const set of this.#databases()) set.replace();
    });
  }

  #decided(component: string, what: string): void {
    this.decisions.push({ component, what, at: this.now });
  }

  #stream(name: string): Random {
    const known = this.#streams.get(name) ?? this.#random.fork(name);
    this.#streams.set(name, known);
    return known;
  }

  #set(component: string): MemberSet | undefined {
    return this.#sets[this.#plan.sets.findIndex((set) => set.component === component)];
  }

  #pool(service: string): TaskPool | undefined {
    return this.#pools[this.#plan.pools.findIndex((pool) => pool.service === service)];
  }

  #databases(): readonly MemberSet[] {
    return this.#sets.filter((_, at) => this.#plan.sets[at]?.isDatabase);
  }

  #each(instance: string, what: (part: MemberSet | TaskPool) => void): void {
    for (const part of [...this.#sets, ...this.#pools]) if (part.has(instance)) what(part);
  }

  #killIn(zone: string, sets: readonly MemberSet[]): void {
    for (const part of [...sets, ...this.#pools]) part.killIn(zone);
  }

  /** A zone that has power again is there once what carries its traffic has started. */
  #lightUp(zone: string): void {
    this.#time.after(drawTime(this.#plan.zoneStartMs, this.#stream(`${zone} starts`)), () => {
      this.#dark.delete(zone);
      this.#setNetwork();
      this.#isChanged = true;
    });
  }

  #setNetwork(): void {
    this.#network.set(this.#rules, this.#dark);
  }

  /** Whoever watches looks again after each change. */
  #look(): void {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    for (const part of [...this.#sets, ...this.#pools, ...this.#doors]) part.look();
    const { region } = this.#plan;
    for (const observer of observersOf(region))
      for (const { name } of region.zones) if (observer !== name) this.#watch.look(observer, name);
    this.#note();
  }

  #note(): void {
    const { sets, pools, doors } = this.#plan;
    const view: SceneView = {
      at: this.now,
      network: this.#network.view,
      sets: new Map(sets.map(({ component }, at) => [component, this.#sets[at]!.view])), // one of each plan
      pools: new Map(pools.map(({ service }, at) => [service, this.#pools[at]!.view])),
      known: new Map(doors.map(({ service }, at) => [service, this.#doors[at]!.known])),
      queueFaults: new Map(this.#queueFaults),
      zonesAway: new Set(this.#zonesAway),
    };
    if (this.history.at(-1)?.at === view.at) this.history.pop();
    this.history.push(view);
  }

  #findZone(observer: string, zone: string): Answer {
    const { view } = this.#network;
    if (!view.isLit(observer)) return "blind";
    const { kind } = view.way(observer, { zone, component: "zone", instance: null }, "observe");
    return kind === "open" ? "answers" : kind;
  }

  #vote(observer: string, zone: string, ok: boolean): void {
    const available = this.#votes.vote(observer, zone, ok);
    if (available === undefined) return;
    if (!available) this.#decided("zone", "zone-lost");
    for (const set of this.#sets) set.seeZone(zone, available);
    for (const pool of this.#pools) {
      if (!available) pool.forgetNode(zone);
      pool.seeZone(zone, available);
    }
  }

  /** A node answers whoever looks at it from outside as a task does to which it sends that. */
  #findNode(service: string, zone: string): Answer {
    const { view } = this.#network;
    const { kind } = view.way(OUTSIDE, { zone, component: service, instance: null }, "client");
    if (kind !== "open") return kind;
    const targets = this.#pool(service)?.view ?? [];
    const trusted = targets.filter(({ trust }) => trust[zone] === true);
    const answers = (trusted.length > 0 ? trusted : targets).map((task): Answer => {
      const way = view.way(zone, { zone: task.zone, component: service, instance: task.id }, "client");
      if (way.kind !== "open") return way.kind;
      if (task.process === "hung") return "hangs";
      return task.process === "up" && task.serves ? "answers" : "refuses";
    });
    if (answers.includes("answers")) return "answers";
    return answers.includes("hangs") ? "hangs" : "refuses";
  }
}
