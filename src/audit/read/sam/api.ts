/**
 * What SAM makes of APIs, of those too that it makes itself for events that name none.
 * Source:
 * https://github.com/aws/serverless-application-model/blob/develop/docs/internals/generated_resources.rst
 */
import { type Json, type JsonRecord, type Path, isRecord, own } from "../document.ts";
import { type SamStack, type Source, idPart, inPlaceOf, pick, present, recordIn, ref, tagsOf } from "./stack.ts";

/** A path and method of an API, and what answers. */
export interface Route {
  readonly type: "Api" | "HttpApi";
  readonly properties: JsonRecord;
  readonly at: Path;
  readonly target: Json;
  readonly kind: "function" | "state machine";
  /** The function or state machine that has the event. */
  readonly of: Source;
}

/** Adds an event's route to the API that it names, or to the one that SAM makes for all that name none. */
export function addRoute(stack: SamStack, { type, properties, at, target, kind, of }: Route): void {
  const named = own(properties, type === "Api" ? "RestApiId" : "ApiId");
  const given = typeof named === "string" ? named : own(named, "Ref");
  const implicit = type === "Api" ? "ServerlessRestApi" : "ServerlessHttpApi";
  if (named === undefined) {
    const source = { ...of, id: implicit, at, attributes: {}, written: {}, properties: IMPLICIT };
    if (type === "Api") addApi(stack, source);
    else addHttpApi(stack, source);
  }
  const api = named === undefined ? implicit : given;
  if (typeof api !== "string") return;
  const method = own(properties, "Method");
  const path = own(properties, "Path");
  const service = kind === "function" ? "lambda" : "states";
  const invocation = `${service}:path/2015-03-31/functions/\${Target}/invocations`;
  const uri = `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:${invocation}`;
  const integration = { type: "aws_proxy", httpMethod: "POST", uri: { "Fn::Sub": [uri, { Target: target }] } };
  stack.route(api, typeof path === "string" ? path : "$default", [
    typeof method === "string" ? method.toLowerCase() : "x-amazon-apigateway-any-method",
    { "x-amazon-apigateway-integration": integration },
  ]);
}

const WEB_SOCKET = "AWS::Serverless::WebSocketApi";

const IMPLICIT: JsonRecord = { StageName: "Prod" };

/** `AWS::Serverless::Api`: the API, its deployment and its stage. */
export function addApi(stack: SamStack, source: Source): void {
  const { id, properties, attributes, at } = source;
  const kept = [
    "Name",
    "Description",
    "FailOnWarnings",
    "DisableExecuteApiEndpoint",
    "BinaryMediaTypes",
    "Mode",
    "Policy",
  ];
  const stage = own(properties, "StageName") ?? "Prod";
  const [stageId, deploymentId] = [`${id}${idPart(stage)}Stage`, `${id}Deployment`];
  const condition = pick(attributes, ["Condition"]);
  stack.make({
    ...inPlaceOf(source),
    type: "AWS::ApiGateway::RestApi",
    properties: {
      ...pick(properties, kept),
      Body: own(properties, "DefinitionBody"),
      BodyS3Location: own(properties, "DefinitionUri"),
      EndpointConfiguration: endpointOf(own(properties, "EndpointConfiguration")),
      Tags: tagsOf(own(properties, "Tags")),
    },
  });
  stack.make({
    id: deploymentId,
    type: "AWS::ApiGateway::Deployment",
    properties: { RestApiId: ref(id) },
    at,
    attributes: condition,
  });
  stack.make({
    ...inPlaceOf(source),
    id: stageId,
    type: "AWS::ApiGateway::Stage",
    properties: {
      RestApiId: ref(id),
      DeploymentId: ref(deploymentId),
      StageName: stage,
      ...pick(properties, ["CacheClusterEnabled", "CacheClusterSize", "MethodSettings", "TracingEnabled", "Variables"]),
      AccessLogSetting: own(properties, "AccessLogSetting"),
      CanarySetting: own(properties, "CanarySetting"),
      Tags: tagsOf(own(properties, "Tags")),
    },
    attributes: condition,
  });
  stack.names.set(`${id}.Stage`, stageId).set(`${id}.Deployment`, deploymentId);
  addDomain(stack, { id, properties, at, stageId, version: "" });
}

/** `AWS::Serverless::HttpApi` and `AWS::Serverless::WebSocketApi`: the API and its stage. */
export function addHttpApi(stack: SamStack, source: Source): void {
  const { id, type, properties, attributes, at } = source;
  const isWebSocket = type === WEB_SOCKET;
  const given = id === "ServerlessHttpApi" ? undefined : own(properties, "StageName");
  const stage = given ?? (isWebSocket ? "default" : "$default");
  const unnamed = isWebSocket ? "Default" : "ApiGatewayDefault";
  const stageId = `${id}${given === undefined || given === "$default" ? unnamed : idPart(given)}Stage`;
  stack.make({
    ...inPlaceOf(source),
    type: "AWS::ApiGatewayV2::Api",
    properties: {
      ProtocolType: isWebSocket ? "WEBSOCKET" : "HTTP",
      ...pick(properties, ["Name", "Description", "DisableExecuteApiEndpoint", "FailOnWarnings", "Tags"]),
      Body: own(properties, "DefinitionBody"),
      BodyS3Location: own(properties, "DefinitionUri"),
      CorsConfiguration: own(properties, "CorsConfiguration"),
    },
  });
  stack.make({
    ...inPlaceOf(source),
    id: stageId,
    type: "AWS::ApiGatewayV2::Stage",
    properties: {
      ApiId: ref(id),
      StageName: stage,
      AutoDeploy: true,
      ...pick(properties, ["AccessLogSettings", "DefaultRouteSettings", "RouteSettings", "StageVariables", "Tags"]),
    },
    attributes: pick(attributes, ["Condition"]),
  });
  stack.names.set(`${id}.Stage`, stageId);
  if (isWebSocket) addWebSocketRoutes(stack, source);
  addDomain(stack, { id, properties, at, stageId, version: "V2" });
}

