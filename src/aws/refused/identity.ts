import { type Value, field, items, leastLength, listed, textOf } from "../template.ts";
import type { Resource } from "./estate.ts";
import { type Refusal, refusal, refusalOf } from "./refusal.ts";

const ROLE_PAGE = "IAM/latest/UserGuide/reference_iam-quotas.html";
const SID_PAGE = "IAM/latest/UserGuide/reference_policies_elements_sid.html";

/** A policy of IAM's own and where it is; policies of buckets, queues and keys have other rules. */
export interface Policy {
  readonly resource: Resource;
  readonly path: string;
  readonly document: Value;
}

/** All policies of roles, groups and users in the templates. */
export function identityPolicies(resources: readonly Resource[]): readonly Policy[] {
  return resources.flatMap((resource) => {
    if (!resource.type.startsWith("AWS::IAM::")) return [];
    const { Policies, PolicyDocument } = resource.properties;
    const own =
      PolicyDocument === undefined ? [] : [{ resource, path: "Properties.PolicyDocument", document: PolicyDocument }];
    const inline = items(Policies).map((policy, at) => ({
      resource,
      path: `Properties.Policies.${at}.PolicyDocument`,
      document: field(policy, "PolicyDocument"),
    }));
    return [...own, ...inline];
  });
}

function statementsOf({ document }: Policy): readonly Value[] {
  return listed(field(document, "Statement"));
}

/** The characters of a policy without white space, its tokens at the least that they can be. */
function leastSize(value: Value): number {
  if (typeof value === "object" && value !== null) {
    if (["Ref", "Fn::Join", "Fn::GetAtt", "Fn::ImportValue"].some((key) => field(value, key) !== undefined)) {
      return leastLength(value) + 2;
    }
    const entries = Object.entries(value);
    const keys = Array.isArray(value) ? 0 : entries.reduce((sum, [key]) => sum + key.length + 3, 0);
    return (
      2 + keys + entries.reduce((sum, [, each]) => sum + leastSize(each as Value) + 1, 0) - (entries.length ? 1 : 0)
    );
  }
  return JSON.stringify(value ?? null).length;
}

const policies: readonly Refusal[] = [
  refusal("iam-sid", "a statement's id in IAM has letters and digits alone", SID_PAGE, (estate) =>
    identityPolicies(estate.resources).flatMap((policy) =>
      statementsOf(policy)
        .map((statement) => field(statement, "Sid"))
        .filter((sid) => typeof sid === "string")
        .filter((sid) => !/^[A-Za-z0-9]*$/.test(sid))
        .map((sid) => ({ resource: policy.resource, path: policy.path, message: sid })),
    ),
  ),
  refusal("iam-sid-twice", "each statement of a policy has an id of its own", SID_PAGE, (estate) =>
    identityPolicies(estate.resources).flatMap((policy) => {
      const sids = statementsOf(policy).map((statement) => field(statement, "Sid"));
      return sids
        .filter((sid, at) => sid !== undefined && sids.indexOf(sid) !== at)
        .map((sid) => ({ resource: policy.resource, path: policy.path, message: `${textOf(sid)} twice` }));
    }),
  ),
  refusal(
    "iam-empty-statement",
    "a statement has actions, and resources to act on",
    "IAM/latest/UserGuide/reference_policies_grammar.html",
    (estate) =>
      identityPolicies(estate.resources).flatMap((policy) =>
        statementsOf(policy)
          .filter((statement) => {
            const actions = listed(field(statement, "Action") ?? field(statement, "NotAction"));
            const resources = listed(field(statement, "Resource") ?? field(statement, "NotResource"));
            return actions.length === 0 || resources.length === 0;
          })
          .map((statement) => ({
            resource: policy.resource,
            path: policy.path,
            message: `${textOf(field(statement, "Sid"))} has none`,
          })),
      ),
  ),
  refusal(
    "iam-policy-name-twice",
    "each inline policy of a role has a name of its own",
    "AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html",
    (estate) =>
      estate.of("AWS::IAM::Role").flatMap((resource) => {
        const names = items(resource.properties["Policies"]).map((policy) => textOf(field(policy, "PolicyName")));
        return names
          .filter((name, at) => names.indexOf(name) !== at)
          .map((name) => ({ resource, path: "Properties.Policies", message: `${name} twice` }));
      }),
  ),
  refusalOf(
    "AWS::IAM::Role",
    ["iam-inline-size", "the inline policies of a role have at most 10,240 characters together", ROLE_PAGE],
    ({ properties }) => {
      const size = items(properties["Policies"])
        .map((policy) => leastSize(field(policy, "PolicyDocument")))
        .reduce((sum, each) => sum + each, 0);
      return size > 10_240 ? [["Properties.Policies", `at least ${size} characters`]] : [];
    },
  ),
  refusalOf(
    "AWS::IAM::Role",
    ["iam-role-name", "a role's name has at most 64 characters", ROLE_PAGE],
    ({ properties }) =>
      leastLength(properties["RoleName"]) > 64
        ? [["Properties.RoleName", `${leastLength(properties["RoleName"])} characters`]]
        : [],
  ),
  refusalOf(
    "AWS::IAM::Role",
    ["iam-managed-policies", "a role has at most ten managed policies, each once", ROLE_PAGE],
    ({ properties }) => {
      const arns = items(properties["ManagedPolicyArns"]).map(textOf);
      return arns.length > 10 || new Set(arns).size < arns.length
        ? [["Properties.ManagedPolicyArns", `${arns.length}, ${new Set(arns).size} different`]]
        : [];
    },
  ),
];

