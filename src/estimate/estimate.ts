import type {
  CheapestChange,
  CostLine,
  EstimateDocument,
  EstimateRange,
  JourneyEstimate,
  Meets,
  StrategyEstimate,
} from "../base/estimate-document.ts";
import { YEAR } from "../facts/failure.ts";
import type { Journey, RecoveryStrategy, Topology } from "../topology/topology.ts";
import { changesOf } from "./change.ts";
import { compositeSla } from "./composite-sla.ts";
import { contradictionsIn } from "./contradiction.ts";
import { meteredLines } from "./cost/metered.ts";
import type { Usage } from "./cost/usage.ts";
import type { Interval } from "./exact/interval.ts";
import { lossesBeside } from "./recovery/data-loss.ts";
import { type Assessment, assess, byScope } from "./strategy.ts";

/** What to estimate. */
export interface EstimateRequest {
  /** The system under each strategy that is looked at. */
  readonly topologies: readonly Topology[];
  /** The definition's own strategy. */
  readonly chosen: RecoveryStrategy;
  readonly usage: Usage;
  /** What of a system costs how much while nobody uses it. */
  readonly floorOf: (topology: Topology) => Promise<readonly CostLine[]>;
  /** What was assumed before. */
  readonly assumes: readonly string[];
}

interface Priced extends Assessment {
  readonly costLines: readonly CostLine[];
  readonly usdPerMonth: number | null;
}

/** The strategies side by side. Computing it takes no time; `floorOf` may. */
export async function estimate(request: EstimateRequest): Promise<EstimateDocument> {
  const priced: Priced[] = [];
  for (const topology of request.topologies) {
    priced.push({ ...assess(topology), ...(await costOf(topology, request)) });
  }
  const strategies: StrategyEstimate[] = [];
  for (const one of priced) strategies.push(await strategyOf(one, priced, request));
  const [first] = request.topologies;
  return {
    holdfast: 1,
    system: first?.system ?? "",
    objectives: byScope((scope) => first?.objectives[scope] ?? { rtoMs: null, rpoMs: null }),
    strategies,
    contradictions: first
      ? contradictionsIn(
          first.objectives,
          priced.map(({ topology, figures }) => ({ recovery: topology.recovery, figures })),
        )
      : [],
    compositeSla: first ? compositeSla(first) : { value: 1, of: [] },
    assumes: [
      ...request.assumes,
      ...(first && hasNone(first.objectives)
        ? ["the definition sets no objectives, so every strategy meets them"]
        : []),
      ...new Set(priced.flatMap(unpriced)),
      ...ASSUMES,
    ],
  };
}

const ASSUMES = [
  "AWS publishes service levels and no failure rates: rates are ours, with wide ranges (docs/model.md)",
  "whoever decides that a region is given up takes 5 to 15 min; a failover that was never rehearsed takes longer",
  "what is left after a loss is enough for the load; single figures are the worse end of their range",
  "list prices on demand; without --usage what runs while nobody uses it, and nothing that is metered",
] as const;

async function costOf(
  topology: Topology,
  { usage, floorOf }: EstimateRequest,
): Promise<{ readonly costLines: readonly CostLine[]; readonly usdPerMonth: number | null }> {
  const costLines = [...(await floorOf(topology)), ...meteredLines(topology, usage)];
  const isKnown = costLines.every(({ usdPerMonth }) => usdPerMonth !== null);
  const total = costLines.reduce((sum, { usdPerMonth }) => sum + (usdPerMonth ?? 0), 0);
  return { costLines, usdPerMonth: isKnown ? cents(total) : null };
}

function hasNone({ availability, instance, zone, region }: Topology["objectives"]): boolean {
  const times = [instance, zone, region].flatMap(({ rtoMs, rpoMs }) => [rtoMs, rpoMs]);
  return [availability, ...times].every((each) => each === null);
}

/** What has no price. */
function unpriced({ costLines }: Priced): readonly string[] {
  return costLines
    .filter(({ usdPerMonth }) => usdPerMonth === null)
    .map(({ component, what, assumes }) => `no price is known for ${component}, ${what}: ${assumes}`);
}

