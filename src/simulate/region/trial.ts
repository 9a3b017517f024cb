/**
 * Two regions and a place outside of both in virtual time: writers that acknowledge under a lease, asynchronous
 * replication, watchers, and the recovery controller in a supervisor that can be killed. It checks at every event that
 * at most one region can acknowledge, that nothing is failed over which a person was to approve and did not, and at
 * the end that nothing acknowledged is gone without having been saved.
 * Not covered: queues and caches of a region, several databases, how long a region takes to start.
 */
import { type Random, seededRandom } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import { recovery, type RecoveryController } from "../../control/recovery.ts";
import type {
  RecoveryAct,
  RecoverySeen,
  RecoverySpec,
  RecoveryState,
  StageAct,
} from "../../control/recovery/language.ts";
import { NEW_WITNESS } from "../../control/lease.ts";
import type { Scheduled } from "../schedule.ts";
import { type Supervisor, superviseInVirtualTime } from "../supervisor.ts";
import { Violation, outcomeOf } from "../violation.ts";
import { type VirtualTime, virtualTime } from "../virtual-time.ts";
import { REGIONS, type RegionFault } from "./fault.ts";
import { Map3, OUTSIDE, type Place } from "./place.ts";
import { type ModelRegion, type Write, missing, newRegion, replicate } from "./region.ts";

const TERMS = { leaseMs: 1_000, clockBoundMs: 20, witnesses: 3 } as const;
const RENEW_MS = 250;
const WRITE_MS = 40;
const WATCH_MS = 150;
const STAGE_MS = 120;
const COPY_MS = 50;
/** How long a person takes to answer. */
const ANSWER_MS = 900;

/** One run. */
export interface RegionTrial {
  readonly spec: RecoverySpec;
  readonly seed: number;
  readonly faults: readonly Scheduled<RegionFault>[];
  readonly controller?: RecoveryController;
  /** Leaves the lease out, to see that it is needed. */
  readonly withoutLease?: boolean;
}

/** What came of a run. */
export interface RegionOutcome {
  /** The promise that broke; null: none did. */
  readonly broken: string | null;
  readonly acknowledged: number;
  /** Writes that a failover left behind, all of them saved. */
  readonly saved: number;
  readonly failovers: number;
  readonly switchovers: number;
  readonly events: number;
}

/** Plays the faults, heals everything, and lets it settle. */
export function tryRegions(trial: RegionTrial): RegionOutcome {
  const model = new Model(trial);
  const broken = outcomeOf(() => model.play());
  const { acknowledged, saved, failovers, switchovers, time } = model;
  return { broken, acknowledged: acknowledged.length, saved: saved.size, failovers, switchovers, events: time.events };
}

class Model {
  readonly time: VirtualTime = virtualTime();
  readonly acknowledged: Write[] = [];
  readonly saved = new Set<number>();
  failovers = 0;
  switchovers = 0;
  private readonly trial: RegionTrial;
  private readonly map: Map3;
  private readonly regions: ReadonlyMap<string, ModelRegion>;
  private readonly supervisor: Supervisor<RecoveryState, RecoverySeen>;
  private readonly controller: RecoveryController;
  private readonly person: Random;
  private lagMs: Ms = 50;
  /** The last sample that the failover under way was decided on. */
  /** Whether a person is saying yes just now. */
  private approves = false;
  private decidedOn: { readonly ms: Ms; readonly at: Ms } | null = null;

  constructor(trial: RegionTrial) {
    this.trial = trial;
    this.controller = trial.controller ?? recovery;
    const random = seededRandom(`clocks/${trial.seed}`);
    const place = (name: string): Place => ({
      name,
      rate: 1 + (random.next() - 0.5) * 0.018, // two clocks differ by less than the bound over a lease
      powered: true,
      witness: NEW_WITNESS,
    });
    this.map = new Map3([...REGIONS, OUTSIDE].map(place), TERMS, () => this.time.now());
    const role = (name: string) => (name === trial.spec.first ? "writer" : "follower");
    this.regions = new Map(REGIONS.map((name) => [name, newRegion(name, role(name))]));
    this.person = seededRandom(`person/${trial.seed}`);
    this.supervisor = superviseInVirtualTime(this.controller, trial.spec, this.time, (act) => this.perform(act));
  }

