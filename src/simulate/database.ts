import { type Random, seededRandom } from "../base/random.ts";
import { type FailoverController, failover } from "../control/failover.ts";
import type {
  FailoverAct,
  FailoverSeen,
  FailoverSpec,
  FailoverState,
  MemberAct,
} from "../control/failover/language.ts";
import { type ActEnd, type CommandSetting, type PlantedBug, command, doneOf } from "./database/command.ts";
import { type Copy, emptyCopy, stopProcess } from "./database/copy.ts";
import type { DatabaseFault } from "./database/fault.ts";
import { type Ledger, createLedger } from "./database/ledger.ts";
import { type Observers, createObservers } from "./database/observer.ts";
import { receive, write } from "./database/replication.ts";
import { type Network, createNetwork } from "./network.ts";
import { type Supervisor, superviseInVirtualTime } from "./supervisor.ts";
import { type VirtualTime, virtualTime } from "./virtual-time.ts";

/** How a modelled database is set up. */
export interface DatabaseOptions {
  readonly spec: FailoverSpec;
  readonly seed: number;
  /** Mean time between two writes of its clients, who write to whatever takes itself for a primary. */
  readonly writeEveryMs?: number;
  /** Deliberately wrong ones, to see the checks notice. */
  readonly controller?: FailoverController;
  readonly bug?: PlantedBug | undefined;
}

/**
 * A replicated database over zones in virtual time, with clients, observers and the failover controller: every
 * process of it can crash, pause and wake, every link be cut in each direction, every act fail, take long or take
 * effect unheard. Not modelled: disks that lose a part of what was flushed; statements that are cancelled while they
 * wait for a standby.
 */
export class SimulatedDatabase {
  readonly time: VirtualTime = virtualTime();
  readonly network: Network = createNetwork();
  readonly copies: ReadonlyMap<string, Copy>;
  readonly ledger: Ledger;
  readonly #spec: FailoverSpec;
  readonly #random: Random;
  readonly #setting: CommandSetting;
  readonly #observers: Observers;
  readonly #controller: FailoverController;
  readonly #supervisor: Supervisor<FailoverState, FailoverSeen>;
  readonly #blind = new Map<string, number>();
  readonly #pollPending = new Set<string>();
  #sabotages = 0;
  #down = 0;

