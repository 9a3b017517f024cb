import type { JournalEvent } from "../base/journal.ts";
import { recordingOf } from "./check/recording.ts";
import { type DrillTimeline, drillTimeline } from "./timeline.ts";
import { type TroubledKey, troubledKeys } from "./troubled-key.ts";

/** What a journal holds beside the figures of its drill: what happened when, and to which keys. */
export interface DrillRecord {
  readonly timeline: DrillTimeline;
  readonly keys: readonly TroubledKey[];
}

/** Takes a drill's record from its journal. Throws where the journal does not say what the drill is. */
export function drillRecord(events: readonly JournalEvent[]): DrillRecord {
  const recording = recordingOf(events);
  return { timeline: drillTimeline(events, recording), keys: troubledKeys(recording) };
}
