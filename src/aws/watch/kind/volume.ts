import type { VolumeHandle } from "../../handle.ts";
import type { Site } from "../../ship.ts";
import { type AlarmRow, metricsOf } from "../alarm.ts";

/**
 * What is watched of a volume: its snapshots. It itself belongs to an instance, and is replaced with it.
 *
 * https://docs.aws.amazon.com/ebs/latest/userguide/monitor-dlm-cw-metrics.html
 */
export function watchVolume(_site: Site, { policyId }: VolumeHandle): readonly AlarmRow[] {
  const policy = metricsOf("AWS/EBS", { DLMPolicyId: policyId });
  return [
    {
      name: "snapshots-failed",
      says: "a snapshot could not be made, or not be copied to the other region",
      of: {
        expression: "FILL(made, 0) + FILL(copied, 0)",
        of: {
          made: policy("SnapshotsCreateFailed", "Sum"),
          copied: policy("SnapshotsCopiedRegionFailed", "Sum"),
        },
      },
      is: [">", 0],
      during: [1, 1],
      silence: "fine",
      alone: true,
    },
  ];
}
