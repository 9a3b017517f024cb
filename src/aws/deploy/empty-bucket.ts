import type { Host } from "../../base/host.ts";
import type { Aws } from "./aws.ts";
import { isAwsError } from "./refusal.ts";
import type { StackName } from "./stack-state.ts";

/**
 * Empties the buckets of a stack that are not retained: CloudFormation deletes no bucket that holds anything. Every
 * version of every object goes, and cannot be had back.
 */
export async function emptyBuckets(
  aws: Aws,
  { name, region }: StackName,
  ids: readonly string[],
  host: Host,
): Promise<void> {
  if (ids.length === 0) return;
  const cloudFormation = await aws.cloudFormation(region);
  for (const LogicalResourceId of ids) {
    const { StackResources } = await cloudFormation.describeStackResources({ StackName: name, LogicalResourceId });
    const bucket = StackResources?.[0]?.PhysicalResourceId;
    if (bucket === undefined || StackResources?.[0]?.ResourceStatus === "DELETE_COMPLETE") continue;
    const count = await emptyBucket(aws, region, bucket);
    if (count > 0) host.say({ level: "info", about: name, text: `${bucket}: ${count} versions of objects deleted` });
  }
}

async function emptyBucket(aws: Aws, region: string, Bucket: string): Promise<number> {
  const s3 = await aws.buckets(region);
  let count = 0;
  try {
    for (;;) {
      // Always the first page: what it lists is gone before the next is asked for. It has at most a thousand entries.
      const { Versions = [], DeleteMarkers = [] } = await s3.listObjectVersions({ Bucket });
      const Objects = [...Versions, ...DeleteMarkers].flatMap(({ Key, VersionId }) =>
        Key === undefined ? [] : [{ Key, ...(VersionId === undefined ? {} : { VersionId }) }],
      );
      if (Objects.length === 0) return count;
      const { Errors = [] } = await s3.deleteObjects({ Bucket, Delete: { Objects, Quiet: true } });
      if (Errors.length > 0)
        throw Object.assign(new Error(Errors[0]?.Message), { name: Errors[0]?.Code, $metadata: {} });
      count += Objects.length;
    }
  } catch (error) {
    if (isAwsError(error, /NoSuchBucket/)) return count;
    throw error;
  }
}
