import { every, type Cancel } from "../base/clock.ts";
import type { InstanceState } from "../base/journal.ts";
import { failover } from "../control/failover.ts";
import type { FailoverAct, FailoverSeen, FailoverSpec, FailoverState } from "../control/failover/language.ts";
import { REPLICATION_POLL_MS } from "../control/failover/spec.ts";
import type { Ms } from "../base/units.ts";
import { timer } from "../topology/timing.ts";
import type { Zone } from "../topology/topology.ts";
import type { InstanceStatus } from "../world/world.ts";
import type { Address } from "./address.ts";
import type { Context } from "./context.ts";
import { type RealTimeController, runInRealTime } from "./controller-world.ts";
import type { Member, Position } from "./engine/member.ts";
import { FirstMember, type ReachedMember } from "./first-member.ts";
import { type LocalMember, MemberActs } from "./member-acts.ts";
import { linkTo } from "./plan.ts";
import { onceHeard } from "../world/reach.ts";
import type { Child } from "./process/child.ts";

/** Where the endpoints of a replicated component lead: to instances, by id. */
export interface EndpointTargets {
  readonly component: string;
  readonly primary: string | null;
  readonly replicas: readonly string[];
}

/** A database or cache over zones: its members, and the failover controller that commands them. */
export class ReplicaSet {
  readonly component: string;
  /** Whichever member takes writes, or copies another region's. */
  readonly first: FirstMember;
  readonly #context: Context;
  readonly #members: ReadonlyMap<string, LocalMember>;
  readonly #acts: MemberActs;
  readonly #spec: FailoverSpec;
  readonly #endpointTtlMs: Ms;
  readonly #onEndpoint: (targets: EndpointTargets) => void;
  readonly #watched = new WeakSet<Child>();
  readonly #lag = new Map<string, number | null>();
  #running: RealTimeController<FailoverState, FailoverSeen> | null = null;
  #endpoint: EndpointTargets;
  #redundant = false;
  #follows = false;
  readonly #copiesRegions: boolean;
  /** The member that the writer's endpoint leads to whatever happens; null: to the primary. */
  #heldWriter: string | null = null;
  #cancelPoll: Cancel = () => undefined;

  constructor(
    context: Context,
    setup: {
      spec: FailoverSpec;
      members: readonly LocalMember[];
      endpointTtlMs: Ms;
      /** The least that a promotion takes in this run. */
      promotionMs: Ms;
      onEndpoint: (targets: EndpointTargets) => void;
      /** Where a member in `zone` reaches what it copies, while the set follows another region's. */
      upstream?: (zone: Zone) => Address;
    },
  ) {
    this.component = setup.spec.component;
    this.first = new FirstMember(this.component, () => this.#reachFirst());
    this.#context = context;
    this.#spec = setup.spec;
    this.#members = new Map(setup.members.map((member) => [member.plan.id, member]));
    const { upstream } = setup;
    this.#copiesRegions = upstream !== undefined;
    this.#acts = new MemberActs(context, this.#members, {
      promotionMs: setup.promotionMs,
      upstream: (zone) => (this.#follows && upstream ? upstream(zone) : null),
    });
    this.#onEndpoint = setup.onEndpoint;
    this.#endpointTtlMs = setup.endpointTtlMs;
    this.#endpoint = { component: this.component, primary: null, replicas: [] };
  }

  get endpoint(): EndpointTargets {
    return this.#endpoint;
  }