/** Each route of a web socket, and the function that answers. */
function addWebSocketRoutes(stack: SamStack, { id, properties, at }: Source): void {
  for (const [key, route] of Object.entries(recordIn(properties, "Routes"))) {
    const name = idPart(key.replace(/^\$./, (start) => start.slice(1).toUpperCase()));
    const from = { at: [...at, "Properties", "Routes", key] };
    const integration = { ApiId: ref(id), IntegrationType: "AWS_PROXY", IntegrationUri: own(route, "FunctionArn") };
    const integrationId = `${id}${name}Integration`;
    stack.make({ id: integrationId, type: "AWS::ApiGatewayV2::Integration", properties: integration, ...from });
    const target = { "Fn::Join": ["/", ["integrations", ref(integrationId)]] };
    const routed = { ApiId: ref(id), RouteKey: key, Target: target };
    stack.make({ id: `${id}${name}Route`, type: "AWS::ApiGatewayV2::Route", properties: routed, ...from });
  }
}

/** A domain of its own, and what leads from it to the API. */
function addDomain(
  stack: SamStack,
  api: Pick<Source, "id" | "properties" | "at"> & { readonly stageId: string; readonly version: "" | "V2" },
): void {
  const { id, properties, at, stageId, version } = api;
  const domain = own(properties, "Domain");
  if (!isRecord(domain)) return;
  const domainId = `ApiGatewayDomainName${version}${id}`;
  const from = { at: [...at, "Properties", "Domain"] };
  const [name, certificate] = [own(domain, "DomainName"), own(domain, "CertificateArn")];
  const mapping = { DomainName: ref(domainId), Stage: ref(stageId) };
  if (version === "V2") {
    const configuration = present({ CertificateArn: certificate, EndpointType: "REGIONAL" });
    const domainName = { DomainName: name, DomainNameConfigurations: [configuration] };
    stack.make({ id: domainId, type: "AWS::ApiGatewayV2::DomainName", properties: domainName, ...from });
    const mapped = { ...mapping, ApiId: ref(id) };
    stack.make({ id: `${id}ApiMapping`, type: "AWS::ApiGatewayV2::ApiMapping", properties: mapped, ...from });
  } else {
    const isEdge = own(domain, "EndpointConfiguration") === "EDGE";
    const endpoint = isEdge
      ? { CertificateArn: certificate, EndpointConfiguration: { Types: ["EDGE"] } }
      : { RegionalCertificateArn: certificate, EndpointConfiguration: { Types: ["REGIONAL"] } };
    const domainName = { DomainName: name, ...endpoint };
    stack.make({ id: domainId, type: "AWS::ApiGateway::DomainName", properties: domainName, ...from });
    const mapped = { ...mapping, RestApiId: ref(id) };
    stack.make({ id: `${id}BasePathMapping`, type: "AWS::ApiGateway::BasePathMapping", properties: mapped, ...from });
  }
  addRecords(stack, { id, domain, domainId, at: from.at });
}

/** The records in Route 53 that lead to a domain. */
function addRecords(
  stack: SamStack,
  { id, domain, domainId, at }: { id: string; domain: JsonRecord; domainId: string; at: Path },
): void {
  const route53 = own(domain, "Route53");
  if (!isRecord(route53)) return;
  const alias = present({
    DNSName: own(route53, "DistributionDomainName") ?? { "Fn::GetAtt": [domainId, "RegionalDomainName"] },
    EvaluateTargetHealth: own(route53, "EvaluateTargetHealth"),
  });
  const record = present({
    Name: own(domain, "DomainName"),
    Type: "A",
    AliasTarget: alias,
    ...pick(route53, ["Region", "SetIdentifier"]),
  });
  const recordSets = { ...pick(route53, ["HostedZoneId", "HostedZoneName"]), RecordSets: [record] };
  stack.make({ id: `RecordSetGroup${id}`, type: "AWS::Route53::RecordSetGroup", properties: recordSets, at });
}

function endpointOf(configuration: Json | undefined): Json | undefined {
  if (typeof configuration === "string") return { Types: [configuration] };
  const type = own(configuration, "Type");
  if (!isRecord(configuration) || type === undefined) return configuration;
  return present({ Types: [type], VpcEndpointIds: own(configuration, "VPCEndpointIds") });
}
