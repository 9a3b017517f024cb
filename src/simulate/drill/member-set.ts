import type { Random } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import { failover } from "../../control/failover.ts";
import type {
  FailoverAct,
  FailoverSeen,
  FailoverSpec,
  FailoverState,
  MemberAct,
} from "../../control/failover/language.ts";
import type { ProbeSpec } from "../../topology/spec.ts";
import type { Zone } from "../../topology/topology.ts";
import { onceHeard } from "../../world/reach.ts";
import { type Supervisor, superviseInVirtualTime } from "../supervisor.ts";
import { type Spread, drawTime } from "../system/spread.ts";
import { type Answer, Watch } from "../system/watch.ts";
import type { VirtualTime } from "../virtual-time.ts";
import type { Network } from "./network.ts";

/** A database or cache of a drill: what its controller is given, and what its engine takes. */
export interface MemberSetPlan {
  readonly component: string;
  readonly isDatabase: boolean;
  readonly zones: readonly Zone[];
  readonly spec: FailoverSpec;
  readonly probe: ProbeSpec;
  /** How much of a link's delay health checks feel: delays are of the run, their time-outs of its pace. */
  readonly checkDelay: number;
  /** After a failover, programs go on dialling the old address for so long. */
  readonly endpointTtlMs: Ms;
  /** What the engine takes for what it is told. */
  readonly times: Readonly<Record<"hold" | "promote" | "follow" | "start" | "reseed", Spread>>;
  /** Until its first member serves on a disk that was restored. */
  readonly replaceMs: Spread;
  /** The least that a promotion takes in this run. */
  readonly promotionMs: Ms;
  /** From the end of a process until the control plane knows. */
  readonly heardMs: Spread;
  /** How often a primary is asked what its standbys do. */
  readonly pollMs: Ms;
  /** A primary goes on counting on a standby that is silent for so long. */
  readonly silenceMs: Ms;
  /** What its controller believes while all is well; null: it starts. */
  readonly settled: FailoverState | null;
}

/** What a part of a drilled region finds around it. */
export interface DrillSurroundings {
  readonly time: VirtualTime;
  readonly network: Network;
  /** Chance under a name. */
  chance(name: string): Random;
  /** A program starts, which takes so long where nothing else does; calls `then` when it listens. */
  startProgram(name: string, alone: Spread, then: () => void): void;
  /** A controller has come to a conclusion. */
  decided(component: string, what: string): void;
  /** Something is different now for those who look at it, or who send requests. */
  changed(): void;
}

/** One member as it was at a moment. */
export interface MemberView {
  readonly id: string;
  readonly zone: string;
  readonly process: "up" | "hung" | "down";
  readonly isPrimary: boolean;
}

/** A set as it was at a moment, and where its endpoints led. */
export interface MemberSetView {
  readonly writer: string;
  readonly readers: readonly string[];
  readonly members: readonly MemberView[];
}

interface Member {
  readonly id: string;
  readonly zone: Zone;
  readonly component: string;
  process: MemberView["process"];
  isPrimary: boolean;
  /** Its disk takes no byte more: it cannot be started there. */
  isStuck: boolean;
  /** Grows whenever it goes down: what was asked of an earlier life is void. */
  life: number;
  /** Its primary hears of it. */
  isHeard: boolean;
}

/** A fence waits so long for a way to the deposed primary. */
const FENCE_PATIENCE_MS: Ms = 10_000;
const LOOK_AGAIN_MS: Ms = 100;
/** A command that cannot even be sent ends at once. */
const AT_ONCE_MS: Ms = 2;
/** A command to what stands still is given up. */
const COMMAND_TIMEOUT_MS: Ms = 1_000;

/** See {@link MemberSetPlan}: the failover controller in virtual time, over members of this machine's own speed. */
export class MemberSet {
  readonly #plan: MemberSetPlan;
  readonly #around: DrillSurroundings;
  readonly #members: ReadonlyMap<string, Member>;
  readonly #watch: Watch;
  readonly #supervisor: Supervisor<FailoverState, FailoverSeen>;
  #writer: string;
  #readers: readonly string[];
  #isHeld = false;
  #isReplaced = false;

