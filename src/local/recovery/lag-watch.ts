import { type Cancel, every } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import { type LagHistory, NO_HISTORY, sampleLag } from "../../control/lag.ts";
import { lagEveryMs } from "../../topology/region-spec.ts";
import type { Context } from "../context.ts";
import type { LocalRegion } from "../region/local-region.ts";

/** Which regions there are, and which of them can be asked. */
export interface LagView {
  readonly regions: readonly LocalRegion[];
  canCommand(region: LocalRegion): boolean;
}

/** Samples how far each region that follows is behind the one that leads, database by database. */
export class LagWatch {
  readonly #context: Pick<Context, "clock" | "events" | "pace">;
  readonly #view: LagView;
  readonly #onLag: (region: string, lag: { readonly ms: Ms; readonly at: Ms }) => void;
  readonly #histories = new Map<string, LagHistory>();
  readonly #last = new Map<string, Ms | null>();
  #cancel: Cancel = () => undefined;
  #looking = false;

  constructor(
    context: Pick<Context, "clock" | "events" | "pace">,
    view: LagView,
    onLag: (region: string, lag: { readonly ms: Ms; readonly at: Ms }) => void,
  ) {
    this.#context = context;
    this.#view = view;
    this.#onLag = onLag;
  }

  begin(): void {
    this.#cancel = every(this.#context.clock, lagEveryMs(this.#context.pace), () => void this.#look());
  }

  stop(): void {
    this.#cancel();
  }

  /** The last sample of each database's copy in a region; null where nothing is known. */
  of(region: LocalRegion): Readonly<Record<string, Ms | null>> {
    return Object.fromEntries(
      region.databases.map(({ component }) => [component, this.#last.get(`${region.name} ${component}`) ?? null]),
    );
  }

  /** Another region leads: what was seen before is of another log. */
  forget(): void {
    this.#histories.clear();
    this.#last.clear();
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const { regions } = this.#view;
    const leader = regions.find((region) => region.posture.data === "leads" && this.#view.canCommand(region));
    const followers = regions.filter((each) => each.posture.data === "follows" && this.#view.canCommand(each));
    if (leader) await Promise.all(followers.map((follower) => this.#compare(leader, follower)));
    this.#looking = false;
  }

  async #compare(leader: LocalRegion, follower: LocalRegion): Promise<void> {
    const { clock, events } = this.#context;
    const at = clock.now();
    const samples = follower.databases.map(async (copy) => {
      const key = `${follower.name} ${copy.component}`;
      const original = leader.databases.find(({ component }) => component === copy.component);
      const log = await original?.first.offset();
      const had = log === undefined ? undefined : await copy.first.offset();
      if (log === undefined || had === undefined) return null;
      const { history, lagMs } = sampleLag(this.#histories.get(key) ?? NO_HISTORY, { at, log, copy: had });
      this.#histories.set(key, history);
      this.#last.set(key, lagMs);
      const instance = copy.endpoint.primary ?? copy.component;
      // Told each time, for what a loss may have taken is bounded by when somebody looked last.
      events.emit({ kind: "lag", at, component: copy.component, region: follower.name, instance, lagMs });
      return lagMs;
    });
    const lags = await Promise.all(samples);
    const known = lags.filter((lag) => lag !== null);
    if (known.length === lags.length) this.#onLag(follower.name, { ms: Math.max(0, ...known), at });
  }
}
