import type { Action } from "../base/journal.ts";
import type { Ms } from "../base/units.ts";
import type { CookieJar } from "./cookie-jar.ts";
import type { WalkableJourney } from "./journey.ts";

/**
 * How a customer tries: each attempt's patience, how often, and the most that it waits before the second and the third.
 */
export const PATIENCE = { attemptMs: 1_000, attempts: 3, backoffMs: [200, 400] } as const;

/** One of the people who use the system: their cookies, and (by number) which of its addresses they try first. */
export interface Customer {
  readonly id: number;
  readonly jar: CookieJar;
}

/** One thing that a customer wants. */
export interface Operation {
  readonly id: string;
  readonly of: WalkableJourney;
  readonly action: Action;
  readonly key: string;
  readonly value: string;
  readonly customer: Customer;
  readonly dueAt: Ms;
  /**
   * Until when "absent" is a fair answer to a read: an acknowledged write may still be on its way. Null: it never is.
   */
  readonly absentUntil: Ms | null;
}
