import type { EstimateDocument, EstimateRange, StrategyEstimate } from "../../base/estimate-document.ts";

const scopes = <T>(value: T) => ({ instance: value, zone: value, region: value });
const MINUTES: EstimateRange = [0, 461_000];

/** A strategy that tests change. */
export const STRATEGY: StrategyEstimate = {
  recovery: "warm-standby",
  chosen: true,
  availability: 0.99977,
  availabilityRange: [0.99977, 0.999996],
  downtimeMinutesPerYear: [2.1, 120],
  moreDowntimeThanChosen: [0, 0],
  causes: [{ cause: "the region's loss", minutesPerYear: [0.4, 16] }],
  journeys: [{ id: "order", availabilityRange: [0.999, 0.9999], rtoRangeMs: scopes(MINUTES) }],
  rtoMs: scopes(461_000),
  rtoRangeMs: scopes(MINUTES),
  stages: scopes([
    {
      name: "decide",
      class: "person",
      component: "people",
      rangeMs: MINUTES,
      because: "a reason with many words ".repeat(6),
    },
  ]),
  rpoMs: scopes(0),
  rpoRangeMs: scopes([0, 0] as const),
  losses: ["sessions: all of it"],
  costUsdPerMonth: 2_891.44,
  costLines: [
    { component: "api", what: "3 tasks in us-east-1", usdPerMonth: null, assumes: "a long story ".repeat(9) },
  ],
  meetsObjectives: "unknown",
  reasons: ["region RTO 0–7.7 min, against 5 min"],
  cheapestChange: { what: "edge: TTL 60 s → 10 s", usdPerMonth: 0 },
};

/** A document of these strategies, each with what it has of its own. */
export function estimateOf(...strategies: readonly Partial<StrategyEstimate>[]): EstimateDocument {
  return {
    holdfast: 1,
    system: "shop",
    objectives: { ...scopes({ rtoMs: null, rpoMs: null }), region: { rtoMs: 900_000, rpoMs: 30_000 } },
    strategies: strategies.map((each) => ({ ...STRATEGY, ...each })),
    contradictions: ["99.99% with backup-restore"],
    compositeSla: { value: 0.9976, of: ["sqs"] },
    assumes: ["something"],
  };
}
