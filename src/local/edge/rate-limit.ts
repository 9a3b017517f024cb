import type { Clock } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import { RateWindow } from "./rate-window.ts";

/** What is too much, and when it is found out. */
export interface RateLimitOptions {
  readonly clock: Clock;
  /** How far back requests are counted. */
  readonly windowMs: Ms;
  /** So many of one address within the window are not too many yet. */
  readonly limit: number;
  /** How long an address is above the limit before it is noticed. */
  readonly detectionMs: Ms;
  /** Called when an address was noticed, once until it is below the limit again. */
  onLimited(address: string): void;
}

/** Addresses above the limit that are remembered at once; beyond it, the one that was above it first is forgotten. */
const MAX_ADDRESSES = 10_000;

/**
 * A rate-based rule as AWS WAF has it: it counts each address's requests, those that it blocked too, and acts some time
 * after there were too many. Not covered: that WAF also takes a while to notice that the rate has fallen.
 */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #window: RateWindow;
  /** Who is above the limit, and from when. */
  readonly #above = new Map<string, { readonly since: Ms; noticed: boolean }>();

  constructor(options: RateLimitOptions) {
    this.#options = options;
    this.#window = new RateWindow(options.windowMs, options.clock);
  }

  /** Counts a request of `address`, and tells whether the rule applies to it. */
  isExceeded(address: string): boolean {
    const { clock, limit, detectionMs, onLimited } = this.#options;
    if (this.#window.add(address) <= limit) {
      this.#above.delete(address);
      return false;
    }
    const now = clock.now();
    const above = this.#above.get(address) ?? { since: now, noticed: false };
    this.#above.set(address, above);
    if (this.#above.size > MAX_ADDRESSES) this.#above.delete(this.#above.keys().next().value ?? address);
    if (!above.noticed && now - above.since >= detectionMs) {
      above.noticed = true;
      onLimited(address);
    }
    return above.noticed;
  }
}
