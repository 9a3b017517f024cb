import type { Ms } from "../../base/units.ts";
import { isOpen } from "../../world/link-rules.ts";
import type { Context } from "../context.ts";
import { endpointAt } from "../plan.ts";
import type { GlobalPlane } from "../global-plane.ts";
import type { LocalRegion } from "../region/local-region.ts";
import type { WitnessAnswer, WitnessCommand } from "../lease/witness.ts";
import { type Posture, SERVING, isFenced, STANDING_READY } from "../region/posture.ts";
import { memberEnd } from "../zone-config.ts";
import { type LinkRule, OUTSIDE } from "../../world/primitive.ts";
import type { RecoveryCommand, RecoveryStatus, SavedItem } from "../../world/recovery.ts";
import { LagWatch } from "./lag-watch.ts";
import { Reconciliation } from "./reconciliation.ts";
import { RecoveryLoop } from "./recovery-loop.ts";
import { recoveryPlan } from "./recovery-plan.ts";
import { TURN_WITHIN_MS, stagesOf } from "./stages.ts";

/** Where what each region runs is remembered. */
const POSTURES = "control/postures.json";

/** What the recovery of regions works with. */
export interface RegionRecoverySetup {
  readonly context: Omit<Context, "plan" | "reach">;
  readonly regions: readonly LocalRegion[];
  readonly outside: GlobalPlane;
  rules(): readonly LinkRule[];
  restore(region: LocalRegion): Promise<boolean>;
  /** What a region runs has changed. */
  onPostures(): void;
}

/**
 * Keeps one of several regions serving: watches them, leads the databases' endpoints and the customers, and does what
 * the recovery controller decides. It stands outside of all regions, and reaches them by their links. With one region
 * there is nothing to recover to, and it does nothing.
 */
export class RegionRecovery {
  readonly #setup: RegionRecoverySetup;
  readonly #loop: RecoveryLoop;
  readonly #lag: LagWatch;
  readonly #reconciliation: Reconciliation;
  /** By database, the member that takes writes, as others were last told of it. */
  readonly #firsts = new Map<string, string>();
  /** What each watcher saw last of each region: it says it again and again, and the journal once. */
  readonly #sights = new Map<string, boolean>();

