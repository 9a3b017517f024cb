import { messageOf } from "../base/error.ts";
import type { Ms } from "../base/units.ts";
import type { LogPosition, MemberAct } from "../control/failover/language.ts";
import type { Zone } from "../topology/topology.ts";
import type { Context } from "./context.ts";
import type { Member } from "./engine/member.ts";
import { type MemberPlan, linkTo } from "./plan.ts";
import type { Address } from "./address.ts";

/** How an act ended, as the controller hears it. */
export interface ActEnd {
  readonly ok: boolean;
  readonly position?: LogPosition;
  readonly diverged?: boolean;
  /** Why it failed, for the journal. */
  readonly detail?: string;
}

/** A member of this machine: its plan and its engine. */
export interface LocalMember {
  readonly plan: MemberPlan;
  readonly engine: Member;
}

/** What acts on members rest on, beside the members. */
export interface MemberActsSetup {
  /** The least that a promotion takes in this run. */
  readonly promotionMs: Ms;
  /** Where the first member copies another region's from, seen from its zone; null: it takes writes itself. */
  upstream(zone: Zone): Address | null;
}

/** A fence waits this long for a way to the deposed primary, so that it is done the moment that there is one. */
const FENCE_PATIENCE_MS: Ms = 10_000;
const LOOK_AGAIN_MS: Ms = 20;

/**
 * Performs what the failover controller asks of members, each over a control link. Acts on one member are done one
 * after
 * the other, so that an earlier one takes no effect after a later one's end. Two go ahead: a fence, and a hold of a
 * standby that still tries to follow, which may be waiting for a primary that is dead.
 */
export class MemberActs {
  readonly #context: Context;
  readonly #members: ReadonlyMap<string, LocalMember>;
  readonly #setup: MemberActsSetup;
  /** By member: the act that was asked for last, and the end of all up to it. */
  readonly #lanes = new Map<string, { readonly last: MemberAct; readonly end: Promise<unknown> }>();

  constructor(context: Context, members: ReadonlyMap<string, LocalMember>, setup: MemberActsSetup) {
    this.#context = context;
    this.#setup = setup;
    this.#members = members;
  }

  /** Does `act`; never rejects. */
  async perform(act: MemberAct): Promise<ActEnd> {
    const member = this.#members.get(act.member);
    if (!member) return { ok: false, detail: "no such member" };
    const lane = this.#lanes.get(act.member);
    const goesAhead = act.kind === "fence" || (act.kind === "hold" && lane?.last.kind === "follow");
    const before = lane?.end ?? Promise.resolve();
    const run = (goesAhead ? Promise.resolve() : before).then(() => this.#attempt(act, member));
    this.#lanes.set(act.member, { last: act, end: Promise.all([before, run]) });
    return run;
  }

  async #attempt(act: MemberAct, member: LocalMember): Promise<ActEnd> {
    const from = await this.#vantage(member, act.kind === "fence" ? FENCE_PATIENCE_MS : 0);
    if (from === undefined) return { ok: false, detail: "the control plane cannot reach it" };
    // A fence that waited must not kill what was made of the member since.
    const isOvertaken = act.kind === "fence" && this.#lanes.get(act.member)?.last.id !== act.id;
    if (isOvertaken) return { ok: false, detail: "a later act has overtaken it" };
    const via = linkTo(this.#context.plan, member.plan, from, "control");
    try {
      return await this.#do(act, member, via);
    } catch (error) {
      return { ok: false, detail: messageOf(error) };
    }
  }

  /** Where commands to `member` can start from; waited for at most `patienceMs`, undefined where there is none. */
  async #vantage({ plan }: LocalMember, patienceMs: Ms): Promise<Zone | undefined> {
    const { reach, clock } = this.#context;
    const deadline = clock.now() + patienceMs;
    let from = reach.vantage(plan);
    while (from === undefined && clock.now() < deadline) {
      await clock.sleep(LOOK_AGAIN_MS);
      from = reach.vantage(plan);
    }
    return from;
  }

