import type { Ms } from "../../base/units.ts";
import { recovery } from "../../control/recovery.ts";
import type {
  RecoveryAct,
  RecoveryDecision,
  RecoverySeen,
  RecoveryState,
  StageAct,
  StageName,
} from "../../control/recovery/language.ts";
import { recoverySpec } from "../../control/recovery/spec.ts";
import { REGION_ENGINE } from "../../facts/engine.ts";
import { TAKEOVER } from "../../facts/takeover.ts";
import { dnsOf, lagEveryMs, vantageProbe } from "../../topology/region-spec.ts";
import { providerTime, timer } from "../../topology/timing.ts";
import { OUTSIDE, type Primitive } from "../../world/primitive.ts";
import { type Spread, drawTime } from "../system/spread.ts";
import { Watch } from "../system/watch.ts";
import { type Supervisor, superviseInVirtualTime } from "../supervisor.ts";
import type { RegionWorld } from "./region-world.ts";

/** How often a stage looks whether what it waits for has come, as in the local world. */
const LOOK_AGAIN_MS: Ms = 25;
/** A drill answers what it is asked when it looks next. */
const ANSWERS_WITHIN_MS: Ms = 50;

/** Something that the recovery of regions decided, or a stage that it ended. */
export interface RecoveryMark {
  readonly at: Ms;
  readonly what: RecoveryDecision | StageName;
  readonly subject: string;
}

/** The watchers of regions and the controller that recovers them, over a modelled world. */
export class RegionRecovery {
  /** What it decided, and the stages that ended well, in their order. */
  readonly marks: RecoveryMark[] = [];
  /** When each watcher lost sight of a region. */
  readonly sightsLost: Ms[] = [];
  readonly #world: RegionWorld;
  readonly #watch: Watch;
  readonly #supervisor: Supervisor<RecoveryState, RecoverySeen>;
  readonly #watchers: readonly string[];
  #away: readonly string[] = [];
  #turning: () => void = () => undefined;

