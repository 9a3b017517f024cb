import type { TrafficDecision } from "../process/messages-global.ts";

/** Knows to which region customers are led, and tells when it is another one than before. */
export class TrafficWatch {
  readonly #near: readonly string[];
  readonly #onShift: (decision: TrafficDecision) => void;
  /** By component and by the region that customers are near. */
  readonly #led = new Map<string, string>();

  /** `near`: the regions that customers can be near. */
  constructor(near: readonly string[], onShift: (decision: TrafficDecision) => void) {
    this.#near = near;
    this.#onShift = onShift;
  }

  /** Looks where `component` leads them now (undefined: nowhere yet); one decision for all who go to one region. */
  look(component: string, leadsTo: (near: string) => string | undefined): void {
    const shifted = new Map<string, string[]>();
    for (const near of this.#near) {
      const region = leadsTo(near);
      const key = `${component}/${near}`;
      const before = this.#led.get(key);
      if (region === undefined || region === before) continue;
      this.#led.set(key, region);
      if (before !== undefined) shifted.set(region, [...(shifted.get(region) ?? []), near]);
    }
    for (const [subject, near] of shifted) {
      this.#onShift({ what: "traffic-shifted", component, subject, detail: `customers near ${near.join(" and ")}` });
    }
  }
}
