import type { Json } from "../document.ts";
import { type Family, alike, inners, made, parsed, same } from "./translation.ts";

/** What a secret may be the credentials of. */
const DATABASES = ["aws_db_instance", "aws_rds_cluster", "aws_docdb_cluster", "aws_redshift_cluster"];

/** Roles and what they allow, and the secrets that programs read: who may use a thing is likely to need it. */
export const ACCESS: Family = {
  translations: {
    aws_iam_role: {
      type: "AWS::IAM::Role",
      properties: {
        Policies: inners("inline_policy", { PolicyName: same("name"), PolicyDocument: parsed("policy") }),
        RoleName: same("name"),
      },
    },
    aws_iam_role_policy: {
      type: "AWS::IAM::Policy",
      properties: { PolicyDocument: parsed("policy"), Roles: made("role", (block) => oneOf(block.value("role"))) },
    },
    aws_iam_policy: { type: "AWS::IAM::ManagedPolicy", properties: { PolicyDocument: parsed("policy") } },
    aws_iam_instance_profile: {
      type: "AWS::IAM::InstanceProfile",
      properties: { Roles: made("role", (block) => oneOf(block.value("role"))) },
    },
    aws_s3_bucket_policy: {
      type: "AWS::S3::BucketPolicy",
      properties: { Bucket: same("bucket"), PolicyDocument: parsed("policy") },
    },
    aws_secretsmanager_secret_rotation: {
      type: "AWS::SecretsManager::RotationSchedule",
      properties: { ...alike("SecretId"), RotationLambdaARN: same("rotation_lambda_arn") },
    },
    aws_secretsmanager_secret_version: {
      type: "AWS::SecretsManager::SecretTargetAttachment",
      properties: {
        ...alike("SecretId"),
        TargetId: made("secret_string", (block) => block.references("secret_string", DATABASES)[0]),
      },
    },
  },
  attachments: {
    aws_iam_role_policy_attachment: {
      of: "aws_iam_policy",
      to: "policy_arn",
      properties: { Roles: made("role", (block) => oneOf(block.value("role"))) },
    },
  },
};

function oneOf(value: Json | undefined): Json | undefined {
  return value === undefined ? undefined : [value];
}
