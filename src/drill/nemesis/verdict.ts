import { type Ms, formatDuration } from "../../base/units.ts";
import { checkEffects } from "../check/effects.ts";
import { checkLost } from "../check/lost.ts";
import { type Finding, type JourneyFigures, judgeDrill, judgeEffects, judgeLost } from "../check/objectives.ts";
import { type JourneyRecording, type Recording, recordingOf } from "../check/recording.ts";
import { checkRecovery } from "../check/recovery.ts";
import { checkRedundancy } from "../check/redundancy.ts";
import type { DrillDocument, EpisodeDocument, Verdict } from "../../base/drill-document.ts";
import { drillDocument } from "../drill-document.ts";
import { gatherFindings } from "../findings.ts";
import type { JudgedJournal } from "../verdict.ts";
import { episodeDocument } from "./episode-document.ts";
import { type Missed, episodesOf } from "./episode.ts";
import { type Liveness, checkLiveness } from "./liveness.ts";
import { type TakenWrites, judgeRegions, judgeTaken, takenWithRegions } from "./region-loss.ts";

/**
 * Computes every figure of a campaign from its journal, and its verdict: nothing lost, nothing applied twice, nothing
 * that the copies disagree about, whole and steady at the end, and steady in time wherever the design promised it. A
 * checker that crashes makes the verdict unknown at best. Throws only where the journal does not say what it is.
 */
export function judgeCampaign(journal: JudgedJournal): DrillDocument {
  const recording = recordingOf(journal.events);
  const { add, guard, conclude } = gatherFindings();
  const { episodes, missed } = guard("episodes", () => episodesOf(journal.events, recording.pace.factor), {
    episodes: [],
    missed: [],
  });
  const redundancy = checkRedundancy(recording);
  // When the load was late is a matter of each span.
  add(...guard("the drill", () => judgeDrill({ ...recording, eventLoops: [] }, redundancy), []));
  add(...guard("regions", () => judgeRegions(recording, episodes), []));
  const live = new Map<JourneyRecording, Liveness>();
  const journeys = new Map<JourneyRecording, JourneyFigures>();
  for (const journey of recording.journeys) {
    guard(
      `journey "${journey.id}"`,
      () => {
        const liveness = checkLiveness(journey, recording, episodes);
        live.set(journey, liveness);
        const taken = takenWithRegions(journey, episodes);
        const figures = figuresOf(journey, recording, { liveness, taken });
        journeys.set(journey, figures);
        add(...liveness.findings, ...judgeWrites(journey, figures, { liveness, taken }));
      },
      undefined,
    );
  }
  const { verdict, reasons } = conclude(journal.torn);
  const document = drillDocument({ recording, verdict, reasons, stages: [], redundancy, journeys, file: journal.file });
  const told = episodes.map((episode) => episodeDocument(episode, { recording, episodes, live }));
  return {
    ...document,
    target: null,
    summary: `${told.length} faults, one after the other and two at once, under one load`,
    standsFor: "bad days: failures that nobody chose, while others have not been mended yet",
    notModelled: [
      "faults that bring a crowd of their own",
      ...(episodes.some(({ held }) => held.region !== undefined) ? [] : ["the loss of a region"]),
    ],
    redundancyRestoredMs: longest(told.map(({ wholeMs }) => wholeMs)),
    notes: [...document.notes, ...notesOf({ recording, live, told, missed, verdict })],
    episodes: told,
  };
}

/** What became of a journey's promise, and of its writes where regions were lost. */
interface Fate {
  readonly liveness: Liveness;
  readonly taken: readonly TakenWrites[];
}

/** Over all faults; times are the worst in which the journey was promised to recover. */
function figuresOf(
  journey: JourneyRecording,
  recording: Recording,
  { liveness: { outcomes }, taken }: Fate,
): JourneyFigures {
  // There is no one fault that a loss could be dated from, but for what went with a region.
  const lost = checkLost(journey, { ...recording, faultAt: null, struckAt: null });
  return {
    recovery: {
      ...checkRecovery(journey, recording, null),
      recoveryTimeMs: longest(outcomes.map(({ recoveryTimeMs }) => recoveryTimeMs)),
      relapses: 0,
      afterSteady: 0,
    },
    recoveryTimeAtAwsMs: longest(outcomes.map(({ recoveryTimeAtAwsMs }) => recoveryTimeAtAwsMs)),
    masked: false,
    lost: { ...lost, oldestLostAgeMs: taken.reduce((oldest, each) => Math.max(oldest, each.oldestAgeMs), 0) },
    effects: checkEffects(journey, recording),
  };
}

/**
 * Nothing may be lost but with a region. Stranded messages are safe: where more broke than the design promises to
 * survive, setting them aside is right.
 */
function judgeWrites(journey: JourneyRecording, figures: JourneyFigures, { liveness, taken }: Fate): Finding[] {
  const withRegions = taken.reduce((sum, each) => sum + each.lost, 0);
  const { lost, lostAtMost, stranded } = figures.lost;
  const others = Math.max(0, lost - withRegions);
  const judged = {
    ...figures.lost,
    lost: others,
    lostAtMost: lostAtMost - (lost - others),
    oldestLostAgeMs: 0,
    stranded: liveness.unpromisedMs > 0 ? 0 : stranded,
  };
  const found = [...judgeLost(journey, judged, 0), ...judgeEffects(figures.effects)];
  return [
    ...judgeTaken(journey, taken),
    ...found.map(({ verdict, reason }) => ({ verdict, reason: `${journey.id}: ${reason}` })),
  ];
}

/** More faults than a reader reads are in `episodes` alone. */
const LISTED_AT_MOST = 50;

interface Told {
  readonly recording: Recording;
  readonly live: ReadonlyMap<JourneyRecording, Liveness>;
  readonly told: readonly EpisodeDocument[];
  readonly missed: readonly Missed[];
  readonly verdict: Verdict;
}

function notesOf({ recording, live, told, missed, verdict }: Told): readonly string[] {
  const notes = [...live].map(([{ id }, { outcomes, unpromisedMs }]) => {
    const count = (wanted: string): number => outcomes.filter((outcome) => outcome.verdict === wanted).length;
    const blurred = count("blurred") > 0 ? `, ${count("blurred")} because the machine was too busy` : "";
    return (
      `${id}: the promise was kept ${count("kept")} times of ${count("kept") + count("broken")}; ` +
      `${count("short") + count("blurred")} more could not be told${blurred}, ` +
      `and nothing was promised for ${formatDuration(unpromisedMs)}`
    );
  });
  for (const { fault, target, why } of missed) notes.push(`${fault} missed ${target}: ${why}`);
  const { repeat } = recording.drill;
  if (verdict !== "pass" && repeat !== undefined) notes.push(`repeat it with ${repeat}`);
  if (told.length > LISTED_AT_MOST) return notes;
  return [...notes, ...told.map(lineOf)];
}

function lineOf({ fault, target, atMs, healedMs, wholeMs, recoveryTimeMs }: EpisodeDocument): string {
  return (
    `${formatDuration(atMs)}: ${fault} of ${target}, undone after ${shown(healedMs)}, ` +
    `whole after ${shown(wholeMs)}, customers steady after ${shown(recoveryTimeMs)}`
  );
}

function shown(ms: Ms | null): string {
  return ms === null ? "—" : formatDuration(ms);
}

function longest(times: readonly (Ms | null)[]): Ms | null {
  const known = times.filter((ms) => ms !== null);
  return known.length === 0 ? null : Math.round(Math.max(...known));
}
