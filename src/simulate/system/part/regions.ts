import type { Ms } from "../../../base/units.ts";
import { recovery } from "../../../control/recovery.ts";
import type {
  RecoveryAct,
  RecoverySeen,
  RecoverySpec,
  RecoveryState,
  StageAct,
  StageName,
} from "../../../control/recovery/language.ts";
import type { ProbeSpec } from "../../../topology/spec.ts";
import { type Supervisor, superviseInVirtualTime } from "../../supervisor.ts";
import { type Mishap, type Spread, drawTime } from "../spread.ts";
import { type Answer, Watch } from "../watch.ts";
import type { Blame, Surroundings } from "./part.ts";

/** How one region takes over from another. */
export interface TakeoverPlan {
  readonly spec: RecoverySpec;
  /** How the vantage points, and the DNS, look at a region. */
  readonly probe: ProbeSpec;
  /** Somebody is called, looks and says yes. */
  readonly decideMs: Spread;
  /** What each stage is made of, one after the other; a stage that is not here takes no time of the customers'. */
  readonly stageMs: Readonly<Partial<Record<StageName, readonly Spread[]>>>;
  readonly dnsTtlMs: Ms;
  /** Both regions serve. */
  readonly isActiveActive: boolean;
  /** Only one region takes writes: whatever needs a database waits for a promotion. */
  readonly hasWriter: boolean;
  /** The age of what a failover leaves behind, of each thing that keeps data: each the sum of these. */
  readonly losses: readonly (readonly Spread[])[];
  /** How often a takeover goes wrong half-way. @default never */
  readonly mishap?: Mishap;
  /** How the first region is gone back to once it has rejoined. @default it is not */
  readonly wayBack?: {
    /** Until somebody switches over. */
    readonly afterMs: Spread;
    /** How long nobody takes writes meanwhile. */
    readonly pauseMs: Spread;
  };
}

const OUTSIDE = "outside";

/** The regions of a system during an incident: who serves, who takes writes, and the controller that changes it. */
export class Regions {
  readonly #plan: TakeoverPlan | null;
  readonly #names: readonly string[];
  readonly #around: Surroundings;
  readonly #dark = new Set<string>();
  /** Regions that customers are led away from, by the reason. */
  readonly #left = new Map<string, string>();
  /** Which share of the customers is led to each region. */
  #led: ReadonlyMap<string, number>;
  /** Null while a failover is under way: nobody takes writes. */
  #writer: string | null;
  #growing: string | null = null;
  /** Whose fault the last takeover is. */
  #blame: Blame | null = null;
  /** What went wrong with the failover under way: each does so at most once. */
  #isMended = false;
  #isReturning = false;
  /** The region that was lost, or left, last. */
  lastLost: string | null = null;
  #running: { readonly watch: Watch; readonly supervisor: Supervisor<RecoveryState, RecoverySeen> } | null = null;

  constructor(plan: TakeoverPlan | null, names: readonly string[], around: Surroundings) {
    this.#plan = plan;
    this.#names = names;
    this.#around = around;
    const [first = ""] = names;
    this.#writer = first;
    this.#led = plan?.isActiveActive ? evenly(names) : new Map([[first, 1]]);
  }

  /** The share of the customers that is led to a region, whether it is there or not. */
  ledTo(name: string): number {
    return this.#led.get(name) ?? 0;
  }

  /** Whether a region has begun to take over, so that it needs all its tasks. */
  isGrowing(name: string): boolean {
    return this.#growing === name;
  }

  /** Whether somebody switches over because it suits, and not because something is lost. */
  get isPlanned(): boolean {
    return this.#running?.supervisor.state().plan?.kind === "switchover";
  }

  /** The share of the customers that a region is there for. */
  shareOf(name: string): number {
    return this.#dark.has(name) ? 0 : this.ledTo(name);
  }

