import type { JournalEvent } from "../base/journal.ts";
import type { Ms } from "../base/units.ts";
import { checkClaims } from "./check/claims.ts";
import { checkEffects } from "./check/effects.ts";
import { checkLost } from "./check/lost.ts";
import { checkMasked } from "./check/masked.ts";
import { type JourneyFigures, judgeDrill, judgeJourney } from "./check/objectives.ts";
import {
  type JourneyRecording,
  type Recording,
  beforeFailback,
  isUnavailable,
  recordingOf,
} from "./check/recording.ts";
import { checkRecovery } from "./check/recovery.ts";
import { type Redundancy, checkRedundancy } from "./check/redundancy.ts";
import type { Stage } from "./check/stage.ts";
import { checkStages, projectToAws, stagesOf } from "./check/stages.ts";
import type { DrillDocument } from "../base/drill-document.ts";
import { drillDocument } from "./drill-document.ts";
import { gatherFindings } from "./findings.ts";

/** The checkers; a parameter, so that a test can plant one that crashes. */
export const CHECKERS = {
  recovery: checkRecovery,
  lost: checkLost,
  effects: checkEffects,
  masked: checkMasked,
  redundancy: checkRedundancy,
  stages: checkStages,
  claims: checkClaims,
} as const;

/** One function a figure; each pure over the journal. */
export type Checkers = typeof CHECKERS;

/** A journal to judge: its events, the file that it came from, and what was torn off its end. */
export interface JudgedJournal {
  readonly events: readonly JournalEvent[];
  readonly file: string;
  readonly torn: string | null;
}

const NOTHING_SEEN: Redundancy = { restoredMs: null, lacking: [], taken: false, replicationLagMs: null };

/**
 * Computes every figure of a drill from its journal, and its verdict. A checker that crashes makes the verdict unknown
 * at best, and the figures that it would have given are left out. Throws only where the journal does not say what the
 * drill is.
 */
export function judge(journal: JudgedJournal, checkers: Checkers = CHECKERS): DrillDocument {
  const { add, guard, conclude } = gatherFindings();
  const recording = recordingOf(journal.events);
  const stages = guard("stages", () => checkers.stages(recording), []);
  const redundancy = guard("redundancy", () => checkers.redundancy(recording), NOTHING_SEEN);
  const journeys = new Map<JourneyRecording, JourneyFigures>();
  for (const journey of recording.journeys) {
    const figures = guard(`journey "${journey.id}"`, () => figuresOf(journey, { recording, stages, checkers }), null);
    if (figures) journeys.set(journey, figures);
  }
  add(...guard("the drill", () => judgeDrill(recording, redundancy), []));
  add(...guard("claims", () => checkers.claims(recording), []));
  for (const [journey, figures] of journeys) {
    add(...guard(`journey "${journey.id}"`, () => judgeJourney(journey, figures, recording), []));
  }
  return drillDocument({ recording, ...conclude(journal.torn), stages, redundancy, journeys, file: journal.file });
}

/**
 * What cannot work until the fault is undone recovers from that moment on; all else from the fault on, and so where
 * undoing it is the recovery.
 */
function recoverySpan(
  { faultAt, healedAt }: Recording,
  isFromHeal: boolean,
  recoveryTimeMs: Ms,
): { from: Ms; to: Ms } | null {
  if (faultAt === null) return null;
  const to = faultAt + recoveryTimeMs;
  return { from: isFromHeal && healedAt !== null ? Math.min(healedAt, to) : faultAt, to };
}

/** The figures of one journey. Exported for the control run, which has no verdict. */
export function figuresOf(
  journey: JourneyRecording,
  { recording, stages, checkers }: { recording: Recording; stages: readonly Stage[]; checkers: Checkers },
): JourneyFigures {
  const own = stagesOf(journey, stages);
  const watched = beforeFailback(journey, recording);
  const detects = own.filter(({ name }) => name === "detect").map(({ to }) => to);
  const recovery = checkers.recovery(watched, recording, detects.length === 0 ? null : Math.max(...detects));
  const { pace } = recording;
  const { recoveryTimeMs } = recovery;
  const mustWait = isUnavailable(journey, recording);
  const maskedMs = recoveryTimeMs === 0 && !mustWait ? checkers.masked(watched, recording, own) : null;
  const isFromHeal = mustWait && !recording.expectation.rewinds;
  const recovered = recoveryTimeMs === null ? null : recoverySpan(recording, isFromHeal, recoveryTimeMs);
  return {
    recovery,
    recoveryTimeAtAwsMs: maskedMs ?? (recovered && projectToAws(recovered, own, pace)),
    masked: maskedMs !== null,
    lost: checkers.lost(journey, recording),
    effects: checkers.effects(journey, recording),
  };
}
