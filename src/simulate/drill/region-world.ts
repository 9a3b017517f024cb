import type { Random } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import { PROCESSORS, PROCESSORS_TAKEN, REGION_ENGINE } from "../../facts/engine.ts";
import { dnsOf, dnsProbe, leaseTerms, ttlSeconds } from "../../topology/region-spec.ts";
import type { Pace } from "../../topology/timing.ts";
import { type Component, type Topology, componentsOf } from "../../topology/topology.ts";
import { OUTSIDE, type Primitive } from "../../world/primitive.ts";
import { drawTime } from "../system/spread.ts";
import type { Answer } from "../system/watch.ts";
import { type VirtualTime, virtualTime } from "../virtual-time.ts";
import { Processors } from "./processors.ts";
import { type Demand, RegionDirectory } from "./region-directory.ts";
import { RegionLeases } from "./region-lease.ts";
import { RegionNetwork } from "./region-network.ts";
import { RegionTasks, Starts } from "./region-tasks.ts";

/** What the databases of a region do: as in the local world. */
export type DataRole = "leads" | "follows" | "off";

/** What customers meet in a region. */
export interface RegionCondition {
  /** Whether requests from outside get there, and answers back; else they wait until they are given up. */
  readonly isReached: boolean;
  /** Components of it that do not work. */
  readonly lacks: ReadonlySet<string>;
  /** Whether what runs in it can write to databases, wherever they are. */
  readonly isWritable: boolean;
}

/** What customers near a region meet on their way. */
export interface Way {
  /** The edge location that they come to, by the region that it is near, for each of their providers. */
  readonly edges: readonly string[];
  /** The first DNS server that they ask is silent. */
  readonly isNameSlow: boolean;
}

/** What customers meet in an edge location. */
export interface EdgeCondition {
  readonly isUp: boolean;
  /** The region that services are reached in, for each of its machines. */
  readonly servedFrom: readonly string[];
}

/** All that customers can notice, from a moment on. */
export interface RegionView {
  readonly at: Ms;
  readonly ways: Readonly<Record<string, Way>>;
  readonly edges: Readonly<Record<string, EdgeCondition>>;
  readonly regions: Readonly<Record<string, RegionCondition>>;
  /** So much works on the machine that all answers are late. */
  readonly isCrowded: boolean;
}

/** What a world is made of. */
export interface WorldSetup {
  readonly topology: Topology;
  readonly pace: Pace;
  readonly demand: Demand;
}

/** A system over regions in virtual time: what can be struck, what is commanded, and what customers make of it. */
export class RegionWorld {
  readonly topology: Topology;
  readonly pace: Pace;
  readonly random: Random;
  readonly time: VirtualTime = virtualTime();
  readonly names: readonly string[];
  /** How long an answer of the DNS is known. */
  readonly ttlMs: Ms;
  readonly network = new RegionNetwork();
  readonly leases: RegionLeases;
  readonly directory: RegionDirectory;
  /** When customers were led elsewhere. */
  readonly shifts: Ms[] = [];
  /** What customers could notice, from when on. */
  readonly views: RegionView[] = [];
  /** By region, since when nothing of the other one's log arrives. */
  readonly #behindSince = new Map<string, Ms>();
  readonly #processors: Processors;
  readonly #tasks: ReadonlyMap<string, readonly RegionTasks[]>;
  readonly #data = new Map<string, DataRole>();
  readonly #cached = new Set<string>();
  readonly #edgesDown = new Set<string>();
  readonly #namesDown = new Set<string>();
  readonly #queuesDown = new Set<string>();
  /** Where writes are led. */
  #leader: string;
  #last = "";
  #isMade = false;