  constructor(world: RegionWorld) {
    const { topology, pace, time, random } = world;
    const [first = "", ...others] = world.names;
    const { mode, onLag } = topology.failover;
    const spec = recoverySpec({
      regions: [first, ...others],
      outside: OUTSIDE,
      readiness: topology.recovery,
      mode,
      onLag,
      timer: (ms) => timer(ms, pace),
    });
    this.#world = world;
    this.#watchers = spec.watchers;
    this.#supervisor = superviseInVirtualTime(recovery, spec, time, (act) => this.#perform(act));
    this.#supervisor.start(recovery.start(spec, time.now()));
    this.#supervisor.see(
      ...spec.watchers.flatMap((watcher) =>
        world.names.map((region) => ({ kind: "sight", watcher, region, ok: true }) as const),
      ),
    );
    const phases = random.fork("watchers");
    this.#watch = new Watch({
      time,
      probe: vantageProbe(pace),
      phaseOf: () => phases.next(),
      find: (watcher, region) => {
        if (watcher !== OUTSIDE && !world.network.isLit(watcher)) return "blind";
        return world.network.reaches(watcher, region, "observe") ? "answers" : "hangs";
      },
      tell: (watcher, region, ok) => this.#hear(watcher, region, ok),
    });
    this.#sampleLag();
  }

  /** A plan is under way. */
  get isBusy(): boolean {
    return this.#supervisor.state().plan !== null;
  }

  /** What can be seen may have changed, or a person commands something. */
  notice(primitives: readonly Primitive[]): void {
    for (const watcher of this.#watchers) for (const region of this.#world.names) this.#watch.look(watcher, region);
    for (const primitive of primitives) {
      if (primitive.kind !== "recover" || primitive.command.what === "answer") continue;
      const { what, to } = primitive.command;
      this.#supervisor.see({ kind: "command", what, to });
    }
  }

  /** Since the last `what` of this name; undefined where there is none. */
  last(what: RecoveryMark["what"]): RecoveryMark | undefined {
    return this.marks.findLast((mark) => mark.what === what);
  }

  /** Heard only where what a watcher says can reach the outside. */
  #hear(watcher: string, region: string, ok: boolean): void {
    if (watcher !== OUTSIDE && !this.#world.network.isCommanded(watcher)) return;
    if (!ok) this.sightsLost.push(this.#world.time.now());
    this.#supervisor.see({ kind: "sight", watcher, region, ok });
  }

  #sampleLag(): void {
    const { time, pace, network, names } = this.#world;
    time.after(lagEveryMs(pace), () => {
      const { leader } = this.#world;
      for (const region of names) {
        const isAsked = network.isCommanded(leader) && network.isCommanded(region);
        if (!isAsked || this.#world.dataOf(region) !== "follows") continue;
        const at = time.now();
        this.#supervisor.see({ kind: "lag", region, ms: at - (this.#world.behindSince(region) ?? at), at });
      }
      this.#sampleLag();
    });
  }

  #perform(act: RecoveryAct): void {
    if (act.kind === "stage") return this.#do(act);
    const { time, random } = this.#world;
    this.marks.push({ at: time.now(), what: act.what, subject: act.subject });
    if (act.what === "asked") {
      time.after(ANSWERS_WITHIN_MS * random.next(), () => this.#supervisor.see({ kind: "answer", approved: true }));
    }
  }

  #end({ id, name, region }: StageAct, ok: boolean): void {
    if (ok) this.marks.push({ at: this.#world.time.now(), what: name, subject: region });
    this.#supervisor.see({ kind: "done", id, ok });
  }

  #after(spread: Spread, then: () => void): void {
    this.#world.time.after(drawTime(spread, this.#world.random), then);
  }

  #until(check: () => boolean, then: () => void): void {
    if (check()) then();
    else this.#world.time.after(LOOK_AGAIN_MS, () => this.#until(check, then));
  }

  /** How each stage is done: see `stages.ts` of the local world, which it follows. */
  #do(act: StageAct): void {
    const world = this.#world;
    const { name, region, other } = act;
    const end = (ok = true): void => this.#end(act, ok);
    if (name === "fence") {
      const barred = world.leases.bar(region);
      if (world.network.isCommanded(region)) world.end(region);
      return this.#after(REGION_ENGINE.fence.value, () => end(barred));
    }
    if (!world.network.isCommanded(region)) return this.#after(REGION_ENGINE.fence.value, () => end(false));
    switch (name) {
      case "restore":
        return this.#restore(end);
      case "start":
      case "scale":
        world.grow(region);
        return this.#until(() => world.isWhole(region), end);
      case "quiesce":
        return this.#until(() => world.leases.bar(region), end);
      case "catch-up":
        return this.#after(REGION_ENGINE.catchUp.value, () => end(world.network.reaches(other, region, "replication")));
      case "promote":
        return this.#promote(act);
      case "shift":
        return this.#shift(act);
      case "follow":
        world.shrink(region);
        return this.#after(REGION_ENGINE.follow.value, () => {
          if (world.topology.recovery !== "backup-restore") world.copy(region);
          end();
        });
      case "verify":
        return this.#after(REGION_ENGINE.verify.value, () => end(world.answers(region) && world.leases.holds(region)));
      default: // what brings a region back comes after what a drill asks for
        return end();
    }
  }

  /** At AWS's pace it takes at least what AWS takes. */
  #restore(end: () => void): void {
    const { time, random, pace } = this.#world;
    const [leastMs] = TAKEOVER.restoreDatabase.value;
    const ownMs = drawTime(REGION_ENGINE.restore.value, random);
    time.after(Math.max(ownMs, providerTime(leastMs, pace)), end);
  }

  #promote(act: StageAct): void {
    const { leases } = this.#world;
    if (!leases.bar(act.other)) return this.#after(REGION_ENGINE.fence.value, () => this.#end(act, false));
    this.#world.follow(act.region);
    this.#after(REGION_ENGINE.promote.value, () => {
      this.#world.lead(act.region);
      this.#world.backUp(act.region);
      leases.want(act.region);
      this.#end(act, leases.admit(act.region));
    });
  }

  /** Customers come to this region, where they do not yet: an alarm follows the switch, and the DNS the alarm. */
  #shift(act: StageAct): void {
    const { topology, pace, time, names, directory } = this.#world;
    const { regions } = this.#supervisor.state();
    const mayServe = act.region === names[0] || topology.recovery === "active-active";
    const away = names.filter((name) => name !== act.region && (!mayServe || regions[name]?.givenUp === true));
    if (away.join() === this.#away.join()) return this.#end(act, true);
    this.#away = away;
    this.#turning();
    const alarmMs = TAKEOVER.alarm.value[1];
    this.#turning = time.after(timer(alarmMs, pace), () => directory.keepAwayFrom(away));
    time.after(timer(alarmMs + dnsOf(topology).ttlMs, pace), () => this.#end(act, true));
  }
}