  async #do(act: MemberAct, { plan, engine }: LocalMember, via: Address): Promise<ActEnd> {
    switch (act.kind) {
      case "start":
        return this.#start(act, { plan, engine }, via);
      case "hold":
        return { ok: true, position: await engine.hold(via) };
      case "promote":
        return this.#lead({ plan, engine }, via, act.standbys);
      case "follow": {
        const from = this.#replicationTo(act.primary, plan);
        const diverged = (await engine.follow(via, from, this.#roleOfFirst(plan))) === "diverged";
        return { ok: !diverged, diverged };
      }
      case "reseed":
        await engine.reseed(this.#replicationTo(act.primary, plan));
        return { ok: true };
      case "fence":
        await engine.kill();
        return { ok: true };
    }
  }

  /** What the others follow: a primary, or the first of those that follow another region's. */
  #roleOfFirst({ zone }: MemberPlan): "primary" | "standby" {
    return this.#setup.upstream(zone) === null ? "primary" : "standby";
  }

  /** Takes writes, or is the first of a set that copies another region's: then it follows that one. */
  async #lead({ plan, engine }: LocalMember, via: Address, standbys: readonly string[]): Promise<ActEnd> {
    const upstream = this.#setup.upstream(plan.zone);
    if (upstream !== null) return this.#copy(engine, via, upstream);
    await Promise.all([engine.promote(via, standbys), this.#context.clock.sleep(this.#setup.promotionMs)]);
    return { ok: true };
  }

  /** Follows another region's primary, anew where this copy has left its history. */
  async #copy(engine: Member, via: Address, upstream: Address): Promise<ActEnd> {
    if (!engine.hasDisk()) await engine.reseed(upstream);
    else {
      if (engine.disk()?.role === "primary") await engine.stop();
      await engine.start({ role: "standby", primary: upstream });
      if ((await engine.follow(via, upstream)) === "diverged") await engine.reseed(upstream);
    }
    return { ok: true };
  }

  async #start(act: MemberAct & { kind: "start" }, { plan, engine }: LocalMember, via: Address): Promise<ActEnd> {
    const isRunning = engine.process() !== null;
    if (act.as.role === "primary") {
      const upstream = this.#setup.upstream(plan.zone);
      if (upstream !== null) return this.#copy(engine, via, upstream);
      if (isRunning) {
        await engine.promote(via, act.as.standbys);
        return { ok: true };
      }
      if (!engine.hasDisk()) {
        // An empty primary would empty its replicas: only a first one, or one that has none, may begin with nothing.
        if (!act.as.initial && this.#members.size > 1 && !this.#isCacheWithoutData(plan))
          return { ok: false, diverged: true, detail: "its data are gone" };
        await engine.initialise();
      }
      await engine.start({ role: "primary", standbys: act.as.standbys });
      return { ok: true };
    }
    if (!engine.hasDisk()) return { ok: false, diverged: true, detail: "it has no disk yet" };
    if (act.as.role === "held") {
      if (isRunning) await engine.hold(via);
      else await engine.start({ role: "held" });
      return { ok: true };
    }
    const primary = this.#replicationTo(act.as.primary, plan);
    await engine.start({ role: "standby", primary });
    const diverged = (await engine.follow(via, primary, this.#roleOfFirst(plan))) === "diverged";
    return { ok: !diverged, diverged };
  }

  /** A cache that lost all of its nodes at once has nothing left to lose. */
  #isCacheWithoutData({ kind }: MemberPlan): boolean {
    return kind === "cache" && ![...this.#members.values()].some(({ engine }) => engine.hasDisk());
  }

  /** How `standby` reaches `primary`: over its own zone's link, purpose `replication`. */
  #replicationTo(primary: string, standby: MemberPlan): Address {
    const target = this.#members.get(primary);
    if (!target) throw new Error(`no member ${primary}`);
    return linkTo(this.#context.plan, target.plan, standby.zone, "replication");
  }
}
