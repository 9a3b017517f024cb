import { formatDuration } from "../../base/units.ts";
import type { Ms } from "../../base/units.ts";
import type { Effects } from "./effects.ts";
import { type JourneyRecording, type Recording, isUnavailable } from "./recording.ts";
import type { Recovery } from "./recovery.ts";
import type { Redundancy } from "./redundancy.ts";
import type { Lost } from "./lost.ts";
import { STEADY } from "../../base/steady.ts";
import { lateLoadMs } from "./late-load.ts";
import { leftATrace } from "./trace.ts";

/** Why a drill did not pass. */
export interface Finding {
  readonly verdict: "fail" | "unknown";
  readonly reason: string;
}

/** All figures of one journey. */
export interface JourneyFigures {
  readonly recovery: Recovery;
  readonly recoveryTimeAtAwsMs: Ms | null;
  /** Whether the time at AWS is that of an outage which retries hid here. */
  readonly masked: boolean;
  readonly lost: Lost;
  readonly effects: Effects;
}

/** Holds the figures of one journey against what was promised. */
export function judgeJourney(journey: JourneyRecording, figures: JourneyFigures, whole: Recording): readonly Finding[] {
  const { drill, ...recording } = whole;
  const { lost } = figures;
  // What a restore gives up is no loss by accident: its claim says what may be lost.
  const judged = whole.expectation.rewinds
    ? { ...lost, lost: 0, lostAfterFault: 0, lostAtMost: lost.lostAtMost - lost.lost }
    : lost;
  const timed = judgeTime(figures, drill.objective.rtoMs, { ...recording, mustWait: isUnavailable(journey, whole) });
  const findings = [
    ...(lateLoadMs(whole) === null ? timed : timed.map(({ reason }) => unknown(reason))),
    ...judgeLost(journey, judged, drill.objective.rpoMs),
    ...judgeEffects(figures.effects),
  ];
  return findings.map(({ verdict, reason }) => ({ verdict, reason: `${journey.id}: ${reason}` }));
}

const fail = (reason: string): Finding => ({ verdict: "fail", reason });
const unknown = (reason: string): Finding => ({ verdict: "unknown", reason });

function judgeTime(
  { recovery, recoveryTimeAtAwsMs, masked }: JourneyFigures,
  rtoMs: Ms | null,
  recording: Omit<Recording, "drill"> & { readonly mustWait: boolean },
): Finding[] {
  const { faultAt, healedAt, healable, brokenOff, mustWait } = recording;
  const { recoveryTimeMs, operations } = recovery;
  if (operations === 0) return [unknown("no operation was made, so nothing is known of it")];
  if (!recovery.steadyBefore)
    return [unknown("it was not steady when the fault struck, so its recovery means nothing")];
  // What was broken off was not watched for long enough to say that; why it was is told elsewhere.
  if (recoveryTimeMs === null && brokenOff !== null) return [];
  if (recoveryTimeMs === null) return [fail("it never became steady again while it was watched")];
  const found: Finding[] = [];
  if (healable && !mustWait && healedAt !== null && faultAt !== null && recoveryTimeMs >= healedAt - faultAt) {
    found.push(
      fail(`it was steady again after ${formatDuration(recoveryTimeMs)}, and not before the fault was undone`),
    );
  }
  if (recovery.relapses > (1 - STEADY.okShare) * recovery.afterSteady) {
    const share = `${recovery.relapses} of ${recovery.afterSteady} operations`;
    found.push(fail(`it did not stay steady: ${share} failed after it had been steady again`));
  }
  if (rtoMs !== null && recoveryTimeAtAwsMs !== null && recoveryTimeAtAwsMs > rtoMs) {
    const [takes, allowed] = [formatDuration(recoveryTimeAtAwsMs), formatDuration(rtoMs)];
    const hidden = masked ? " (here its customers' retries hid it)" : "";
    found.push(fail(`recovery takes ${takes} at AWS${hidden}, the objective is ${allowed}`));
  }
  return found;
}

