import type { Cancel } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import type { Random } from "../../base/random.ts";
import { NEW_WITNESS, type WitnessState, admit, bar, grant, holdsUntil, isBarred } from "../../control/lease.ts";
import type { RegionLeaseTerms } from "../../topology/region-spec.ts";
import { OUTSIDE } from "../../world/primitive.ts";
import type { VirtualTime } from "../virtual-time.ts";
import type { RegionNetwork } from "./region-network.ts";

/** What leases are kept with. */
export interface LeaseSetup {
  readonly time: VirtualTime;
  readonly network: RegionNetwork;
  readonly terms: RegionLeaseTerms;
  readonly regions: readonly { readonly name: string; readonly zones: number }[];
  readonly random: Random;
  /** A region may acknowledge writes now, or may no more. */
  onChange(): void;
}

interface Holder {
  readonly region: string;
  readonly askedAt: Map<string, Ms>;
  until: Ms;
  isAsking: boolean;
  /** Takes back the look at when the lease is over. */
  cancel: Cancel;
}

/** The witnesses of a system over regions, and the zones that ask them for their region's lease. */
export class RegionLeases {
  readonly #setup: LeaseSetup;
  readonly #witnesses: Map<string, WitnessState>;
  readonly #holders: readonly Holder[];
  /** Regions that were seen to have the lease. */
  readonly #held = new Set<string>();

  constructor(setup: LeaseSetup) {
    this.#setup = setup;
    const { regions } = setup;
    this.#witnesses = new Map([...regions.map(({ name }) => name), OUTSIDE].map((place) => [place, NEW_WITNESS]));
    this.#holders = regions.flatMap(({ name, zones }) =>
      Array.from({ length: zones }, () => ({
        region: name,
        askedAt: new Map(),
        until: -Infinity,
        isAsking: false,
        cancel: () => undefined,
      })),
    );
  }

  /** The zones of a region ask from now on, each in its own rhythm, as long as they have power. */
  want(region: string): void {
    const { time, terms, random } = this.#setup;
    for (const holder of this.#holders) {
      if (holder.region !== region || holder.isAsking) continue;
      holder.isAsking = true;
      time.after(random.next() * terms.renewEveryMs, () => this.#ask(holder));
    }
  }

  /** Whether half of a region's zones may let writes be acknowledged. */
  holds(region: string): boolean {
    const own = this.#holders.filter((holder) => holder.region === region);
    return own.filter(({ until }) => this.#setup.time.now() < until).length >= own.length / 2;
  }

  /** Gives a region up at all witnesses that can be told; whether a majority has surely ended its lease. */
  bar(region: string): boolean {
    const now = this.#setup.time.now();
    return this.#tell(
      (state) => bar(state, region),
      (state) => isBarred(state, region, now),
    );
  }

  /** Lets a region in again; whether a majority heard it. */
  admit(region: string): boolean {
    return this.#tell(
      (state) => admit(state, region),
      () => true,
    );
  }

  #tell(change: (state: WitnessState) => WitnessState, says: (state: WitnessState) => boolean): boolean {
    let agreed = 0;
    for (const [place, state] of this.#witnesses) {
      if (place !== OUTSIDE && !this.#setup.network.isCommanded(place)) continue;
      const next = change(state);
      this.#witnesses.set(place, next);
      if (says(next)) agreed += 1;
    }
    return agreed > this.#witnesses.size / 2;
  }

  #ask(holder: Holder): void {
    const { time, network, terms } = this.#setup;
    const { region } = holder;
    holder.isAsking = network.isLit(region);
    if (!holder.isAsking) return;
    const now = time.now();
    for (const [place, state] of this.#witnesses) {
      if (!network.reaches(region, place, "control")) continue;
      const { state: next, granted } = grant(state, { region, now, leaseMs: terms.leaseMs });
      this.#witnesses.set(place, next);
      if (granted) holder.askedAt.set(place, now);
    }
    holder.until = holdsUntil([...holder.askedAt.values()], { ...terms, witnesses: this.#witnesses.size });
    holder.cancel();
    holder.cancel = time.after(holder.until - now, () => this.#look(region));
    this.#look(region);
    time.after(terms.renewEveryMs, () => this.#ask(holder));
  }

  #look(region: string): void {
    const holds = this.holds(region);
    if (holds === this.#held.has(region)) return;
    if (holds) this.#held.add(region);
    else this.#held.delete(region);
    this.#setup.onChange();
  }
}
