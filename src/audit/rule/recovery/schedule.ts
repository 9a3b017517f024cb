/**
 * How far apart the runs of a schedule are, at most. It reads what backup plans use: lists, steps and ranges of minutes
 * and hours, and days only as all or some.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
import type { Value } from "../../evaluate/value.ts";

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;

/** The longest time between two runs of a schedule expression; a day without one, undefined where it cannot be read. */
export function longestGapMs(expression: Value | undefined): number | undefined {
  if (expression === undefined) return DAY_MINUTES * MINUTE;
  if (typeof expression !== "string") return undefined;
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression.trim());
  if (rate) return Number(rate[1]) * { minute: 1, hour: 60, day: DAY_MINUTES }[rate[2] as "minute"] * MINUTE;
  const cron = /^cron\((.+)\)$/.exec(expression.trim())?.[1]?.split(/\s+/);
  if (cron === undefined) return undefined;
  const [minutes, hours, day, month, weekday] = cron;
  const runs = (valuesOf(hours, 24) ?? []).flatMap((hour) =>
    (valuesOf(minutes, 60) ?? []).map((each) => hour * 60 + each),
  );
  if (runs.length === 0) return undefined;
  const daily = [day, month, weekday].every((field) => field === "*" || field === "?");
  return (daily ? longestGap(runs) : DAY_MINUTES) * MINUTE;
}

/** The longest way from one run to the next, round the clock. */
function longestGap(runs: readonly number[]): number {
  const sorted = runs.toSorted((one, other) => one - other);
  return Math.max(...sorted.map((run, at) => (sorted[at + 1] ?? (sorted[0] ?? 0) + DAY_MINUTES) - run));
}

/** The values of one field, below `limit`; undefined where it cannot be read. */
function valuesOf(field: string | undefined, limit: number): readonly number[] | undefined {
  const values = (field ?? "").split(",").map((part): readonly number[] | undefined => {
    const match = /^(\*|\d+)(?:-(\d+))?(?:\/(\d+))?$/.exec(part);
    if (!match) return undefined;
    const [, from, to, step] = match;
    const first = from === "*" ? 0 : Number(from);
    const last = to === undefined ? (from === "*" || step !== undefined ? limit - 1 : first) : Number(to);
    const by = Math.max(1, Number(step ?? 1));
    return Array.from({ length: Math.max(0, Math.floor((last - first) / by) + 1) }, (_, at) => first + at * by);
  });
  return values.includes(undefined) ? undefined : values.flatMap((each) => each ?? []);
}
