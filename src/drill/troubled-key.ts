import type { Ms } from "../base/units.ts";
import { disagree } from "./check/lost.ts";
import type { JourneyRecording, Recording } from "./check/recording.ts";

/**
 * What is wrong with a key: an acknowledged write is `absent` through the public endpoint; its read-back is unknown
 * (`unread`); its effect shows more than once (`twice`); or copies disagree about it (`diverged`).
 */
export type KeyTrouble = "absent" | "unread" | "twice" | "diverged";

/** A key that did not end as it should. */
export interface TroubledKey {
  readonly journey: string;
  readonly key: string;
  readonly trouble: KeyTrouble;
  /** When its write was acknowledged, since the fault (negative: before it); null where it was not. */
  readonly acknowledgedMs: Ms | null;
  /** How often the effect shows; null where the program does not say. */
  readonly applied: number | null;
}

/**
 * Every key that is behind a figure of losses and double effects, by journey. Which of the absent ones are in a queue
 * cannot be told, so there may be more of them than the figure `lost` says.
 */
export function troubledKeys(recording: Recording): readonly TroubledKey[] {
  return recording.journeys.flatMap((journey) => keysOf(journey, recording.faultAt));
}

function keysOf({ id, operations, readBacks }: JourneyRecording, faultAt: Ms | null): TroubledKey[] {
  const acknowledged = new Map(
    operations
      .filter(({ action, outcome }) => action === "write" && outcome === "ok")
      .map(({ key, at }) => [key, at] as const),
  );
  const looks = Map.groupBy(readBacks, ({ key }) => key);
  const troubled: TroubledKey[] = [];
  for (const key of new Set([...acknowledged.keys(), ...looks.keys()])) {
    const own = looks.get(key) ?? [];
    const at = acknowledged.get(key);
    const seen = own.findLast(({ replica }) => replica === null)?.outcome ?? "unknown";
    const times = own.map(({ applied }) => applied ?? 0);
    const add = (trouble: KeyTrouble, applied: number | null): void => {
      const acknowledgedMs = at === undefined || faultAt === null ? null : Math.round(at - faultAt);
      troubled.push({ journey: id, key, trouble, acknowledgedMs, applied });
    };
    if (at !== undefined && seen === "absent") add("absent", null);
    if (at !== undefined && seen === "unknown") add("unread", null);
    if (Math.max(0, ...times) > 1) add("twice", Math.max(...times));
    if (disagree(own)) add("diverged", null);
  }
  return troubled;
}
