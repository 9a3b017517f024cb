import type { Duration } from "../base/units.ts";
import { type Read, duration, oneOf, optional, orNull, required, shape } from "./schema.ts";

/**
 * Who decides that a region is given up, and what may be lost by it.
 *
 * @example
 * failover: { onLag: { most: "30 seconds", wait: "2 minutes", afterwards: "ask" } }
 */
export interface Failover {
  /**
   * `automatic`: a majority of the vantage points decides; `approval`: a person says yes first. AWS ships no lease that
   * keeps a region that was cut off from taking writes, so there it is always a person. @default "automatic"
   */
  readonly mode?: "automatic" | "approval";
  /** What is done where the other region's copy is further behind. @default it takes over, whatever is lost */
  readonly onLag?: OnLag;
}

/** What a failover may lose without asking. */
export interface OnLag {
  /** The most that the copy may be behind when contact was lost. */
  readonly most: Duration;
  /** How long the lost region is waited for. @default "2 minutes" */
  readonly wait?: Duration;
  /** What then. @default "ask" */
  readonly afterwards?: "ask" | "promote";
}

/** Failover as a definition has it, with all that was left out. */
export type FailoverDefinition = Read<typeof readFailover>;

const DAY_MS = 24 * 3_600_000;
const WAIT_MS = 120_000;

const readOnLag = shape({
  most: required(duration({ min: 0, max: DAY_MS })),
  wait: optional(duration({ min: 0, max: DAY_MS }), WAIT_MS),
  afterwards: optional(oneOf("ask", "promote"), "ask"),
});

/** Reads who decides. */
export const readFailover = shape({
  mode: optional(oneOf("automatic", "approval"), "automatic"),
  onLag: orNull(readOnLag),
});
