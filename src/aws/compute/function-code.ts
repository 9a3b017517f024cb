import { existsSync } from "node:fs";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import { UserError } from "../../base/error.ts";
import type { FunctionComponent } from "../../topology/topology.ts";
import type { AwsCode } from "../codes.ts";
import { logicalId } from "../name.ts";
import type { Site } from "../ship.ts";

/** A function's code as a deploy uploads it to the region: the folder, as it is. */
export interface FunctionCode {
  readonly s3Bucket: string;
  readonly s3Key: string;
  /** The same for the same files, in every region. */
  readonly hash: string;
}

/** Packs the folder of a function, dependencies included. Rejects with AWS-052 where there is none. */
export function shipCode(site: Site, { id, settings }: FunctionComponent): FunctionCode {
  if (!existsSync(settings.directory)) {
    throw new UserError({
      code: "AWS-052" satisfies AwsCode,
      message: `the function "${id}" has no folder ${settings.directory}`,
      fix: 'name the folder of its code, as it is to be packed, with "code"',
      at: `functions.${id}.code`,
    });
  }
  const asset = new Asset(site.stacks.compute, logicalId(id, "code"), { path: settings.directory });
  return { s3Bucket: asset.s3BucketName, s3Key: asset.s3ObjectKey, hash: asset.assetHash };
}
