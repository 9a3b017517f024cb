import { type LinkPurpose, type LinkRule, OUTSIDE, type Place } from "../../world/primitive.ts";

/** Who reaches whom, for what: regions and the place outside of them all, under the faults in force. */
export class RegionNetwork {
  rules: readonly LinkRule[] = [];
  readonly #dark = new Set<string>();

  /** Takes a region's power, or gives it back. */
  turn(region: string, isDark: boolean): void {
    if (isDark) this.#dark.add(region);
    else this.#dark.delete(region);
  }

  isLit(place: string): boolean {
    return !this.#dark.has(place);
  }

  /** Whether bytes arrive both ways; `component`: of the connections to that one in particular. */
  reaches(from: string, to: string, purpose: LinkPurpose, component?: string): boolean {
    if (!this.isLit(from) || !this.isLit(to)) return false;
    return !this.rules.some(
      ({ from: source, to: target, effect, purposes }) =>
        (effect.kind === "cut" || effect.kind === "black-hole") &&
        (purposes === undefined || purposes.includes(purpose)) &&
        ((isAt(source, from) && isAt(target, to, component)) || (isAt(source, to, component) && isAt(target, from))),
    );
  }

  /** Whether the control plane, which is outside, can command a region. */
  isCommanded(region: string): boolean {
    return this.reaches(OUTSIDE, region, "control");
  }
}

/** Whether a place of a rule is this one. Zones are not told apart here. */
function isAt(place: Place, name: string, component?: string): boolean {
  const isThere = place.region === undefined || place.region === name;
  const isThat = place.zone === undefined || place.zone === name;
  return isThere && isThat && (place.component === undefined || place.component === component);
}