  constructor({ topology, pace, demand }: WorldSetup, random: Random) {
    this.topology = topology;
    this.pace = pace;
    this.random = random;
    this.names = topology.regions.map(({ name }) => name);
    this.#leader = this.names[0] ?? "";
    const { time, network } = this;
    const { ttlMs, healthCheck } = dnsOf(topology);
    this.ttlMs = 1_000 * ttlSeconds(ttlMs, pace);
    this.leases = new RegionLeases({
      time,
      network,
      terms: leaseTerms(pace),
      regions: topology.regions.map(({ name, zones }) => ({ name, zones: zones.length })),
      random: random.fork("lease"),
      onChange: () => this.changed(),
    });
    this.directory = new RegionDirectory({
      time,
      regions: this.names,
      policy: topology.recovery === "active-active" ? "latency" : "failover",
      probe: dnsProbe(healthCheck, pace),
      ttlMs: this.ttlMs,
      demand,
      random: random.fork("dns"),
      findNodes: (region) => this.#findNodes(region),
      findEdge: (near) => (this.#edgesDown.has(near) ? "refuses" : "answers"),
      onShift: () => this.shifts.push(time.now()),
      onChange: () => this.changed(),
    });
    const taken = drawTime(PROCESSORS_TAKEN, random.fork("machine"));
    this.#processors = new Processors(time, { count: PROCESSORS, taken }, () => this.changed());
    this.#tasks = new Map(this.names.map((name) => [name, this.#tasksOf(name)]));
    for (const name of this.names) {
      if (this.#runs(name, "cache") > 0) this.#cached.add(name);
      this.#data.set(name, this.#runs(name, "database") > 0 ? "follows" : "off");
    }
    this.leases.want(this.#leader);
    this.#isMade = true;
    this.lead(this.#leader);
  }

  /** Since when a region has nothing of what the one that leads wrote; undefined where it has it all. */
  behindSince(region: string): Ms | undefined {
    return this.#behindSince.get(region);
  }

  dataOf(region: string): DataRole {
    return this.#data.get(region) ?? "off";
  }

  get leader(): string {
    return this.#leader;
  }

  strike(primitives: readonly Primitive[]): void {
    for (const primitive of primitives) this.#turn(primitive, true);
    this.changed();
  }

  heal(primitives: readonly Primitive[]): void {
    for (const primitive of primitives) this.#turn(primitive, false);
    this.changed();
  }

  /** All writes are led to a region from now on. */
  follow(region: string): void {
    this.#leader = region;
    this.changed();
  }

  /** Its databases take writes; those that did elsewhere can be read as they were. */
  lead(region: string): void {
    this.#leader = region;
    for (const [name, role] of this.#data) if (role === "leads") this.#data.set(name, "follows");
    this.#data.set(region, "leads");
    this.changed();
  }

  /** A region that has come to lead backs its databases up at once. */
  backUp(region: string): void {
    const random = this.random.fork(`backup/${region}`);
    const databases = componentsOf(this.topology, "database");
    for (const _ of databases) this.#processors.work(REGION_ENGINE.backup.value, random, () => undefined);
  }

  /** Its databases copy the other region's. */
  copy(region: string): void {
    this.#data.set(region, "follows");
    this.changed();
  }

  /** Everything that works in a region ends. */
  end(region: string): void {
    this.#data.set(region, "off");
    this.#cached.delete(region);
    for (const tasks of this.#tasks.get(region) ?? []) tasks.end();
    this.changed();
  }

  /** A region runs as many tasks as it takes to serve everybody, and caches. */
  grow(region: string): void {
    for (const tasks of this.#tasks.get(region) ?? []) tasks.scaleTo(this.#fullCount(tasks.service));
    if (this.#cached.has(region) || componentsOf(this.topology, "cache").length === 0) return;
    this.time.after(drawTime(REGION_ENGINE.cache.value, this.random.fork(`cache/${region}`)), () => {
      this.#cached.add(region);
      this.changed();
    });
  }

  /** A region runs what is kept ready. */
  shrink(region: string): void {
    for (const tasks of this.#tasks.get(region) ?? []) tasks.scaleTo(this.#readyCount(tasks.service));
    if (this.#readyRegion === undefined || this.#runs(this.#readyRegion, "cache") === 0) this.#cached.delete(region);
    this.changed();
  }

  /** Whether all that a region is to run serves. */
  isWhole(region: string): boolean {
    const hasCaches = this.#cached.has(region) || componentsOf(this.topology, "cache").length === 0;
    return hasCaches && (this.#tasks.get(region) ?? []).every(({ isWhole }) => isWhole);
  }

  /** Whether requests of customers' own kind succeed in a region. */
  answers(region: string): boolean {
    return this.#findNodes(region) === "answers";
  }

  /** Something that customers, or who watches for them, may notice has changed. */
  changed(): void {
    if (!this.#isMade) return;
    this.directory.look();
    const view = this.#view();
    const key = JSON.stringify([
      view.isCrowded,
      view.ways,
      view.edges,
      Object.values(view.regions).map((each) => [each, [...each.lacks]]),
    ]);
    if (key === this.#last) return;
    this.#last = key;
    this.views.push(view);
  }

  #view(): RegionView {
    const each = <T>(of: (name: string) => T): Record<string, T> =>
      Object.fromEntries(this.names.map((name) => [name, of(name)]));
    return {
      at: this.time.now(),
      ways: each((near) => ({ edges: this.directory.edgesOf(near), isNameSlow: this.#namesDown.has(near) })),
      edges: each((near) => ({ isUp: !this.#edgesDown.has(near), servedFrom: this.directory.servedFrom(near) })),
      regions: each((name) => ({
        isReached: this.network.reaches(OUTSIDE, name, "client"),
        lacks: new Set(
          this.topology.components.filter((component) => this.#lacks(name, component)).map(({ id }) => id),
        ),
        isWritable: this.#isWritable(name),
      })),
      isCrowded: this.#processors.isCrowded,
    };
  }

  #isWritable(from: string): boolean {
    const leader = this.#leader;
    const isLed = this.dataOf(leader) === "leads" && this.leases.holds(leader);
    return isLed && this.network.reaches(from, leader, "client");
  }

  #lacks(region: string, { id, kind }: Component): boolean {
    const isLit = this.network.isLit(region);
    switch (kind) {
      case "service":
        return !isLit || !(this.#tasks.get(region) ?? []).some((tasks) => tasks.service === id && tasks.serves);
      case "cache":
        return !isLit || !this.#cached.has(region) || !this.network.reaches(region, region, "client", id);
      case "queue":
        return !isLit || this.#queuesDown.has(id);
      case "database":
        return !isLit || this.dataOf(region) === "off";
      default:
        return false;
    }
  }

  #findNodes(region: string): Answer {
    if (!this.network.reaches(OUTSIDE, region, "client")) return "hangs";
    const balanced = (this.#tasks.get(region) ?? []).filter(({ isBalanced }) => isBalanced);
    return balanced.every(({ serves }) => serves) ? "answers" : "refuses";
  }

  #turn(primitive: Primitive, isStruck: boolean): void {
    const set = (of: Set<string>, name: string): void => void (isStruck ? of.add(name) : of.delete(name));
    switch (primitive.kind) {
      case "link": {
        const { rule } = primitive;
        this.network.rules = isStruck
          ? [...this.network.rules, rule]
          : this.network.rules.filter((each) => each !== rule);
        return this.#lookAtCopies();
      }
      case "region-power-off":
        this.network.turn(primitive.region, isStruck);
        if (isStruck) this.end(primitive.region);
        return this.#lookAtCopies();
      case "edge-down":
        return set(this.#edgesDown, primitive.region);
      case "dns-down":
        return set(this.#namesDown, primitive.region);
      case "service-fault":
        return set(this.#queuesDown, primitive.queue);
      default: // what a person commands is told to the recovery
    }
  }

  /** A copy that gets nothing falls behind from this moment on. */
  #lookAtCopies(): void {
    for (const name of this.names) {
      const isFed = this.network.reaches(this.#leader, name, "replication");
      if (isFed) this.#behindSince.delete(name);
      else if (!this.#behindSince.has(name)) this.#behindSince.set(name, this.time.now());
    }
  }

  #tasksOf(name: string): readonly RegionTasks[] {
    const region = this.topology.regions.find((each) => each.name === name)!; // one of its names
    const starts = new Starts();
    return componentsOf(this.topology, "service").map(
      (component) =>
        new RegionTasks({
          time: this.time,
          pace: this.pace,
          component,
          region,
          count: this.#instances(name, component.id),
          processors: this.#processors,
          starts,
          random: this.random.fork(`${component.id}/${name}`),
          onChange: () => this.changed(),
        }),
    );
  }

  get #readyRegion(): string | undefined {
    return this.topology.regions.find(({ role }) => role === "secondary")?.name;
  }

  #readyCount(component: string): number {
    return this.#readyRegion === undefined ? 0 : this.#instances(this.#readyRegion, component);
  }

  #fullCount(service: string): number {
    return componentsOf(this.topology, "service").find(({ id }) => id === service)?.settings.scale.min ?? 0;
  }

  #instances(region: string, component: string): number {
    return this.topology.instances.filter((each) => each.region === region && each.component === component).length;
  }

  #runs(region: string, kind: "cache" | "database"): number {
    const ids = componentsOf(this.topology, kind).map(({ id }) => id);
    return ids.reduce((sum, id) => sum + this.#instances(region, id), 0);
  }
}
