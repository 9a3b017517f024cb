import { type Random, seededRandom } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import { type VirtualTime, virtualTime } from "../virtual-time.ts";
import type { Hazard, PartPlan, SystemModel } from "./model.ts";
import { FrontPart } from "./part/front.ts";
import type { Part, Surroundings } from "./part/part.ts";
import { PlainPart } from "./part/plain.ts";
import { Regions } from "./part/regions.ts";
import { ReplicaPart } from "./part/replica.ts";
import { TasksPart } from "./part/tasks.ts";
import { type Lack, NOTHING_LACKS, lackOf } from "./service-level.ts";
import { SETTLED_AT } from "./settle.ts";
import { drawTime } from "./spread.ts";

/** A journey is served while at least this share of its operations succeeds: what a drill calls steady. */
const SERVED = 0.99;

/** What came of one strike. */
export interface StrikeReport {
  readonly cause: string;
  /** Time times the share of the operations that failed meanwhile, from outages that began before the next strike. */
  unservedMs: Ms;
  /** How long customers were not served: more operations failed than a drill puts up with. */
  downMs: Ms;
  /** Age of the oldest acknowledged write that was lost. */
  lostMs: Ms;
}

/** What came of an incident. */
export interface IncidentReport {
  readonly strikes: readonly StrikeReport[];
  readonly events: number;
  /** What customers lacked, by the component, or the region, that failed them; shared where several did. */
  readonly unservedMsOf: ReadonlyMap<string, Ms>;
}

/**
 * From the first strike on a system that is well until all is well again. It has only those parts that something
 * happens to; all others cost nothing.
 */
export class Incident {
  readonly #model: SystemModel;
  readonly #time: VirtualTime = virtualTime();
  readonly #around: Surroundings;
  readonly #parts = new Map<string, Part>();
  readonly #dark = new Map<string, number>();
  readonly #regions: Regions;
  /** Regions that were told to start all that they need. */
  readonly #grown = new Set<string>();
  /** Keys of hazards that have struck and are not over. */
  readonly #ongoing = new Set<string>();
  readonly #strikes: StrikeReport[] = [];
  readonly #unservedMsOf = new Map<string, Ms>();
  #lack: Lack = NOTHING_LACKS;
  #since: Ms = SETTLED_AT;
  #blamed: StrikeReport | null = null;
  /** The last loss of a region. */
  #regionStrike: StrikeReport | null = null;
  /** Chance since the last strike, by name: what a strike leads to is drawn alike in two designs that it strikes. */
  #streams = new Map<string, Random>();
  #chanceOf: (name: string) => Random = seededRandom;

