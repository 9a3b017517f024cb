import { formatDuration, formatRange } from "../base/units.ts";
import { YEAR } from "../facts/failure.ts";
import type { Objectives, RecoveryStrategy } from "../topology/topology.ts";
import { type Figures, SCOPES } from "./objectives.ts";
import { formatShare } from "./wording.ts";

/** A strategy with what is known of it. */
export interface Known {
  readonly recovery: RecoveryStrategy;
  readonly figures: Figures;
}

/** Objectives that exclude each other, and those that a strategy cannot meet whatever is spent on it. */
export function contradictionsIn(objectives: Objectives, strategies: readonly Known[]): readonly string[] {
  return [...orderOf(objectives), ...budgetsOf(objectives, strategies), ...copiesOf(objectives, strategies)];
}

/** A larger loss holds the smaller ones, so it cannot be over, or cost, sooner. */
function orderOf(objectives: Objectives): readonly string[] {
  return SCOPES.flatMap((larger, at) =>
    SCOPES.slice(0, at).flatMap((smaller) =>
      (["rtoMs", "rpoMs"] as const).flatMap((key) => {
        const [least, most] = [objectives[larger][key], objectives[smaller][key]];
        if (least === null || most === null || least >= most) return [];
        const name = key === "rtoMs" ? "RTO" : "RPO";
        const [sooner, later] = [formatDuration(least), formatDuration(most)];
        const article = smaller === "instance" ? "an" : "a";
        const those = `that of ${article} ${smaller} (${later}), which is lost with it`;
        return [`the ${name} of a ${larger} (${sooner}) is shorter than ${those}`];
      }),
    ),
  );
}

/** What an availability allows in a year, against what one loss of a region takes. */
function budgetsOf({ availability }: Objectives, strategies: readonly Known[]): readonly string[] {
  if (availability === null) return [];
  const allowed = (1 - availability) * YEAR.value;
  return strategies
    .filter(({ figures }) => figures.rtoMs.region.high > allowed)
    .map(({ recovery, figures }) => {
      const takes = formatRange(figures.rtoMs.region.low, figures.rtoMs.region.high);
      const budget = `it allows ${formatDuration(allowed)} a year, and one loss of a region can take ${takes}`;
      return `${formatShare(availability)} with ${recovery}: ${budget}`;
    });
}

function copiesOf({ region }: Objectives, strategies: readonly Known[]): readonly string[] {
  if (region.rpoMs !== 0 || strategies.some(({ figures }) => figures.rpoMs.region.low === 0)) return [];
  return ["a region's RPO of 0: copies between regions follow after the answer, whatever the strategy"];
}
