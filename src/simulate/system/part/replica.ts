import type { Ms } from "../../../base/units.ts";
import { failover } from "../../../control/failover.ts";
import type {
  FailoverAct,
  FailoverSeen,
  FailoverSpec,
  FailoverState,
  MemberAct,
} from "../../../control/failover/language.ts";
import type { ProbeSpec } from "../../../topology/spec.ts";
import { type Supervisor, superviseInVirtualTime } from "../../supervisor.ts";
import { type Mishap, type Spread, drawTime } from "../spread.ts";
import { type Answer, Watch } from "../watch.ts";
import type { Blow, Part, Surroundings } from "./part.ts";

/** A database or cache in one region, with its members over zones. */
export interface ReplicaPlan {
  readonly kind: "replica";
  readonly spec: FailoverSpec;
  readonly probe: ProbeSpec;
  /** What AWS takes to promote a standby, once the loss was noticed. */
  readonly promotionMs: Spread;
  /** What AWS takes to bring back a member whose machine is gone. */
  readonly replaceMs: Spread;
  /** How long programs remember the endpoint's address; 0 behind a proxy. */
  readonly endpointTtlMs: Ms;
  /** How often a promotion goes wrong. @default never */
  readonly mishap?: Mishap;
  /** How many members must run for a write to be taken. */
  readonly needed: number;
  /** What the controller believes while all is well; see {@link settleReplica}. */
  readonly settled: FailoverState | null;
}

interface Member {
  readonly id: string;
  readonly zone: string;
  isUp: boolean;
  isHung: boolean;
  isPrimary: boolean;
  /** When its machine is there again. */
  backAt: Ms;
  /** Grows whenever it goes down: what was asked of an earlier life is void. */
  life: number;
}

/** What commands take that AWS says nothing of: moments, against minutes for what it does. */
const COMMAND_MS = 100;
const START_MS = 1_000;
/** An agent tells that a process is gone, or the control plane gives up on a command. */
const HEARD_AFTER_MS = 1_000;
const STREAMS_AFTER_MS = 200;

/** See {@link ReplicaPlan}: the failover controller in virtual time, with what it commands. */
export class ReplicaPart implements Part {
  readonly #plan: ReplicaPlan;
  readonly #around: Surroundings;
  readonly #members: ReadonlyMap<string, Member>;
  readonly #watch: Watch;
  readonly #supervisor: Supervisor<FailoverState, FailoverSeen>;
  /** Whom programs write to. */
  #writer: string;
  #failing = 0;
  /** Until when somebody mends the promotion under way; null: none is, or it was not tried yet. */
  #mendedAt: Ms | null = null;

