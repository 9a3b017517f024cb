import type { WorldEvent } from "../../base/journal.ts";
import type { Ms } from "../../base/units.ts";
import type { Recording } from "./recording.ts";
import type { Stage } from "./stage.ts";

/** What the provider, or the person, documents for a stage of a restore has this name among what is documented. */
export function documentedRestore(stage: "decide" | "restore"): string {
  return `restore ${stage}`;
}

/**
 * What a database went through that was restored after the fault: somebody saw the damage and decided; a disk was made
 * of the backups, verified and replayed; it was put in place, and served. Empty where nothing was restored.
 */
export function restoreStages({ faultAt, world, drill }: Recording): readonly Stage[] {
  if (faultAt === null) return [];
  const ends = (component: string, what: string): Ms | undefined =>
    world.find(
      (event) => isDecision(event) && event.component === component && event.what === what && event.at >= faultAt,
    )?.at;
  const restored = world.filter((event) => isDecision(event) && event.what === "restoring" && event.at >= faultAt);
  return restored.flatMap((event): Stage[] => {
    if (!isDecision(event)) return [];
    const { component, at: decidedAt } = event;
    const madeAt = ends(component, "restore-made");
    const servesAt = ends(component, "restored-to");
    const documented = (stage: "decide" | "restore"): Ms | null => drill.documentedMs[documentedRestore(stage)] ?? null;
    const made = { name: "restore", component, class: "provider", documentedMs: documented("restore") } as const;
    const replaced = { name: "replace", component, class: "program", documentedMs: null } as const;
    return [
      { name: "decide", component, class: "person", from: faultAt, to: decidedAt, documentedMs: documented("decide") },
      ...(madeAt === undefined ? [] : [{ ...made, from: decidedAt, to: madeAt }]),
      ...(madeAt === undefined || servesAt === undefined ? [] : [{ ...replaced, from: madeAt, to: servesAt }]),
    ];
  });
}

/** When the last database that was restored served again; null where none was. */
export function restoredAt({ faultAt, world }: Pick<Recording, "faultAt" | "world">): Ms | null {
  const last = world.findLast((event) => isDecision(event) && event.what === "restored-to");
  return last === undefined || faultAt === null || last.at < faultAt ? null : last.at;
}

function isDecision(event: WorldEvent): event is Extract<WorldEvent, { kind: "decision" }> {
  return event.kind === "decision";
}
