import { type Ms, formatDuration } from "../../base/units.ts";
import { absentWrites } from "./lost.ts";
import { restoredAt } from "./restore-stages.ts";
import type { JourneyRecording, Recording } from "./recording.ts";

/**
 * How long a message may have waited in a queue that is empty most of the time: what was acknowledged by being queued
 * is written that much later, and lost with what is written then.
 */
export const QUEUED_MS: Ms = 1_000;

/** What speaks against that nothing is lost; null where nothing does. */
export function someLost(recording: Recording): string | null {
  return told(lossesOf(recording), ({ id, lost }) => `${lost.length} of ${id}`, "lost");
}

/**
 * What speaks against that every lost write was younger, when the region was lost, than its copy was behind: the last
 * sample before that, and how old the sample was. Null where nothing does.
 */
export function olderThanLag(recording: Recording): string | null {
  const { faultAt, drill } = recording;
  const losses = lossesOf(recording);
  if (faultAt === null || losses.length === 0) return null;
  const behindMs = behindAt(recording, faultAt);
  if (behindMs === null) return "writes are lost, and nobody knows how far the copy was behind";
  const tooOld = losses.flatMap(({ id, needs, lost }) => {
    const allowedMs = behindMs + (drill.queues.some((queue) => needs.includes(queue)) ? QUEUED_MS : 0);
    const old = lost.filter(({ at }) => faultAt - at > allowedMs);
    const oldest = Math.max(...old.map(({ at }) => faultAt - at));
    return old.length === 0 ? [] : [{ id, lost: old, oldest, allowedMs }];
  });
  return told(
    tooOld,
    ({ id, lost, oldest, allowedMs }) =>
      `${lost.length} of ${id}, up to ${formatDuration(oldest)} old where ${formatDuration(allowedMs)} may be lost`,
    "older",
  );
}

/** What speaks against that every lost write is in the files for people to reconcile; null where nothing does. */
export function unsaved(recording: Recording): string | null {
  const saved = new Set(recording.saved?.keys);
  const missing = lossesOf(recording).flatMap((journey) => {
    const lost = journey.lost.filter(({ key }) => !saved.has(key));
    return lost.length === 0 ? [] : [{ ...journey, lost }];
  });
  return told(missing, ({ id, lost }) => `${lost.length} of ${id}, such as ${lost[0]?.key}`, "in no file");
}

/**
 * What speaks against that every lost write was acknowledged between the fault and the end of the restore that undid
 * it; null where nothing does. What was queued at the fault came into the database after it.
 */
export function lostOtherwise(recording: Recording): string | null {
  const { faultAt, drill } = recording;
  const until = restoredAt(recording);
  if (faultAt === null) return null;
  if (until === null) return "nothing was restored";
  const otherwise = lossesOf(recording).flatMap((journey) => {
    const queuedMs = drill.queues.some((queue) => journey.needs.includes(queue)) ? QUEUED_MS : 0;
    const lost = journey.lost.filter(({ at }) => at < faultAt - queuedMs || at > until);
    return lost.length === 0 ? [] : [{ ...journey, lost }];
  });
  return told(otherwise, ({ id, lost }) => `${lost.length} of ${id}, such as ${lost[0]?.key}`, "lost");
}

/** What speaks against that the copy in another region was this far behind at some time; null where nothing does. */
export function notBehind(wantedMs: Ms, { world, faultAt, preparedAt }: Recording): string | null {
  const from = preparedAt ?? faultAt ?? Infinity;
  const lags = world.flatMap((event) =>
    event.kind === "lag" && event.region !== undefined && event.at >= from ? [event.lagMs] : [],
  );
  // Farther behind than anything that is remembered is far enough.
  const worst = lags.some((lag) => lag === null) ? Infinity : Math.max(0, ...lags.map((lag) => lag ?? 0));
  return worst >= wantedMs ? null : `it was at most ${formatDuration(worst)} behind`;
}

/**
 * How old a write could be at `at` that no copy in another region had yet, over all databases; null where that is not
 * known of one of them, or of none.
 */
export function behindAt({ world }: Pick<Recording, "world">, at: Ms): Ms | null {
  const last = new Map<string, Ms | null>();
  for (const event of world) {
    if (event.kind !== "lag" || event.region === undefined || event.at > at) continue;
    last.set(`${event.region} ${event.component}`, event.lagMs === null ? null : at - event.at + event.lagMs);
  }
  const all = [...last.values()];
  const known = all.filter((ms) => ms !== null);
  return all.length === 0 || known.length < all.length ? null : Math.max(...known);
}

/** Journeys that lost acknowledged writes; what is only kept as well as possible may be lost. */
function lossesOf({ journeys }: Recording): readonly (JourneyRecording & { lost: ReturnType<typeof absentWrites> })[] {
  return journeys
    .filter(({ durability }) => durability === "acknowledged")
    .map((journey) => ({ ...journey, lost: absentWrites(journey) }))
    .filter(({ lost }) => lost.length > 0);
}

function told<T>(those: readonly T[], say: (each: T) => string, what: string): string | null {
  return those.length === 0 ? null : `acknowledged writes are ${what}: ${those.map(say).join("; ")}`;
}
