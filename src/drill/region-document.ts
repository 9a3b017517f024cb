import { formatDuration } from "../base/units.ts";
import { behindAt } from "./check/loss-claims.ts";
import { absentWrites } from "./check/lost.ts";
import type { Recording } from "./check/recording.ts";
import { RECOVERY, documentedStage } from "./check/region-stages.ts";
import type { DrillDocument } from "./document.ts";

/** What a drill of regions has in its document beside what every drill has. */
export function regionsDocument(recording: Recording): Pick<DrillDocument, "footprint" | "failback" | "saved"> {
  const { footprint, saved, journeys } = recording;
  const keys = new Set(saved?.keys);
  const lost = journeys.filter(({ durability }) => durability === "acknowledged").flatMap(absentWrites);
  return {
    footprint: footprint?.regions ?? null,
    failback: failbackOf(recording),
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

/** How the note begins that says what a person adds to the times at AWS. */
export const PERSON_DECIDES = "at AWS a person decides";

/** What a reader should know of a region's recovery beside the figures. */
export function regionNotes(recording: Recording): readonly string[] {
  const { world, faultAt, drill } = recording;
  const own = world.filter(
    (event) => "component" in event && event.component === RECOVERY && event.at >= (faultAt ?? 0),
  );
  const decided = (what: string): boolean => own.some((event) => event.kind === "decision" && event.what === what);
  const wasLost = own.some(
    (event) => event.kind === "decision" && event.what === "began" && event.detail?.startsWith("failover"),
  );
  if (!wasLost) return [];
  const behindMs = faultAt === null ? null : behindAt(recording, faultAt);
  const personMs = drill.documentedMs[documentedStage("decide")];
  return [
    behindMs === null
      ? "nobody knows how far the other region's copy was behind when the region was lost"
      : `a write that was ${formatDuration(behindMs)} old when the region was lost may be missing in the other one`,
    ...(personMs === undefined || decided("asked")
      ? []
      : [
          `${PERSON_DECIDES} that a region is given up, since AWS ships no lease that keeps it from writing: ` +
            `that takes about ${formatDuration(personMs)}, which is not in these times`,
        ]),
  ];
}