  play(): string | null {
    const { spec, faults } = this.trial;
    this.supervisor.start(this.controller.start(spec, 0));
    this.every(RENEW_MS, () => this.renew());
    this.every(WRITE_MS, () => this.write());
    this.every(COPY_MS, () => this.copy());
    this.every(WATCH_MS, () => this.watch());
    for (const fault of faults) this.time.after(fault.at, () => this.strike(fault));
    const last = Math.max(0, ...faults.map(({ at, forMs }) => at + forMs));
    this.time.runUntil(last + 30_000, () => this.check());
    return this.atTheEnd();
  }

  private every(ms: Ms, run: () => void): void {
    const again = (): void => {
      run();
      this.time.after(ms, again);
    };
    this.time.after(ms, again);
  }

  private region(name: string): ModelRegion {
    return this.regions.get(name)!; // named by the trial itself
  }

  /** Whether a region would acknowledge a write that reached it now. */
  private acknowledges(region: ModelRegion): boolean {
    if (!this.map.place(region.name).powered || region.role !== "writer" || region.quiesced) return false;
    if (this.trial.withoutLease === true) return true;
    return this.map.clock(region.name) < this.map.holdsUntil([...region.grants.values()]);
  }

  private renew(): void {
    for (const region of this.regions.values()) {
      if (region.role !== "writer" || !this.map.place(region.name).powered) continue;
      for (const { witness, askedAt } of this.map.ask(region.name)) region.grants.set(witness, askedAt);
    }
  }

  private write(): void {
    for (const region of this.regions.values()) {
      if (!this.acknowledges(region)) continue;
      const write = { id: this.acknowledged.length, at: this.time.now() };
      region.log.push(write);
      this.acknowledged.push(write);
    }
  }

  private copy(): void {
    const { spec } = this.trial;
    const active = this.region(this.supervisor.state().active);
    for (const name of spec.regions) {
      const follower = this.region(name);
      if (follower === active || follower.role !== "follower" || !this.map.reaches(active.name, name)) continue;
      if (!replicate(active, follower, this.time.now() - this.lagMs)) continue;
      const at = this.time.now();
      const seen = { kind: "lag", region: name, ms: this.lagMs, at } as const;
      if (this.map.reaches(name, OUTSIDE)) this.supervisor.see(seen);
    }
  }

  /** Watchers stand in each region and outside; what they see travels to the control plane, which stands outside. */
  private watch(): void {
    for (const watcher of this.trial.spec.watchers) {
      for (const region of REGIONS) {
        if (!this.map.reaches(watcher, OUTSIDE)) continue;
        const ok = this.map.talks(watcher, region);
        this.supervisor.see({ kind: "sight", watcher, region, ok });
      }
    }
  }

  private perform(act: RecoveryAct): void {
    if (act.kind === "decision") {
      if (act.what === "asked") this.time.after(ANSWER_MS, () => this.answer());
      if (act.what === "began") this.begin(act.subject, act.detail);
      if (act.what === "finished") {
        if (act.detail === "failover") this.failovers += 1;
        if (act.detail === "switchover") this.switchovers += 1;
      }
      return;
    }
    const { id } = act;
    this.time.after(STAGE_MS, () => this.supervisor.see({ kind: "done", id, ok: this.stage(act) }));
  }

  /** A person answers what is still asked, and says no now and then. */
  private answer(): void {
    if (!this.supervisor.state().asked) return;
    this.approves = this.person.int(4) > 0;
    this.supervisor.see({ kind: "answer", approved: this.approves });
    this.approves = false;
  }

  private begin(to: string, detail: string): void {
    const isFailover = detail.startsWith("failover");
    if (isFailover && this.trial.spec.mode === "approval" && !this.approves)
      throw new Violation(`${to} takes over, and nobody approved of it`);
    this.decidedOn = this.supervisor.state().regions[to]?.lag ?? null;
  }