async function strategyOf(one: Priced, all: readonly Priced[], request: EstimateRequest): Promise<StrategyEstimate> {
  const { topology, figures, causes, stages, judgement, costLines, usdPerMonth } = one;
  const range = shareRange(figures.availability);
  const rtoRangeMs = byScope((scope) => timeRange(figures.rtoMs[scope]));
  const rpoRangeMs = byScope((scope) => timeRange(figures.rpoMs[scope]));
  return {
    recovery: topology.recovery,
    chosen: topology.recovery === request.chosen,
    availability: range[0],
    availabilityRange: range,
    downtimeMinutesPerYear: minutes({ low: 1 - figures.availability.high, high: 1 - figures.availability.low }),
    moreDowntimeThanChosen: moreThan(figures.availability, all, request.chosen),
    causes: causes.map(({ cause, unavailability }) => ({ cause, minutesPerYear: minutes(unavailability) })),
    rtoMs: byScope((scope) => rtoRangeMs[scope][1]),
    rtoRangeMs,
    journeys: topology.journeys.map((journey) => journeyOf(journey, topology)),
    stages,
    rpoMs: byScope((scope) => rpoRangeMs[scope][1]),
    rpoRangeMs,
    losses: lossesBeside(topology),
    costUsdPerMonth: usdPerMonth,
    costLines,
    meetsObjectives: judgement.meets,
    reasons: judgement.reasons,
    cheapestChange: await cheapestChange(one, all, request),
  };
}

/** What a system is to those who do only this. */
function journeyOf(journey: Journey, topology: Topology): JourneyEstimate {
  const { availability, rtoMs } = assess({ ...topology, journeys: [journey] }).figures;
  return {
    id: journey.id,
    availabilityRange: shareRange(availability),
    rtoRangeMs: byScope((scope) => timeRange(rtoMs[scope])),
  };
}

/** By the same rates for both, so that what is not known of them falls out; null where the chosen one is left out. */
function moreThan(own: Interval, all: readonly Priced[], chosen: RecoveryStrategy): EstimateRange | null {
  const other = all.find(({ topology }) => topology.recovery === chosen)?.figures.availability;
  return other ? minutes({ low: other.high - own.high, high: other.low - own.low }) : null;
}

const RANK = new Map<Meets, number>([
  [false, 0],
  ["unknown", 1],
  [true, 2],
]);

const rankOf = ({ judgement }: Assessment): number => RANK.get(judgement.meets) ?? 0;

/** Of all single changes that bring a strategy nearest to its objectives, the one that adds least. */
async function cheapestChange(
  one: Priced,
  all: readonly Priced[],
  request: EstimateRequest,
): Promise<CheapestChange | null> {
  const own = rankOf(one);
  const others = all.map((other) => ({
    what: `${one.topology.recovery} → ${other.topology.recovery}`,
    to: other,
    costs: async () => other.usdPerMonth,
  }));
  const tuned = changesOf(one.topology).map(({ what, topology }) => ({
    what,
    to: assess(topology),
    costs: async () => (await costOf(topology, request)).usdPerMonth,
  }));
  const best = Math.max(...[...others, ...tuned].map(({ to }) => rankOf(to)));
  if (best <= own) return null;
  const candidates: CheapestChange[] = [];
  for (const { what, costs } of [...tuned, ...others].filter((each) => rankOf(each.to) === best)) {
    const cost = await costs();
    const usdPerMonth = cost === null || one.usdPerMonth === null ? null : cents(cost - one.usdPerMonth);
    candidates.push({ what: best === 2 ? what : `${what} (then they are not ruled out)`, usdPerMonth });
  }
  return candidates.toSorted((a, b) => (a.usdPerMonth ?? Infinity) - (b.usdPerMonth ?? Infinity))[0] ?? null;
}

function timeRange({ low, high }: Interval): EstimateRange {
  return [Math.round(low), Math.round(high)];
}

/** Two digits of what is missing are all that the rates bear. */
function shareRange({ low, high }: Interval): EstimateRange {
  const rounded = (share: number): number => Number((1 - Number((1 - share).toPrecision(2))).toPrecision(12));
  return [rounded(low), rounded(high)];
}

function minutes({ low, high }: Interval): EstimateRange {
  const inYear = (share: number): number => Number(((share * YEAR.value) / 60_000).toPrecision(2));
  return [inYear(low), inYear(high)];
}

function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
