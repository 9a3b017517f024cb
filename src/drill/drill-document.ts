import { type Ms, formatDuration } from "../base/units.ts";
import { FAULTS } from "../fault/catalogue.ts";
import { atAws } from "../topology/timing.ts";
import type { JourneyFigures } from "./check/objectives.ts";
import { type JourneyRecording, type Recording, isUnavailable } from "./check/recording.ts";
import { checkReplaced } from "./check/replaced.ts";
import type { Redundancy } from "./check/redundancy.ts";
import type { Stage } from "./check/stage.ts";
import { reconnectStage } from "./check/stages.ts";
import type { DrillDocument, JourneyDocument, PersonDocument, Verdict } from "../base/drill-document.ts";
import { personNotes, regionNotes, regionsDocument } from "./region-document.ts";

/** An event loop that was later than this blurs what it measured. */
const BLUR_MS = 50;

/** All that was found out about one drill. */
export interface DrillFindings {
  readonly recording: Recording;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly stages: readonly Stage[];
  readonly redundancy: Redundancy;
  readonly journeys: ReadonlyMap<JourneyRecording, JourneyFigures>;
  readonly file: string;
}

/** Puts what was found out about a drill into its document: whole milliseconds, counted from the fault. */
export function drillDocument(found: DrillFindings): DrillDocument {
  const { recording, redundancy, journeys } = found;
  const { drill, faultAt, pace } = recording;
  const since = (times: readonly Ms[]): Ms | null =>
    times.length === 0 || faultAt === null ? null : Math.round(Math.min(...times) - faultAt);
  const ends = (name: string): readonly Ms[] => found.stages.filter((stage) => stage.name === name).map(({ to }) => to);
  const reconnects = [...journeys].flatMap(([journey, { recovery }]) => {
    const steadyAt = faultAt === null || !recovery.recoveryTimeMs ? null : faultAt + recovery.recoveryTimeMs;
    return reconnectStage(journey, found.stages, steadyAt) ?? [];
  });
  const regions = regionsDocument(recording);
  const slowest = reconnects.sort((a, b) => b.to - a.to).slice(0, 1);
  return {
    name: drill.name,
    target: recording.subject ?? drill.target,
    verdict: found.verdict,
    reasons: found.reasons,
    notes: notesOf(found, regions.person),
    journal: found.file,
    ...describe(drill.name),
    proves: recording.expectation.claims.map(({ proves }) => proves),
    objective: drill.objective,
    ...(recording.expectation.rewinds ? { rewinds: true } : {}),
    journeys: Object.fromEntries(
      [...journeys].map(([journey, figures]) => [journey.id, journeyDocument(journey, figures)]),
    ),
    stages: [...found.stages, ...slowest].map((stage) => {
      const ms = stage.to - stage.from;
      const atAwsMs = Math.round(atAws({ class: stage.class, ms, documentedMs: stage.documentedMs ?? 0 }, pace));
      return { name: stage.name, component: stage.component, class: stage.class, ms: Math.round(ms), atAwsMs };
    }),
    detectedMs: since(ends("detect")),
    failedOverMs: since(ends("promote")),
    redundancyRestoredMs: whole(redundancy.restoredMs),
    replicationLagMs: whole(redundancy.replicationLagMs),
    ...regions,
    predicted: drill.predicted ?? null,
  };
}

function describe(name: string): Pick<DrillDocument, "summary" | "standsFor" | "notModelled" | "fisAction"> {
  const fault = FAULTS.find((each) => each.name === name);
  if (!fault) return { summary: "", standsFor: "", notModelled: [], fisAction: null };
  const { summary, standsFor, notModelled, fisAction } = fault;
  return { summary, standsFor, notModelled, fisAction };
}

function journeyDocument(journey: JourneyRecording, figures: JourneyFigures): JourneyDocument {
  const { recovery, lost, effects } = figures;
  const { steadyBefore: _, relapses: __, afterSteady: ___, ...seen } = recovery;
  return {
    durability: journey.durability,
    ...seen,
    p50Ms: Math.round(seen.p50Ms),
    p99Ms: Math.round(seen.p99Ms),
    firstErrorMs: whole(seen.firstErrorMs),
    lastErrorMs: whole(seen.lastErrorMs),
    recoveryTimeMs: whole(seen.recoveryTimeMs),
    recoveryTimeAtAwsMs: whole(figures.recoveryTimeAtAwsMs),
    longestGapMs: Math.round(seen.longestGapMs),
    ...lost,
    oldestLostAgeMs: Math.round(lost.oldestLostAgeMs),
    appliedTwice: effects.appliedTwice,
    redelivered: effects.redelivered,
  };
}

/** What a reader should know beside the figures. */
function notesOf({ recording, journeys }: DrillFindings, person: PersonDocument | null): readonly string[] {
  const notes: string[] = [];
  for (const [journey, { recovery, lost, masked, recoveryTimeAtAwsMs }] of journeys) {
    const { id, durability } = journey;
    if (isUnavailable(journey, recording) && recovery.failed + recovery.unknown > 0) {
      const down = recording.expectation.unavailable.filter((component) => journey.needs.includes(component));
      const number = `${recovery.failed + recovery.unknown} of ${recovery.operations} operations`;
      notes.push(`${id}: ${number} were not served, as was to be expected while ${down.join(", ")} cannot work`);
    }
    if (recording.expectation.rewinds && lost.lost > 0)
      notes.push(`${id}: ${lost.lost} acknowledged writes were given up by going back in time`);
    if (durability === "best-effort" && lost.lost > 0)
      notes.push(`${id}: ${lost.lost} of ${lost.acknowledged} writes lost (best effort)`);
    if (recovery.relapses > 0)
      notes.push(`${id}: ${recovery.relapses} operations failed after it had become steady again`);
    if (masked && recoveryTimeAtAwsMs !== null) {
      notes.push(
        `${id}: retries hid the outage here; at AWS it lasts ${formatDuration(recoveryTimeAtAwsMs)}, too long for them`,
      );
    }
  }
  notes.push(...regionNotes(recording), ...personNotes(person));
  for (const { component, first, second } of checkReplaced(recording)) {
    notes.push(`${component}: tasks replaced because their health checks failed: ${first} at first, ${second} later`);
  }
  const late = [...Map.groupBy(recording.eventLoops, (sample) => sample.process)].flatMap(([process, samples]) => {
    const worst = Math.max(...samples.map(({ maxDelayMs }) => maxDelayMs));
    return worst > BLUR_MS ? [`${process} ${formatDuration(worst)}`] : [];
  });
  if (late.length > 0)
    notes.push(`the machine was busy; event loops were late, and times are that blurred: ${late.join(", ")}`);
  return notes;
}

function whole(ms: Ms | null): Ms | null {
  return ms === null ? null : Math.round(ms);
}
