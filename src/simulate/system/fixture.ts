import type { Hazard, PartPlan, SystemModel } from "./model.ts";
import type { Spread } from "./spread.ts";

/** A part that tests make: instances over zones, of which some are enough. */
export interface Simple {
  readonly id: string;
  /** The zone of each instance; null for none. */
  readonly zones: readonly (string | null)[];
  readonly needed: number;
  readonly perYear: number;
  readonly repairMs: Spread;
}

/** A hazard that cuts a zone off, or what goes out of it; nobody leads customers away. */
export function linkHazard(
  zone: string,
  trouble: "cut" | "mute",
  rate: Pick<Hazard, "perYear"> & { lastsMs: Spread },
): Hazard {
  const { perYear, lastsMs } = rate;
  const harm = { kind: "link", zone, trouble, factor: 1, lastsMs, shiftMs: lastsMs, waiting: [] } as const;
  return { key: `${trouble}/${zone}`, cause: trouble, perYear, harm };
}

/** A model of parts that nobody takes over for, all of which one journey needs; its answers can be worked out. */
export function simpleModel(
  parts: readonly Simple[],
  zoneRate: { readonly zones: readonly string[]; readonly perYear: number; readonly lastsMs: Spread } = {
    zones: [],
    perYear: 0,
    lastsMs: [0, 0],
  },
): SystemModel {
  const plans = parts.map(({ id, zones, needed, repairMs }): readonly [string, PartPlan] => {
    const instances = zones.map((zone, index) => ({ id: `${id}-${index}`, zone }));
    return [id, { kind: "plain", instances, needed, repairMs }];
  });
  const failures = parts.flatMap(({ id, zones, perYear }) =>
    zones.map((_, index): Hazard => ({
      key: `${id}-${index}`,
      cause: id,
      perYear,
      harm: { kind: "crash", part: id, instance: `${id}-${index}` },
    })),
  );
  const losses = zoneRate.zones.map((zone): Hazard => ({
    key: zone,
    cause: "zone",
    perYear: zoneRate.perYear,
    harm: { kind: "zone", zone, lastsMs: zoneRate.lastsMs },
  }));
  return {
    regions: [{ name: "region", zones: zoneRate.zones, zonal: parts.map(({ id }) => id) }],
    parts: new Map(plans),
    componentOf: new Map(parts.map(({ id }) => [id, id])),
    takeover: null,
    journeys: [{ id: "all", needsWriter: false, needs: [new Set(parts.map(({ id }) => id))] }],
    hazards: [...failures, ...losses],
    zoneWatch: { intervalMs: 5_000, timeoutMs: 2_000, healthyThreshold: 1, unhealthyThreshold: 3 },
  };
}
