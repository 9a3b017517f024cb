import type { Primitive } from "../world/primitive.ts";
import type { GlobalPlane } from "./global-plane.ts";
import { type BackupsAtHand, backUpHand } from "./hand/back-up.ts";
import { deleteRowsHand } from "./hand/delete-rows.ts";
import type { Hand, Hands } from "./hand/hand.ts";
import { dnsDownHand, edgeDownHand } from "./hand/way-in-down.ts";
import { recoverHand } from "./hand/recover.ts";
import { siteDownHand } from "./hand/site-down.ts";
import type { RegionRecovery } from "./recovery/region-recovery.ts";
import type { LocalRegion } from "./region/local-region.ts";
import { type RegionHands, regionHands } from "./region/region-hands.ts";

/** What hands reach into. */
export interface HandsOn {
  readonly regions: readonly LocalRegion[];
  readonly outside: GlobalPlane;
  readonly recovery: Pick<RegionRecovery, "serving" | "command">;
  readonly backups: BackupsAtHand;
}

/**
 * How each primitive is done to the local world: by the hands of the region that it is aimed at. What names no place
 * (a queue, a service) is meant where customers are served; it is undone where it was done.
 */
export function handsOn({ regions, outside, recovery, backups }: HandsOn): Hands {
  const own = new Map(regions.map((region) => [region, regionHands(region)]));
  const doneBy = new WeakMap<Primitive, RegionHands>();
  const handsFor = (primitive: Primitive): RegionHands =>
    own.get(regions.find((region) => isIn(region, primitive)) ?? recovery.serving)!; // every region has hands
  const regional = <K extends keyof RegionHands>(kind: K): Hand<K> => {
    const any = own.get(regions[0]!)![kind] as Hand<K>; // a system has a region
    return {
      async do(primitive, faultId) {
        const hands = handsFor(primitive);
        await (hands[kind] as Hand<K>).do(primitive, faultId);
        doneBy.set(primitive, hands);
      },
      async undo(primitive, faultId) {
        const hands = doneBy.get(primitive) ?? handsFor(primitive);
        await (hands[kind] as Hand<K>).undo(primitive, faultId);
      },
      ...(any.prepare ? { prepare: () => any.prepare!() } : {}), // what is fetched is the machine's
      ...(any.limit ? { limit: () => any.limit!() } : {}),
    };
  };
  const kinds = Object.keys(own.get(regions[0]!)!) as (keyof RegionHands)[];
  const all = Object.fromEntries(kinds.map((kind) => [kind, regional(kind)])) as unknown as RegionHands;
  return {
    ...all,
    "site-down": siteDownHand(outside),
    "edge-down": edgeDownHand(outside),
    "dns-down": dnsDownHand(outside),
    recover: recoverHand(recovery),
    "back-up": backUpHand(backups, regions[0]!.context),
    "delete-rows": deleteRowsHand(backups, regions[0]!.context),
  };
}

function isIn(region: LocalRegion, primitive: Primitive): boolean {
  if ("region" in primitive) return primitive.region === region.name;
  if ("zone" in primitive) return region.region.zones.some(({ name }) => name === primitive.zone);
  return "instance" in primitive && region.has(primitive.instance);
}
