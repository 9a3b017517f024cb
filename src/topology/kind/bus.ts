import type { Ms } from "../../base/units.ts";
import type { BusDefinition } from "../../definition/bus.ts";

export interface BusRule {
  readonly name: string;
  /** EventBridge's own event pattern. */
  readonly match: Readonly<Record<string, unknown>>;
  /** Queues, topics and functions that get each event that matches. */
  readonly to: readonly string[];
}

export interface BusSettings {
  readonly rules: readonly BusRule[];
  /** How long events are kept for replay; null: they are not. */
  readonly archiveMs: Ms | null;
}

/** What a definition says of a bus. */
export function busSettings({ rules, archive }: BusDefinition): BusSettings {
  return { rules: Object.entries(rules).map(([name, { match, to }]) => ({ name, match, to })), archiveMs: archive };
}
