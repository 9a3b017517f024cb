import type { Ms } from "../../base/units.ts";
import type { BucketDefinition } from "../../definition/bucket.ts";

/** A bucket always keeps versions; a former one is removed after `keepFormerMs`. */
export interface BucketSettings {
  /** Where a copy of every object goes; `other-region` is none in a system of one region. */
  readonly replication: "other-region" | "same-region" | "none";
  readonly keepFormerMs: Ms;
  /** When objects move to a colder storage class, and when they are removed; null: never. */
  readonly archiveAfterMs: Ms | null;
  readonly expireAfterMs: Ms | null;
}

/** What a definition says of a bucket. */
export function bucketSettings(bucket: BucketDefinition): BucketSettings {
  const { replication, keepFormer, archiveAfter, expireAfter } = bucket;
  return {
    replication: replication ?? "other-region",
    keepFormerMs: keepFormer,
    archiveAfterMs: archiveAfter,
    expireAfterMs: expireAfter,
  };
}
