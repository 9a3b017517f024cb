import { seededRandom } from "../../base/random.ts";
import type { Scheduled } from "../schedule.ts";
import { OUTSIDE } from "./place.ts";

/** What can go wrong with regions, and what people ask for meanwhile. */
export type RegionFault =
  | { readonly kind: "power"; readonly region: string }
  | { readonly kind: "cut"; readonly from: string; readonly to: string; readonly bothWays: boolean }
  /** Everything of a region is cut off; it lives. */
  | { readonly kind: "isolated"; readonly region: string }
  | { readonly kind: "lag"; readonly ms: number }
  /** The supervisor is killed at its so-many-th act, and a new one starts when it is over. */
  | { readonly kind: "supervisor"; readonly acts: number }
  | { readonly kind: "switchover"; readonly to: string };

/** The places of the model. */
export const REGIONS = ["east", "west"] as const;

/** So many faults at most, over twenty seconds. */
export function drawRegionFaults(seed: number, most: number): readonly Scheduled<RegionFault>[] {
  const random = seededRandom(`region/${seed}`);
  return Array.from({ length: 1 + random.int(most) }, () => {
    const at = 1_000 + random.next() * 20_000;
    return { at, forMs: 100 + random.exponential(3_000), what: drawOne(random) };
  }).toSorted((one, other) => one.at - other.at);
}

function drawOne(random: ReturnType<typeof seededRandom>): RegionFault {
  const region = random.pick(REGIONS);
  const places = [...REGIONS, OUTSIDE];
  const from = random.pick(places);
  const to = random.pick(places.filter((place) => place !== from));
  switch (random.int(7)) {
    case 0:
      return { kind: "power", region };
    case 1:
      return { kind: "isolated", region };
    case 2:
    case 3:
      return { kind: "cut", from, to, bothWays: random.int(2) === 0 };
    case 4:
      return { kind: "lag", ms: 50 + random.int(3_000) };
    case 5:
      return { kind: "supervisor", acts: random.int(4) };
    default:
      return { kind: "switchover", to: region };
  }
}

/** A fault in a few words. */
export function nameRegionFault(fault: RegionFault): string {
  const { kind, ...rest } = fault;
  return `${kind} ${Object.values(rest).join(" ")}`;
}