const KEY_PAGE = "kms/latest/developerguide/key-policy-default.html";

const keys: readonly Refusal[] = [
  refusalOf(
    ["AWS::KMS::Key", "AWS::KMS::ReplicaKey"],
    ["kms-lockout", "a key's policy lets the account change it", KEY_PAGE],
    ({ properties }) => {
      const may = listed(field(properties, "KeyPolicy.Statement"))
        .filter((statement) => field(statement, "Effect") === "Allow")
        .filter((statement) => textOf(field(statement, "Principal.AWS")).endsWith(":root"))
        .flatMap((statement) => listed(field(statement, "Action")).map(textOf));
      return may.includes("kms:*") || may.includes("kms:PutKeyPolicy")
        ? []
        : [["Properties.KeyPolicy", "nobody may PutKeyPolicy"]];
    },
  ),
  refusalOf(
    "AWS::KMS::ReplicaKey",
    [
      "kms-replica-region",
      "a replica of a multi-Region key is in another region than the key",
      "kms/latest/APIReference/API_ReplicateKey.html",
    ],
    ({ properties, stack, region }, estate) => {
      const arn = properties["PrimaryKeyArn"];
      const written = /^arn:[^:]*:kms:([^:]+):/.exec(textOf(arn))?.[1];
      const home = estate.target(arn, stack)?.region ?? written;
      return home === region ? [["Properties.PrimaryKeyArn", `of ${home} in ${region}`]] : [];
    },
  ),
  refusalOf(
    "AWS::KMS::Alias",
    [
      "kms-alias-name",
      "an alias begins with alias/, and not with AWS's own alias/aws/",
      "kms/latest/APIReference/API_CreateAlias.html",
    ],
    ({ properties }) => {
      const name = textOf(properties["AliasName"]);
      return /^alias\/(?!aws\/)[\w/${}:-]+$/.test(name) ? [] : [["Properties.AliasName", name]];
    },
  ),
  refusalOf(
    "AWS::Logs::LogGroup",
    [
      "logs-key-closed",
      "a log group's key lets CloudWatch Logs of its region in",
      "AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
    ],
    ({ properties, stack }, estate) => {
      const key = estate.target(properties["KmsKeyId"], stack);
      if (key === undefined || !key.type.startsWith("AWS::KMS::")) return [];
      const principals = listed(field(key.properties, "KeyPolicy.Statement")).flatMap((statement) =>
        listed(field(statement, "Principal.Service")).map(textOf),
      );
      return principals.some((principal) => principal.startsWith("logs."))
        ? []
        : [["Properties.KmsKeyId", `${key.logicalId} does not let in logs.<region>.amazonaws.com`]];
    },
  ),
  refusalOf(
    "AWS::SecretsManager::Secret",
    [
      "secret-replica-region",
      "a secret's replicas are in other regions than the secret, each once",
      "secretsmanager/latest/userguide/replicate-secrets.html",
    ],
    ({ properties, region }) => {
      const regions = items(properties["ReplicaRegions"]).map((each) => textOf(field(each, "Region")));
      return regions.includes(region) || new Set(regions).size < regions.length
        ? [["Properties.ReplicaRegions", `${regions.join(", ")} from ${region}`]]
        : [];
    },
  ),
];

/** What IAM, KMS and Secrets Manager refuse. */
export const IDENTITY: readonly Refusal[] = [...policies, ...keys];
