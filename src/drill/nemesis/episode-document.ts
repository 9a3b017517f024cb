import type { Ms } from "../../base/units.ts";
import type { JourneyRecording, Recording } from "../check/recording.ts";
import { checkStages } from "../check/stages.ts";
import type { EpisodeDocument } from "../../base/drill-document.ts";
import type { Episode } from "./episode.ts";
import type { Liveness } from "./liveness.ts";

/** What one episode came to, for the document: whole milliseconds since its own strike. */
export function episodeDocument(
  episode: Episode,
  whole: {
    readonly recording: Recording;
    readonly episodes: readonly Episode[];
    readonly live: ReadonlyMap<JourneyRecording, Liveness>;
  },
): EpisodeDocument {
  const { recording, episodes, live } = whole;
  const { from, healedAt, wholeAt, fault, target } = episode;
  const next = episodes.find((other) => other.from > from)?.from ?? Number.POSITIVE_INFINITY;
  const world = recording.world.filter(({ at }) => at < next);
  const stages = checkStages({ ...recording, faultAt: from, healedAt, world });
  const ends = (name: string): Ms | null => {
    const times = stages.filter((stage) => stage.name === name).map(({ to }) => to);
    return times.length === 0 ? null : Math.round(Math.min(...times) - from);
  };
  const own = [...live.values()].flatMap(({ outcomes }) => outcomes.find(({ span }) => span.episode === episode) ?? []);
  const times = own.map(({ recoveryTimeMs }) => recoveryTimeMs).filter((ms) => ms !== null);
  const troubled = recording.journeys.flatMap(({ operations }) =>
    operations.filter(({ dueAt, outcome }) => dueAt >= from && dueAt < next && outcome !== "ok"),
  );
  const since = (at: Ms | null): Ms | null => (at === null ? null : Math.round(at - from));
  return {
    fault,
    target,
    atMs: Math.round(from - (recording.faultAt ?? from)),
    healedMs: since(healedAt),
    wholeMs: since(wholeAt),
    detectedMs: ends("detect"),
    promotedMs: ends("promote"),
    shiftedMs: ends("shift"),
    recoveryTimeMs: times.length === 0 || times.length < own.length ? null : Math.round(Math.max(...times)),
    failed: troubled.length,
  };
}
