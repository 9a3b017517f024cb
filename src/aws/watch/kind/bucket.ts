import { findComponent } from "../../../topology/topology.ts";
import { S3 } from "../../../facts/storage.ts";
import type { BucketHandle } from "../../handle.ts";
import { bucketName } from "../../name.ts";
import { hasPeer } from "../../peer.ts";
import type { Site } from "../../ship.ts";
import { type AlarmRow, metricsOf } from "../alarm.ts";

/** The rule that copies everything, as `storage/replication.ts` calls it. */
const RULE = "everything";

/**
 * What is watched of a bucket that is copied to the other region: copies that failed, and how late they are.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
 */
export function watchBucket(site: Site, { id, name }: BucketHandle): readonly AlarmRow[] {
  const { shipment, other } = site;
  const replication = findComponent(shipment.topology, "bucket", id)?.settings.replication;
  if (replication !== "other-region" || other === null || !hasPeer(site)) return [];
  const metric = metricsOf("AWS/S3", {
    SourceBucket: name,
    DestinationBucket: bucketName(shipment, id, other.name),
    RuleId: RULE,
  });
  const seconds = S3.replicationTime.value / 1_000;
  return [
    {
      name: "not-copied",
      says: "objects could not be copied to the other region, and nothing tries again: see the replication status",
      of: metric("OperationsFailedReplication", "Sum"),
      is: [">", 0],
      during: [1, 1],
      silence: "fine",
      alone: true,
    },
    {
      name: "other-region-lag",
      says: `copies in the other region are more than ${seconds / 60} minutes late`,
      of: metric("ReplicationLatency", "Maximum"),
      is: [">", seconds],
      during: [5, 5],
      silence: "fine",
    },
  ];
}
