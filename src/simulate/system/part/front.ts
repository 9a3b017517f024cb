import type { Ms } from "../../../base/units.ts";
import { type ZonalShiftState, zonalShift } from "../../../control/zonal-shift.ts";
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

/** See {@link FrontPlan}: a zone that is lost leaves the answers of the DNS once its node is found not to answer. */
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
      find: (_, zone) => (around.isLit(zone) ? "answers" : "hangs"),
      tell: (_, zone, healthy) => this.#judge(zone, healthy),
    });
  }

  share(): number {
    const good = this.#known.filter((zone) => this.#around.isLit(zone)).length;
    return 1 - (1 - good / this.#known.length) ** this.#plan.attempts;
  }

  strike(): void {
    // it has no instances of its own
  }

  look(): void {
    // nothing of it depends on others
  }

  zoneChanged(zone: string): void {
    this.#watch.look(DNS, zone);
  }

  zoneNoticed(): void {
    // its own checks notice
  }

  #judge(zone: string, healthy: boolean): void {
    const { time, chance } = this.#around;
    const step = zonalShift.step(this.#plan, this.#state, time.now(), [{ kind: "node", zone, healthy }]);
    this.#state = step.state;
    for (const { zones } of step.act) {
      time.after(this.#plan.ttlMs * chance("ttl").next(), () => {
        if (this.#state.answer === zones) this.#known = zones; // else a newer answer is on its way
      });
    }
  }
}
