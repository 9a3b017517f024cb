import { CfnTargetGroup } from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { assert } from "../../base/error.ts";
import { BALANCER } from "../../facts/compute.ts";
import type { ServiceComponent } from "../../topology/topology.ts";
import { type Site, tagged } from "../ship.ts";

/** What the local balancer takes for health, too. */
const WELL = "200";

/** A zone is left out of the balancer's DNS while fewer than half of its targets are healthy. */
const HEALTHY_SHARE_OF_ZONE = "50";

/**
 * The targets of a service: its tasks by address, whatever carries them. They are checked as the definition says, and
 * a task that stops is given its time to finish what it works on. By HTTPS a balancer takes any certificate.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
 */
export function shipTargetGroup(
  site: Site,
  id: string,
  component: ServiceComponent,
  marks: Readonly<Record<string, string>>,
): CfnTargetGroup {
  const { shipment, stacks, network } = site;
  const { settings } = component;
  assert(settings.port !== null && settings.protocol !== null, `${component.id} listens`);
  const isTcp = settings.protocol === "tcp";
  const protocol = settings.protocol.toUpperCase();
  const attributes = { ...commonAttributes(component), ...(isTcp ? TCP_ATTRIBUTES : HTTP_ATTRIBUTES) };
  return new CfnTargetGroup(stacks.compute, id, {
    vpcId: network.vpcId,
    targetType: "ip",
    protocol,
    ...(isTcp ? {} : { protocolVersion: "HTTP1" }),
    port: settings.port,
    healthCheckEnabled: true,
    healthCheckProtocol: protocol,
    ...healthCheck(component),
    targetGroupAttributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
    tags: [...tagged(shipment, component), ...Object.entries(marks).map(([key, value]) => ({ key, value }))],
  });
}

function healthCheck({ settings }: ServiceComponent) {
  const { health } = settings;
  if (health === null) {
    return {
      healthCheckIntervalSeconds: BALANCER.tcpHealthInterval.value / 1_000,
      healthyThresholdCount: BALANCER.tcpHealthThreshold.value,
      unhealthyThresholdCount: BALANCER.tcpHealthThreshold.value,
    };
  }
  return {
    healthCheckPath: health.path,
    healthCheckIntervalSeconds: seconds(health.intervalMs),
    healthCheckTimeoutSeconds: seconds(health.timeoutMs),
    healthyThresholdCount: health.healthyThreshold,
    unhealthyThresholdCount: health.unhealthyThreshold,
    matcher: { httpCode: WELL },
  };
}

function commonAttributes({ settings }: ServiceComponent): Record<string, string> {
  return {
    "deregistration_delay.timeout_seconds": String(seconds(settings.drainMs)),
    "stickiness.enabled": "false", // sessions are in a cache: a customer is bound to no task, and to no zone
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": HEALTHY_SHARE_OF_ZONE,
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
  };
}

/** To the target with the fewest requests under way, as the local balancer does. It excludes a slow start. */
const HTTP_ATTRIBUTES: Readonly<Record<string, string>> = {
  "load_balancing.algorithm.type": "least_outstanding_requests",
};

/**
 * With cross-zone balancing a zonal shift is refused while unhealthy targets have their connections cut.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/enable-zonal-shift.html
 */
const TCP_ATTRIBUTES: Readonly<Record<string, string>> = {
  "deregistration_delay.connection_termination.enabled": "true",
  "target_health_state.unhealthy.connection_termination.enabled": "false",
};

function seconds(ms: number): number {
  return Math.round(ms / 1_000);
}
