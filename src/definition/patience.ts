import type { Problem } from "../base/error.ts";
import { type Ms, formatDuration } from "../base/units.ts";
import { problem } from "./wording.ts";

/** Something that looks again and again: every `interval`, giving up after `timeout`; null where it is left out. */
interface Patience {
  readonly interval: Ms;
  readonly timeout: Ms | null;
}

/** A time-out is no longer than the interval. */
export function checkTimeout({ interval, timeout }: Partial<Patience>, at: string, problems: Problem[]): void {
  if (interval === undefined || timeout === undefined || timeout === null || timeout <= interval) return;
  const [longer, shorter] = [formatDuration(timeout), formatDuration(interval)];
  const message = `the timeout (${longer}) is longer than the interval (${shorter})`;
  problems.push(problem("DEF-011", `${at}.timeout`, message, `write ${shorter} or less`));
}

/** A time-out that was left out is `usual`, or as short as the interval. */
export function withTimeout<T extends Patience>(value: T, usual: Ms): T & { readonly timeout: Ms } {
  return { ...value, timeout: value.timeout ?? Math.min(usual, value.interval) };
}
