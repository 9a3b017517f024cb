/**
 * What SAM makes of a function: itself, its role, version and alias, and what its events need.
 * Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
 */
import { type Json, type JsonRecord, isRecord, own } from "../document.ts";
import { addEvents } from "./event.ts";
import { addRole } from "./role.ts";
import {
  type SamStack,
  type Source,
  attribute,
  idPart,
  inPlaceOf,
  pick,
  present,
  recordIn,
  ref,
  tagsOf,
  without,
} from "./stack.ts";

/** What SAM takes for itself; the rest is the function's own. */
const OF_SAM: readonly string[] = [
  "AssumeRolePolicyDocument",
  "AutoPublishAlias",
  "AutoPublishAliasAllProperties",
  "AutoPublishCodeSha256",
  "CodeUri",
  "DeadLetterQueue",
  "DeploymentPreference",
  "EventInvokeConfig",
  "Events",
  "FunctionUrlConfig",
  "ImageUri",
  "InlineCode",
  "PassthroughCondition",
  "PermissionsBoundary",
  "Policies",
  "PropagateTags",
  "ProvisionedConcurrencyConfig",
  "PublishToLatestPublished",
  "RolePath",
  "Tags",
  "Tracing",
  "VersionDescription",
  "VersionDeletionPolicy",
];

/** Adds what `AWS::Serverless::Function` makes. */
export function addFunction(stack: SamStack, source: Source): void {
  const { id, properties, at, written } = source;
  const inProperty = (name: string) => [...at, "Properties", name];
  const role = own(properties, "Role");
  if (role === undefined) addRole(stack, source, "lambda.amazonaws.com");
  const queue = own(own(properties, "DeadLetterQueue"), "TargetArn");
  const tracing = own(properties, "Tracing");
  stack.make({
    ...inPlaceOf(source),
    type: "AWS::Lambda::Function",
    properties: {
      ...without(properties, OF_SAM),
      Role: role ?? attribute(`${id}Role`, "Arn"),
      Code: codeOf(properties),
      DeadLetterConfig: queue === undefined ? undefined : { TargetArn: queue },
      TracingConfig: tracing === undefined ? undefined : { Mode: tracing },
      Tags: tagsOf(own(properties, "Tags")),
    },
    written: { ...written, DeadLetterConfig: written["DeadLetterQueue"] ?? inProperty("DeadLetterQueue") },
  });
  const alias = addAlias(stack, source);
  addInvokeConfig(stack, source, alias);
  addUrl(stack, source);
  const name = alias === undefined ? ref(id) : ref(alias);
  addEvents(stack, { source, name, arn: alias === undefined ? attribute(id, "Arn") : ref(alias), kind: "function" });
}

function codeOf(properties: JsonRecord): Json | undefined {
  const inline = own(properties, "InlineCode");
  if (inline !== undefined) return { ZipFile: inline };
  const image = own(properties, "ImageUri");
  if (image !== undefined) return { ImageUri: image };
  const uri = own(properties, "CodeUri");
  if (!isRecord(uri)) return undefined; // a folder of this machine
  return present({ S3Bucket: own(uri, "Bucket"), S3Key: own(uri, "Key"), S3ObjectVersion: own(uri, "Version") });
}

/** The alias that is published with each deployment, by its logical id; undefined where there is none. */
function addAlias(stack: SamStack, { id, properties, attributes, at }: Source): string | undefined {
  const name = own(properties, "AutoPublishAlias");
  if (name === undefined || name === null) return undefined;
  const [aliasId, versionId] = [`${id}Alias${idPart(name)}`, `${id}Version`];
  const from = { at: [...at, "Properties", "AutoPublishAlias"] };
  const condition = pick(attributes, ["Condition"]);
  stack.make({
    id: versionId,
    type: "AWS::Lambda::Version",
    properties: { FunctionName: ref(id), Description: own(properties, "VersionDescription") },
    ...from,
    attributes: { ...condition, DeletionPolicy: own(properties, "VersionDeletionPolicy") ?? "Retain" },
  });
  const preference = own(properties, "DeploymentPreference");
  const isShifted = isRecord(preference) && own(preference, "Enabled") !== false;
  const update = {
    ApplicationName: ref("ServerlessDeploymentApplication"),
    DeploymentGroupName: ref(`${id}DeploymentGroup`),
  };
  stack.make({
    id: aliasId,
    type: "AWS::Lambda::Alias",
    properties: {
      Name: name,
      FunctionName: ref(id),
      FunctionVersion: attribute(versionId, "Version"),
      ProvisionedConcurrencyConfig: own(properties, "ProvisionedConcurrencyConfig"),
    },
    ...from,
    written: { ProvisionedConcurrencyConfig: [...at, "Properties", "ProvisionedConcurrencyConfig"] },
    attributes: { ...condition, UpdatePolicy: isShifted ? { CodeDeployLambdaAliasUpdate: update } : undefined },
  });
  if (isShifted) addDeployment(stack, { id, attributes, at }, preference);
  stack.names.set(`${id}.Alias`, aliasId).set(`${id}.Version`, versionId);
  return aliasId;
}

