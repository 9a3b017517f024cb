import { Aws, CfnOutput } from "aws-cdk-lib";
import type { EdgeComponent } from "../../topology/topology.ts";
import { accept } from "../accepted.ts";
import { bucketName, logicalId } from "../name.ts";
import { type Shipment, type Site, tagged } from "../ship.ts";
import { accessLogBucket } from "../storage/access-log.ts";
import { checkedBucketName, shipClosedBucket } from "../storage/closed-bucket.ts";
import { EDGE_OUTPUTS } from "./output.ts";

/** How long a former version of a page can be had back, in days: long enough to notice a bad upload. */
const KEEP_FORMER_DAYS = 30;

/** The bucket of a region that the static site is uploaded to, by which the distribution knows it. */
export function siteBucketName(shipment: Shipment, region: string): string {
  return checkedBucketName(bucketName(shipment, "site", region), "site");
}

/**
 * The bucket with the static site in a region, in its data stack; also in a region in which nothing else is deployed,
 * because files cost next to nothing and a site that is there already survives the other region.
 *
 * Only this account's distributions may read it. Their ids are not named: they are made in another region's stack,
 * after this one. They may list it too, as without that S3 calls a missing file forbidden; no distribution forwards the
 * query that would show a list.
 *
 * It has the region's key; a key that exists already must let CloudFront decrypt (`aws:SourceArn` of the account's
 * distributions).
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
 */
export function shipSiteBucket(site: Site, edge: EdgeComponent): void {
  const { shipment, region, stacks, keyArn } = site;
  const reader = {
    Effect: "Allow",
    Principal: { Service: "cloudfront.amazonaws.com" },
    Condition: {
      ArnLike: { "aws:SourceArn": `arn:${Aws.PARTITION}:cloudfront::${Aws.ACCOUNT_ID}:distribution/*` },
    },
  };
  const { bucket } = shipClosedBucket(stacks.data, logicalId("site", "bucket"), {
    shipment,
    keyArn,
    bucketName: siteBucketName(shipment, region.name),
    lifecycleConfiguration: {
      rules: [
        {
          id: "former-versions",
          status: "Enabled",
          noncurrentVersionExpiration: { noncurrentDays: KEEP_FORMER_DAYS },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
        },
      ],
    },
    loggingConfiguration: { destinationBucketName: accessLogBucket(site), logFilePrefix: "site/" },
    tags: tagged(shipment, edge),
    letIn: (arn) => [
      { Sid: "DistributionsRead", ...reader, Action: "s3:GetObject", Resource: `${arn}/*` },
      { Sid: "DistributionsTellMissingFiles", ...reader, Action: "s3:ListBucket", Resource: arn },
    ],
  });
  accept(bucket, "s3-one-region", "each region has a bucket of its own, and deploy writes the same site into each");
  new CfnOutput(stacks.data, EDGE_OUTPUTS.siteBucket, { value: bucket.ref });
}
