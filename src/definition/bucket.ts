import type { Duration } from "../base/units.ts";
import { BUCKET } from "../facts/serverless.ts";
import type { Context } from "./context.ts";
import { type Read, days, oneOf, optional, orNull, shape } from "./schema.ts";
import { problem } from "./wording.ts";

/**
 * Objects that are found by their name. S3 on AWS, in every zone; it keeps former versions, so that an object that was
 * overwritten or deleted can be had back.
 *
 * @example
 * labels: { expireAfter: "400 days" }
 */
export interface Bucket {
  /**
   * Where a copy of every object goes. One of "none" has no name on AWS that others could tell, so to have it copied
   * later is to make a new bucket. @default "other-region", as soon as there is one
   */
  readonly replication?: "other-region" | "same-region" | "none";
  /** How long a former version is kept, in whole days. @default "90 days" */
  readonly keepFormer?: Duration;
  /** When objects move to a colder, cheaper storage class, from 30 days on. @default never */
  readonly archiveAfter?: Duration;
  /** When objects are removed, in whole days. @default never */
  readonly expireAfter?: Duration;
}

/** A bucket as a definition has it, with all that was left out. */
export type BucketDefinition = Read<ReturnType<typeof readBucket>>;

const DAY_MS = 24 * 3_600_000;
const HUNDRED_YEARS_MS = 36_500 * DAY_MS;
/** Long enough to find out that a program has deleted what it should not. */
const KEEP_FORMER_MS = 90 * DAY_MS;

/** Reads a bucket. */
export function readBucket({ regions }: Context) {
  const fields = {
    replication: orNull(oneOf("other-region", "same-region", "none")),
    keepFormer: optional(days({ min: DAY_MS, max: HUNDRED_YEARS_MS }), KEEP_FORMER_MS),
    archiveAfter: orNull(days({ min: BUCKET.archiveAfter.value, max: HUNDRED_YEARS_MS })),
    expireAfter: orNull(days({ min: DAY_MS, max: HUNDRED_YEARS_MS })),
  };
  return shape(fields, ({ replication, archiveAfter, expireAfter }, at, problems) => {
    if (replication === "other-region" && regions === 1) {
      const fix = 'add "secondary" to regions, or write "same-region"';
      problems.push(problem("DEF-011", `${at}.replication`, "there is no other region", fix));
    }
    if (archiveAfter && expireAfter && expireAfter <= archiveAfter) {
      const message = "objects are removed before they are archived";
      problems.push(
        problem("DEF-011", `${at}.expireAfter`, message, 'write a longer time, or leave "archiveAfter" out'),
      );
    }
  });
}
