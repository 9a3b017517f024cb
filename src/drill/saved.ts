import type { Ms } from "../base/units.ts";
import type { Rig, Session } from "./rig.ts";

/**
 * Journals which of the drill's own writes are in the files that were written, since it began, for people to reconcile:
 * a key is there where a row or a message has it as a word of its own.
 */
export async function recordSaved(rig: Rig, { world, clock }: Session, since: Ms): Promise<void> {
  const items = await world.saved(since);
  const words = new Set(items.flatMap(({ text }) => text.match(/[\w-]+/g) ?? []));
  const keys = world.topology.journeys.flatMap(({ id }) => rig.live.writes(id).map(({ key }) => key));
  const rows = items.filter(({ kind }) => kind === "row").length;
  const found = keys.filter((key) => words.has(key));
  rig.record({ kind: "saved", at: clock.now(), keys: found, rows, messages: items.length - rows });
}
