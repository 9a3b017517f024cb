import type { CfnBucket } from "aws-cdk-lib/aws-s3";
import type { BucketComponent } from "../../topology/topology.ts";
import type { BucketHandle } from "../handle.ts";
import { bucketName, logicalId } from "../name.ts";
import { offerToPeer } from "../peer.ts";
import { type Site, tagged } from "../ship.ts";
import { accessLogBucket } from "../storage/access-log.ts";
import { checkedBucketName, shipClosedBucket } from "../storage/closed-bucket.ts";
import { bucketOffer, replicationToCopy, replicationToPeer } from "../storage/replication.ts";

const DAY_MS = 86_400_000;

/** After so many days the parts of an upload that was never finished are removed. */
const UNFINISHED_DAYS = 7;

/** What a program that uses a bucket does with its objects. */
const OBJECT_ACTIONS = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"];

/**
 * An S3 bucket: versioned, encrypted, never public, TLS alone, its accesses logged, and copied as the definition says:
 * to the bucket of the other region and back, or to a second one here. One that is copied has a name, also where there
 * is no other region yet: the other region tells it by that, and the role that copies is made before the bucket.
 */
export function shipBucket(site: Site, component: BucketComponent): BucketHandle {
  const { keyArn } = site;
  const { id, settings } = component;
  const same = settings.replication === "same-region";
  const copy = same ? replicationToCopy(site, id, newBucket(site, component, { id: `${id}-copy` }).attrArn) : null;
  const peer = settings.replication === "other-region" ? replicationToPeer(site, id) : null;
  const replicationConfiguration = copy ?? peer;
  const bucket = newBucket(site, component, {
    id,
    ...(settings.replication === "none"
      ? {}
      : { bucketName: checkedBucketName(bucketName(site.shipment, id, site.region.name), id) }),
    ...(replicationConfiguration === null ? {} : { replicationConfiguration }),
  });
  if (peer !== null) offerToPeer(site, bucketOffer(id), bucket.ref);
  const arn = bucket.attrArn;
  return {
    id,
    kind: "bucket",
    name: bucket.ref,
    arn,
    access: [
      { sid: logicalId("list", id), actions: ["s3:GetBucketLocation", "s3:ListBucket"], resources: [arn] },
      { sid: logicalId("objects-of", id), actions: OBJECT_ACTIONS, resources: [`${arn}/*`] },
      { sid: logicalId("key-of", id), actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [keyArn] },
    ],
    doors: [],
  };
}

type Replication = NonNullable<CfnBucket["replicationConfiguration"]>;

function newBucket(
  site: Site,
  component: BucketComponent,
  { id, ...own }: { id: string; bucketName?: string; replicationConfiguration?: Replication },
): CfnBucket {
  const { shipment, stacks, keyArn } = site;
  const { bucket } = shipClosedBucket(stacks.data, logicalId(id, "bucket"), {
    shipment,
    keyArn,
    ...own,
    lifecycleConfiguration: { rules: lifecycle(component) },
    loggingConfiguration: { destinationBucketName: accessLogBucket(site), logFilePrefix: `${id}/` },
    tags: tagged(shipment, component),
  });
  return bucket;
}

/** Objects that are archived stay readable at once: Glacier Instant Retrieval. */
function lifecycle({ settings }: BucketComponent): CfnBucket.RuleProperty[] {
  const { keepFormerMs, archiveAfterMs, expireAfterMs } = settings;
  const days = (ms: number): number => Math.ceil(ms / DAY_MS);
  const status = "Enabled";
  return [
    { id: "unfinished-uploads", status, abortIncompleteMultipartUpload: { daysAfterInitiation: UNFINISHED_DAYS } },
    {
      id: "former-versions",
      status,
      noncurrentVersionExpiration: { noncurrentDays: Math.max(1, days(keepFormerMs)) },
      expiredObjectDeleteMarker: true,
    },
    ...(archiveAfterMs === null
      ? []
      : [
          {
            id: "archive",
            status,
            transitions: [{ storageClass: "GLACIER_IR", transitionInDays: days(archiveAfterMs) }],
          },
        ]),
    ...(expireAfterMs === null ? [] : [{ id: "expire", status, expirationInDays: days(expireAfterMs) }]),
  ];
}
