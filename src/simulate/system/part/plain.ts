import type { Ms } from "../../../base/units.ts";
import { type Spread, drawTime } from "../spread.ts";
import type { Blow, Part, Surroundings } from "./part.ts";

/** Instances that nobody takes over for: each is mended by itself. */
export interface PlainPlan {
  readonly kind: "plain";
  /** Each with its zone; null for what no zone takes with it, as a service of AWS's in a region. */
  readonly instances: readonly { readonly id: string; readonly zone: string | null }[];
  /** How many of them are enough. */
  readonly needed: number;
  readonly repairMs: Spread;
}

/** See {@link PlainPlan}. */
export class PlainPart implements Part {
  readonly #plan: PlainPlan;
  readonly #around: Surroundings;
  readonly #broken = new Set<string>();
  #failing = 0;
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
    const { isLit } = this.#around;
    let up = 0;
    for (const { id, zone } of this.#plan.instances) {
      if (!this.#broken.has(id) && (zone === null || isLit(zone))) up += 1;
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
      const repair: Ms = drawTime(this.#plan.repairMs, chance(`repair/${blow.instance}`));
      time.after(repair, () => {
        this.#broken.delete(blow.instance);
        this.#up = null;
      });
    }
  }

  look(): void {
    // nothing of it depends on others
  }

  zoneChanged(): void {
    this.#up = null;
  }

  zoneNoticed(): void {
    // nobody acts on it
  }
}