  /** `at`: when it begins, in the years that are played. */
  constructor(model: SystemModel, at: Ms) {
    this.#model = model;
    this.#around = {
      time: this.#time,
      chance: (name) => this.#chance(name),
      isLit: (zone) => (this.#dark.get(zone) ?? 0) === 0,
      clockMs: () => at + this.elapsedMs,
      ledTo: (region) => this.#regions.ledTo(region),
    };
    const names = model.regions.map(({ name }) => name);
    this.#regions = new Regions(model.takeover, names, this.#around);
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
  strike({ key, cause, harm }: Hazard, chanceOf: (name: string) => Random): void {
    if (this.#ongoing.has(key)) return; // what has failed does not fail again before it is mended
    const strike: StrikeReport = { cause, unservedMs: 0, downMs: 0, lostMs: 0 };
    this.#strikes.push(strike);
    if (harm.kind === "region") this.#regionStrike = strike;
    this.#streams = new Map();
    this.#chanceOf = chanceOf;
    const lasts = "lastsMs" in harm ? drawTime(harm.lastsMs, this.#chance("lasts")) : 0;
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
        if (harm.region !== undefined) this.#leaveLater(harm.region, key);
        break;
      case "slow":
        for (const part of harm.parts) this.#part(part).strike({ kind: "slow", factor: harm.factor, forMs: lasts });
        break;
      case "zone":
        this.#loseZone(harm.zone, lasts);
        break;
      case "region":
        this.#loseRegion(harm.region, lasts);
        break;
    }
    this.#look();
  }

  /** What came of it, once it is over. */
  report(): IncidentReport {
    return { strikes: this.#strikes, events: this.#time.events, unservedMsOf: this.#unservedMsOf };
  }

  #chance(name: string): Random {
    const known = this.#streams.get(name);
    if (known) return known;
    const stream = this.#chanceOf(name);
    this.#streams.set(name, stream);
    return stream;
  }

  #part(key: string): Part {
    const known = this.#parts.get(key);
    if (known) return known;
    const part = partOf(this.#model.parts.get(key)!, this.#around); // hazards name parts of their own model
    this.#parts.set(key, part);
    return part;
  }

  #loseZone(zone: string, lastsMs: Ms): void {
    this.#turn(zone, 1);
    this.#time.after(lastsMs, () => this.#turn(zone, -1));
  }

  #turn(zone: string, by: 1 | -1): void {
    const region = this.#model.regions.find(({ zones }) => zones.includes(zone));
    const before = this.#around.isLit(zone);
    this.#dark.set(zone, (this.#dark.get(zone) ?? 0) + by);
    if (this.#around.isLit(zone) === before) return; // it was lost already, or is still lost for another reason
    const parts = (region?.zonal ?? []).map((key) => this.#part(key));
    for (const part of parts) part.zoneChanged(zone);
    this.#noticeZone(zone, parts);
  }

  /** A zone that is lost misses so many probes in a row; one that is back answers the next. */
  #noticeZone(zone: string, parts: readonly Part[]): void {
    const { intervalMs, timeoutMs, unhealthyThreshold } = this.#model.zoneWatch;
    const isLit = this.#around.isLit(zone);
    const untilProbed = intervalMs * this.#around.chance(`agents/${zone}`).next();
    const wait = isLit ? untilProbed : untilProbed + (unhealthyThreshold - 1) * intervalMs + timeoutMs;
    this.#time.after(wait, () => {
      if (this.#around.isLit(zone) === isLit) for (const part of parts) part.zoneNoticed(zone, isLit);
    });
  }

  /** What a region's services do not mend soon enough, somebody leaves the region for. */
  #leaveLater(region: string, key: string): void {
    const { takeover } = this.#model;
    if (takeover === null) return;
    this.#time.after(drawTime(takeover.decideMs, this.#chance("leave")), () => {
      if (this.#ongoing.has(key)) this.#regions.leave(region, key);
    });
  }

  #loseRegion(region: string, lastsMs: Ms): void {
    this.#regions.turn(region, true);
    this.#time.after(lastsMs, () => this.#regions.turn(region, false));
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

  /** Counts the time since the last event to whom it belongs, and looks at how it is now. */
  #look(): void {
    const now = this.#time.now();
    const lack = this.#lack;
    const blamed = this.#blamed;
    if (lack.unserved > 0 && blamed !== null) {
      const passed = now - this.#since;
      blamed.unservedMs += passed * lack.unserved;
      if (lack.unserved > 1 - SERVED) blamed.downMs += passed;
      for (const [component, part] of lack.by) {
        const before = this.#unservedMsOf.get(component) ?? 0;
        this.#unservedMsOf.set(component, before + passed * lack.unserved * part);
      }
    }
    this.#since = now;
    this.#growRegions();
    for (const part of this.#parts.values()) part.look();
    this.#lack = lackOf(this.#model, this.#parts, this.#regions);
    if (this.#lack.unserved > 0 && lack.unserved === 0) this.#blamed = this.#strikes.at(-1) ?? null;
    if (this.#regionStrike) this.#regionStrike.lostMs = this.#regions.lostMs;
  }
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
  }
}
