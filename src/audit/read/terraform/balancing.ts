import type { Json } from "../document.ts";
import type { Block } from "./block.ts";
import {
  type Attachment,
  type Family,
  type Sources,
  alike,
  gathered,
  inner,
  made,
  nested,
  same,
  sameList,
} from "./translation.ts";

/** Settings that CloudFormation has as keys and values. */
const SETTINGS = {
  "deletion_protection.enabled": "enable_deletion_protection",
  "load_balancing.cross_zone.enabled": "enable_cross_zone_load_balancing",
  "zonal_shift.config.enabled": "enable_zonal_shift",
};
const DELAY = { "deregistration_delay.timeout_seconds": "deregistration_delay" };
const STICKINESS = { "stickiness.enabled": "enabled" };
const FAILOVER = {
  "target_group_health.dns_failover.minimum_healthy_targets.count": "minimum_healthy_targets_count",
};

const BALANCER = {
  type: "AWS::ElasticLoadBalancingV2::LoadBalancer",
  properties: {
    LoadBalancerAttributes: made(
      "enable_deletion_protection",
      (block: Block) => [...attributes(block, SETTINGS), ...logsOf(block)],
      namedAs(SETTINGS),
    ),
    Name: same("name"),
    Scheme: made("internal", (block: Block) => (block.value("internal") === true ? "internal" : "internet-facing")),
    SubnetMappings: made("subnet_mapping", (block: Block) => {
      const found = block.blocks("subnet_mapping").map((each) => ({ SubnetId: each.value("subnet_id") ?? "" }));
      return found.length === 0 ? undefined : found;
    }),
    Subnets: sameList("subnets"),
    Type: same("load_balancer_type"),
  },
};

const TARGETS = {
  type: "AWS::ElasticLoadBalancingV2::TargetGroup",
  properties: {
    ...alike("Port", "Protocol", "TargetType", "VpcId"),
    HealthCheckEnabled: nested("health_check", "enabled"),
    HealthCheckIntervalSeconds: nested("health_check", "interval"),
    HealthCheckPath: nested("health_check", "path"),
    HealthyThresholdCount: nested("health_check", "healthy_threshold"),
    Name: same("name"),
    TargetGroupAttributes: made(
      "deregistration_delay",
      (block: Block) => [
        ...attributes(block, DELAY),
        ...attributes(block.block("stickiness"), STICKINESS),
        ...attributes(block.block("target_group_health")?.block("dns_failover"), FAILOVER),
      ],
      namedAs({ ...DELAY, ...STICKINESS, ...FAILOVER }),
    ),
    UnhealthyThresholdCount: nested("health_check", "unhealthy_threshold"),
  },
};

const LISTENER = {
  type: "AWS::ElasticLoadBalancingV2::Listener",
  properties: {
    ...alike("LoadBalancerArn", "Port", "Protocol"),
    DefaultActions: made("default_action", (block: Block) => actionsOf(block, "default_action")),
  },
};

const RULE = {
  type: "AWS::ElasticLoadBalancingV2::ListenerRule",
  properties: {
    ListenerArn: same("listener_arn"),
    Actions: made("action", (block: Block) => actionsOf(block, "action")),
  },
};

const TARGET: Attachment = {
  of: "aws_lb_target_group",
  to: "target_group_arn",
  properties: { Targets: made("target_id", (block: Block) => [{ Id: block.value("target_id") ?? "" }]) },
};

/** Load balancers: Terraform has each type under two names. */
export const BALANCING: Family = {
  translations: {
    aws_lb: BALANCER,
    aws_alb: BALANCER,
    aws_lb_target_group: TARGETS,
    aws_alb_target_group: TARGETS,
    aws_lb_listener: LISTENER,
    aws_alb_listener: LISTENER,
    aws_lb_listener_rule: RULE,
    aws_alb_listener_rule: RULE,
    aws_elb: {
      type: "AWS::ElasticLoadBalancing::LoadBalancer",
      properties: {
        AvailabilityZones: sameList("availability_zones"),
        ConnectionDrainingPolicy: gathered("connection_draining", {
          Enabled: same("connection_draining"),
          Timeout: same("connection_draining_timeout"),
        }),
        CrossZone: same("cross_zone_load_balancing"),
        HealthCheck: inner(
          "health_check",
          alike("HealthyThreshold", "Interval", "Target", "Timeout", "UnhealthyThreshold"),
        ),
        Instances: sameList("instances"),
        AccessLoggingPolicy: inner("access_logs", { S3BucketName: same("bucket") }),
        Subnets: sameList("subnets"),
      },
    },
  },
  attachments: {
    aws_lb_target_group_attachment: TARGET,
    aws_alb_target_group_attachment: TARGET,
    aws_elb_attachment: {
      of: "aws_elb",
      to: "elb",
      properties: { Instances: made("instance", (block) => [block.value("instance") ?? ""]) },
    },
  },
};

/** What such settings are called, for the fixes. */
function namedAs(names: Readonly<Record<string, string>>): Sources {
  return Object.fromEntries(Object.entries(names).map(([key, name]) => [key, same(name)]));
}

function attributes(block: Block | undefined, names: Readonly<Record<string, string>>): readonly Json[] {
  return Object.entries(names).flatMap(([Key, name]) => {
    const value = block?.value(name);
    if (value === undefined) return [];
    return [{ Key, Value: typeof value === "boolean" || typeof value === "number" ? String(value) : value }];
  });
}

/** Where a balancer writes its logs to. */
function logsOf(block: Block): readonly Json[] {
  const bucket = block.block("access_logs")?.value("bucket");
  return bucket === undefined ? [] : [{ Key: "access_logs.s3.bucket", Value: bucket }];
}

function actionsOf(block: Block, name: string): readonly Json[] {
  return block.blocks(name).map((action) => {
    const forward = action.block("forward")?.blocks("target_group") ?? [];
    const single = action.value("target_group_arn");
    return {
      Type: action.value("type") ?? "forward",
      ...(single === undefined ? {} : { TargetGroupArn: single }),
      ...(forward.length === 0
        ? {}
        : { ForwardConfig: { TargetGroups: forward.map((each) => ({ TargetGroupArn: each.value("arn") ?? "" })) } }),
    };
  });
}
