import { Aws } from "aws-cdk-lib";
import type { CfnBucketProps } from "aws-cdk-lib/aws-s3";
import { UserError } from "../../base/error.ts";
import { S3 } from "../../facts/storage.ts";
import type { AwsCode } from "../codes.ts";

/** Of an account's id. */
const ACCOUNT_DIGITS = 12;

/** What every bucket is: versioned, never public, owned by the account whoever writes to it. */
export function closedBucket(): CfnBucketProps {
  return {
    versioningConfiguration: { status: "Enabled" },
    ownershipControls: { rules: [{ objectOwnership: "BucketOwnerEnforced" }] },
    publicAccessBlockConfiguration: {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
  };
}

/** Statements of a bucket's policy: nobody comes without TLS, or with an old one. */
export function tlsOnly(bucketArn: string): object[] {
  const deny = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [bucketArn, `${bucketArn}/*`] };
  return [
    { Sid: "TlsOnly", ...deny, Condition: { Bool: { "aws:SecureTransport": "false" } } },
    { Sid: "NoOldTls", ...deny, Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
  ];
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
