import { formatDuration } from "../base/units.ts";
import { behindAt } from "./check/loss-claims.ts";
import { absentWrites } from "./check/lost.ts";
import type { Recording } from "./check/recording.ts";
import { RECOVERY, documentedStage } from "./check/region-stages.ts";
import type { DrillDocument, PersonDocument } from "../base/drill-document.ts";
import type { WorldEvent } from "../base/journal.ts";

/** What a drill of regions has in its document beside what every drill has. */
export function regionsDocument(
  recording: Recording,
): Pick<DrillDocument, "footprint" | "failback" | "saved" | "person"> {
  const { footprint, saved, journeys } = recording;
  const keys = new Set(saved?.keys);
  const lost = journeys.filter(({ durability }) => durability === "acknowledged").flatMap(absentWrites);
  return {
    footprint: footprint?.regions ?? null,
    failback: failbackOf(recording),
    person: personOf(recording),
    saved: saved && {
      rows: saved.rows,
      messages: saved.messages,
      ofLost: lost.filter(({ key }) => keys.has(key)).length,
    },
  };
}

function failbackOf({ failbackAt, faultAt, journeys, world }: Recording): DrillDocument["failback"] {
  if (failbackAt === null || faultAt === null) return null;
  const finished = world.find(
    (event) =>
      event.kind === "decision" && event.component === RECOVERY && event.what === "finished" && event.at >= failbackAt,
  );
  const operations = journeys.flatMap((journey) => journey.operations).filter(({ dueAt }) => dueAt >= failbackAt);
  const count = (wanted: string): number => operations.filter(({ outcome }) => outcome === wanted).length;
  return {
    atMs: Math.round(failbackAt - faultAt),
    tookMs: finished ? Math.round(finished.at - failbackAt) : null,
    operations: operations.length,
    failed: count("failed"),
    unknown: count("unknown"),
  };
}

/** What a person adds to the times at AWS, or is part of them; null where no region was given up. */
function personOf(recording: Recording): PersonDocument | null {
  const decisionMs = recording.drill.documentedMs[documentedStage("decide")];
  if (!wasGivenUp(recording) || decisionMs === undefined) return null;
  return { decisionMs, counted: decisionsOf(recording).some(({ what }) => what === "asked") };
}

/** Whether a region was given up after the fault: a plan says what it is at its beginning. */
function wasGivenUp(recording: Recording): boolean {
  return decisionsOf(recording).some(({ what, detail }) => what === "began" && detail?.startsWith("failover"));
}

type Decision = Extract<WorldEvent, { kind: "decision" }>;

function decisionsOf({ world, faultAt }: Recording): readonly Decision[] {
  return world.filter(
    (event): event is Decision =>
      event.kind === "decision" && event.component === RECOVERY && event.at >= (faultAt ?? 0),
  );
}

/** What a reader should know of who decides at AWS. */
export function personNotes(person: PersonDocument | null): readonly string[] {
  if (person === null) return [];
  return [
    `at AWS a person decides that a region is given up, since AWS ships no lease that keeps it from writing: ` +
      `that takes about ${formatDuration(person.decisionMs)}, which is ${person.counted ? "" : "not "}in these times`,
  ];
}

/** What a reader should know of a region's loss beside the figures; of many faults each is told by itself. */
export function regionNotes(recording: Recording): readonly string[] {
  const { faultAt, drill } = recording;
  if (faultAt === null || drill.blastClass !== "region" || !wasGivenUp(recording)) return [];
  const behindMs = behindAt(recording, faultAt);
  return [
    behindMs === null
      ? "nobody knows how far the other region's copy was behind when the region was lost"
      : `a write that was ${formatDuration(behindMs)} old when the region was lost may be missing in the other one`,
  ];
}
