import { type Random, seededRandom } from "../../base/random.ts";
import type { Cancel } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import { type VirtualTime, virtualTime } from "../virtual-time.ts";
import type { Hazard, LinkHarm, PartPlan, SystemModel } from "./model.ts";
import { FrontPart } from "./part/front.ts";
import type { Blame, Part, Surroundings } from "./part/part.ts";
import { PlainPart } from "./part/plain.ts";
import { Regions } from "./part/regions.ts";
import { ReplicaPart } from "./part/replica.ts";
import { TasksPart } from "./part/tasks.ts";
import { WarmthPart } from "./part/warmth.ts";
import { WayOutPart } from "./part/way-out.ts";
import { WorkPart, type WorkReport } from "./part/work.ts";
import { Roster } from "./roster.ts";
import { type Lack, NOTHING_LACKS, lackOf } from "./service-level.ts";
import { SETTLED_AT } from "./settle.ts";
import { drawTime } from "./spread.ts";
import { type ZoneTrouble, Zones } from "./zones.ts";

/** A journey is served while at least this share of its operations succeeds: what a drill calls steady. */
const SERVED = 0.99;

/** What came of one strike. */
export interface StrikeReport {
  readonly hazard: Hazard;
  /** Since the incident began. */
  readonly atMs: Ms;
  /** Null: until what was lost is replaced. */
  readonly lastsMs: Ms | null;
  /** Time times the share of the operations that failed meanwhile, from outages that began before the next strike. */
  unservedMs: Ms;
  /** How long customers were not served: more operations failed than a drill puts up with. */
  downMs: Ms;
  /** Age of the oldest acknowledged write that was lost. */
  lostMs: Ms;
  /** How long accepted work has waited behind queues, at most. */
  lateMs: Ms;
}

/** What came of an incident. */
export interface IncidentReport {
  readonly strikes: readonly StrikeReport[];
  readonly events: number;
  /** What customers lacked, by the component, or the region, that failed them; shared where several did. */
  readonly unservedMsOf: ReadonlyMap<string, Ms>;
  /** What became of the work behind queues, by queue. */
  readonly work: readonly (readonly [queue: string, WorkReport])[];
}

/**
 * From the first strike on a system that is well until all is well again. It has only those parts that something
 * happens to; all others cost nothing.
 */
export class Incident {
  readonly #model: SystemModel;
  readonly #time: VirtualTime = virtualTime();
  readonly #around: Omit<Surroundings, "time" | "touched">;
  readonly #parts = new Roster();
  readonly #zones = new Zones();
  readonly #slowness = new Map<string, number>();
  readonly #regions: Regions;
  /** Regions that were told to start all that they need. */
  readonly #grown = new Set<string>();
  /** Keys of hazards that have struck and are not over. */
  readonly #ongoing = new Set<string>();
  readonly #strikes: StrikeReport[] = [];
  readonly #unservedMsOf = new Map<string, Ms>();
  #lack: Lack = NOTHING_LACKS;
  #since: Ms = SETTLED_AT;
  /** Since then somebody has switched over because it suits: no recovery. */
  #isPlanned = false;
  #blamed: StrikeReport | null = null;
  /** For what regions change their roles. */
  #regionStrike: StrikeReport | null = null;
  /** Chance since the last strike, by name: what a strike leads to is drawn alike in two designs that it strikes. */
  #streams = new Map<string, Random>();
  #chanceOf: (name: string) => Random = seededRandom;

