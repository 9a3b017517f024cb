import { documented, setting } from "./fact.ts";

const DOCS = "https://docs.aws.amazon.com";
const SECOND = 1_000;
const CLOUDFRONT_GUIDE = `${DOCS}/AmazonCloudFront/latest/DeveloperGuide`;

const quotas = `${CLOUDFRONT_GUIDE}/cloudfront-limits.html`;
const cachePolicies = `${CLOUDFRONT_GUIDE}/using-managed-cache-policies.html`;
const requestPolicies = `${CLOUDFRONT_GUIDE}/using-managed-origin-request-policies.html`;
const failover = `${CLOUDFRONT_GUIDE}/high_availability_origin_failover.html`;
const origins = `${CLOUDFRONT_GUIDE}/DownloadDistValuesOrigin.html`;
const TEMPLATES = `${DOCS}/AWSCloudFormation/latest/TemplateReference`;
const aliasTarget = `${TEMPLATES}/aws-properties-route53-recordset-aliastarget.html`;

/** CloudFront: how much of what, the policies that every account has, and its numbers as a target of records. */
export const DISTRIBUTION = {
  cacheBehaviors: documented(75, "count", quotas, "beside the default one; AWS raises it on request"),
  originKeepAlive: setting(documented(5 * SECOND, "ms", origins), SECOND, 120 * SECOND),
  failoverCodes: documented([400, 403, 404, 416, 429, 500, 502, 503, 504] as const, "count", failover),
  cachingDisabled: documented("4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "text", cachePolicies),
  allViewerExceptHost: documented("b689b0a8-53d0-40ab-baf2-68738e2966ac", "text", requestPolicies),
  aliasZoneId: documented("Z2FDTNDATAQYW2", "text", aliasTarget, "the hosted zone of every distribution"),
} as const;

const objectKeys = `${DOCS}/AmazonS3/latest/userguide/object-keys.html`;

/** A file of the static site as an object of a bucket. */
export const SITE_OBJECT = {
  keyLength: documented(1_024, "bytes", objectKeys, "of its name, in UTF-8"),
} as const;

const managedGroups = `${DOCS}/waf/latest/developerguide/aws-managed-rule-groups-baseline.html`;
const useCaseGroups = `${DOCS}/waf/latest/developerguide/aws-managed-rule-groups-use-case.html`;
const reputationGroups = `${DOCS}/waf/latest/developerguide/aws-managed-rule-groups-ip-rep.html`;
const capacity = `${DOCS}/waf/latest/developerguide/aws-waf-capacity-units.html`;

/** WAF's managed rule groups by their names, with the capacity units that each takes of a firewall's. */
export const WAF_GROUPS = {
  AWSManagedRulesAmazonIpReputationList: documented(25, "count", reputationGroups),
  AWSManagedRulesCommonRuleSet: documented(700, "count", managedGroups),
  AWSManagedRulesKnownBadInputsRuleSet: documented(200, "count", managedGroups),
  AWSManagedRulesSQLiRuleSet: documented(200, "count", useCaseGroups),
} as const;

/** What a firewall may take before AWS asks for more money. */
export const WAF_CAPACITY = documented(1_500, "count", capacity);

const accelerator = `${DOCS}/global-accelerator/latest/dg`;

/** Global Accelerator. */
export const ACCELERATOR = {
  endpointWeight: setting(documented(128, "count", `${accelerator}/about-endpoints-endpoint-weights.html`), 0, 255),
  /** Failing over, it takes no notice of the traffic dial, so 0 keeps customers away from a standby until then. */
  dial: setting(
    documented(
      100,
      "count",
      `${accelerator}/about-endpoints-endpoint-weights.unhealthy-endpoints.html`,
      "ignored when it fails over",
    ),
    0,
    100,
  ),
  healthInterval: setting(
    documented(30 * SECOND, "ms", `${accelerator}/about-endpoint-groups-health-check-options.html`, "10 s or 30 s"),
    10 * SECOND,
    30 * SECOND,
  ),
  healthThreshold: setting(
    documented(3, "count", `${accelerator}/about-endpoint-groups-health-check-options.html`),
    1,
    10,
  ),
} as const;
