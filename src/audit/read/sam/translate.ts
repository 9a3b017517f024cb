/**
 * Translates a SAM template into the CloudFormation that SAM makes of it, as far as it bears on what survives: under
 * the logical ids that SAM documents, without the hashes that it adds to some.
 * Source:
 * https://github.com/aws/serverless-application-model/blob/develop/docs/internals/generated_resources.rst
 */
import { type Json, type SourceDocument, isRecord, own, recordOf } from "../document.ts";
import { rewritten } from "../origin.ts";
import { addApi, addHttpApi } from "./api.ts";
import { addEvents } from "./event.ts";
import { addFunction } from "./function.ts";
import { globalsOf, withGlobals } from "./globals.ts";
import { addConnector, addRole } from "./role.ts";
import { SamStack, type Source, attribute, inPlaceOf, pick, ref, tagsOf, without } from "./stack.ts";

/** Each of SAM's types, and what it becomes. */
const TYPES: Readonly<Record<string, (stack: SamStack, source: Source) => void>> = {
  "AWS::Serverless::Function": addFunction,
  "AWS::Serverless::Api": addApi,
  "AWS::Serverless::HttpApi": addHttpApi,
  "AWS::Serverless::WebSocketApi": addHttpApi,
  "AWS::Serverless::SimpleTable": addTable,
  "AWS::Serverless::StateMachine": addStateMachine,
  "AWS::Serverless::LayerVersion": addLayer,
  "AWS::Serverless::Application": addApplication,
  "AWS::Serverless::Connector": addConnector,
};

/** A SAM template as CloudFormation; every other document as it is. */
export function translateSam(document: SourceDocument): SourceDocument {
  const { data } = document;
  const resources = own(data, "Resources");
  if (!isRecord(data) || !isRecord(resources) || !document.text.includes("AWS::Serverless")) return document;
  const stack = new SamStack();
  const globals = own(data, "Globals");
  const entries = Object.entries(resources).map(([id, body]) => ({ id, body, source: sourceOf(id, body, globals) }));
  for (const { id, body, source } of entries) if (source === undefined) stack.keep(id, body);
  for (const { source } of entries) if (source !== undefined) TYPES[source.type]?.(stack, source);
  const made = { ...data, Resources: stack.all() };
  return rewritten(document, stack.names.size === 0 ? made : renamed(made, stack.names), stack.origins);
}

function sourceOf(id: string, body: Json, globals: Json | undefined): Source | undefined {
  const type = own(body, "Type");
  if (!isRecord(body) || typeof type !== "string" || !Object.hasOwn(TYPES, type)) return undefined;
  const local = own(body, "Properties");
  const properties = isRecord(local) ? local : {};
  const part = globalsOf(type) ?? "";
  const shared = own(globals, part);
  const absent = isRecord(shared) ? Object.keys(shared).filter((name) => !Object.hasOwn(properties, name)) : [];
  return {
    id,
    type,
    properties: withGlobals(shared, properties),
    attributes: without(body, ["Type", "Properties", "Connectors"]),
    at: ["Resources", id],
    written: Object.fromEntries(absent.map((name) => [name, ["Globals", part, name]])),
  };
}

function addTable(stack: SamStack, source: Source): void {
  const { properties } = source;
  const key = own(properties, "PrimaryKey");
  const name = own(key, "Name") ?? "id";
  const type = own(key, "Type");
  const throughput = own(properties, "ProvisionedThroughput");
  stack.make({
    ...inPlaceOf(source),
    type: "AWS::DynamoDB::Table",
    properties: {
      ...without(properties, ["PrimaryKey", "Tags"]),
      BillingMode: throughput === undefined ? "PAY_PER_REQUEST" : undefined,
      AttributeDefinitions: [
        { AttributeName: name, AttributeType: type === "Number" ? "N" : type === "Binary" ? "B" : "S" },
      ],
      KeySchema: [{ AttributeName: name, KeyType: "HASH" }],
      Tags: tagsOf(own(properties, "Tags")),
    },
  });
}

function addStateMachine(stack: SamStack, source: Source): void {
  const { id, properties, at, written } = source;
  const role = own(properties, "Role");
  if (role === undefined) addRole(stack, source, "states.amazonaws.com");
  const uri = own(properties, "DefinitionUri");
  stack.make({
    ...inPlaceOf(source),
    type: "AWS::StepFunctions::StateMachine",
    properties: {
      ...pick(properties, ["Definition", "DefinitionSubstitutions"]),
      DefinitionS3Location: isRecord(uri) ? uri : uri === undefined ? undefined : { Key: uri },
      LoggingConfiguration: own(properties, "Logging"),
      TracingConfiguration: own(properties, "Tracing"),
      StateMachineName: own(properties, "Name"),
      StateMachineType: own(properties, "Type"),
      RoleArn: role ?? attribute(`${id}Role`, "Arn"),
      Tags: tagsOf(own(properties, "Tags")),
    },
    written: { ...written, LoggingConfiguration: [...at, "Properties", "Logging"] },
  });
  addEvents(stack, { source, name: ref(id), arn: ref(id), kind: "state machine" });
}

function addLayer(stack: SamStack, source: Source): void {
  const { properties, attributes } = source;
  stack.make({
    ...inPlaceOf(source),
    type: "AWS::Lambda::LayerVersion",
    properties: without(properties, ["ContentUri", "RetentionPolicy"]),
    attributes: { DeletionPolicy: own(properties, "RetentionPolicy") ?? "Retain", ...attributes },
  });
}

function addApplication(stack: SamStack, source: Source): void {
  const { properties, at, written } = source;
  const location = own(properties, "Location");
  stack.make({
    ...inPlaceOf(source),
    type: "AWS::CloudFormation::Stack",
    properties: {
      TemplateURL: location,
      ...pick(properties, ["Parameters", "NotificationARNs", "TimeoutInMinutes"]),
      Tags: tagsOf(own(properties, "Tags")),
    },
    written: { ...written, TemplateURL: [...at, "Properties", "Location"] },
  });
}

/** SAM's own references, such as `!Ref Worker.Alias`, as those to what it makes. */
function renamed(part: Json, names: ReadonlyMap<string, string>): Json {
  if (Array.isArray(part)) return (part as readonly Json[]).map((each) => renamed(each, names));
  if (!isRecord(part)) return part;
  return recordOf(Object.entries(part).map(([key, value]) => [key, renamedEntry(key, value, names)]));
}

function renamedEntry(key: string, value: Json, names: ReadonlyMap<string, string>): Json {
  if (key === "Ref" && typeof value === "string") return names.get(value) ?? value;
  if (key === "Fn::Sub" && typeof value === "string") {
    return value.replaceAll(/\$\{([A-Za-z0-9]+\.[A-Za-z]+)\}/g, (whole, name: string) => {
      const made = names.get(name);
      return made === undefined ? whole : `\${${made}}`;
    });
  }
  return renamed(value, names);
}