  /** Ids of its members. */
  get members(): readonly string[] {
    return [...this.#members.keys()];
  }

  /** Whether it can follow another region's: a database can, a cache is its region's own. */
  get copiesRegions(): boolean {
    return this.#copiesRegions;
  }

  /** Every member replicates in sync. */
  get redundant(): boolean {
    return this.#redundant;
  }

  /** Whether a deposed primary may still be alive. */
  get fencePending(): boolean {
    return Object.values(this.#running?.state().members ?? {}).some((member) => member.fence);
  }

  /**
   * Has the writer's endpoint go on leading to the member that it leads to now, as an old DNS answer does, until it is
   * released. False where there is no primary yet.
   */
  holdEndpoint(): boolean {
    this.#heldWriter ??= this.#endpoint.primary;
    return this.#heldWriter !== null;
  }

  /** The endpoint leads to the primary again, once its TTL is over; connections that are open stay where they are. */
  releaseEndpoint(): void {
    const held = this.#heldWriter;
    this.#heldWriter = null;
    const { primary } = this.#endpoint;
    if (held === null || primary === null || held === primary) return;
    this.#onEndpoint(this.#endpoint);
    this.#tellShifted(primary);
  }

  /** Whether it copies another region's, and so has no member that takes writes. */
  get follows(): boolean {
    return this.#follows;
  }

  /** Starts from what was recorded, or anew: the controller starts the members. */
  begin(role: "leads" | "follows" = "leads"): void {
    const { clock, state } = this.#context;
    this.#follows = role === "follows";
    const recorded = state.readJson<FailoverState>(this.#file());
    this.#run(recorded ? failover.resume(this.#spec, recorded, clock.now()) : failover.start(this.#spec, clock.now()));
  }

  /**
   * Leads from now on, or follows: its first member is promoted, or follows the other region's; the others follow it.
   * Resolves once that is so, with false where it is not in time.
   */
  async turn(role: "leads" | "follows", withinMs: Ms): Promise<boolean> {
    const { clock } = this.#context;
    const before = this.#running?.state() ?? this.#context.state.readJson<FailoverState>(this.#file());
    const first = before?.primary ?? this.#spec.first;
    this.#halt();
    this.#follows = role === "follows";
    const spec = { ...this.#spec, first };
    const anew = failover.start(spec, clock.now());
    // Those that run are of use as they are; what left the history is found out when it is told to follow.
    const running = [...this.#members.values()].flatMap(({ plan, engine }) => (engine.process() ? [plan.id] : []));
    const members = Object.fromEntries(
      Object.entries(anew.members).map(([id, member]) => [
        id,
        { ...member, valid: running.includes(id) || member.valid },
      ]),
    );
    this.#endpoint = { component: this.component, primary: null, replicas: [] };
    // Not the first start of all: no disk may be made. And what is still under way answers to no act of this one's.
    this.#run({ ...anew, members, epoch: 1, nextId: before?.nextId ?? 1 });
    const deadline = clock.now() + withinMs;
    while (this.#endpoint.primary === null && clock.now() < deadline) await clock.sleep(20);
    return this.#endpoint.primary !== null;
  }

  /** Follows the other region's anew, which has another past now; false where it does not in time. */
  async copyAnew(withinMs: Ms): Promise<boolean> {
    this.#lackRedundancy();
    return this.turn("follows", withinMs);
  }

  /** Kills its members and leaves them; nothing starts them again until it begins or turns. Disks stay. */
  async fence(): Promise<void> {
    this.#halt();
    this.#endpoint = { component: this.component, primary: null, replicas: [] };
    this.#redundant = false;
    await Promise.all([...this.#members.values()].map(({ engine }) => engine.kill()));
  }

  /** Starts with nothing, whatever was recorded: of a cache that a region starts to have. */
  beginAnew(): void {
    this.#follows = false;
    this.#run(failover.start(this.#spec, this.#context.clock.now()));
  }

  #file(): string {
    return `control/${this.#context.plan.region.name}/${this.component}.json`;
  }

  #run(from: FailoverState): void {
    const { clock, state, pace } = this.#context;
    this.#running = runInRealTime({
      controller: failover,
      spec: this.#spec,
      state: from,
      clock,
      perform: (act) => this.#perform(act),
      record: (next) => state.write(this.#file(), JSON.stringify(next)),
    });
    this.#running.wake();
    this.#cancelPoll = every(clock, timer(REPLICATION_POLL_MS, pace), () => this.#pollReplication());
  }

  #halt(): void {
    this.#cancelPoll();
    this.#running?.stop();
    this.#running = null;
  }

  /** Tells the controller. What comes from a zone that cannot be heard must not be told. */
  see(...seen: readonly FailoverSeen[]): void {
    this.#running?.see(...seen);
  }

  /** The zone can, or can no longer, be commanded. When it is back, what exited there meanwhile is told. */
  seeZone(zone: string, reachable: boolean): void {
    this.see({ kind: "zone", zone, reachable });
    if (!reachable) return;
    for (const { plan, engine } of this.#members.values()) {
      if (plan.zone.name === zone && engine.process() === null) this.see({ kind: "exited", member: plan.id });
    }
  }

  /** Kills what the zone holds, as a power loss does. */
  async killIn(zone: string): Promise<void> {
    const lost = [...this.#members.values()].filter(({ plan }) => plan.zone.name === zone);
    await Promise.all(lost.map(({ engine }) => engine.kill()));
  }

  member(id: string): LocalMember | undefined {
    return this.#members.get(id);
  }

  statuses(): InstanceStatus[] {
    const state = this.#running?.state();
    return [...this.#members.values()].map(({ plan, engine }) => {
      const process = engine.process();
      const isPrimary = this.#endpoint.primary === plan.id;
      const inSync = isPrimary || state?.members[plan.id]?.streaming === true;
      const serving: InstanceState = inSync ? "healthy" : "unhealthy";
      const role = isPrimary && !this.#follows ? "primary" : "replica";
      return {
        id: plan.id,
        component: plan.component,
        region: this.#context.plan.region.name,
        zone: plan.zone.name,
        pid: process?.pid ?? null,
        state: process === null ? "stopped" : serving,
        role: process === null ? null : role,
      };
    });
  }

  /**
   * A checksum of each member that can be reached and holds what the primary holds now; null for one that does not
   * answer.
   */
  async checksums(): Promise<Record<string, string | null>> {
    const entries = [...this.#members.values()].map(async ({ plan, engine }) => {
      const from = this.#context.reach.vantage(plan);
      if (from === undefined || engine.process() === null) return [plan.id, null] as const;
      const via = linkTo(this.#context.plan, plan, from, "control");
      const sum = await engine.checksum(via).catch(() => null);
      return [plan.id, sum?.checksum ?? null] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  /** Puts a disk that was made elsewhere in the place of the first member's. Nothing of the set runs then. */
  async layDown(from: string): Promise<void> {
    const before = this.#running?.state() ?? this.#context.state.readJson<FailoverState>(this.#file());
    this.#halt();
    const member = this.#members.get(before?.primary ?? this.#spec.first);
    if (!member?.engine.adopt) throw new Error(`"${this.component}" has no disk to replace`);
    this.#lackRedundancy();
    await Promise.all([...this.#members.values()].map(({ engine }) => engine.stop()));
    await member.engine.adopt(from);
  }

  #lackRedundancy(): void {
    if (this.#redundant) this.#perform({ kind: "redundancy", full: false }); // the next controller says when it is full
  }

  /** Stops all members, and leads on with a disk that was made elsewhere; false where it does not serve in time. */
  async replaceBy(from: string, withinMs: Ms): Promise<boolean> {
    await this.layDown(from);
    return this.turn("leads", withinMs);
  }

  /**
   * Starts the member that took writes last, by itself, to be read by `use`, and stops it again; undefined where its
   * disk is gone. Nothing else of the set may run.
   */
  async readAlone<T>(use: (via: Address, engine: Member) => Promise<T>): Promise<T | undefined> {
    const { plan, reach, state } = this.#context;
    const last = state.readJson<FailoverState>(this.#file())?.primary ?? this.#spec.first;
    const member = this.#members.get(last);
    const from = member && reach.vantage(member.plan);
    const disk = member?.engine.disk();
    if (!member || !from || !disk) return undefined;
    const { engine } = member;
    await engine.start(disk.role === "primary" ? { role: "primary", standbys: [] } : { role: "held" });
    try {
      return await use(linkTo(plan, member.plan, from, "control"), engine);
    } finally {
      await engine.stop();
    }
  }

  #reachFirst(): ReachedMember | undefined {
    const id = this.#endpoint.primary;
    const member = id === null ? undefined : this.#members.get(id);
    const from = member && this.#context.reach.vantage(member.plan);
    if (!member || !from || member.engine.process() === null) return undefined;
    return { engine: member.engine, via: linkTo(this.#context.plan, member.plan, from, "control") };
  }

  async stop(): Promise<void> {
    this.#cancelPoll();
    this.#running?.stop();
    await Promise.all([...this.#members.values()].map(({ engine }) => engine.stop().catch(() => engine.kill())));
  }

  #perform(act: FailoverAct): void {
    const { events, clock } = this.#context;
    const common = { at: clock.now(), component: this.component };
    if (act.kind === "decision" && act.what === "shifted") {
      if (this.#heldWriter === null) this.#tellShifted(act.subject);
    } else if (act.kind === "decision") {
      const detail = act.detail === undefined ? {} : { detail: act.detail };
      events.emit({ kind: "decision", ...common, what: act.what, subject: act.subject, ...detail });
    } else if (act.kind === "redundancy") {
      this.#redundant = act.full;
      events.emit({ kind: "redundancy", ...common, region: this.#context.plan.region.name, full: act.full });
    } else if (act.kind === "endpoint") {
      this.#endpoint = { component: this.component, primary: act.primary, replicas: act.replicas };
      this.#onEndpoint({ ...this.#endpoint, primary: this.#heldWriter ?? act.primary });
      queueMicrotask(() => this.see({ kind: "done", id: act.id, ok: true }));
    } else {
      void this.#performOn(act, clock.now());
    }
  }

  /** Told when programs' next connections really lead to the new primary: once the endpoint's TTL is over. */
  #tellShifted(subject: string): void {
    const { events, clock } = this.#context;
    const { component } = this;
    clock.after(this.#endpointTtlMs, () =>
      events.emit({ kind: "decision", at: clock.now(), component, what: "shifted", subject }),
    );
  }

  async #performOn(
    act: Exclude<FailoverAct, { kind: "decision" | "redundancy" | "endpoint" }>,
    since: number,
  ): Promise<void> {
    const { events, clock } = this.#context;
    const { ok, position, diverged, detail } = await this.#acts.perform(act);
    this.#watchProcess(act.member);
    const why = detail === undefined ? {} : { detail };
    const at = clock.now();
    const { component } = this;
    events.emit({ kind: "act", at, component, act: act.kind, subject: act.member, ok, tookMs: at - since, ...why });
    this.see({
      kind: "done",
      id: act.id,
      ok,
      ...(position ? { position: position satisfies Position } : {}),
      ...(diverged === undefined ? {} : { diverged }),
    });
    // What died before it could be watched is told now.
    const hasExited = ok && act.kind !== "fence" && this.#members.get(act.member)?.engine.process() === null;
    if (hasExited) this.see({ kind: "exited", member: act.member });
  }

  /** Tells when the member's present process is gone, once, through the agent of its zone. */
  #watchProcess(id: string): void {
    const member = this.#members.get(id);
    const process = member?.engine.process();
    if (!member || !process || this.#watched.has(process)) return;
    this.#watched.add(process);
    const tell = (): void => {
      if (member.engine.process() === null) this.see({ kind: "exited", member: id });
    };
    void process.exited.then(() => onceHeard(this.#context, member.plan.zone.name, tell));
  }

  async #pollReplication(): Promise<void> {
    const { events, clock, plan, reach } = this.#context;
    const primary = this.#running?.state().primary;
    const member = primary === undefined ? undefined : this.#members.get(primary);
    const from = member ? reach.vantage(member.plan) : undefined;
    if (!member || !from || member.engine.process() === null) return;
    const replication = await member.engine.replication(linkTo(plan, member.plan, from, "control")).catch(() => null);
    if (replication === null || this.#running?.state().primary !== primary) return;
    for (const { id, streaming, lagMs } of replication.standbys) {
      this.see({ kind: "streaming", member: id, ok: streaming });
      if (this.#lag.get(id) !== lagMs)
        events.emit({ kind: "lag", at: clock.now(), component: this.component, instance: id, lagMs });
      this.#lag.set(id, lagMs);
    }
  }
}
