import type { Ms } from "../../base/units.ts";
import { formatDuration } from "../../base/units.ts";
import { checkClaims } from "../check/claims.ts";
import { absentWrites } from "../check/lost.ts";
import type { Finding } from "../check/objectives.ts";
import type { JourneyRecording, Recording } from "../check/recording.ts";
import type { Episode } from "./episode.ts";

/** Acknowledged writes that were lost with a region, and how old the oldest of them was then. */
export interface TakenWrites {
  readonly episode: Episode;
  readonly lost: number;
  readonly oldestAgeMs: Ms;
}

/**
 * The acknowledged writes of a journey that are lost, by the region that was lost next after each: what its copy had
 * not got yet went with it. Those after the last loss of a region are none of it. Empty where nothing is promised of
 * them.
 */
export function takenWithRegions(journey: JourneyRecording, episodes: readonly Episode[]): readonly TakenWrites[] {
  if (journey.durability === "best-effort") return [];
  const absent = absentWrites(journey);
  return losses(episodes).flatMap(({ episode, since }) => {
    const own = absent.filter(({ at }) => at > since && at <= episode.struckAt);
    const oldestAgeMs = own.reduce((oldest, { at }) => Math.max(oldest, episode.from - at), 0);
    return own.length === 0 ? [] : [{ episode, lost: own.length, oldestAgeMs }];
  });
}

/** Holds what was lost with regions against what may be lost with one. */
export function judgeTaken({ id }: JourneyRecording, taken: readonly TakenWrites[]): readonly Finding[] {
  return taken.flatMap(({ episode: { target, held }, lost, oldestAgeMs }) => {
    const rpoMs = held.objective.rpoMs ?? 0;
    if (rpoMs > 0 && oldestAgeMs <= rpoMs) return [];
    const writes = `${lost} acknowledged write${lost === 1 ? "" : "s"}`;
    const age = `the oldest ${formatDuration(oldestAgeMs)} before (objective ${formatDuration(rpoMs)})`;
    return [{ verdict: "fail", reason: `${id}: ${writes} lost with ${target}, ${age}` } as const];
  });
}

/**
 * Holds what must come of each region's loss against the journal, as in a drill of it alone, up to the moment in which
 * it is undone. Where something else was broken meanwhile the design promises nothing of it.
 */
export function judgeRegions(recording: Recording, episodes: readonly Episode[]): readonly Finding[] {
  return episodes.flatMap((episode) => {
    const { held, fault, target } = episode;
    if (held.claims === undefined || episodes.some((other) => other !== episode && meet(other, episode))) return [];
    const found = checkClaims(sliceOf(episode, recording, episodes));
    return found.map((each) => ({ ...each, reason: `${fault} of ${target}: ${each.reason}` }));
  });
}

function meet(one: Episode, other: Episode): boolean {
  const end = ({ wholeAt }: Episode): Ms => wholeAt ?? Number.POSITIVE_INFINITY;
  return one.from < end(other) && other.from < end(one);
}

/** What happened under one loss of a region, as the journal of a drill of it. */
function sliceOf(episode: Episode, recording: Recording, episodes: readonly Episode[]): Recording {
  const { from, struckAt, held } = episode;
  const healedAt = episode.healedAt ?? Number.POSITIVE_INFINITY;
  const since = losses(episodes).findLast((loss) => loss.episode.from < from)?.episode.struckAt ?? recording.drill.at;
  return {
    ...recording,
    expectation: { unavailable: [], claims: held.claims ?? [], trace: "none" },
    faultAt: from,
    struckAt,
    healedAt: episode.healedAt,
    loadEndsAt: healedAt,
    world: recording.world.filter(({ at }) => at < healedAt),
    eventLoops: recording.eventLoops.filter(({ at }) => at >= from && at < healedAt),
    journeys: recording.journeys.map((journey) => {
      const operations = journey.operations.filter(({ at, dueAt }) => at > since && dueAt < healedAt);
      return { ...journey, operations };
    }),
  };
}

/** The losses of regions that may cost writes, for what is lost must be saved then; each with the one before it. */
function losses(episodes: readonly Episode[]): readonly { readonly episode: Episode; readonly since: Ms }[] {
  const own = episodes.filter(({ held }) => held.claims?.some(({ claim }) => claim.kind === "saved"));
  return own.map((episode, index) => ({ episode, since: own[index - 1]?.struckAt ?? Number.NEGATIVE_INFINITY }));
}
