import type { Position } from "./member.ts";

/** A history that a timeline left behind: it was `timeline` up to `end` (bytes of log). */
export interface PastTimeline {
  readonly timeline: number;
  readonly end: number;
}

/** What a primary has to offer to one who would follow it. */
export interface PrimaryHistory {
  readonly timeline: number;
  /** Where its log ends. */
  readonly offset: number;
  /** The oldest byte of log that it still keeps. */
  readonly oldest: number;
  readonly past: readonly PastTimeline[];
}

/**
 * How a copy stands to a primary. `behind`: it can catch up. `diverged`: it holds what the primary never had, or other
 * than it. `expired`: the log that it lacks is gone. Only a copy that is behind can follow; the others are seeded anew.
 */
export type Relation = "behind" | "diverged" | "expired";

/**
 * Compares a copy's position with the history of a primary: exact, where waiting for the server to complain is a guess.
 */
export function relate(own: Position, primary: PrimaryHistory): Relation {
  const end =
    own.timeline === primary.timeline
      ? primary.offset
      : primary.past.find(({ timeline }) => timeline === own.timeline)?.end;
  if (end === undefined || own.offset > end) return "diverged";
  return own.offset < primary.oldest ? "expired" : "behind";
}

/** The file `<timeline>.history` of PostgreSQL: a line a past timeline, with its number and where it ended. */
export function parseHistory(text: string): readonly PastTimeline[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+([0-9A-Fa-f]+\/[0-9A-Fa-f]+)/.exec(line);
    return match ? [{ timeline: Number(match[1]), end: parseLsn(match[2] ?? "") }] : [];
  });
}

/** A position as PostgreSQL writes it (`16/B374D848`) in bytes; exact up to 2^53, eight petabytes of log. */
export function parseLsn(text: string): number {
  const [high, low] = text.split("/").map((part) => Number.parseInt(part, 16));
  return (high ?? 0) * 2 ** 32 + (low ?? 0);
}

/** Where a segment file of `pg_wal` begins, in bytes; undefined where this is no name of one. */
export function segmentStart(name: string, segmentBytes: number): number | undefined {
  const match = /^[0-9A-F]{8}([0-9A-F]{8})([0-9A-F]{8})$/.exec(name);
  if (!match) return undefined;
  return Number.parseInt(match[1] ?? "", 16) * 2 ** 32 + Number.parseInt(match[2] ?? "", 16) * segmentBytes;
}