  /** Whether customers are led to a region that does not answer. */
  lacks(name: string): boolean {
    return this.#dark.has(name) && this.ledTo(name) > 0;
  }

  /** Whether a region has not been lost. */
  isThere(name: string): boolean {
    return !this.#dark.has(name);
  }

  /** Whether anybody takes writes to databases. */
  isWritable(): boolean {
    return this.#writer !== null && !this.#dark.has(this.#writer);
  }

  /** All of a region stops, or answers again. */
  turn(name: string, isDark: boolean): void {
    if (isDark) {
      this.#dark.add(name);
      this.lastLost = name;
      this.#blame = this.#around.blame();
    } else this.#dark.delete(name);
    if (this.#plan === null) return;
    const { watch } = (this.#running ??= this.#run(this.#plan));
    for (const watcher of this.#plan.spec.watchers) {
      for (const region of this.#names) if (region === name || watcher === name) watch.look(watcher, region);
    }
    if (this.#plan.isActiveActive) this.#leadByDns(this.#plan);
  }

  /**
   * Somebody leads customers away from a region in which something does not work, to another that is there: by a
   * failover, where this is the one that takes writes.
   */
  leave(name: string, why: string, blame: Blame): void {
    this.#left.set(why, name);
    this.lastLost = name;
    this.#blame = blame;
    const to = this.#names.find((each) => each !== name && !this.#dark.has(each));
    if (this.#plan === null || to === undefined) return;
    const { supervisor } = (this.#running ??= this.#run(this.#plan));
    if (supervisor.state().active === name) supervisor.see({ kind: "command", what: "failover", to });
    else this.#leadEvenly(this.#plan.dnsTtlMs);
  }

  /** What customers were led away for is over. */
  mended(why: string): void {
    if (!this.#left.delete(why) || this.#plan === null) return;
    this.#leadEvenly(0);
    this.#returnLater(this.#plan);
  }

  /** Where both regions serve, customers are led to all that are there and that nobody has left. */
  #leadEvenly(ttlMs: Ms): void {
    if (!this.#plan?.isActiveActive) return;
    const { time, chance } = this.#around;
    time.after(ttlMs * chance("dns").next(), () => {
      const left = new Set(this.#left.values());
      const there = this.#names.filter((name) => !this.#dark.has(name) && !left.has(name));
      if (there.length > 0) this.#led = evenly(there);
    });
  }

  #run(plan: TakeoverPlan) {
    const { time, chance } = this.#around;
    const supervisor = superviseInVirtualTime(recovery, plan.spec, time, (act) => this.#perform(plan, act));
    const all = plan.spec.watchers.flatMap((watcher) => this.#names.map((region) => ({ watcher, region })));
    const seen = all.map((pair) => ({ kind: "sight", ...pair, ok: true }) as const);
    const start = recovery.start(plan.spec, time.now());
    supervisor.start(recovery.step(plan.spec, start, time.now(), seen).state);
    const watch = new Watch({
      time,
      probe: plan.probe,
      phaseOf: (watcher, region) => chance(`region/${watcher}/${region}`).next(),
      find: (watcher, region) => this.#find(watcher, region),
      tell: (watcher, region, ok) => supervisor.see({ kind: "sight", watcher, region, ok }),
    });
    return { watch, supervisor };
  }

  #find(watcher: string, region: string): Answer {
    if (this.#dark.has(watcher)) return "blind";
    return this.#dark.has(region) ? "hangs" : "answers";
  }

  /** Health checks of the DNS lead customers to the regions that answer, and back. */
  #leadByDns({ probe, dnsTtlMs }: TakeoverPlan): void {
    const { time, chance } = this.#around;
    const noticed = (probe.unhealthyThreshold - 1 + chance("dns").next()) * probe.intervalMs + probe.timeoutMs;
    time.after(noticed, () => this.#leadEvenly(dnsTtlMs));
  }

  #perform(plan: TakeoverPlan, act: RecoveryAct): void {
    const { time, chance } = this.#around;
    if (act.kind === "stage") this.#begin(plan, act);
    else if (act.what === "asked") {
      time.after(drawTime(plan.decideMs, chance("decide")), () => this.#see({ kind: "answer", approved: true }));
    } else if (act.what === "finished" || act.what === "refused") {
      this.#isMended = false;
      this.#returnLater(plan);
    }
  }

  #begin(plan: TakeoverPlan, act: StageAct): void {
    const { time, chance } = this.#around;
    if (act.name === "scale" || act.name === "start") this.#growing = act.region;
    const takes = this.#timesOf(plan, act).reduce((sum, each) => sum + drawTime(each, chance(act.name)), 0);
    if (!this.#goesWrong(plan, act)) {
      time.after(takes, () => this.#complete(plan, act));
      return;
    }
    const mended = takes + drawTime(plan.mishap?.mendMs ?? [0, 0], chance("mishap"));
    time.after(mended, () => this.#see({ kind: "done", id: act.id, ok: false })); // and it is tried again
  }

  #timesOf({ stageMs, wayBack }: TakeoverPlan, { name }: StageAct): readonly Spread[] {
    return this.isPlanned && name === "promote" && wayBack ? [wayBack.pauseMs] : (stageMs[name] ?? []);
  }

  /** What takes over does not come up as it should, and somebody has to see why. */
  #goesWrong({ mishap }: TakeoverPlan, { name }: StageAct): boolean {
    const kind = this.#running?.supervisor.state().plan?.kind;
    if (!mishap || name !== "promote" || kind !== "failover" || this.#isMended) return false;
    this.#isMended = this.#around.chance("mishap").next() < mishap.share;
    return this.#isMended;
  }

  /** Where another region serves than in the beginning, somebody goes back once the first one can take over. */
  #returnLater(plan: TakeoverPlan): void {
    const { wayBack, spec } = plan;
    const { time, chance } = this.#around;
    const state = this.#running?.supervisor.state();
    if (!wayBack || this.#isReturning || !state || state.active === spec.first) return;
    this.#isReturning = true;
    time.after(drawTime(wayBack.afterMs, chance("way-back")), () => {
      this.#isReturning = false;
      const isLeft = [...this.#left.values()].includes(spec.first);
      if (!isLeft) this.#see({ kind: "command", what: "switchover", to: spec.first });
    });
  }

  #see(seen: RecoverySeen): void {
    this.#running?.supervisor.see(seen);
  }

  /** A stage ends: well, if the region that it is about is there. */
  #complete(plan: TakeoverPlan, { id, name, region }: StageAct): void {
    const isThere = !this.#dark.has(region) || name === "fence" || name === "shift";
    if (isThere) this.#takeEffect(plan, { name, region });
    this.#see({ kind: "done", id, ok: isThere });
  }

  #takeEffect(plan: TakeoverPlan, { name, region }: Pick<StageAct, "name" | "region">): void {
    if ((name === "fence" || name === "quiesce") && this.#writer === region) this.#writer = null;
    if (name === "promote") {
      this.#writer = region;
      if (this.#running?.supervisor.state().plan?.kind === "failover") this.#lose(plan);
    }
    if (name === "resume") this.#writer = region;
    if (name === "shift") this.#led = new Map([[region, 1]]);
    if (name === "reseed" || name === "verify") this.#leadEvenly(0);
  }

  /** What the copy lacks is gone. */
  #lose({ losses }: TakeoverPlan): void {
    const { chance } = this.#around;
    for (const parts of losses) {
      this.#blame?.lose(parts.reduce((sum, part) => sum + drawTime(part, chance("lag")), 0));
    }
  }
}

/** The vantage points from which regions are seen: each from the other, and from outside. */
export function watchersOf(regions: readonly string[]): readonly string[] {
  return [...regions, OUTSIDE];
}

function evenly(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name) => [name, 1 / names.length]));
}
