import type { Part, Surroundings } from "./part.ts";

/** What programs call out by, where that leads through another zone than their own: a NAT gateway, say. */
export interface WayOutPlan {
  readonly kind: "way-out";
  /** The zones that these programs stand in. */
  readonly zones: readonly string[];
  /** Those of them that call out through the zone `by`, and with it lose the way. */
  readonly through: readonly string[];
  readonly by: string;
  /** How often a customer tries, each time with one of the programs. */
  readonly attempts: number;
}

/** See {@link WayOutPlan}. Programs without a way out pass their health checks, and fail whoever asks them. */
export class WayOutPart implements Part {
  readonly #plan: WayOutPlan;
  readonly #around: Surroundings;

  constructor(plan: WayOutPlan, around: Surroundings) {
    this.#plan = plan;
    this.#around = around;
  }

  share(): number {
    const { zones, through, by, attempts } = this.#plan;
    const { isReached } = this.#around;
    if (isReached(by)) return 1;
    const there = zones.filter(isReached);
    const cutOff = there.filter((zone) => through.includes(zone));
    return there.length === 0 ? 1 : 1 - (cutOff.length / there.length) ** attempts;
  }

  strike(): void {
    // AWS keeps more than one machine for it in its zone, so only the zone takes it
  }

  look(): boolean {
    return false; // nothing of it depends on others
  }

  zoneChanged(): void {
    // it is looked up when it is asked for
  }

  zoneNoticed(): void {
    // nobody acts on it
  }
}
