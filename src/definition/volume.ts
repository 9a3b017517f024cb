import type { Duration, Size } from "../base/units.ts";
import { STORAGE } from "../facts/size.ts";
import { SNAPSHOT } from "../facts/storage.ts";
import { type Read, everyHours, optional, shape, storage, whole } from "./schema.ts";

/**
 * A disk of its own for each instance of the services on `ec2` that use it, at `/mnt/<name>`. EBS on AWS. It lives in
 * one zone and goes with its instance: what it holds must be able to be made again, from a snapshot or from elsewhere.
 *
 * @example
 * index: { size: "100 GiB", snapshotEvery: "12 hours" }
 */
export interface Volume {
  /** From 1 GiB to 16 TiB. @default "20 GiB" */
  readonly size?: Size;
  /** 1, 2, 3, 4, 6, 8, 12 or 24 hours. @default "24 hours" */
  readonly snapshotEvery?: Duration;
  /** How many snapshots are kept, from 1 to 1,000. @default 7 */
  readonly keep?: number;
}

/** A volume as a definition has it, with all that was left out. */
export type VolumeDefinition = Read<typeof readVolume>;

const DAY_MS = 24 * 3_600_000;

/** Reads a volume. */
export const readVolume = shape({
  size: optional(storage(STORAGE.volume), STORAGE.volume.value),
  snapshotEvery: optional(everyHours(SNAPSHOT.hours.value), DAY_MS),
  keep: optional(whole(SNAPSHOT.keep), SNAPSHOT.keep.value),
});