  /** `at`: when it begins, in the years that are played. */
  constructor(model: SystemModel, at: Ms) {
    this.#model = model;
    const zones = this.#zones;
    this.#around = {
      chance: (name) => this.#chance(name),
      isLit: (zone) => !zones.has(zone, "dark"),
      isReached: (zone) => zones.isReached(zone),
      reachesOut: (zone) => zones.reachesOut(zone),
      isShifted: (zone) => zones.has(zone, "shifted"),
      slownessOf: (zone) => (zones.has(zone, "slow") ? (this.#slowness.get(zone) ?? 1) : 1),
      clockMs: () => at + this.elapsedMs,
      ledTo: (region) => this.#regions.ledTo(region),
      isThere: (region) => this.#regions.isThere(region),
      isWritable: () => this.#regions.isWritable(),
      part: (key) => this.#parts.get(key),
      blame: () => blameOf(this.#strikes.at(-1)),
    };
    const names = model.regions.map(({ name }) => name);
    this.#regions = new Regions(
      model.takeover,
      names,
      this.#aroundOf(() => this.#parts.touchAll()),
    );
    this.#time.runUntil(SETTLED_AT);
  }

  /** Since its beginning. */
  get elapsedMs(): Ms {
    return this.#time.now() - SETTLED_AT;
  }

  /** When the next thing happens, since its beginning; null: it is over. */
  nextMs(): Ms | null {
    const next = this.#time.next();
    return next === null ? null : next - SETTLED_AT;
  }

  /** Lets everything happen that is due until then. */
  runUntil(elapsedMs: Ms): void {
    this.#time.runUntil(SETTLED_AT + elapsedMs, () => this.#look());
  }

  /** A hazard strikes now; `chanceOf` are the streams of chance of all that it leads to. */
  strike(hazard: Hazard, chanceOf: (name: string) => Random): void {
    const { key, harm } = hazard;
    if (this.#ongoing.has(key)) return; // what has failed does not fail again before it is mended
    this.#streams = new Map();
    this.#chanceOf = chanceOf;
    const lastsMs = "lastsMs" in harm ? drawTime(harm.lastsMs, this.#chance("lasts")) : null;
    const strike: StrikeReport = {
      hazard,
      atMs: this.elapsedMs,
      lastsMs,
      unservedMs: 0,
      downMs: 0,
      lostMs: 0,
      lateMs: 0,
    };
    this.#strikes.push(strike);
    const lasts = lastsMs ?? 0;
    if (lasts > 0) {
      this.#ongoing.add(key);
      this.#time.after(lasts, () => {
        this.#ongoing.delete(key);
        this.#regions.mended(key);
      });
    }
    switch (harm.kind) {
      case "crash":
        this.#part(harm.part).strike({ kind: "crash", instance: harm.instance });
        break;
      case "hang":
        this.#part(harm.part).strike({ kind: "hang", instance: harm.instance, forMs: lasts });
        break;
      case "fail":
        for (const part of harm.parts) this.#part(part).strike({ kind: "fail", forMs: lasts });
        if (harm.region !== undefined) this.#leaveLater(harm.region, strike);
        break;
      case "slow":
        for (const part of harm.parts) this.#part(part).strike({ kind: "slow", factor: harm.factor, forMs: lasts });
        break;
      case "zone":
        this.#trouble(harm.zone, "dark", lasts);
        break;
      case "link":
        this.#breakLinks(harm, key, lasts);
        break;
      case "region":
        this.#regionStrike = strike;
        this.#loseRegion(harm.region, lasts);
        break;
    }
    this.#look();
  }

  /** What came of it, once it is over. */
  report(): IncidentReport {
    const work = this.#parts.all.flatMap(([key, part]): IncidentReport["work"] =>
      part instanceof WorkPart ? [[this.#model.componentOf.get(key) ?? key, part.report()]] : [],
    );
    return { strikes: this.#strikes, events: this.#time.events, unservedMsOf: this.#unservedMsOf, work };
  }

  #chance(name: string): Random {
    const known = this.#streams.get(name);
    if (known) return known;
    const stream = this.#chanceOf(name);
    this.#streams.set(name, stream);
    return stream;
  }

  /** A part to which something happens. */
  #part(key: string): Part {
    const known = this.#parts.get(key);
    if (known) {
      this.#touch(key);
      return known;
    }
    const around = this.#aroundOf(() => this.#touch(key));
    const part = partOf(this.#model.parts.get(key)!, around); // hazards name parts of their own model
    this.#parts.add(key, part);
    for (const follower of this.#model.followers?.get(key) ?? []) this.#part(follower);
    return part;
  }

  #touch(key: string): void {
    this.#parts.touch(key);
    for (const follower of this.#model.followers?.get(key) ?? []) this.#parts.touch(follower);
  }

  /** What one of all finds around it: whatever happens in its time touches it. */
  #aroundOf(touched: () => void): Surroundings {
    const { now, after } = this.#time;
    const own = (ms: Ms, run: () => void): Cancel =>
      after(ms, () => {
        touched();
        run();
      });
    return { ...this.#around, touched, time: { now, after: own } };
  }

  /** Something is wrong with a zone for a while. */
  #trouble(zone: string, trouble: ZoneTrouble, lastsMs: Ms): void {
    this.#turn(zone, trouble, 1);
    this.#time.after(lastsMs, () => this.#turn(zone, trouble, -1));
  }

  #turn(zone: string, trouble: ZoneTrouble, by: 1 | -1): void {
    const region = this.#model.regions.find(({ zones }) => zones.includes(zone));
    const wasReached = this.#zones.isReached(zone);
    if (!this.#zones.turn(zone, trouble, by)) return; // it was so already, or still is for another reason
    this.#parts.touchAll();
    const parts = (region?.zonal ?? []).map((key) => this.#part(key));
    for (const part of parts) {
      if (trouble === "shifted") part.zoneShifted?.(zone);
      else part.zoneChanged(zone);
    }
    if (this.#zones.isReached(zone) !== wasReached) this.#noticeZone(zone, parts);
  }

  /** A zone that is lost misses so many probes in a row; one that is back answers the next. */
  #noticeZone(zone: string, parts: readonly Part[]): void {
    const { intervalMs, timeoutMs, unhealthyThreshold } = this.#model.zoneWatch;
    const isReached = this.#zones.isReached(zone);
    const untilProbed = intervalMs * this.#around.chance(`agents/${zone}`).next();
    const wait = isReached ? untilProbed : untilProbed + (unhealthyThreshold - 1) * intervalMs + timeoutMs;
    this.#time.after(wait, () => {
      if (this.#zones.isReached(zone) !== isReached) return;
      this.#parts.touchAll();
      for (const part of parts) part.zoneNoticed(zone, isReached);
    });
  }

  /** What health checks do not see, somebody does: who leads customers away, and has something else write. */
  #breakLinks({ zone, trouble, factor, shiftMs, waiting }: LinkHarm, key: string, lastsMs: Ms): void {
    this.#slowness.set(zone, factor);
    this.#trouble(zone, trouble, lastsMs);
    if (trouble === "cut") return;
    const shiftedIn = drawTime(shiftMs, this.#chance("shift"));
    const writesThere = (store: string): boolean => {
      const part = this.#part(store);
      return part instanceof ReplicaPart && part.writerZone === zone;
    };
    const slowed = waiting.filter(([store]) => trouble === "slow" && writesThere(store)).map(([, tasks]) => tasks);
    for (const tasks of new Set(slowed)) {
      this.#part(tasks).strike({ kind: "slow", factor, forMs: Math.min(lastsMs, shiftedIn) });
    }
    this.#time.after(shiftedIn, () => {
      if (this.#ongoing.has(key) && this.#isSpared(zone)) this.#trouble(zone, "shifted", lastsMs - shiftedIn);
    });
  }

  /** Whether another zone of its region is well. */
  #isSpared(zone: string): boolean {
    const region = this.#model.regions.find(({ zones }) => zones.includes(zone));
    const isWell = (other: string): boolean =>
      this.#zones.isReached(other) && this.#zones.reachesOut(other) && !this.#zones.has(other, "shifted");
    return region?.zones.some((other) => other !== zone && isWell(other)) ?? false;
  }