  constructor(plan: MemberSetPlan, around: DrillSurroundings) {
    const { spec, settled, zones, component } = plan;
    this.#plan = plan;
    this.#around = around;
    this.#writer = settled?.endpoint?.primary ?? spec.first;
    this.#readers = settled?.endpoint?.replicas ?? [];
    this.#members = new Map(
      spec.members.map(({ id, zone: name }) => {
        const zone = zones.find((each) => each.name === name)!; // members stand in the zones of their region
        const process = settled ? ("up" as const) : ("down" as const);
        return [
          id,
          { id, zone, component, process, isPrimary: settled?.primary === id, isStuck: false, life: 0, isHeard: true },
        ];
      }),
    );
    this.#watch = new Watch({
      time: around.time,
      probe: plan.probe,
      phaseOf: (observer, member) => around.chance(`${observer} probes ${member}`).next(),
      find: (observer, member) => this.#find(observer, member),
      tell: (observer, member, ok) => this.#see({ kind: "sight", observer, member, ok }),
    });
    this.#supervisor = superviseInVirtualTime(failover, spec, around.time, (act) => this.#perform(act));
    this.#supervisor.start(settled ?? failover.start(spec, around.time.now()));
    if (settled) return;
    for (const observer of spec.observers) for (const { id } of spec.members) this.#watch.renew(observer, id);
    this.look();
  }

  get state(): FailoverState {
    return this.#supervisor.state();
  }

  get view(): MemberSetView {
    const members = [...this.#members.values()].map(({ id, zone, process, isPrimary }) => {
      return { id, zone: zone.name, process, isPrimary };
    });
    return { writer: this.#writer, readers: this.#readers, members };
  }

  /** Something may have changed for those who watch. */
  look(): void {
    for (const observer of this.#plan.spec.observers) {
      for (const id of this.#members.keys()) this.#watch.look(observer, id);
    }
    for (const member of this.#members.values()) this.#listen(member);
  }

  /** A standby falls silent, or is heard again: a primary knows when a connection breaks, or when it lost patience. */
  #listen(member: Member): void {
    const { time, network, chance } = this.#around;
    const primary = [...this.#members.values()].find(({ isPrimary }) => isPrimary);
    if (!primary || primary === member) return;
    const { component, pollMs, silenceMs } = this.#plan;
    const end = { zone: primary.zone.name, component, instance: primary.id };
    const way = network.view.way(member.zone.name, end, "replication");
    const isHeard = member.process === "up" && way.kind === "open";
    if (isHeard === member.isHeard) return;
    member.isHeard = isHeard;
    const breaks = isHeard || way.kind === "refuses" || (member.process === "down" && way.kind === "open");
    time.after((breaks ? 0 : silenceMs) + pollMs * chance("poll").next(), () => {
      if (member.isHeard === isHeard) this.#see({ kind: "streaming", member: member.id, ok: isHeard });
    });
  }

  has(id: string): boolean {
    return this.#members.has(id);
  }

  /** Its process ends; `isStuck`: and cannot be started again before it is mended. */
  kill(id: string, isStuck = false): void {
    const member = this.#member(id);
    member.isStuck ||= isStuck;
    if (member.process === "down") return;
    this.#end(member);
    this.#around.changed();
    const { time, network, chance } = this.#around;
    const tell = (): void => {
      if (member.process === "down") this.#see({ kind: "exited", member: id });
    };
    time.after(drawTime(this.#plan.heardMs, chance(`${id} exits`)), () =>
      onceHeard({ reach: network.reach, clock: time }, member.zone.name, tell),
    );
  }

  /** All of it in a zone ends. */
  killIn(zone: string): void {
    for (const { id, zone: own } of this.#members.values()) if (own.name === zone) this.kill(id);
  }

  /** Stands still, or goes on. */
  pause(id: string, isPaused: boolean): void {
    const member = this.#member(id);
    if (member.process !== "down") member.process = isPaused ? "hung" : "up";
    this.#around.changed();
  }

  mend(id: string): void {
    this.#member(id).isStuck = false;
  }

  /** All of it stops, and the member that took writes leads on with a disk that was restored. */
  replace(): void {
    const { time, decided, changed } = this.#around;
    const { spec, component } = this.#plan;
    const { primary, nextId } = this.state;
    decided(component, "restore-made");
    this.#supervisor.kill(0);
    for (const member of this.#members.values()) this.#end(member);
    this.#isReplaced = true;
    changed();
    this.#supervisor.start({ ...failover.start({ ...spec, first: primary }, time.now()), epoch: 1, nextId });
  }

  /** The writer's endpoint leads to where it leads now, until it is let go. */
  holdEndpoint(isHeld: boolean): void {
    this.#isHeld = isHeld;
    const primary = this.state.endpoint?.primary;
    if (!isHeld && primary !== undefined) this.#around.time.after(this.#plan.endpointTtlMs, () => this.#lead(primary));
  }

  /** The control plane can, or can no longer, command the zone. */
  seeZone(zone: string, reachable: boolean): void {
    this.#see({ kind: "zone", zone, reachable });
    if (!reachable) return;
    for (const { id, zone: own, process } of this.#members.values()) {
      if (own.name === zone && process === "down") this.#see({ kind: "exited", member: id });
    }
  }

  #member(id: string): Member {
    return this.#members.get(id)!; // ids come from the spec
  }

  #see(seen: FailoverSeen): void {
    this.#supervisor.see(seen);
  }

  #find(observer: string, id: string): Answer {
    const { network } = this.#around;
    const { zone, process } = this.#member(id);
    if (!network.view.isLit(observer)) return "blind";
    const end = { zone: zone.name, component: this.#plan.component, instance: id };
    const way = network.view.way(observer, end, "observe");
    if (way.kind !== "open") return way.kind;
    if (process === "hung" || way.delayMs * this.#plan.checkDelay >= this.#plan.probe.timeoutMs) return "hangs";
    return process === "up" ? "answers" : "refuses";
  }

  #end(member: Member): void {
    member.process = "down";
    member.isPrimary = false;
    member.life += 1;
  }

  #perform(act: FailoverAct): void {
    const { time, decided } = this.#around;
    const { component, endpointTtlMs } = this.#plan;
    if (act.kind === "redundancy") return;
    if (act.kind === "decision") {
      if (act.what !== "shifted") decided(component, act.what);
      else if (!this.#isHeld) time.after(endpointTtlMs, () => decided(component, "shifted"));
    } else if (act.kind === "endpoint") {
      if (this.#isReplaced) decided(component, "restored-to");
      this.#isReplaced = false;
      time.after(endpointTtlMs, () => {
        this.#readers = act.replicas;
        this.#lead(act.primary);
      });
    } else this.#command(act, act.kind === "fence" ? FENCE_PATIENCE_MS : 0);
  }

  #lead(primary: string): void {
    if (!this.#isHeld) this.#writer = primary;
    this.#around.changed();
  }

  /** Each command ends, whatever becomes of the member meanwhile. */
  #command(act: MemberAct, patienceMs: Ms): void {
    const { time, network } = this.#around;
    const member = this.#member(act.member);
    if (network.reach.vantage(member) === undefined) {
      if (patienceMs > 0) time.after(LOOK_AGAIN_MS, () => this.#command(act, patienceMs - LOOK_AGAIN_MS));
      else time.after(AT_ONCE_MS, () => this.#done(act, false));
      return;
    }
    if (act.kind !== "fence" && member.process === "hung") {
      time.after(COMMAND_TIMEOUT_MS, () => this.#done(act, false));
      return;
    }
    const isMade = act.kind === "start" || act.kind === "reseed";
    const isHopeless = isMade ? member.isStuck : act.kind !== "fence" && member.process === "down";
    const { life } = member;
    time.after(isHopeless ? AT_ONCE_MS : this.#takes(act), () => {
      const isVoid = isHopeless || (act.kind !== "fence" && member.life !== life);
      if (!isVoid) this.#takeEffect(act, member);
      this.#done(act, !isVoid);
    });
  }

  #done(act: MemberAct, ok: boolean): void {
    const position = { timeline: 1, offset: 0 };
    this.#see({ kind: "done", id: act.id, ok, ...(act.kind === "hold" && ok ? { position } : {}) });
  }

  #takes(act: MemberAct): Ms {
    if (act.kind === "fence") return AT_ONCE_MS;
    const isFirst = act.kind === "start" && this.#isReplaced;
    const takes = isFirst ? this.#plan.replaceMs : this.#plan.times[act.kind];
    const own = drawTime(takes, this.#around.chance(`${act.member} ${act.kind}`));
    return act.kind === "promote" ? Math.max(own, this.#plan.promotionMs) : own;
  }

  #takeEffect(act: MemberAct, member: Member): void {
    switch (act.kind) {
      case "fence":
        this.#end(member);
        break;
      case "promote":
        member.isPrimary = true;
        break;
      case "start":
        member.process = "up";
        member.isPrimary = act.as.role === "primary";
        if (act.as.role === "standby") this.#streamSoon(member);
        break;
      case "reseed":
      case "follow":
        member.process = "up";
        member.isPrimary = false;
        this.#streamSoon(member);
        break;
      case "hold":
        break;
    }
    this.#around.changed();
  }

  /** The primary is asked every so often, and tells of those that follow it. */
  #streamSoon(member: Member): void {
    const { life } = member;
    this.#around.time.after(this.#plan.pollMs * this.#around.chance("poll").next(), () => {
      const isWell = member.life === life && member.process === "up" && !member.isPrimary;
      if (isWell) this.#see({ kind: "streaming", member: member.id, ok: true });
    });
  }
}