  private stage({ name, region, other }: StageAct): boolean {
    const subject = this.region(region);
    const partner = this.region(other);
    const canCommand = this.map.talks(OUTSIDE, region);
    switch (name) {
      case "fence":
        return this.fence(subject);
      case "quiesce":
        if (canCommand) subject.quiesced = true;
        return canCommand;
      case "resume":
        return canCommand && this.admit(subject);
      case "catch-up":
        return (
          this.map.talks(other, region) &&
          replicate(partner, subject, Infinity) &&
          subject.log.length === partner.log.length
        );
      case "promote":
        return canCommand && this.promote(subject, partner);
      case "follow":
        if (canCommand) Object.assign(subject, { role: "follower", quiesced: false });
        return canCommand;
      case "save":
        if (!canCommand) return false;
        for (const { id } of missing(subject, partner)) this.saved.add(id);
        return true;
      case "reseed":
        if (!canCommand || !this.map.talks(other, region)) return false;
        Object.assign(subject, { log: [...partner.log], role: "follower", quiesced: false });
        return true;
      case "verify":
        return this.acknowledges(subject);
      default:
        return canCommand;
    }
  }

  /** One that can be reached is stopped; one that cannot runs out of its lease. */
  private fence(region: ModelRegion): boolean {
    if (this.map.talks(OUTSIDE, region.name)) region.role = "idle";
    return this.map.bar(region.name);
  }

  private admit(region: ModelRegion): boolean {
    if (!this.map.admit(region.name)) return false;
    Object.assign(region, { role: "writer", quiesced: false });
    return true;
  }

  /** The former writer gets no lease any more, so the lease of the new one begins when that has ended. */
  private promote(region: ModelRegion, former: ModelRegion): boolean {
    if (!this.map.bar(former.name) || !this.admit(region)) return false;
    const { decidedOn } = this;
    const bound = decidedOn === null ? -Infinity : decidedOn.at - decidedOn.ms - COPY_MS;
    const old = missing(former, region).find(({ at }) => at < bound);
    if (old) throw new Violation(`a write of ${Math.round(bound - old.at)} ms before the measured lag is left behind`);
    return true;
  }

  private strike({ what, forMs }: Scheduled<RegionFault>): void {
    const heals: (() => void)[] = [];
    const cut = (from: string, to: string): void => {
      const key = `${from}>${to}`;
      this.map.cuts.set(key, (this.map.cuts.get(key) ?? 0) + 1);
      heals.push(() => this.map.cuts.set(key, (this.map.cuts.get(key) ?? 1) - 1));
    };
    switch (what.kind) {
      case "power": {
        const place = this.map.place(what.region);
        if (!place.powered) return;
        place.powered = false;
        this.region(what.region).grants.clear(); // what was in memory is gone
        heals.push(() => (place.powered = true));
        break;
      }
      case "cut":
        cut(what.from, what.to);
        if (what.bothWays) cut(what.to, what.from);
        break;
      case "isolated":
        for (const place of [...REGIONS, OUTSIDE].filter((name) => name !== what.region)) {
          cut(what.region, place);
          cut(place, what.region);
        }
        break;
      case "lag": {
        const before = this.lagMs;
        this.lagMs = what.ms;
        heals.push(() => (this.lagMs = before));
        break;
      }
      case "supervisor":
        this.supervisor.kill(what.acts);
        heals.push(() => this.resume());
        break;
      case "switchover":
        this.supervisor.see({ kind: "command", what: "switchover", to: what.to });
    }
    this.time.after(forMs, () => heals.forEach((heal) => heal()));
  }

  private resume(): void {
    const { spec } = this.trial;
    this.supervisor.kill(0);
    this.supervisor.start(this.controller.resume(spec, this.supervisor.state(), this.time.now()));
  }

  private check(): void {
    const able = [...this.regions.values()].filter((region) => this.acknowledges(region));
    if (able.length > 1) throw new Violation(`two regions can acknowledge at ${Math.round(this.time.now())} ms`);
  }

  private atTheEnd(): string | null {
    const { active, plan, regions } = this.supervisor.state();
    if (plan) return `the plan does not end: ${plan.kind}, ${plan.stages[plan.step] ?? "finish"}`;
    const serving = this.region(active);
    if (!this.acknowledges(serving)) return `${active} does not serve`;
    for (const [name, { givenUp }] of Object.entries(regions)) if (givenUp) return `${name} did not rejoin`;
    const kept = new Set([...serving.log.map(({ id }) => id), ...this.saved]);
    const gone = this.acknowledged.filter(({ id }) => !kept.has(id));
    if (gone.length > 0) return `${gone.length} acknowledged writes are gone and were not saved`;
    if (this.failovers === 0 && this.saved.size > 0) return "writes were left behind without a failover";
    return null;
  }
}
