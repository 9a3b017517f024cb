import type { LossReport } from "../../base/audit-document.ts";

/** What was lost, for people: `zone 0`, `zone us-east-1a`, `the zone that AWS picks for Db`, `instance Web`. */
export function lossName({ kind, id }: LossReport["lost"]): string {
  return kind === "zone" && /^(the )?zone /.test(id) ? id : `${kind} ${id}`;
}

/** The first of some names, and how many more there are: `Api, Worker and 3 more`. */
export function firstOf(names: readonly string[], most: number): string {
  const left = names.length - most;
  return names.slice(0, most).join(", ") + (left > 0 ? ` and ${left} more` : "");
}

/** `1 file`, `2 files`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
