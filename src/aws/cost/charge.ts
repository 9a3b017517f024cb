import type { Fact } from "../../facts/fact.ts";
import { HOURS_PER_MONTH, LARGE_HOURLY, SIZE_IN_LARGE } from "../../facts/price.ts";
import type { Placed, SynthesizedStack } from "./resource.ts";

/** What a resource costs while nobody uses it. */
export interface Charge {
  /** The line that it is added to, such as `NAT gateways`. */
  readonly what: string;
  readonly quantity: number;
  /** Null where the template or the price table does not tell. */
  readonly usdPerMonth: number | null;
  readonly assumes?: string;
  /** Where it is charged, when that is not the stack's region. */
  readonly region?: string;
}

/** What one type of resource costs; `stacks` are all of the system, for what is spread over more than one. */
export type Pricer = (resource: Placed, stacks: readonly SynthesizedStack[]) => readonly Charge[];

/** An hourly price over a month. */
export function monthly(hourly: Fact<number>, quantity = 1): number {
  return hourly.value * HOURS_PER_MONTH.value * quantity;
}

/** A line of things that cost by the hour. */
export function hourlyCharge(what: string, price: Fact<number>, quantity: number, assumes?: string): Charge {
  return { what, quantity, usdPerMonth: monthly(price, quantity), ...(assumes === undefined ? {} : { assumes }) };
}

/** A line of things that cost by the month. */
export function monthlyCharge(what: string, price: Fact<number>, quantity = 1, assumes?: string): Charge {
  return { what, quantity, usdPerMonth: price.value * quantity, ...(assumes === undefined ? {} : { assumes }) };
}

/**
 * How many of the size `large` a size is worth; undefined where the size is unknown. @example largesIn("2xlarge")
 * // 4
 */
export function largesIn(size: string): number | undefined {
  const many = /^(\d+)xlarge$/.exec(size);
  return many ? Number(many[1]) * 2 : SIZE_IN_LARGE[size];
}

/**
 * The price of an instance or node an hour, in dollars; null where its family or size is not in the table.
 *
 * @example instanceHourly("cache.r7g.large") // 0.219
 */
export function instanceHourly(type: string | undefined, prefix = ""): number | null {
  const match = /^((?:\w+\.)?[a-z]\w*)\.(\w+)$/.exec(type ?? "");
  if (!match) return null;
  const family = prefix === "" ? match[1]! : `${prefix}.${match[1]!.replace(/^\w+\./, "")}`;
  const large = LARGE_HOURLY[family];
  const factor = largesIn(match[2]!);
  return large === undefined || factor === undefined ? null : large.value * factor;
}

/** A line of instances or nodes; its price is unknown where the type's is. */
export function instanceCharge(what: string, type: string | undefined, quantity: number, prefix = ""): Charge {
  const hourly = instanceHourly(type, prefix);
  const usdPerMonth = hourly === null ? null : hourly * HOURS_PER_MONTH.value * quantity;
  return { what: type === undefined ? what : `${what} (${type})`, quantity, usdPerMonth };
}
