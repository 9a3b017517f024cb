import type { Ms } from "../../base/units.ts";
import type { VolumeDefinition } from "../../definition/volume.ts";

/**
 * An EBS volume of each instance of the services on `ec2` that use it, at `/mnt/<id>`; it lives and dies in its zone.
 */
export interface VolumeSettings {
  readonly sizeGiB: number;
  readonly snapshotEveryMs: Ms;
  /** Snapshots that are kept. */
  readonly keep: number;
}

/** What a definition says of a volume. */
export function volumeSettings({ size, snapshotEvery, keep }: VolumeDefinition): VolumeSettings {
  return { sizeGiB: size, snapshotEveryMs: snapshotEvery, keep };
}
