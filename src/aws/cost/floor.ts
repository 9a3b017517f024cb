import { MONTHLY, PRICED_AS_US_EAST_1 } from "../../facts/price.ts";
import { type Charge, type Pricer, monthlyCharge } from "./charge.ts";
import { COMPUTE_PRICES } from "./compute-price.ts";
import { DATA_PRICES } from "./data-price.ts";
import { type Placed, type SynthesizedStack, resourcesOf } from "./resource.ts";
import { WATCH_PRICES } from "./watch-price.ts";

/** One line of the floor: everything of one sort in one region. */
export interface FloorLine {
  readonly what: string;
  readonly quantity: number;
  /** Null where the price of it is not known. */
  readonly usdPerMonth: number | null;
  readonly assumes: string | null;
}

/** What a region costs a month while nobody uses it. */
export interface RegionFloor {
  /** A region, or `global` for what is of none. */
  readonly region: string;
  readonly usdPerMonth: number;
  readonly lines: readonly FloorLine[];
}

/**
 * What a system costs a month while nobody uses it, by AWS's list prices on demand; requests and data are not in
 * it.
 */
export interface Floor {
  readonly usdPerMonth: number;
  readonly regions: readonly RegionFloor[];
  readonly assumes: readonly string[];
  /** Lines without a known price: the total is at least what it says. */
  readonly unpriced: readonly string[];
}

const PRICERS: Readonly<Record<string, Pricer>> = { ...COMPUTE_PRICES, ...DATA_PRICES, ...WATCH_PRICES };

/** Types that {@link floorOf} knows the price of. */
export const PRICED_TYPES: readonly string[] = [...Object.keys(PRICERS), "AWS::Shield::Protection"];

const ASSUMES = [
  "list prices on demand, without free tiers, discounts and tax; 730 hours a month",
  "requests, traffic, storage that grows, logs, backups and snapshots are metered, and not in it",
] as const;

/** The floor of a system, computed from its templates, so that it cannot say something else than what is deployed. */
export function floorOf(stacks: readonly SynthesizedStack[]): Floor {
  const all = chargesOf(stacks);
  const regions = [...Map.groupBy(all, ({ region }) => region)].map(([region, own]) => regionFloor(region, own));
  const unpriced = regions.flatMap(({ region, lines }) =>
    lines.filter(({ usdPerMonth }) => usdPerMonth === null).map(({ what }) => `${what} in ${region}`),
  );
  const known = PRICED_AS_US_EAST_1.value.split(" ");
  const others = regions.map(({ region }) => region).filter((region) => region !== "global" && !known.includes(region));
  return {
    usdPerMonth: cents(regions.reduce((sum, { usdPerMonth }) => sum + usdPerMonth, 0)),
    regions,
    assumes: [
      ...ASSUMES,
      ...(others.length === 0 ? [] : [`${others.join(", ")}: prices of us-east-1; there it mostly costs more`]),
    ],
    unpriced,
  };
}

/** A charge, with the resource that it is for; null: the subscription of all. */
export interface PlacedCharge extends Charge {
  readonly region: string;
  readonly resource: Placed | null;
}

/** Every charge of a system at rest, before charges of one sort are added up. */
export function chargesOf(stacks: readonly SynthesizedStack[]): readonly PlacedCharge[] {
  const resources = stacks.flatMap(resourcesOf);
  const charges = resources.flatMap((resource) =>
    (PRICERS[resource.type]?.(resource, stacks) ?? []).map((charge) => ({
      region: placeOf(resource),
      resource,
      ...charge,
    })),
  );
  // Shield Advanced is one subscription, however many resources it protects.
  const isShielded = resources.some(({ type }) => type === "AWS::Shield::Protection");
  const shield = monthlyCharge("Shield Advanced", MONTHLY.shieldAdvanced);
  return isShielded ? [...charges, { region: "global", resource: null, ...shield }] : charges;
}

function placeOf({ stack }: Placed): string {
  return stack.part === "global" ? "global" : stack.region;
}

function regionFloor(region: string, charges: readonly Charge[]): RegionFloor {
  const lines = [...Map.groupBy(charges, ({ what }) => what)]
    .map(([what, own]): FloorLine => {
      const isKnown = own.every(({ usdPerMonth }) => usdPerMonth !== null);
      return {
        what,
        quantity: own.reduce((sum, { quantity }) => sum + quantity, 0),
        usdPerMonth: isKnown ? cents(own.reduce((sum, { usdPerMonth }) => sum + (usdPerMonth ?? 0), 0)) : null,
        assumes: own.find(({ assumes }) => assumes !== undefined)?.assumes ?? null,
      };
    })
    .filter(({ quantity, usdPerMonth }) => quantity > 0 || usdPerMonth === null)
    .toSorted((a, b) => (b.usdPerMonth ?? 0) - (a.usdPerMonth ?? 0) || (a.what < b.what ? -1 : 1));
  const usdPerMonth = cents(lines.reduce((sum, line) => sum + (line.usdPerMonth ?? 0), 0));
  return { region, usdPerMonth, lines };
}

function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
