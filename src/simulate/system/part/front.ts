import type { Ms } from "../../../base/units.ts";
import { type ZonalShiftSeen, type ZonalShiftState, zonalShift } from "../../../control/zonal-shift.ts";
import type { ProbeSpec } from "../../../topology/spec.ts";
import { Watch } from "../watch.ts";
import type { Part, Surroundings } from "./part.ts";

/** The nodes of a region's balancers, one a zone, and the DNS that leads to them. */
export interface FrontPlan {
  readonly kind: "front";
  readonly zones: readonly string[];
  readonly probe: ProbeSpec;
  /** How long customers remember an answer of the DNS. */
  readonly ttlMs: Ms;
  /** How often a customer tries, each time with one of the addresses. */
  readonly attempts: number;
}

const DNS = "dns";

/**
 * See {@link FrontPlan}: a zone that is lost or cut off leaves the answers of the DNS once its node is found not to
 * answer. A node that answers and reaches nobody is not found: customers are led away from it by whoever notices.
 */
export class FrontPart implements Part {
  readonly #plan: FrontPlan;
  readonly #around: Surroundings;
  readonly #watch: Watch;
  #state: ZonalShiftState;
  /** Zones that customers know of. */
  #known: readonly string[];

  constructor(plan: FrontPlan, around: Surroundings) {
    this.#plan = plan;
    this.#around = around;
    this.#known = plan.zones;
    this.#state = { ...zonalShift.start(plan, 0), answer: plan.zones };
    this.#watch = new Watch({
      time: around.time,
      probe: plan.probe,
      phaseOf: (_, zone) => around.chance(`dns/${zone}`).next(),
      find: (_, zone) => (around.isReached(zone) ? "answers" : "hangs"),
      tell: (_, zone, healthy) => this.#see({ kind: "node", zone, healthy }),
    });
  }

  share(): number {
    const { isReached, reachesOut } = this.#around;
    const good = this.#known.filter((zone) => isReached(zone) && reachesOut(zone)).length;
    return 1 - (1 - good / this.#known.length) ** this.#plan.attempts;
  }

  strike(): void {
    // it has no instances of its own
  }

  look(): boolean {
    return false; // nothing of it depends on others
  }

  zoneChanged(zone: string): void {
    this.#watch.look(DNS, zone);
  }

  zoneNoticed(): void {
    // its own checks notice
  }

  zoneShifted(zone: string): void {
    const isAway = this.#around.isShifted(zone);
    this.#see(isAway ? { kind: "shift", zone, until: Infinity } : { kind: "cancel", zone });
  }

  #see(seen: ZonalShiftSeen): void {
    const { time, chance } = this.#around;
    const step = zonalShift.step(this.#plan, this.#state, time.now(), [seen]);
    this.#state = step.state;
    for (const { zones } of step.act) {
      time.after(this.#plan.ttlMs * chance("ttl").next(), () => {
        if (this.#state.answer === zones) this.#known = zones; // else a newer answer is on its way
      });
    }
  }
}