  /** What a region's services do not mend soon enough, somebody leaves the region for. */
  #leaveLater(region: string, strike: StrikeReport): void {
    const { takeover } = this.#model;
    if (takeover === null) return;
    const { key } = strike.hazard;
    this.#time.after(drawTime(takeover.decideMs, this.#chance("leave")), () => {
      if (!this.#ongoing.has(key)) return;
      this.#regionStrike = strike;
      this.#wakeFluids();
      this.#regions.leave(region, key, blameOf(strike));
      this.#parts.touchAll();
    });
  }

  #loseRegion(region: string, lastsMs: Ms): void {
    this.#wakeFluids();
    this.#turnRegion(region, true);
    this.#time.after(lastsMs, () => this.#turnRegion(region, false));
  }

  #turnRegion(region: string, isDark: boolean): void {
    this.#regions.turn(region, isDark);
    this.#parts.touchAll();
  }

  /** What waits in queues, and what caches have, changes with the regions. */
  #wakeFluids(): void {
    for (const [key, { kind }] of this.#model.parts) if (kind === "work" || kind === "warmth") this.#part(key);
  }

  /** A region that takes over starts what it lacks, and has more customers than before. */
  #growRegions(): void {
    for (const { name, zonal } of this.#model.regions) {
      if (this.#grown.has(name) || !this.#regions.isGrowing(name)) continue;
      this.#grown.add(name);
      for (const key of zonal) {
        const part = this.#part(key);
        if (part instanceof TasksPart) part.grow();
      }
    }
  }

  /** Whose fault an outage is that begins now: of what struck last, or of what made somebody go back to a region. */
  #culprit(): StrikeReport | null {
    return (this.#isPlanned ? this.#regionStrike : null) ?? this.#strikes.at(-1) ?? null;
  }

  /** Counts the time since the last event to whom it belongs, and looks at how it is now. */
  #look(): void {
    const now = this.#time.now();
    const lack = this.#lack;
    const blamed = this.#blamed;
    if (lack.unserved > 0 && blamed !== null) {
      const passed = now - this.#since;
      blamed.unservedMs += passed * lack.unserved;
      if (lack.unserved > 1 - SERVED && !this.#isPlanned) blamed.downMs += passed;
      for (const [component, part] of lack.by) {
        const before = this.#unservedMsOf.get(component) ?? 0;
        this.#unservedMsOf.set(component, before + passed * lack.unserved * part);
      }
    }
    this.#since = now;
    this.#isPlanned = this.#regions.isPlanned;
    this.#growRegions();
    if (this.#parts.look()) this.#lack = lackOf(this.#model, this.#parts.short, this.#regions);
    if (this.#lack.unserved > 0 && lack.unserved === 0) this.#blamed = this.#culprit();
  }
}

function blameOf(strike: StrikeReport | undefined): Blame {
  return {
    lose: (ageMs) => strike && (strike.lostMs = Math.max(strike.lostMs, ageMs)),
    delay: (waitedMs) => strike && (strike.lateMs = Math.max(strike.lateMs, waitedMs)),
  };
}

function partOf(plan: PartPlan, around: Surroundings): Part {
  switch (plan.kind) {
    case "plain":
      return new PlainPart(plan, around);
    case "replica":
      return new ReplicaPart(plan, around);
    case "tasks":
      return new TasksPart(plan, around);
    case "front":
      return new FrontPart(plan, around);
    case "way-out":
      return new WayOutPart(plan, around);
    case "work":
      return new WorkPart(plan, around);
    case "warmth":
      return new WarmthPart(plan, around);
  }
}