  constructor(plan: ReplicaPlan, around: Surroundings) {
    this.#plan = plan;
    this.#around = around;
    const { spec, settled } = plan;
    const primary = settled?.primary ?? spec.first;
    this.#writer = primary;
    this.#members = new Map(
      spec.members.map(({ id, zone }) => {
        const isUp = settled !== null;
        return [id, { id, zone, isUp, isHung: false, isPrimary: isUp && id === primary, backAt: 0, life: 0 }];
      }),
    );
    this.#watch = new Watch({
      time: around.time,
      probe: plan.probe,
      phaseOf: (observer, member) => around.chance(`probe/${observer}/${member}`).next(),
      find: (observer, member) => this.#find(observer, member),
      tell: (observer, member, ok) => this.#supervisor.see({ kind: "sight", observer, member, ok }),
    });
    this.#supervisor = superviseInVirtualTime(failover, spec, around.time, (act) => this.#perform(act));
    this.#supervisor.start(settled ?? failover.start(spec, around.time.now()));
    if (settled) return;
    for (const observer of spec.observers) for (const { id } of spec.members) this.#watch.renew(observer, id);
    for (const member of this.#members.values()) this.#lookAt(member);
  }

  /** What its controller believes. */
  get state(): FailoverState {
    return this.#supervisor.state();
  }

  share(): number {
    if (this.#failing > 0) return 0;
    const { isReached } = this.#around;
    const writer = this.#member(this.#writer);
    const answers = ({ isUp, isHung, zone }: Member): boolean => isUp && !isHung && isReached(zone);
    const running = [...this.#members.values()].filter(answers).length;
    return answers(writer) && writer.isPrimary && running >= this.#plan.needed ? 1 : 0;
  }

  /** Whether any member has what was written. */
  get isEmpty(): boolean {
    return [...this.#members.values()].every(({ isUp }) => !isUp);
  }

  /** The zone of the member that programs write to. */
  get writerZone(): string {
    return this.#member(this.#writer).zone;
  }

  strike(blow: Blow): void {
    const { time, chance } = this.#around;
    if (blow.kind === "fail") {
      this.#failing += 1;
      time.after(blow.forMs, () => (this.#failing -= 1));
      return;
    }
    if (blow.kind === "slow") return; // who uses it is slow
    const member = this.#members.get(blow.instance);
    if (!member?.isUp) return;
    if (blow.kind === "hang") this.#hang(member, blow.forMs);
    else this.#crash(member, drawTime(this.#plan.replaceMs, chance(`replace/${member.id}`)));
    this.#lookAt(member);
  }

  look(): boolean {
    return false; // its controller looks by itself
  }

  zoneChanged(zone: string): void {
    const { isLit, isReached } = this.#around;
    for (const member of this.#members.values()) {
      if (member.zone === zone && !isLit(zone)) this.#stop(member);
      else if (isReached(zone)) this.#watch.look(zone, member.id);
      if (member.zone === zone) this.#lookAt(member);
    }
  }

  zoneNoticed(zone: string, reachable: boolean): void {
    this.#see({ kind: "zone", zone, reachable });
    if (!reachable) return;
    for (const member of this.#members.values()) {
      if (member.zone === zone && !member.isUp) this.#see({ kind: "exited", member: member.id });
    }
  }

  #member(id: string): Member {
    return this.#members.get(id)!; // ids come from the spec
  }

  #see(seen: FailoverSeen): void {
    this.#supervisor.see(seen);
  }

  #find(observer: string, id: string): Answer {
    const { isReached } = this.#around;
    if (!isReached(observer)) return "blind"; // or nobody hears what it sees
    const { isUp, isHung, zone } = this.#member(id);
    return isUp && !isHung && isReached(zone) ? "answers" : "hangs";
  }

  #lookAt({ id }: Member): void {
    for (const observer of this.#plan.spec.observers) this.#watch.look(observer, id);
  }

  #stop(member: Member): void {
    member.isUp = false;
    member.isHung = false;
    member.isPrimary = false;
    member.life += 1;
  }

  #hang(member: Member, forMs: Ms): void {
    const { life } = member;
    member.isHung = true;
    this.#around.time.after(forMs, () => {
      if (member.life !== life) return;
      member.isHung = false;
      this.#lookAt(member);
    });
  }

  /** Its machine is gone, and another one comes in `replacedMs`. */
  #crash(member: Member, replacedMs: Ms): void {
    const { time, isReached } = this.#around;
    this.#stop(member);
    member.backAt = time.now() + replacedMs;
    time.after(HEARD_AFTER_MS, () => {
      if (!member.isUp && isReached(member.zone)) this.#see({ kind: "exited", member: member.id });
    });
  }

  #perform(act: FailoverAct): void {
    const { time, chance } = this.#around;
    if (act.kind === "decision" || act.kind === "redundancy") return;
    if (act.kind !== "endpoint") return this.#command(act);
    const forgottenIn = act.primary === this.#writer ? 0 : this.#plan.endpointTtlMs * chance("endpoint").next();
    time.after(forgottenIn, () => (this.#writer = act.primary));
  }

  /** Each command ends, whatever becomes of the member meanwhile. */
  #command(act: MemberAct): void {
    const { time, isReached } = this.#around;
    const member = this.#member(act.member);
    const end = (ok: boolean): void => {
      if (act.kind === "hold" && ok) {
        this.#see({ kind: "done", id: act.id, ok, position: { timeline: 1, offset: 0 } });
      } else this.#see({ kind: "done", id: act.id, ok });
    };
    const starts = act.kind === "start" || act.kind === "reseed";
    if (!isReached(member.zone) || (!starts && act.kind !== "fence" && (!member.isUp || member.isHung))) {
      time.after(HEARD_AFTER_MS, () => end(false));
      return;
    }
    const takes = this.#takes(act, member);
    if (act.kind === "promote") this.#mendedAt ??= this.#mishapUntil(takes);
    const { life } = member;
    time.after(takes, () => {
      const isGone = !isReached(member.zone) || (act.kind !== "fence" && member.life !== life);
      const isVoid = isGone || (act.kind === "promote" && time.now() < (this.#mendedAt ?? 0));
      if (!isVoid) this.#takeEffect(act, member);
      end(!isVoid);
    });
  }

  /** A promotion may go wrong, and then does until somebody has mended what keeps it from going right. */
  #mishapUntil(takes: Ms): Ms {
    const { mishap } = this.#plan;
    const { time, chance } = this.#around;
    if (!mishap || chance("mishap").next() >= mishap.share) return 0;
    return time.now() + takes + drawTime(mishap.mendMs, chance("mishap"));
  }

  #takes(act: MemberAct, member: Member): Ms {
    const { time, chance } = this.#around;
    if (act.kind === "promote") return drawTime(this.#plan.promotionMs, chance("promotion"));
    if (act.kind === "start" || act.kind === "reseed") return Math.max(0, member.backAt - time.now()) + START_MS;
    return COMMAND_MS;
  }

  #takeEffect(act: MemberAct, member: Member): void {
    switch (act.kind) {
      case "fence":
        this.#stop(member);
        break;
      case "promote":
        member.isPrimary = true;
        this.#mendedAt = null;
        break;
      case "start":
        member.isUp = true;
        member.isHung = false;
        member.isPrimary = act.as.role === "primary";
        if (act.as.role === "standby") this.#streamSoon(member);
        break;
      case "reseed":
      case "follow":
        member.isUp = true;
        member.isHung = false;
        member.isPrimary = false;
        this.#streamSoon(member);
        break;
      case "hold":
        break;
    }
    this.#lookAt(member);
  }

  #streamSoon(member: Member): void {
    const { life } = member;
    this.#around.time.after(STREAMS_AFTER_MS, () => {
      if (member.life === life) this.#see({ kind: "streaming", member: member.id, ok: true });
    });
  }
}
