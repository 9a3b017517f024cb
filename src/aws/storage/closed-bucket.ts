import { Aws, type Stack } from "aws-cdk-lib";
import { CfnBucket, CfnBucketPolicy, type CfnBucketProps } from "aws-cdk-lib/aws-s3";
import { UserError } from "../../base/error.ts";
import { S3 } from "../../facts/storage.ts";
import type { AwsCode } from "../codes.ts";
import type { Shipped } from "../name.ts";
import { tlsOnly } from "../resource-policy.ts";
import { keep } from "../ship.ts";

/** Of an account's id. */
const ACCOUNT_DIGITS = 12;

/** What every bucket is: versioned, never public, owned by the account whoever writes to it. */
const CLOSED: CfnBucketProps = {
  versioningConfiguration: { status: "Enabled" },
  ownershipControls: { rules: [{ objectOwnership: "BucketOwnerEnforced" }] },
  publicAccessBlockConfiguration: {
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  },
};

/** What a bucket is besides. */
export interface ClosedBucketOptions extends CfnBucketProps {
  readonly shipment: Shipped;
  /** What it is encrypted with; null: a key of S3's own. */
  readonly keyArn: string | null;
  /** Whom its policy lets in. @default nobody */
  readonly letIn?: (bucketArn: string) => readonly object[];
}

/** A bucket with its policy, which must be there before a service of AWS writes to it. */
export interface ClosedBucket {
  readonly bucket: CfnBucket;
  readonly policy: CfnBucketPolicy;
}

/** Makes a bucket that nobody comes to unless they are let in, and nobody without TLS, or with an old one. */
export function shipClosedBucket(stack: Stack, id: string, options: ClosedBucketOptions): ClosedBucket {
  const { shipment, keyArn, letIn = () => [], ...own } = options;
  const bucket = new CfnBucket(stack, id, { ...CLOSED, bucketEncryption: encryption(keyArn), ...own });
  keep(bucket, shipment);
  const arn = bucket.attrArn;
  const noPlain = tlsOnly("s3:*", [arn, `${arn}/*`]);
  const noOldTls = { ...noPlain, Sid: "NoOldTls", Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } };
  const policy = new CfnBucketPolicy(stack, `${id}Policy`, {
    bucket: bucket.ref,
    policyDocument: { Version: "2012-10-17", Statement: [noPlain, noOldTls, ...letIn(arn)] },
  });
  return { bucket, policy };
}

function encryption(keyArn: string | null): CfnBucket.BucketEncryptionProperty {
  const rule =
    keyArn === null
      ? { serverSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
      : { bucketKeyEnabled: true, serverSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn } };
  return { serverSideEncryptionConfiguration: [rule] };
}

/** A lifecycle in which everything goes after so many days; `own` is what is different of it. */
export function expireAfter(
  days: number,
  own: Partial<CfnBucket.RuleProperty> = {},
): CfnBucket.LifecycleConfigurationProperty {
  return {
    rules: [
      {
        id: "expire",
        status: "Enabled",
        expirationInDays: days,
        noncurrentVersionExpiration: { noncurrentDays: 1 },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
        ...own,
      },
    ],
  };
}

/** A bucket's name, once it is known to be short enough; `id` is the user's own name for it. */
export function checkedBucketName(name: string, id: string): string {
  const length = name.replace(Aws.ACCOUNT_ID, "0".repeat(ACCOUNT_DIGITS)).length;
  if (length <= S3.nameLength.value) return name;
  throw new UserError({
    code: "AWS-011" satisfies AwsCode,
    message: `the name of the bucket "${id}" would have ${length} characters of at most ${S3.nameLength.value}`,
    fix: `shorten the name of the system or of "${id}"`,
    at: id,
  });
}
