import { elementsOf, isOneOf } from "../../evaluate/judge.ts";
import { partOf } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";

/** Where logs and build results are written to: what is there is a copy, or can be made again. */
const WRITERS: readonly (readonly [type: string, path: RegExp])[] = [
  ["AWS::S3::Bucket", /^LoggingConfiguration\.|^InventoryConfigurations\.|^AnalyticsConfigurations\./],
  ["AWS::CloudFront::Distribution", /Logging\.Bucket$/],
  ["AWS::ElasticLoadBalancingV2::LoadBalancer", /^LoadBalancerAttributes\./],
  ["AWS::ElasticLoadBalancing::LoadBalancer", /^AccessLoggingPolicy\./],
  ["AWS::EC2::FlowLog", /^LogDestination$/],
  ["AWS::CloudTrail::Trail", /^S3BucketName$/],
  ["AWS::Config::DeliveryChannel", /^S3BucketName$/],
  ["AWS::WAFv2::LoggingConfiguration", /./],
  ["AWS::Route53Resolver::ResolverQueryLoggingConfig", /./],
  ["AWS::CodePipeline::Pipeline", /^ArtifactStores?\./],
  ["AWS::CodeBuild::Project", /^(Artifacts|SecondaryArtifacts|Cache|LogsConfig)\./],
  ["AWS::Synthetics::Canary", /^ArtifactS3Location$/],
  ["AWS::Athena::WorkGroup", /ResultConfiguration/],
];

/** Whether a bucket only takes logs, build results or what expires by itself: what it holds is not the only copy. */
export function isByProduct(bucket: Resource, model: Model): boolean {
  if (isOneOf(bucket.at("AccessControl"), ["LogDeliveryWrite"]) === "yes") return true;
  const written = model
    .mentionsOf(bucket)
    .some(({ from, path }) => WRITERS.some(([type, where]) => from.type === type && where.test(path)));
  return written || expires(bucket) || isCalledByProduct(bucket);
}

/** Words for what can be done without, of which another stack may be the writer. */
const BY_PRODUCTS: ReadonlySet<string> = new Set(
  "log logs logging accesslog accesslogs artifact artifacts scratch temp tmp cache athena diagnosis diagnostics".split(
    " ",
  ),
);

/** Whether a bucket's logical id says so: `AccessLogsBucket`, and not `CatalogBucket`. */
function isCalledByProduct({ id }: Resource): boolean {
  const words = id.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return words.split(/[^a-z]+/).some((word) => BY_PRODUCTS.has(word));
}

/** Whether a rule of its lifecycle lets everything in a bucket expire. */
function expires(bucket: Resource): boolean {
  return elementsOf(bucket.at("LifecycleConfiguration.Rules")).elements.some((rule) => {
    const days = partOf(rule, "ExpirationInDays") ?? partOf(rule, "Expiration.Days");
    const all = ["Prefix", "TagFilters", "Filter"].every((path) => (partOf(rule, path) ?? "") === "");
    return days !== undefined && all && isOneOf(partOf(rule, "Status"), ["Enabled"]) !== "no";
  });
}

/** Whether a bucket is one origin of a distribution that fails over to another: each is filled by itself. */
export function isOriginOfGroup(bucket: Resource, model: Model): boolean {
  return model
    .mentionsOf(bucket, "AWS::CloudFront::Distribution")
    .some(({ from }) => elementsOf(from.at("DistributionConfig.OriginGroups.Items")).elements.length > 0);
}

/** Whether CloudFront reads a bucket: what it serves is put there by a release, in each region that has one. */
export function isSite(bucket: Resource, model: Model): boolean {
  return model
    .mentionsOf(bucket, "AWS::S3::BucketPolicy")
    .some(({ from }) => /cloudfront/i.test(JSON.stringify(from.at("PolicyDocument") ?? "")));
}
