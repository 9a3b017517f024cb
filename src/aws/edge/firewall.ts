import type { Stack } from "aws-cdk-lib";
import { CfnProtection } from "aws-cdk-lib/aws-shield";
import { CfnWebACL } from "aws-cdk-lib/aws-wafv2";
import type { WAF_GROUPS } from "../../facts/edge.ts";
import { WAF } from "../../facts/timing.ts";
import type { EdgeComponent } from "../../topology/topology.ts";
import { logicalId, physicalName } from "../name.ts";
import { type Shipment, tagged } from "../ship.ts";

type Group = keyof typeof WAF_GROUPS;

/**
 * Rules of the common group that only count: its limit of 8 KB for a body would turn away uploads and larger orders,
 * and requests without a User-Agent come from programs, which are customers too.
 *
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 */
const COUNTED = ["NoUserAgent_HEADER", "SizeRestrictions_BODY"];

/**
 * The firewall in front of the distribution. The rate rule comes first, so that what a flood costs is little; then
 * AWS's lists of addresses with a bad name, the rules for every web application, inputs that are known from attacks,
 * and SQL injection where the definition has it. Together they stay below the capacity that has no surcharge.
 */
export function shipFirewall(global: Stack, shipment: Shipment, edge: EdgeComponent): CfnWebACL {
  const { rateLimit, managedRules } = edge.settings.firewall;
  const rules: Omit<CfnWebACL.RuleProperty, "priority">[] = [
    ...(rateLimit === null ? [] : [rateRule(shipment, rateLimit)]),
    groupRule(shipment, "AWSManagedRulesAmazonIpReputationList"),
    groupRule(shipment, "AWSManagedRulesCommonRuleSet", COUNTED),
    groupRule(shipment, "AWSManagedRulesKnownBadInputsRuleSet"),
    ...(managedRules.includes("sql-injection") ? [groupRule(shipment, "AWSManagedRulesSQLiRuleSet")] : []),
  ];
  return new CfnWebACL(global, logicalId(edge.id, "firewall"), {
    description: `In front of ${edge.settings.domain}`,
    scope: "CLOUDFRONT",
    defaultAction: { allow: {} },
    rules: rules.map((rule, priority) => ({ ...rule, priority })),
    visibilityConfig: visibility(physicalName(shipment, "firewall")),
    tags: tagged(shipment, edge),
  });
}

/**
 * AWS Shield Advanced for the distribution, where the definition asks for it. The account must be subscribed, about
 * $3,000 a month for a year at least, which no template can do; the stack fails where it is not.
 *
 * https://docs.aws.amazon.com/waf/latest/developerguide/ddos-advanced-summary.html
 */
export function shipShield(global: Stack, shipment: Shipment, edge: EdgeComponent, distributionArn: string): void {
  if (!edge.settings.firewall.shieldAdvanced) return;
  new CfnProtection(global, logicalId(edge.id, "shield"), {
    name: physicalName(shipment, edge.id),
    resourceArn: distributionArn,
    applicationLayerAutomaticResponseConfiguration: { status: "ENABLED", action: { block: {} } },
    tags: tagged(shipment, edge),
  });
}

function rateRule(shipment: Shipment, limit: number): Omit<CfnWebACL.RuleProperty, "priority"> {
  return {
    name: "rate-limit",
    action: { block: {} },
    statement: {
      rateBasedStatement: {
        limit,
        aggregateKeyType: "IP",
        evaluationWindowSec: WAF.rateWindow.value / 1_000,
      },
    },
    visibilityConfig: visibility(physicalName(shipment, "rate-limit")),
  };
}

function groupRule(
  shipment: Shipment,
  name: Group,
  counted: readonly string[] = [],
): Omit<CfnWebACL.RuleProperty, "priority"> {
  const overrides = counted.map((rule) => ({ name: rule, actionToUse: { count: {} } }));
  return {
    name,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: "AWS",
        name,
        ...(overrides.length === 0 ? {} : { ruleActionOverrides: overrides }),
      },
    },
    visibilityConfig: visibility(physicalName(shipment, name)),
  };
}

function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName };
}