  constructor({ spec, seed, writeEveryMs = 100, controller = failover, bug }: DatabaseOptions) {
    this.#spec = spec;
    this.#controller = controller;
    this.#random = seededRandom(`${seed}/database`);
    this.copies = new Map(spec.members.map(({ id, zone }) => [id, emptyCopy(id, zone)]));
    this.ledger = createLedger(this.time, this.copies, spec.acknowledging);
    const { time, network, ledger, copies } = this;
    const kill = (copy: Copy): void => this.#kill(copy);
    const random = this.#random;
    this.#setting = { time, random, network, ledger, copies, acknowledging: spec.acknowledging, kill, bug };
    this.#observers = createObservers({
      time,
      random,
      observers: spec.observers,
      members: spec.members.map(({ id }) => id),
      sees: (observer, member) => this.#sees(observer, this.#copy(member)),
      tell: (observer, member, ok) => {
        if (network.isReachable(observer)) this.#see({ kind: "sight", observer, member, ok });
      },
    });
    this.#supervisor = superviseInVirtualTime(controller, spec, time, (act) => this.#perform(act));
    this.#supervisor.start(controller.start(spec, 0));
    this.#writeOn(writeEveryMs);
  }

  /** What the controller believes. */
  get state(): FailoverState {
    return this.#supervisor.state();
  }

  /** Lets time pass, with every promise checked after each event. Throws a `Violation`. */
  runUntil(until: number): void {
    this.time.runUntil(until, () => {
      this.ledger.check();
      this.#observers.look();
      this.#pollReplication();
    });
  }

  /** Whether all is as it should be, in truth and in what the controller believes. */
  isWhole(): boolean {
    const { primary, redundant, failing } = this.state;
    const running = [...this.copies.values()].every((copy) => {
      const inSync = copy.id === primary ? copy.role === "primary" : copy.stream?.from.id === primary;
      return copy.process === "running" && inSync;
    });
    return running && redundant && !failing && this.#supervisor.alive;
  }

  /** Begins a fault; the returned function ends it. */
  inject(fault: DatabaseFault): () => void {
    switch (fault.kind) {
      case "crash":
        this.#kill(this.#member(fault));
        return () => undefined;
      case "disk-lost": {
        const copy = this.#member(fault);
        this.#kill(copy);
        copy.log = null;
        copy.timelines = 0;
        return () => undefined;
      }
      case "pause":
        return this.#pause(this.#member(fault));
      case "power":
        return this.#powerOff(this.#zone(fault));
      case "cut":
        return this.#cut([[fault.from, fault.to]]);
      case "cut-primary":
        return this.#cutPrimary(fault.others);
      case "isolate":
        return this.#isolate(this.#zone(fault));
      case "uncontrolled":
        return this.#cutControl(this.#zone(fault));
      case "blind":
        return this.#blindfold(fault.zones);
      case "overlook": {
        const { id } = this.#member(fault);
        return this.#blindfold(fault.zones.map((zone) => `${zone} ${id}`));
      }
      case "sabotage":
        this.#sabotages += 1;
        return () => (this.#sabotages -= 1);
      case "supervisor":
        return this.#killSupervisor(fault.acts);
      case "everything": {
        const restart = this.#killSupervisor(0);
        for (const copy of this.copies.values()) this.#kill(copy);
        return restart;
      }
    }
  }

  #copy(id: string): Copy {
    return this.copies.get(id)!; // ids come from the spec
  }

  /** What a fault is aimed at: one that is named, or what the primary is at that moment. */
  #member({ member }: { member: string | null }): Copy {
    return this.#copy(member ?? this.state.primary);
  }

  #zone({ zone }: { zone: string | null }): string {
    return zone ?? this.#copy(this.state.primary).zone;
  }

  #see(seen: FailoverSeen): void {
    this.#supervisor.see(seen);
  }

  #sees(observer: string, copy: Copy): boolean {
    const isBlind = this.#blind.size > 0 && (this.#blind.get(observer) || this.#blind.get(`${observer} ${copy.id}`));
    if (isBlind) return false;
    const linked = this.network.passes(observer, copy.zone) && this.network.passes(copy.zone, observer);
    return linked && copy.process === "running";
  }

  /** `sights`: observers, or an observer and a member. */
  #blindfold(sights: readonly string[]): () => void {
    const change = (by: number): void => {
      for (const sight of sights) this.#blind.set(sight, (this.#blind.get(sight) ?? 0) + by);
    };
    change(1);
    return () => change(-1);
  }

  #writeOn(everyMs: number): void {
    this.time.after(this.#random.exponential(everyMs), () => {
      for (const copy of this.copies.values()) write(this.#setting, copy);
      this.#writeOn(everyMs);
    });
  }

  #soon(run: () => void): void {
    this.time.after(1 + 20 * this.#random.next(), run);
  }

  #kill(copy: Copy): void {
    const wasUp = copy.process !== "stopped";
    stopProcess(copy);
    if (!wasUp) return;
    for (const standby of this.copies.values()) {
      const { stream } = standby;
      if (stream?.from !== copy) continue;
      this.time.after(1_000 * this.#random.next(), () => {
        if (standby.stream !== stream) return;
        standby.stream = null;
        receive(this.#setting, standby);
      });
    }
    this.#soon(() => {
      if (this.network.isReachable(copy.zone)) this.#see({ kind: "exited", member: copy.id });
    });
  }

  #pause(copy: Copy): () => void {
    if (copy.process !== "running") return () => undefined;
    copy.process = "paused";
    const { life } = copy;
    return () => {
      if (copy.process !== "paused" || copy.life !== life) return;
      copy.process = "running";
      for (const arrive of copy.inbox.splice(0)) if (copy.life === life) arrive();
      receive(this.#setting, copy);
    };
  }

  #powerOff(zone: string): () => void {
    this.network.power(zone, 1);
    for (const copy of this.copies.values()) if (copy.zone === zone) this.#kill(copy);
    this.#observers.forget(zone);
    this.#tellZone(zone);
    return () => {
      this.network.power(zone, -1);
      this.#tellZone(zone);
    };
  }

  #isolate(zone: string): () => void {
    const others = this.#spec.observers.filter((each) => each !== zone);
    const join = this.#cut(others.flatMap((other) => [[zone, other] as const, [other, zone] as const]));
    const restore = this.#cutControl(zone);
    return () => {
      join();
      restore();
    };
  }

  #cutPrimary(others: readonly string[]): () => void {
    const zone = this.#zone({ zone: null });
    const cut = others.filter((other) => other !== zone);
    return this.#cut(cut.map((other) => [other, zone] as const));
  }

  #cut(links: readonly (readonly [string, string])[]): () => void {
    for (const [from, to] of links) this.network.cut(from, to, 1);
    return () => {
      for (const [from, to] of links) this.network.cut(from, to, -1);
    };
  }

  #cutControl(zone: string): () => void {
    this.network.cutControl(zone, 1);
    this.#tellZone(zone);
    return () => {
      this.network.cutControl(zone, -1);
      this.#tellZone(zone);
    };
  }

  /**
   * The control plane notices that it can, or cannot, reach a zone; its agent and its observer then say what they
   * know.
   */
  #tellZone(zone: string): void {
    this.#soon(() => {
      const reachable = this.network.isReachable(zone);
      this.#see({ kind: "zone", zone, reachable });
      if (!reachable) return;
      for (const copy of this.copies.values()) {
        if (copy.zone === zone && copy.process === "stopped") this.#see({ kind: "exited", member: copy.id });
      }
      this.#observers.repeat(zone);
    });
  }

  #killSupervisor(acts: number): () => void {
    this.#down += 1;
    this.#supervisor.kill(acts);
    return () => {
      this.#down -= 1;
      if (this.#down > 0) return;
      this.#supervisor.kill(0);
      const running = [...this.copies.values()].filter((copy) => copy.process !== "stopped").map(({ id }) => id);
      this.#supervisor.start(this.#controller.resume(this.#spec, this.state, this.time.now(), running));
      for (const zone of this.#spec.observers) this.#tellZone(zone);
    };
  }

  /** Asks the primary that the controller knows who streams from it, when that may differ from what is believed. */
  #pollReplication(): void {
    const { primary, members } = this.state;
    for (const copy of this.copies.values()) {
      const truth = (): boolean =>
        copy.stream?.from.id === this.state.primary && copy.stream.life === copy.stream.from.life;
      const believed = members[copy.id]?.streaming === true;
      if (copy.id === primary || this.#pollPending.has(copy.id) || truth() === believed || !this.#supervisor.alive)
        continue;
      this.#pollPending.add(copy.id);
      this.time.after(20 + 200 * this.#random.next(), () => {
        this.#pollPending.delete(copy.id);
        const asked = this.#copy(this.state.primary);
        if (!this.network.isReachable(asked.zone) || asked.process !== "running" || copy === asked) return;
        this.#see({ kind: "streaming", member: copy.id, ok: truth() });
      });
    }
  }

  #perform(act: FailoverAct): void {
    if (act.kind === "decision" || act.kind === "redundancy" || act.kind === "endpoint") return;
    const random = this.#random;
    const takes = this.#sabotages > 0 ? 1_500 * random.next() : 1 + 30 * random.next();
    this.time.after(takes, () => this.#attempt(act));
  }

  /** The command arrives. Its end is told once, and always: by a time-out if need be. */
  #attempt(act: MemberAct): void {
    const copy = this.#copy(act.member);
    let ended = false;
    const end = (result: ActEnd): void => {
      if (ended) return;
      ended = true;
      const heard = this.network.isReachable(copy.zone) ? result : { ok: false };
      const unheard = this.#sabotages > 0 && this.#random.next() < 0.3;
      this.#soon(() => this.#see(doneOf(act.id, unheard ? { ok: false } : heard)));
    };
    this.time.after(3_000, () => end({ ok: false }));
    const needsProcess = act.kind === "hold" || act.kind === "promote" || act.kind === "follow";
    const run = (): void => {
      const isLate = act.id < copy.lastAct && this.#setting.bug !== "obeys-late-commands";
      if (isLate || (needsProcess && copy.process !== "running")) return end({ ok: false });
      command(this.#setting, act, copy, end);
    };
    const lost = this.#sabotages > 0 && this.#random.next() < 0.3;
    if (lost || !this.network.isReachable(copy.zone)) return end({ ok: false });
    if (needsProcess && copy.process === "paused") copy.inbox.push(run);
    else run();
  }
}
