import type { Cancel, Clock } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import { holdsUntil } from "../../control/lease.ts";
import type { RegionLeaseTerms } from "../../topology/region-spec.ts";
import type { Address } from "../address.ts";
import { atOnceAndEvery } from "../balancer/repeat.ts";
import { WitnessClient } from "./witness-client.ts";

/** For whom, at whom and on what terms a place asks for a lease. */
export interface LeaseConfig extends RegionLeaseTerms {
  readonly region: string;
  /** This place's own links to the witnesses. */
  readonly witnesses: readonly Address[];
}

export interface LeaseHolderOptions {
  readonly config: LeaseConfig;
  readonly clock: Clock;
  /** It has the lease now, or has it no more. None at first. */
  onChange(held: boolean): void;
}

/**
 * One place's hold on its region's lease. The witnesses grant it by region, so all zones of a region have it at
 * the same time, each as far as it has heard of it itself: one that is cut off from the witnesses loses it alone.
 */
export class LeaseHolder {
  readonly #options: LeaseHolderOptions;
  /** When each witness that let us in was asked, by its place in the list. */
  readonly #askedAt = new Map<number, Ms>();
  #renewals: readonly Cancel[] = [];
  #until: Ms = -Infinity;
  #told = false;
  #cancel: Cancel = () => undefined;

  constructor(options: LeaseHolderOptions) {
    this.#options = options;
  }

  /** Whether the region may acknowledge at this moment. Asked for every chunk of bytes, so it looks at a clock only. */
  holds(): boolean {
    return this.#options.clock.now() < this.#until;
  }

  /** From now on the lease is renewed, or is not and runs out. */
  want(wanted: boolean): void {
    if (wanted === this.#renewals.length > 0) return;
    for (const cancel of this.#renewals) cancel();
    this.#renewals = wanted ? this.#options.config.witnesses.map((address, index) => this.#renew(address, index)) : [];
  }

  /** Asks one witness at once and again and again, until cancelled. */
  #renew(address: Address, index: number): Cancel {
    const { config, clock } = this.#options;
    const { region, leaseMs, clockBoundMs, renewEveryMs } = config;
    const client = new WitnessClient(address, clock);
    const stop = atOnceAndEvery(clock, renewEveryMs, async () => {
      const askedAt = clock.now();
      // A later yes would be worth nothing.
      if (await client.ask(region, leaseMs - clockBoundMs)) this.#granted(index, askedAt);
    });
    return () => {
      stop();
      client.close();
    };
  }

  #granted(index: number, askedAt: Ms): void {
    const { config } = this.#options;
    this.#askedAt.set(index, askedAt);
    this.#until = holdsUntil([...this.#askedAt.values()], { ...config, witnesses: config.witnesses.length });
    this.#look();
  }

  /** Tells a change, and comes back when the lease runs out. */
  #look(): void {
    const { clock, onChange } = this.#options;
    this.#cancel();
    const held = this.holds();
    if (held) this.#cancel = clock.after(this.#until - clock.now(), () => this.#look());
    if (held === this.#told) return;
    this.#told = held;
    onChange(held);
  }
}
