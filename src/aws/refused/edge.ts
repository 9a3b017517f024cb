import { field, items, numberOf, textOf } from "../template.ts";
import type { Resource } from "./estate.ts";
import { type Refusal, refusal, refusalOf } from "./refusal.ts";

const DISTRIBUTION = "AWS::CloudFront::Distribution";
const CONFIG = "Properties.DistributionConfig";
/** CloudFront's own region: certificates and firewalls for it are only taken there. */
const CLOUDFRONT_REGION = "us-east-1";
const READ_METHODS = ["GET", "HEAD", "OPTIONS"];
/** The three sets of methods that a behavior may have. */
const METHOD_SETS = [
  ["GET", "HEAD"],
  ["GET", "HEAD", "OPTIONS"],
  ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
];

interface Behavior {
  readonly path: string;
  readonly origin: string;
  readonly methods: readonly string[];
}

function behaviorsOf({ properties }: Resource): readonly Behavior[] {
  const all = [
    [`${CONFIG}.DefaultCacheBehavior`, field(properties, "DistributionConfig.DefaultCacheBehavior")] as const,
    ...items(field(properties, "DistributionConfig.CacheBehaviors")).map(
      (each, at) => [`${CONFIG}.CacheBehaviors.${at}`, each] as const,
    ),
  ];
  return all.map(([path, each]) => ({
    path,
    origin: textOf(field(each, "TargetOriginId")),
    methods: items(field(each, "AllowedMethods")).map(textOf),
  }));
}

function originGroupIds({ properties }: Resource): readonly string[] {
  return items(field(properties, "DistributionConfig.OriginGroups.Items")).map((group) => textOf(field(group, "Id")));
}

function originIds({ properties }: Resource): readonly string[] {
  return items(field(properties, "DistributionConfig.Origins")).map((origin) => textOf(field(origin, "Id")));
}

const originGroups: readonly Refusal[] = [
  refusalOf(
    DISTRIBUTION,
    [
      "cloudfront-write-on-origin-group",
      "a behavior with an origin group takes GET, HEAD and OPTIONS alone",
      "AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html",
    ],
    (resource) =>
      behaviorsOf(resource)
        .filter(({ origin }) => originGroupIds(resource).includes(origin))
        .filter(({ methods }) => methods.some((method) => !READ_METHODS.includes(method)))
        .map(({ path, methods }) => [`${path}.AllowedMethods`, `${methods.join(", ")} with an origin group`]),
  ),
  refusalOf(
    DISTRIBUTION,
    [
      "cloudfront-methods",
      "a behavior allows reads, reads with OPTIONS, or all seven methods",
      "cloudfront/latest/APIReference/API_AllowedMethods.html",
    ],
    (resource) =>
      behaviorsOf(resource)
        .filter(({ methods }) => methods.length > 0)
        .filter(({ methods }) => !METHOD_SETS.some((set) => set.join() === [...methods].sort().join()))
        .map(({ path, methods }) => [`${path}.AllowedMethods`, `${methods.join(", ")} is none of the three sets`]),
  ),
  refusalOf(
    DISTRIBUTION,
    [
      "cloudfront-unknown-origin",
      "a behavior names an origin or an origin group of the distribution, and a group names origins",
      "cloudfront/latest/APIReference/API_CacheBehavior.html",
    ],
    (resource) => {
      const origins = originIds(resource);
      const known = [...origins, ...originGroupIds(resource)];
      const behaviors = behaviorsOf(resource)
        .filter(({ origin }) => !known.includes(origin))
        .map(({ path, origin }) => [`${path}.TargetOriginId`, `no origin is called ${origin}`] as const);
      const groups = items(field(resource.properties, "DistributionConfig.OriginGroups.Items")).flatMap((group, at) =>
        items(field(group, "Members.Items"))
          .map((member) => textOf(field(member, "OriginId")))
          .filter((id) => !origins.includes(id))
          .map((id) => [`${CONFIG}.OriginGroups.Items.${at}`, `no origin is called ${id}`] as const),
      );
      return [...behaviors, ...groups];
    },
  ),
  refusalOf(
    DISTRIBUTION,
    [
      "cloudfront-origin-attempts",
      "an origin is tried 1 to 3 times, for 1 to 10 seconds each",
      "cloudfront/latest/APIReference/API_Origin.html",
    ],
    ({ properties }) =>
      items(field(properties, "DistributionConfig.Origins")).flatMap((origin, at) => {
        const attempts = numberOf(field(origin, "ConnectionAttempts")) ?? 3;
        const timeout = numberOf(field(origin, "ConnectionTimeout")) ?? 10;
        const wrong = attempts < 1 || attempts > 3 || timeout < 1 || timeout > 10;
        return wrong ? [[`${CONFIG}.Origins.${at}`, `${attempts} attempts of ${timeout} s`]] : [];
      }),
  ),
];

