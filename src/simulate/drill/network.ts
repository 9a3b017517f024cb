import type { Ms } from "../../base/units.ts";
import type { Region } from "../../topology/topology.ts";
import { type LinkEnd, blockedBy, effectsOn } from "../../world/link-rules.ts";
import type { LinkPurpose, LinkRule } from "../../world/primitive.ts";
import { type Reach, createReach } from "../../world/reach.ts";

/** How what is sent from one place to another fares. `delayMs`: there and back. */
export type Way =
  | { readonly kind: "open"; readonly delayMs: Ms }
  | { readonly kind: "refuses" }
  | { readonly kind: "hangs" };

/** Whom somebody in a zone, or outside, reaches under the faults that are in force: what it was like at one moment. */
export interface NetworkView {
  isLit(zone: string): boolean;
  way(from: string, to: LinkEnd, purpose: LinkPurpose): Way;
}

/** The zones of a region and the links between them, by the same rules as the links of this machine. */
export class Network {
  readonly reach: Reach;
  #rules: readonly LinkRule[] = [];
  #dark: ReadonlySet<string> = new Set();
  #view: NetworkView;

  constructor(region: Region) {
    this.reach = createReach({ region, rules: () => this.#rules, powered: (place) => !this.#dark.has(place) });
    this.#view = viewOf(this.#rules, this.#dark);
  }

  /** As it is now; it stays what it is when something changes. */
  get view(): NetworkView {
    return this.#view;
  }

  /** Puts exactly these rules in force, and takes the power of exactly these zones. */
  set(rules: readonly LinkRule[], dark: Iterable<string>): void {
    this.#rules = rules;
    this.#dark = new Set(dark);
    this.#view = viewOf(this.#rules, this.#dark);
  }
}

function viewOf(rules: readonly LinkRule[], dark: ReadonlySet<string>): NetworkView {
  return {
    isLit: (zone) => !dark.has(zone),
    way(from, to, purpose) {
      if (dark.has(from) || dark.has(to.zone)) return { kind: "hangs" };
      const effects = effectsOn(rules, { dialer: { zone: from }, target: to, purpose });
      const blocked = blockedBy(effects);
      if (blocked !== null) return { kind: blocked === "cut" ? "refuses" : "hangs" };
      return { kind: "open", delayMs: effects.forward.delayMs + effects.backward.delayMs };
    },
  };
}
