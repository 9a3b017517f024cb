import type { StrategyDocument } from "../base/drill-document.ts";
import type { Ms } from "../base/units.ts";
import { rangeText, timeText } from "./drill-figures.ts";

/** The names of all stages, in the order in which a recovery goes through them. */
export function stageNames(strategies: readonly StrategyDocument[]): readonly string[] {
  const names: string[] = [];
  for (const { stages } of strategies) {
    let at = 0; // what one strategy alone goes through stands where it went through it
    for (const { name } of stages) {
      const known = names.indexOf(name);
      if (known < 0) names.splice(at, 0, name);
      at = (known < 0 ? at : known) + 1;
    }
  }
  return names;
}

/** A stage here, and at AWS where that is another time; a dash where the strategy has none of that name. */
export function stageText({ stages }: StrategyDocument, name: string): string {
  const stage = stages.find((each) => each.name === name);
  if (!stage) return "–";
  const here = timeText(stage.ms);
  const there = timeText(stage.atAwsMs);
  return here === there ? here : `${here} → ${there}`;
}

/** A time that is null where a journey never recovered, and unknown where nothing was measured. */
export function recoveryText(strategy: StrategyDocument, ms: Ms | null): string {
  return timeText(ms === null && strategy.operations > 0 ? "never" : ms);
}

/** Whether the strategy meets the objective that the system has. */
export function meetsText({ meetsSystem }: StrategyDocument): string {
  return meetsSystem === null ? "–" : meetsSystem ? "yes" : "no";
}

/** Acknowledged writes that are lost, of how many. */
export function lostText({ lost, lostAtMost, acknowledged }: StrategyDocument): string {
  return `${rangeText(lost, lostAtMost)} of ${acknowledged}`;
}

/** Whether the recovery took longer at AWS than is allowed. */
export function isTooSlow({ recoveryTimeAtAwsMs, objective, operations }: StrategyDocument): boolean {
  if (operations === 0 || objective.rtoMs === null) return false;
  return (recoveryTimeAtAwsMs ?? Number.POSITIVE_INFINITY) > objective.rtoMs;
}

/** Whether more is lost than is allowed. */
export function losesTooMuch({ lost, oldestLostAgeMs, objective }: StrategyDocument): boolean {
  const rpoMs = objective.rpoMs ?? 0;
  return lost > 0 && (rpoMs === 0 || oldestLostAgeMs > rpoMs);
}

/** An amount of memory or of a disk, in the units that a reader of this size likes. */
export function bytesText(bytes: number): string {
  const mib = bytes / 2 ** 20;
  if (mib < 1_024) return `${Math.round(mib)} MiB`;
  return `${(mib / 1_024).toFixed(1)} GiB`;
}
