import type { Ms } from "../../../base/units.ts";
import { type Spread, drawTime } from "../spread.ts";
import type { Blow, Part, Surroundings } from "./part.ts";

/** How what a zone holds is made again elsewhere, from what was copied before. */
export interface Restoring {
  /** Until the copy serves, from when the zone was lost. Should the zone be back before, it is let be. */
  readonly takesMs: readonly Spread[];
  /** Age of what the copy lacks: the sum of these. */
  readonly lacksMs: readonly Spread[];
}

/** Instances that nobody takes over for: each is mended by itself. */
export interface PlainPlan {
  readonly kind: "plain";
  /** Each with its zone; null for what no zone takes with it, as a service of AWS's in a region. */
  readonly instances: readonly { readonly id: string; readonly zone: string | null }[];
  /** How many of them are enough. */
  readonly needed: number;
  readonly repairMs: Spread;
  /** Of what keeps data in one zone. @default it waits for its zone */
  readonly restoring?: Restoring;
}

/** See {@link PlainPlan}. */
export class PlainPart implements Part {
  readonly #plan: PlainPlan;
  readonly #around: Surroundings;
  readonly #broken = new Set<string>();
  /** Instances that were made again, and need the zone no more that they were in. */
  readonly #restored = new Set<string>();
  #failing = 0;
  /** How often a zone was lost: a copy that was begun for an earlier time is not used. */
  #losses = 0;
  /** How many work; null: something has changed since they were counted. */
  #up: number | null = null;

  constructor(plan: PlainPlan, around: Surroundings) {
    this.#plan = plan;
    this.#around = around;
  }

  share(): number {
    if (this.#failing > 0) return 0;
    this.#up ??= this.#countUp();
    return this.#up >= this.#plan.needed ? 1 : 0;
  }

  #countUp(): number {
    const { isReached, reachesOut } = this.#around;
    let up = 0;
    for (const { id, zone } of this.#plan.instances) {
      const isThere = zone === null || this.#restored.has(id) || (isReached(zone) && reachesOut(zone));
      if (!this.#broken.has(id) && isThere) up += 1;
    }
    return up;
  }

  strike(blow: Blow): void {
    const { time, chance } = this.#around;
    if (blow.kind === "fail") {
      this.#failing += 1;
      time.after(blow.forMs, () => (this.#failing -= 1));
    } else if (blow.kind !== "slow" && !this.#broken.has(blow.instance)) {
      this.#broken.add(blow.instance);
      this.#up = null;
      const isHung = blow.kind === "hang";
      const repair: Ms = isHung ? blow.forMs : drawTime(this.#plan.repairMs, chance(`repair/${blow.instance}`));
      time.after(repair, () => {
        this.#broken.delete(blow.instance);
        this.#up = null;
      });
    }
  }

  look(): boolean {
    return false; // nothing of it depends on others
  }

  zoneChanged(zone: string): void {
    this.#up = null;
    const { restoring, instances } = this.#plan;
    const { time, chance, isLit, blame } = this.#around;
    if (restoring === undefined || isLit(zone) || !instances.some((each) => each.zone === zone)) return;
    const strike = blame();
    this.#losses += 1;
    const loss = this.#losses;
    const sumOf = (times: readonly Spread[], name: string): Ms =>
      times.reduce((sum, each) => sum + drawTime(each, chance(`${name}/${zone}`)), 0);
    time.after(sumOf(restoring.takesMs, "restore"), () => {
      if (isLit(zone) || loss !== this.#losses) return;
      strike.lose(sumOf(restoring.lacksMs, "copy"));
      for (const { id, zone: own } of instances) if (own === zone) this.#restored.add(id);
      this.#up = null;
    });
  }

  zoneNoticed(): void {
    // nobody acts on it
  }
}
