import type { Stack } from "aws-cdk-lib";
import { CfnRole } from "aws-cdk-lib/aws-iam";

/** What a role may do. No wildcard in `actions`; `*` in `resources` only for actions that know no resources. */
export interface Statement {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface RoleProps {
  /** The service that takes the role on, such as `ecs-tasks.amazonaws.com`. */
  readonly assumedBy: string;
  readonly statements: readonly Statement[];
  /** ARNs of AWS's managed policies, where AWS requires one. */
  readonly managedPolicyArns?: readonly string[];
  /** Whether the service tells on whose behalf it takes the role on (`aws:SourceAccount`). @default true */
  readonly tellsAccount?: boolean;
}

/** A role that one service takes on, for this account alone where that service tells whose resource asks. */
export function shipRole(stack: Stack, id: string, props: RoleProps): CfnRole {
  const { assumedBy, statements, managedPolicyArns, tellsAccount = true } = props;
  const trust = {
    Effect: "Allow",
    Principal: { Service: assumedBy },
    Action: "sts:AssumeRole",
    ...(tellsAccount ? { Condition: { StringEquals: { "aws:SourceAccount": stack.account } } } : {}),
  };
  return new CfnRole(stack, id, {
    assumeRolePolicyDocument: { Version: "2012-10-17", Statement: [trust] },
    ...(managedPolicyArns === undefined ? {} : { managedPolicyArns: [...managedPolicyArns] }),
    ...(statements.length === 0
      ? {}
      : { policies: [{ policyName: "access", policyDocument: policyDocument(statements) }] }),
  });
}

/** Statements as IAM takes them, each an Allow. */
export function policyDocument(statements: readonly Statement[]): object {
  return {
    Version: "2012-10-17",
    Statement: statements.map(({ sid, actions, resources, conditions }) => ({
      Sid: sid,
      Effect: "Allow",
      Action: [...actions],
      Resource: resources.length === 1 ? resources[0] : [...resources],
      ...(conditions === undefined ? {} : { Condition: conditions }),
    })),
  };
}
