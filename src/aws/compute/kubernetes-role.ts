import type { Stack } from "aws-cdk-lib";
import type { CfnRole } from "aws-cdk-lib/aws-iam";
import { type Statement, shipRole } from "../role.ts";

/**
 * A role that a service takes on and tags its session with, as EKS does so that policies can tell clusters and pods
 * apart.
 *
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
 */
export function taggedSessionRole(
  stack: Stack,
  id: string,
  of: {
    readonly assumedBy: "eks.amazonaws.com" | "pods.eks.amazonaws.com";
    readonly statements: readonly Statement[];
    readonly managedPolicyArns?: readonly string[];
  },
): CfnRole {
  const role = shipRole(stack, id, of);
  role.assumeRolePolicyDocument = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: of.assumedBy },
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Condition: { StringEquals: { "aws:SourceAccount": stack.account } },
      },
    ],
  };
  return role;
}

/** What pods of a service account may do. */
export function podRole(stack: Stack, id: string, statements: readonly Statement[]): CfnRole {
  return taggedSessionRole(stack, id, { assumedBy: "pods.eks.amazonaws.com", statements });
}