  constructor(setup: RegionRecoverySetup) {
    const { context, regions } = setup;
    this.#setup = setup;
    this.#reconciliation = new Reconciliation(context);
    const canCommand = (region: LocalRegion): boolean => this.canCommand(region);
    const doStage = stagesOf({
      context,
      regions,
      canCommand,
      bar: (region) => this.#tellWitnesses({ do: "bar", region }, ({ barred }) => barred),
      admit: (region) => this.#tellWitnesses({ do: "admit", region }, () => true),
      leadTo: (region) => this.#leadTo(region),
      follow: (leader) => this.#follow(leader),
      reconciliation: this.#reconciliation,
      restore: (region) => setup.restore(region),
      remember: () => this.#remember(),
    });
    this.#loop = new RecoveryLoop(context, recoveryPlan(context.topology, context.pace), doStage);
    this.#lag = new LagWatch(context, { regions, canCommand }, (region, { ms, at }) =>
      this.#loop.see({ kind: "lag", region, ms, at }),
    );
  }

  /** The region that takes writes, as far as is decided. */
  get serving(): LocalRegion {
    return this.#find(this.#loop.state.active);
  }

  /** What a region is to run when the system starts: as it was, or as its strategy says. */
  postureOf(region: LocalRegion): Posture {
    const { state, topology } = this.#setup.context;
    const remembered = state.readJson<Record<string, Posture>>(POSTURES)?.[region.name];
    const isServing = region.name === this.#loop.state.active;
    return remembered ?? (isServing ? SERVING : STANDING_READY[topology.recovery]);
  }

  /** Whether commands reach a region and its answers come back. */
  canCommand(region: LocalRegion): boolean {
    const target = { zone: region.name, component: "region", instance: null };
    const path = { dialer: { zone: OUTSIDE }, target, purpose: "control" } as const;
    return region.plane.powered && isOpen(this.#setup.rules(), path);
  }

  /** Leads all that leads to another region's database; before any database begins. */
  lead(): void {
    if (this.#isAlone) return;
    this.#follow(this.#leader());
    this.#leadTo(this.#loop.state.active);
  }

  /** Begins to watch; what was under way when a supervisor was killed goes on. */
  begin(): void {
    if (this.#isAlone) return;
    this.#remember();
    this.#loop.begin();
    this.#lag.begin();
  }

  /** A watcher sees, or does not see, a region; heard only where what it says can reach the outside. */
  seeRegion(watcher: string, region: string, ok: boolean): void {
    const at = this.#setup.context.clock.now();
    const place = this.#setup.regions.find(({ name }) => name === watcher);
    if (place && !this.canCommand(place)) return;
    const sight = { kind: "sight", at, observer: watcher, instance: region, component: "region", ok } as const;
    if (this.#sights.get(`${watcher} ${region}`) !== ok) this.#setup.context.events.emit(sight);
    this.#sights.set(`${watcher} ${region}`, ok);
    this.#loop.see({ kind: "sight", watcher, region, ok });
  }

  /** Another member of a region's database is its first: who copies it, or writes to it, is led there. */
  seeFirst(region: LocalRegion, component: string): void {
    if (this.#isAlone || region !== this.#leader()) return;
    const first = region.databases.find((set) => set.component === component)?.endpoint.primary ?? null;
    if (first === null || first === this.#firsts.get(component)) return;
    this.#firsts.set(component, first);
    for (const other of this.#others(region)) {
      this.#point(other, region, component);
      const copyOf = other.databases.find((set) => set.component === component);
      // A copy that reached further than the new first has another past than it, and is made anew.
      if (copyOf?.follows && copyOf.endpoint.primary !== null) void copyOf.turn("follows", TURN_WITHIN_MS);
    }
  }

  /** Ends what works in regions that are fenced and can be commanded: customers must not meet it. */
  async fenceAgain(): Promise<void> {
    const toFence = this.#setup.regions.filter((region) => isFenced(region.posture) && this.canCommand(region));
    await Promise.all(toFence.map((region) => region.fence()));
  }

  /** The databases that lead have another past now: copies of them are made anew. */
  copyAnew(): void {
    for (const other of this.#others(this.#leader())) {
      for (const set of other.databases) if (set.follows) void set.copyAnew(TURN_WITHIN_MS);
    }
  }

  command(command: RecoveryCommand): void {
    this.#loop.command(command);
  }

  /** Null with one region. */
  status(): RecoveryStatus | null {
    if (this.#isAlone) return null;
    const { active, plan, asked, regions } = this.#loop.state;
    return {
      active,
      plan: plan && { kind: plan.kind, from: plan.from, to: plan.to, stage: plan.doing?.name ?? null },
      asked,
      regions: this.#setup.regions.map((region) => {
        const believed = regions[region.name];
        const standby = believed?.givenUp === true ? ("given-up" as const) : ("standby" as const);
        return {
          name: region.name,
          role: region.name === active ? ("active" as const) : standby,
          seen: believed?.seenSince !== null && believed?.seenSince !== undefined,
          ...region.posture,
          lagMs: this.#lag.of(region),
        };
      }),
      saved: this.#reconciliation.files(),
    };
  }

  /** What was saved for people to reconcile since then. */
  saved(since: Ms): readonly SavedItem[] {
    return this.#reconciliation.saved(since);
  }

  /** No plan is under way, and no region is given up. */
  settled(): boolean {
    const { plan, regions } = this.#loop.state;
    return this.#isAlone || (plan === null && Object.values(regions).every(({ givenUp }) => !givenUp));
  }

  stop(): void {
    this.#loop.stop();
    this.#lag.stop();
  }

  get #isAlone(): boolean {
    return this.#setup.regions.length < 2;
  }

  /** The region whose databases lead; the active one where none does at the moment. */
  #leader(): LocalRegion {
    return this.#setup.regions.find(({ posture }) => posture.data === "leads") ?? this.serving;
  }

  #find(name: string): LocalRegion {
    return this.#setup.regions.find((region) => region.name === name)!; // one of the spec's regions
  }

  #others(region: LocalRegion): readonly LocalRegion[] {
    return this.#setup.regions.filter((other) => other !== region);
  }

  /** Has all that copies or writes to a database in another region do so in `leader`, as far as they can be told. */
  #follow(leader: LocalRegion): void {
    for (const { component } of leader.databases) {
      leader.plane.setForeign(`${component}.writer`, undefined);
      leader.plane.setForeign(`${component}.upstream`, null);
      for (const other of this.#others(leader)) if (this.canCommand(other)) this.#point(other, leader, component);
    }
    this.#lag.forget();
  }

  /** Writers go to the leader's own endpoint, behind its lease; copies are made of its first member. */
  #point(region: LocalRegion, leader: LocalRegion, component: string): void {
    const { plan } = leader.context;
    const first = leader.databases.find((set) => set.component === component)?.endpoint.primary ?? null;
    const member = plan.members.find(({ id }) => id === first);
    const writer = plan.endpoints.find(({ id }) => id === `${component}.writer`);
    if (!member || !writer) {
      region.plane.setForeign(`${component}.writer`, null);
      region.plane.setForeign(`${component}.upstream`, null);
      return;
    }
    const end = memberEnd(member);
    const address = endpointAt(plan, writer, member.zone);
    region.plane.setForeign(`${component}.writer`, { address, end });
    region.plane.setForeign(`${component}.upstream`, { address: member.listen, end });
  }

  /**
   * Customers come to this region; where all regions serve, to all that were not given up. A region that was left is
   * kept away from until it serves again, as the switches that are shipped do; one that only stands by is not.
   */
  #leadTo(name: string): boolean {
    const { regions, outside, context } = this.#setup;
    const { regions: believed } = this.#loop.state;
    const isFirst = name === regions[0]?.name;
    const mayServe = isFirst || context.topology.recovery === "active-active";
    const away = regions.filter((region) => {
      return region.name !== name && (!mayServe || believed[region.name]?.givenUp === true);
    });
    return outside.keepAwayFrom(away.map((region) => region.name));
  }

  #remember(): void {
    const { context, regions } = this.#setup;
    const postures = Object.fromEntries(regions.map(({ name, posture }) => [name, posture]));
    context.state.write(POSTURES, JSON.stringify(postures));
    this.#setup.onPostures();
  }

  /** A majority of all witnesses says so; those that cannot be reached say nothing. */
  async #tellWitnesses(command: WitnessCommand, says: (answer: WitnessAnswer) => boolean): Promise<boolean> {
    const { regions, outside } = this.#setup;
    const asked: (Promise<WitnessAnswer> | undefined)[] = [
      ...regions
        .filter((region) => this.canCommand(region))
        .map(({ plane }) => plane.beside?.request("witness", command)),
      outside.connection?.request("witness", command),
    ];
    const answers = await Promise.all(asked.map((each) => each?.catch(() => undefined)));
    const agreed = answers.filter((answer) => answer && says(answer)).length;
    return agreed > (regions.length + 1) / 2;
  }
}
