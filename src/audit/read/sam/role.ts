/**
 * The role that SAM makes of `Policies`. Of a policy template, such as `SQSSendMessagePolicy`, only what it is for is
 * told: the service, and the resource that its parameters name.
 * Source:
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-templates.html
 */
import { type Json, isRecord, own } from "../document.ts";
import { type SamStack, type Source, pick, ref } from "./stack.ts";

/** Adds `<id>Role`. */
export function addRole(stack: SamStack, { id, properties, attributes, at }: Source, service: string): void {
  const given = own(properties, "Policies");
  const policies = given === undefined ? [] : Array.isArray(given) ? (given as readonly Json[]) : [given];
  const isManaged = (policy: Json): boolean => typeof policy === "string" || own(policy, "Ref") !== undefined;
  const statement = { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" };
  stack.make({
    id: `${id}Role`,
    type: "AWS::IAM::Role",
    properties: {
      AssumeRolePolicyDocument: own(properties, "AssumeRolePolicyDocument") ?? { Statement: [statement] },
      ManagedPolicyArns: policies.filter(isManaged),
      Policies: policies.flatMap((policy, place) =>
        isRecord(policy) && !isManaged(policy)
          ? [{ PolicyName: `${id}RolePolicy${place}`, PolicyDocument: documentOf(policy) }]
          : [],
      ),
      PermissionsBoundary: own(properties, "PermissionsBoundary"),
    },
    at: [...at, "Properties", "Policies"],
    attributes: pick(attributes, ["Condition"]),
  });
}

function documentOf(policy: Json): Json {
  if (own(policy, "Statement") !== undefined || !isRecord(policy)) return policy;
  const statements = Object.entries(policy).map(([template, parameters]): Json => {
    const resources = isRecord(parameters) ? Object.values(parameters) : [];
    return { Effect: "Allow", Action: [`${serviceOf(template)}:*`], Resource: resources };
  });
  return { Statement: statements };
}

/** `DynamoDBCrudPolicy` is about `dynamodb`. */
function serviceOf(template: string): string {
  const [found] = SERVICES.filter(([name]) => template.startsWith(name));
  return found?.[1] ?? "*";
}

const SERVICES: readonly (readonly [string, string])[] = [
  ["AWSSecretsManager", "secretsmanager"],
  ["DynamoDB", "dynamodb"],
  ["EventBridge", "events"],
  ["Kinesis", "kinesis"],
  ["KMS", "kms"],
  ["Lambda", "lambda"],
  ["S3", "s3"],
  ["SNS", "sns"],
  ["SQS", "sqs"],
  ["SSM", "ssm"],
  ["StepFunctions", "states"],
];

/** `AWS::Serverless::Connector`: what one resource may do to others. */
export function addConnector(stack: SamStack, { id, properties, attributes, at }: Source): void {
  const source = own(own(properties, "Source"), "Id");
  const destination = own(properties, "Destination");
  const all =
    destination === undefined ? [] : Array.isArray(destination) ? (destination as readonly Json[]) : [destination];
  const targets = all.flatMap((each) => own(each, "Id") ?? []).filter((each) => typeof each === "string");
  if (typeof source !== "string" || targets.length === 0) return;
  const roleId = `${source}Role`;
  const Resource = targets.map((target) => ({ "Fn::GetAtt": [target, "Arn"] }));
  stack.make({
    id: `${id}Policy`,
    type: "AWS::IAM::ManagedPolicy",
    properties: {
      PolicyDocument: { Statement: [{ Effect: "Allow", Action: ["*"], Resource }] },
      Roles: [ref(roleId)],
    },
    at,
    attributes: pick(attributes, ["Condition"]),
  });
}