const certificates: readonly Refusal[] = [
  refusalOf(
    DISTRIBUTION,
    [
      "cloudfront-certificate-region",
      "CloudFront takes certificates of us-east-1 alone",
      "cloudfront/latest/APIReference/API_ViewerCertificate.html",
    ],
    ({ properties, stack }, estate) => {
      const arn = field(properties, "DistributionConfig.ViewerCertificate.AcmCertificateArn");
      const written = /^arn:[^:]*:acm:([^:]+):/.exec(textOf(arn))?.[1];
      const region = estate.target(arn, stack)?.region ?? written;
      return region === undefined || region === CLOUDFRONT_REGION || region.startsWith("$")
        ? []
        : [[`${CONFIG}.ViewerCertificate.AcmCertificateArn`, `a certificate of ${region}`]];
    },
  ),
  refusalOf(
    DISTRIBUTION,
    [
      "cloudfront-alias-without-certificate",
      "a distribution with names of its own needs a certificate that covers them",
      "AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html",
    ],
    ({ properties }) => {
      const aliases = items(field(properties, "DistributionConfig.Aliases"));
      const viewer = field(properties, "DistributionConfig.ViewerCertificate");
      const has = field(viewer, "AcmCertificateArn") ?? field(viewer, "IamCertificateId");
      return aliases.length > 0 && has === undefined ? [[`${CONFIG}.Aliases`, "no certificate"]] : [];
    },
  ),
  refusalOf(
    DISTRIBUTION,
    [
      "cloudfront-log-bucket-without-acl",
      "standard logs need a bucket that takes access control lists, which a new bucket does not",
      "AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html",
    ],
    ({ properties, stack }, estate) => {
      const bucket = estate.target(field(properties, "DistributionConfig.Logging.Bucket"), stack);
      if (bucket?.type !== "AWS::S3::Bucket") return [];
      const rules = items(field(bucket.properties, "OwnershipControls.Rules"));
      const open = rules.some((rule) =>
        ["BucketOwnerPreferred", "ObjectWriter"].includes(textOf(field(rule, "ObjectOwnership"))),
      );
      return open ? [] : [[`${CONFIG}.Logging.Bucket`, `${bucket.logicalId} enforces the owner`]];
    },
  ),
];

const firewalls: readonly Refusal[] = [
  refusalOf(
    ["AWS::WAFv2::WebACL", "AWS::WAFv2::IPSet", "AWS::WAFv2::RuleGroup"],
    [
      "waf-cloudfront-region",
      "a firewall for CloudFront is made in us-east-1 alone",
      "AWSCloudFormation/latest/TemplateReference/aws-resource-wafv2-webacl.html",
    ],
    ({ properties, region }) =>
      properties["Scope"] === "CLOUDFRONT" && region !== CLOUDFRONT_REGION
        ? [["Properties.Scope", `scope CLOUDFRONT in ${region}`]]
        : [],
  ),
  refusalOf(
    "AWS::WAFv2::WebACLAssociation",
    [
      "waf-association-with-cloudfront",
      "a distribution names its firewall itself; an association with it is refused",
      "AWSCloudFormation/latest/TemplateReference/aws-resource-wafv2-webaclassociation.html",
    ],
    ({ properties, stack }, estate) => {
      const arn = properties["ResourceArn"];
      const distribution = estate.target(arn, stack)?.type === DISTRIBUTION || textOf(arn).includes(":cloudfront:");
      return distribution ? [["Properties.ResourceArn", "names a distribution"]] : [];
    },
  ),
  refusalOf(
    "AWS::WAFv2::WebACL",
    [
      "waf-priority-twice",
      "each rule of a firewall has a priority of its own",
      "waf/latest/APIReference/API_Rule.html",
    ],
    ({ properties }) => {
      const priorities = items(properties["Rules"]).map((rule) => textOf(field(rule, "Priority")));
      const twice = priorities.filter((each, at) => priorities.indexOf(each) !== at);
      return twice.map((each) => ["Properties.Rules", `two rules of priority ${each}`]);
    },
  ),
  refusalOf(
    "AWS::WAFv2::LoggingConfiguration",
    [
      "waf-log-name",
      "a firewall's logs go to something whose name begins with aws-waf-logs-",
      "waf/latest/developerguide/logging-destinations.html",
    ],
    ({ properties, stack }, estate) =>
      items(properties["LogDestinationConfigs"]).flatMap((value, at) => {
        const target = estate.target(value, stack);
        const named = target?.properties["LogGroupName"] ?? target?.properties["BucketName"];
        const name = target === undefined ? (/[:/](aws-waf-logs-.*)/.exec(textOf(value))?.[1] ?? "?") : textOf(named);
        const unknown = target === undefined && textOf(value).startsWith("${");
        return unknown || name.startsWith("aws-waf-logs-")
          ? []
          : [[`Properties.LogDestinationConfigs.${at}`, `its name does not begin with aws-waf-logs-`]];
      }),
  ),
];

const accelerators: readonly Refusal[] = [
  refusal(
    "accelerator-region-twice",
    "a listener has one endpoint group a region",
    "global-accelerator/latest/dg/about-endpoint-groups.html",
    (estate) => {
      const seen = new Set<string>();
      return estate.of("AWS::GlobalAccelerator::EndpointGroup").flatMap((resource) => {
        const { properties } = resource;
        const key = `${textOf(properties["ListenerArn"])} ${textOf(properties["EndpointGroupRegion"])}`;
        const again = seen.has(key);
        seen.add(key);
        return again
          ? [{ resource, path: "Properties.EndpointGroupRegion", message: "a second group of this region" }]
          : [];
      });
    },
  ),
  refusalOf(
    "AWS::GlobalAccelerator::EndpointGroup",
    [
      "accelerator-interval",
      "an accelerator checks health every 10 or 30 seconds",
      "global-accelerator/latest/dg/about-endpoint-groups-health-check-options.html",
    ],
    ({ properties }) => {
      const interval = numberOf(properties["HealthCheckIntervalSeconds"]);
      return interval === undefined || interval === 10 || interval === 30
        ? []
        : [["Properties.HealthCheckIntervalSeconds", `${interval} s`]];
    },
  ),
];

/** What CloudFront, AWS WAF and Global Accelerator refuse. */
export const EDGE: readonly Refusal[] = [...originGroups, ...certificates, ...firewalls, ...accelerators];
