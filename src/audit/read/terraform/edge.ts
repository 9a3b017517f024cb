import { type Json, isRecord } from "../document.ts";
import type { Block } from "./block.ts";
import {
  type Family,
  type Sources,
  alike,
  gathered,
  inPascalCase,
  inner,
  inners,
  made,
  nested,
  same,
  sameList,
} from "./translation.ts";

const ORIGIN: Sources = {
  ConnectionAttempts: same("connection_attempts"),
  ConnectionTimeout: same("connection_timeout"),
  DomainName: same("domain_name"),
  Id: same("origin_id"),
};

const BEHAVIOUR: Sources = {
  AllowedMethods: sameList("allowed_methods"),
  TargetOriginId: same("target_origin_id"),
};

const ORIGIN_GROUP: Sources = {
  Id: same("origin_id"),
  FailoverCriteria: inner("failover_criteria", {
    StatusCodes: gathered("status_codes", { Items: sameList("status_codes") }),
  }),
  Members: gathered("member", { Items: inners("member", { OriginId: same("origin_id") }) }),
};

const RATE: Sources = { RateBasedStatement: same("rate_based_statement") };

/** DNS, distributions, accelerators, firewalls, certificates. */
export const EDGE: Family = {
  translations: {
    aws_route53_zone: { type: "AWS::Route53::HostedZone", properties: { Name: same("name") } },
    aws_route53_health_check: {
      type: "AWS::Route53::HealthCheck",
      properties: {
        HealthCheckConfig: gathered("type", {
          ...alike("FailureThreshold", "RequestInterval", "ResourcePath", "Type"),
          ChildHealthChecks: sameList("child_healthchecks"),
          FullyQualifiedDomainName: same("fqdn"),
          HealthThreshold: same("child_health_threshold"),
        }),
      },
    },
    aws_route53_record: {
      type: "AWS::Route53::RecordSet",
      properties: {
        ...alike("HealthCheckId", "SetIdentifier", "Type"),
        AliasTarget: inner("alias", {
          DNSName: same("name"),
          EvaluateTargetHealth: same("evaluate_target_health"),
          HostedZoneId: same("zone_id"),
        }),
        CidrRoutingConfig: inner("cidr_routing_policy", alike("CollectionId", "LocationName")),
        Failover: nested("failover_routing_policy", "type"),
        GeoProximityLocation: inner("geoproximity_routing_policy", { AWSRegion: same("aws_region") }),
        GeoLocation: inner("geolocation_routing_policy", {
          ContinentCode: same("continent"),
          CountryCode: same("country"),
        }),
        HostedZoneId: same("zone_id"),
        MultiValueAnswer: same("multivalue_answer_routing_policy"),
        Name: same("name"),
        Region: nested("latency_routing_policy", "region"),
        ResourceRecords: sameList("records"),
        TTL: same("ttl"),
        Weight: nested("weighted_routing_policy", "weight"),
      },
    },
    aws_cloudfront_distribution: {
      type: "AWS::CloudFront::Distribution",
      properties: {
        DistributionConfig: gathered("origin", {
          Aliases: sameList("aliases"),
          CacheBehaviors: inners("ordered_cache_behavior", { ...BEHAVIOUR, PathPattern: same("path_pattern") }),
          DefaultCacheBehavior: inner("default_cache_behavior", BEHAVIOUR),
          Enabled: same("enabled"),
          Logging: inner("logging_config", alike("Bucket")),
          OriginGroups: gathered("origin_group", { Items: inners("origin_group", ORIGIN_GROUP) }),
          Origins: inners("origin", ORIGIN),
          WebACLId: same("web_acl_id"),
        }),
      },
    },
    aws_globalaccelerator_accelerator: {
      type: "AWS::GlobalAccelerator::Accelerator",
      properties: { Name: same("name") },
    },
    aws_globalaccelerator_listener: {
      type: "AWS::GlobalAccelerator::Listener",
      properties: alike("AcceleratorArn", "Protocol"),
    },
    aws_globalaccelerator_endpoint_group: {
      type: "AWS::GlobalAccelerator::EndpointGroup",
      properties: {
        ...alike(
          "EndpointGroupRegion",
          "HealthCheckIntervalSeconds",
          "HealthCheckPath",
          "HealthCheckProtocol",
          "ListenerArn",
        ),
        ...alike("ThresholdCount"),
        EndpointConfigurations: inners("endpoint_configuration", {
          EndpointId: same("endpoint_id"),
          Weight: same("weight"),
        }),
      },
    },
    aws_wafv2_web_acl: {
      type: "AWS::WAFv2::WebACL",
      properties: {
        Scope: same("scope"),
        Rules: made("rule", rulesOf, RATE),
      },
    },
    aws_wafv2_rule_group: {
      type: "AWS::WAFv2::RuleGroup",
      properties: { Scope: same("scope"), Rules: made("rule", rulesOf, RATE) },
    },
    aws_wafv2_web_acl_logging_configuration: {
      type: "AWS::WAFv2::LoggingConfiguration",
      properties: { LogDestinationConfigs: sameList("log_destination_configs") },
    },
    aws_arcregionswitch_plan: { type: "AWS::ARCRegionSwitch::Plan", properties: alike("RecoveryApproach") },
    aws_route53recoverycontrolconfig_control_panel: {
      type: "AWS::Route53RecoveryControl::ControlPanel",
      properties: alike("ClusterArn"),
    },
    aws_route53recoverycontrolconfig_routing_control: {
      type: "AWS::Route53RecoveryControl::RoutingControl",
      properties: alike("ClusterArn", "ControlPanelArn"),
    },
    aws_route53recoverycontrolconfig_safety_rule: {
      type: "AWS::Route53RecoveryControl::SafetyRule",
      properties: alike("ControlPanelArn"),
    },
    aws_shield_protection: { type: "AWS::Shield::Protection", properties: alike("ResourceArn") },
    aws_acm_certificate: { type: "AWS::CertificateManager::Certificate", properties: alike("DomainName") },
  },
};

/** Firewall rules, whose statements nest; what is not used of them is left out. */
function rulesOf(block: Block): Json | undefined {
  const rules = block.value("rule") ?? block.value("rule_json");
  return rules === undefined ? undefined : inPascalCase(withoutEmpty(rules));
}

/** Terraform has each block as a list, also where there can be but one or where there is none. */
function withoutEmpty(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withoutEmpty);
  if (!isRecord(value)) return value;
  const used = Object.entries(value).filter(([, each]) => each !== null && !(Array.isArray(each) && each.length === 0));
  return Object.fromEntries(
    used.map(([key, each]): [string, Json] => {
      const [only, ...others] = Array.isArray(each) ? (each as readonly Json[]) : [each, each];
      return [key, withoutEmpty(only !== undefined && others.length === 0 ? only : each)];
    }),
  );
}
