import type { Ms } from "../../base/units.ts";
import { type ZonalShiftState, zonalShift } from "../../control/zonal-shift.ts";
import { DNS_ASKERS, DNS_VANTAGE_POINTS, isHealthyByDns } from "../../topology/region-spec.ts";
import type { ProbeSpec } from "../../topology/spec.ts";
import { type Answer, Watch } from "../system/watch.ts";
import type { DrillSurroundings } from "./member-set.ts";

/** The DNS in front of a service's balancer nodes. */
export interface FrontDoorPlan {
  readonly service: string;
  /** One node each. */
  readonly zones: readonly string[];
  /** How each vantage point looks at each node. */
  readonly probe: ProbeSpec;
  /** How long an answer is kept by who asked. */
  readonly ttlMs: Ms;
}

/** They look one after the other within an interval. */
const VANTAGE_POINTS = Array.from({ length: DNS_VANTAGE_POINTS }, (_, at) => `${at}`);

/** See {@link FrontDoorPlan}: which nodes each machine of the edge location knows of at each moment. */
export class FrontDoor {
  readonly #plan: FrontDoorPlan;
  readonly #around: DrillSurroundings;
  readonly #watch: Watch;
  readonly #blind = new Map<string, Set<string>>();
  #state: ZonalShiftState;
  #known: readonly (readonly string[])[];

  /** `find`: how a node answers whoever asks it from outside. */
  constructor(plan: FrontDoorPlan, around: DrillSurroundings, find: (zone: string) => Answer) {
    const { zones, probe } = plan;
    this.#plan = plan;
    this.#around = around;
    this.#known = Array.from({ length: DNS_ASKERS.edgeMachines }, () => zones);
    this.#state = { ...zonalShift.start(plan, around.time.now()), answer: zones };
    const phase = around.chance("dns").next();
    this.#watch = new Watch({
      time: around.time,
      probe,
      phaseOf: (point) => (phase + Number(point) / VANTAGE_POINTS.length) % 1,
      find: (_, zone) => find(zone),
      tell: (point, zone, sees) => this.#hear(point, zone, sees),
    });
  }

  /** For each machine of the edge location, the zones whose nodes it sends requests to. */
  get known(): readonly (readonly string[])[] {
    return this.#known;
  }

  look(): void {
    for (const point of VANTAGE_POINTS) for (const zone of this.#plan.zones) this.#watch.look(point, zone);
  }

  /** Customers are led away from a zone, or may come again. */
  shift(zone: string, isAway: boolean): void {
    this.#step(isAway ? { kind: "shift", zone, until: Number.MAX_SAFE_INTEGER } : { kind: "cancel", zone });
  }

  #hear(point: string, zone: string, sees: boolean): void {
    const blind = this.#blind.get(zone) ?? new Set<string>();
    if (sees) blind.delete(point);
    else blind.add(point);
    this.#blind.set(zone, blind);
    this.#step({ kind: "node", zone, healthy: isHealthyByDns(VANTAGE_POINTS.map((each) => !blind.has(each))) });
  }

  #step(seen: Parameters<typeof zonalShift.step>[3][number]): void {
    const { time, chance } = this.#around;
    const step = zonalShift.step(this.#plan, this.#state, time.now(), [seen]);
    this.#state = step.state;
    for (const { zones } of step.act) {
      for (const machine of this.#known.keys()) {
        time.after(this.#plan.ttlMs * chance("ttl").next(), () => {
          if (this.#state.answer !== zones) return; // a newer answer is on its way
          this.#known = this.#known.with(machine, zones);
          this.#around.changed();
        });
      }
    }
  }
}