/** What is kept only as well as possible may be lost: that is reported, and no reason to fail. */
export function judgeLost({ durability }: JourneyRecording, lost: Lost, rpoMs: Ms | null): Finding[] {
  const found: Finding[] = [];
  if (lost.diverged > 0) found.push(fail(`the surviving replicas disagree about ${count(lost.diverged, "key")}`));
  if (durability === "best-effort") return found;
  const writes = (number: number): string => count(number, "acknowledged write");
  const rpo = rpoMs ?? 0;
  if (lost.lost > 0 && (rpo === 0 || lost.oldestLostAgeMs > rpo)) {
    const age = lost.oldestLostAgeMs > 0 ? `, the oldest ${formatDuration(lost.oldestLostAgeMs)} before the fault` : "";
    found.push(fail(`${writes(lost.lost)} lost${age} (objective ${formatDuration(rpo)})`));
  }
  if (lost.lostAfterFault > 0) {
    const those = `${lost.lostAfterFault} of the lost`;
    found.push(fail(`${those} were acknowledged after the fault, by a side that had no right to`));
  }
  if (lost.stranded > 0) found.push(fail(`${writes(lost.stranded)} stranded in a dead-letter queue`));
  if (lost.pending > 0) found.push(unknown(`${writes(lost.pending)} still queued at the deadline`));
  const unread = lost.lostAtMost - lost.lost - lost.pending;
  if (unread > 0) found.push(unknown(`${writes(unread)} could not be read back: up to ${lost.lostAtMost} may be lost`));
  return found;
}

/** An effect that shows twice, or that the books lack. */
export function judgeEffects(effects: Effects): Finding[] {
  const found: Finding[] = [];
  if (effects.appliedTwice > 0) found.push(fail(`${count(effects.appliedTwice, "effect")} applied twice`));
  if (effects.missing > 0)
    found.push(fail(`the system's books lack ${count(effects.missing, "effect")} that the ledger has`));
  if (effects.unread) found.push(unknown("the system's books could not be read, so a double effect may hide in them"));
  return found;
}

/** What concerns the drill as a whole: whether it was one, and whether the system can lose the next one. */
export function judgeDrill(recording: Recording, redundancy: Redundancy): readonly Finding[] {
  const found: Finding[] = [];
  if (recording.brokenOff !== null) found.push(unknown(`the drill did not come to its end: ${recording.brokenOff}`));
  if (recording.faultAt === null) return [...found, unknown("no fault was made")];
  const lateMs = lateLoadMs(recording);
  if (lateMs !== null) {
    const late = `the load's own event loop was ${formatDuration(lateMs)} late`;
    found.push(unknown(`${late}, so nobody knows who was slow, refused or spared: repeat it on a quieter machine`));
  }
  if (!leftATrace({ ...recording, trace: recording.expectation.trace }, recording.faultAt))
    found.push(unknown("the world shows no trace of the fault, so it may not have struck"));
  if (recording.settled === null) found.push(unknown("whether full redundancy came back was not looked at"));
  else if (!recording.settled.ok || redundancy.lacking.length > 0) {
    const which = redundancy.lacking.length > 0 ? ` of ${redundancy.lacking.join(", ")}` : "";
    found.push(fail(`full redundancy${which} was not back within ${formatDuration(recording.settled.withinMs)}`));
  }
  for (const { component, checksums } of recording.divergences) {
    const names = Object.entries(checksums)
      .filter(([, checksum]) => checksum === null)
      .map(([name]) => name);
    if (names.length > 0) found.push(unknown(`no checksum of ${component}'s ${names.join(", ")} could be had`));
    const known = Object.values(checksums).filter((checksum) => checksum !== null);
    if (new Set(known).size > 1) found.push(fail(`the copies of ${component} differ`));
  }
  return found;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
