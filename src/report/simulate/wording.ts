import type { SimulatedQueue } from "../../base/simulate-document.ts";
import { formatDuration } from "../../base/units.ts";

/** As many digits as tell two of what is missing. */
export function percent(share: number): string {
  return `${Number((100 * (1 - Number((1 - share).toPrecision(2)))).toPrecision(10))}%`;
}

/** How long what was put in a queue waited for its work. */
export function queueText(queue: SimulatedQueue): string {
  const { longestSeconds, lostShare, objectiveSeconds, beyondObjectiveShare } = queue;
  if (longestSeconds === 0) return "never waited";
  const shareText = (share: number): string => `${Number((100 * share).toPrecision(2))}% of all messages`;
  const beyond =
    objectiveSeconds === null || beyondObjectiveShare === null
      ? ""
      : `; ${shareText(beyondObjectiveShare)} for longer than ${formatDuration(objectiveSeconds * 1_000)}`;
  const lost = lostShare === 0 ? "" : `; ${shareText(lostShare)} until they were lost`;
  return `at most ${formatDuration(longestSeconds * 1_000)}${beyond}${lost}`;
}
