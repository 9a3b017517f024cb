import type { SystemModel } from "./model.ts";
import type { Regions } from "./part/regions.ts";
import type { Short } from "./roster.ts";

/** What customers lack at a moment. */
export interface Lack {
  /** Share of the operations of the journey that fares worst that does not succeed. */
  readonly unserved: number;
  /** Who is to blame: components, or a region, with their shares, which sum up to 1. */
  readonly by: readonly (readonly [component: string, share: number])[];
}

/** All is well. */
export const NOTHING_LACKS: Lack = { unserved: 0, by: [] };

/** Below this nothing is lacking: sums of shares are not exact. */
const TINY = 1e-12;

/** What customers lack, going by the parts at which not every attempt succeeds. */
export function lackOf(model: SystemModel, short: readonly Short[], regions: Regions): Lack {
  const isWhole = short.length === 0 && regions.isWritable() && model.regions.every(({ name }) => !regions.lacks(name));
  if (isWhole) return NOTHING_LACKS;
  let worst = NOTHING_LACKS;
  for (const journey of model.journeys) {
    const served = servedOf(journey, { model, short, regions });
    if (1 - served > worst.unserved + TINY) {
      worst = { unserved: 1 - served, by: blame(journey, { model, short, regions }) };
    }
  }
  return worst;
}

interface Situation {
  readonly model: SystemModel;
  readonly short: readonly Short[];
  readonly regions: Regions;
}

type Journey = SystemModel["journeys"][number];

function servedOf({ needs, needsWriter }: Journey, { model, short, regions }: Situation): number {
  if (needsWriter && !regions.isWritable()) return 0;
  let served = 0;
  for (const [index, { name }] of model.regions.entries()) {
    let share = regions.shareOf(name);
    for (const each of short) if (needs[index]?.has(each.key)) share *= each.share;
    served += share;
  }
  return served;
}

/** In proportion to what each lacks. */
function blame({ needs, needsWriter }: Journey, { model, short, regions }: Situation): Lack["by"] {
  const lacks = new Map<string, number>();
  for (const { key, share } of short) {
    const isNeeded = model.regions.some(({ name }, index) => needs[index]?.has(key) && regions.shareOf(name) > 0);
    const component = model.componentOf.get(key) ?? key;
    if (isNeeded) lacks.set(component, (lacks.get(component) ?? 0) + 1 - share);
  }
  const isRegional = (needsWriter && !regions.isWritable()) || model.regions.some(({ name }) => regions.lacks(name));
  if (isRegional && regions.lastLost !== null) lacks.set(regions.lastLost, 1);
  const sum = [...lacks.values()].reduce((total, each) => total + each, 0);
  return [...lacks].map(([component, lack]) => [component, lack / sum]);
}
