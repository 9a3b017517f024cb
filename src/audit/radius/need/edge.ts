import { isList } from "../../evaluate/value.ts";
import { derived } from "../../model/derived.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { type NeedsOf, type ResourceNeed, anyOf, namedAt, oneOf, someAndLikelyEach } from "./need.ts";

/** What answers requests that come from outside. */
const ANSWERS = anyOf(
  "ElasticLoadBalancing(V2)?::LoadBalancer",
  "ApiGateway(V2)?::(RestApi|Api|DomainName)",
  "S3::Bucket",
  "CloudFront::Distribution",
  "Lambda::(Function|Url)",
  "EC2::(Instance|EIP)",
  "GlobalAccelerator::Accelerator",
  "AppSync::GraphQLApi",
  "ElasticBeanstalk::Environment",
  "RDS::(DBInstance|DBCluster)",
  "ElastiCache::(ReplicationGroup|CacheCluster)",
);

/** A distribution needs what its default behaviour leads to; what others lead to has customers of its own. */
function distribution(resource: Resource, model: Model): readonly ResourceNeed[] {
  const origins = resource.at("DistributionConfig.Origins");
  const all = new Map<unknown, Resource>();
  for (const at of isList(origins) ? origins.keys() : []) {
    const origin = model.target(resource.at(`DistributionConfig.Origins.${at}.DomainName`));
    if (origin !== undefined) all.set(resource.at(`DistributionConfig.Origins.${at}.Id`), origin);
  }
  const byDefault = resource.at("DistributionConfig.DefaultCacheBehavior.TargetOriginId");
  const groups = resource.at("DistributionConfig.OriginGroups.Items");
  const group = isList(groups)
    ? [...groups.keys()]
        .map((at) => `DistributionConfig.OriginGroups.Items.${at}`)
        .find((path) => resource.at(`${path}.Id`) === byDefault)
    : undefined;
  const members = group === undefined ? [] : [0, 1].map((at) => resource.at(`${group}.Members.Items.${at}.OriginId`));
  const wanted = (group === undefined ? [byDefault] : members).map((id) => all.get(id));
  if (wanted.some((origin) => origin === undefined)) return someAndLikelyEach([...all.values()]);
  const main = wanted.filter((origin) => origin !== undefined);
  const others = [...all.values()].filter((origin) => !main.includes(origin));
  return [...oneOf(main), ...others.map((origin) => ({ of: [origin], isSure: false }))];
}

/** Records of one name and type stand for each other. */
const recordsByName = derived((model) => Map.groupBy(model.of("AWS::Route53::RecordSet"), (record) => nameOf(record)));

function nameOf(record: Resource): string {
  if (record.at("SetIdentifier") === undefined) return record.key;
  return [record.template.name, record.at("Name"), record.at("Type")].map((part) => JSON.stringify(part)).join(" ");
}

function record(resource: Resource, model: Model): readonly ResourceNeed[] {
  const all = recordsByName(model).get(nameOf(resource)) ?? [resource];
  return oneOf(all.flatMap((each) => namedAt(each, model, { path: /^(AliasTarget|ResourceRecords)/, type: ANSWERS })));
}

/** What the endpoint groups below an accelerator lead to. */
function accelerator(resource: Resource, model: Model): readonly ResourceNeed[] {
  const listeners = model.mentionsOf(resource, "AWS::GlobalAccelerator::Listener");
  const groups = listeners.flatMap(({ from }) => model.mentionsOf(from, "AWS::GlobalAccelerator::EndpointGroup"));
  return oneOf(groups.flatMap(({ from }) => namedAt(from, model, { path: /^EndpointConfigurations/, type: ANSWERS })));
}

/** What an API's methods or routes lead to. */
const BACKEND = anyOf(
  "Lambda::(Function|Alias)",
  "StepFunctions::StateMachine",
  "ElasticLoadBalancing(V2)?::(LoadBalancer|Listener)",
  "SQS::Queue",
  "SNS::Topic",
  "DynamoDB::(Table|GlobalTable)",
  "S3::Bucket",
  "Kinesis::Stream",
  "Events::EventBus",
);

function api(resource: Resource, model: Model): readonly ResourceNeed[] {
  const parts = ["AWS::ApiGateway::Method", "AWS::ApiGatewayV2::Integration"];
  const methods = model
    .mentionsOf(resource, ...parts)
    .filter(({ path }) => path === "RestApiId" || path === "ApiId")
    .flatMap(({ from }) => integrations(from, model));
  const written = namedAt(resource, model, { path: /^(Body|DefinitionBody|Target)/, type: BACKEND });
  return someAndLikelyEach([...methods, ...written]);
}

function integrations(method: Resource, model: Model): readonly Resource[] {
  const direct = namedAt(method, model, { path: /^(Integration\.Uri|IntegrationUri)/, type: BACKEND });
  if (direct.length > 0) return direct;
  const links = namedAt(method, model, { path: /ConnectionId$/, type: anyOf("ApiGateway::VpcLink") });
  return links.flatMap((link) => model.targets(link.at("TargetArns")));
}

function graph(resource: Resource, model: Model): readonly ResourceNeed[] {
  const sources = model.mentionsOf(resource, "AWS::AppSync::DataSource").map(({ from }) => from);
  return someAndLikelyEach(sources.flatMap((source) => namedAt(source, model, { path: /Config/, type: BACKEND })));
}

/** What leads requests from outside to what answers them. */
export const EDGE: Readonly<Record<string, NeedsOf>> = {
  "AWS::CloudFront::Distribution": distribution,
  "AWS::Route53::RecordSet": record,
  "AWS::GlobalAccelerator::Accelerator": accelerator,
  "AWS::ApiGateway::RestApi": api,
  "AWS::ApiGatewayV2::Api": api,
  "AWS::AppSync::GraphQLApi": graph,
  "AWS::Lambda::Url": (url, model) => oneOf(model.targets(url.at("TargetFunctionArn"))),
};