function addDeployment(
  stack: SamStack,
  { id, attributes, at }: Pick<Source, "id" | "attributes" | "at">,
  preference: JsonRecord,
): void {
  const from = { at: [...at, "Properties", "DeploymentPreference"], attributes: pick(attributes, ["Condition"]) };
  const application = "ServerlessDeploymentApplication";
  stack.make({
    id: application,
    type: "AWS::CodeDeploy::Application",
    properties: { ComputePlatform: "Lambda" },
    at: from.at,
  });
  const alarms = own(preference, "Alarms");
  const named = Array.isArray(alarms) ? (alarms as readonly Json[]).map((alarm) => ({ Name: alarm })) : undefined;
  stack.make({
    id: `${id}DeploymentGroup`,
    type: "AWS::CodeDeploy::DeploymentGroup",
    properties: {
      ApplicationName: ref(application),
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
      },
      AlarmConfiguration: named === undefined ? undefined : { Enabled: true, Alarms: named },
      DeploymentStyle: { DeploymentType: "BLUE_GREEN", DeploymentOption: "WITH_TRAFFIC_CONTROL" },
    },
    ...from,
  });
}

function addInvokeConfig(stack: SamStack, { id, properties, attributes, at }: Source, alias: string | undefined): void {
  const config = own(properties, "EventInvokeConfig");
  if (!isRecord(config)) return;
  const from = [...at, "Properties", "EventInvokeConfig"];
  const destinations = Object.entries(recordIn(config, "DestinationConfig")).map(
    ([when, destination]): [string, Json] => {
      const given = own(destination, "Destination");
      const type = own(destination, "Type");
      if (given !== undefined || (type !== "SQS" && type !== "SNS")) return [when, present({ Destination: given })];
      const made = `${id}EventInvokeConfig${when}${type === "SQS" ? "Queue" : "Topic"}`;
      stack.make({ id: made, type: type === "SQS" ? "AWS::SQS::Queue" : "AWS::SNS::Topic", properties: {}, at: from });
      return [when, { Destination: type === "SQS" ? attribute(made, "Arn") : ref(made) }];
    },
  );
  stack.make({
    id: `${id}EventInvokeConfig`,
    type: "AWS::Lambda::EventInvokeConfig",
    properties: {
      FunctionName: ref(id),
      Qualifier: alias === undefined ? "$LATEST" : own(properties, "AutoPublishAlias"),
      ...pick(config, ["MaximumEventAgeInSeconds", "MaximumRetryAttempts"]),
      DestinationConfig: destinations.length === 0 ? undefined : present(Object.fromEntries(destinations)),
    },
    at: from,
    propertiesAt: from,
    attributes: pick(attributes, ["Condition"]),
  });
}

function addUrl(stack: SamStack, { id, properties, attributes, at }: Source): void {
  const config = own(properties, "FunctionUrlConfig");
  if (!isRecord(config)) return;
  const from = [...at, "Properties", "FunctionUrlConfig"];
  stack.make({
    id: `${id}Url`,
    type: "AWS::Lambda::Url",
    properties: { ...config, TargetFunctionArn: ref(id) },
    at: from,
    propertiesAt: from,
    attributes: pick(attributes, ["Condition"]),
  });
}
