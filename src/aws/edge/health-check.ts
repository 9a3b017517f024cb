import type { Stack } from "aws-cdk-lib";
import { CfnHealthCheck } from "aws-cdk-lib/aws-route53";
import { assert } from "../../base/error.ts";
import { type EdgeComponent, type Region, findComponent } from "../../topology/topology.ts";
import { logicalId, physicalName } from "../name.ts";
import { type Shipment, presenceIn } from "../ship.ts";
import { originHost } from "./origin.ts";
import { type TrafficSwitch, trafficSwitches } from "./traffic-switch.ts";

const HTTPS = 443;

/** The health checks of one service in one region. */
export interface RegionHealth {
  /** Whether checkers around the world reach it: the one to watch. */
  readonly endpointId: string;
  /** Whether it may have customers: it is reached, and they are not kept away. The one that records have. */
  readonly gateId: string;
}

/**
 * The health checks of a service in a region. Made for both regions at once, also for one in which nothing is deployed
 * yet: its check is then unhealthy, as it should be, and turns by itself once something answers there.
 */
export function shipHealth(
  global: Stack,
  shipment: Shipment,
  at: { readonly edge: EdgeComponent; readonly serviceId: string; readonly region: Region },
): RegionHealth {
  const { edge, serviceId, region } = at;
  const endpoint = new CfnHealthCheck(global, logicalId(serviceId, region.name, "endpoint-check"), {
    healthCheckConfig: {
      type: "HTTPS",
      fullyQualifiedDomainName: originHost(shipment, serviceId, region.name),
      port: HTTPS,
      resourcePath: healthPath(shipment, serviceId),
      enableSni: true,
      requestInterval: edge.settings.dnsHealthCheck.intervalMs / 1_000,
      failureThreshold: edge.settings.dnsHealthCheck.threshold,
      measureLatency: false, // it can never be changed again, and is paid for
    },
    healthCheckTags: nameTag(shipment, serviceId, region.name),
  });
  const away = trafficSwitches(shipment.topology).find((each) => each.away === region.name);
  assert(away, `there is a switch for ${region.name}`);
  const children = [endpoint.attrHealthCheckId, switchCheck(global, shipment, away)];
  const gate = new CfnHealthCheck(global, logicalId(serviceId, region.name, "gate"), {
    healthCheckConfig: {
      type: "CALCULATED",
      childHealthChecks: children,
      healthThreshold: children.length + (hasBeenLeft(shipment, region) ? 1 : 0),
    },
    healthCheckTags: nameTag(shipment, serviceId, region.name, "gate"),
  });
  return { endpointId: endpoint.attrHealthCheckId, gateId: gate.attrHealthCheckId };
}

/**
 * Whether the first region was failed over from: a threshold above the number of children makes a check unhealthy
 * whatever they say, so that customers return when somebody fails back, and not when the former region answers again.
 * The second one needs no such thing: the first one comes before it.
 *
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
 */
function hasBeenLeft(shipment: Shipment, region: Region): boolean {
  return region.role === "primary" && !presenceIn(shipment, region).serves;
}

/** The health check that follows a switch; one a region, whatever the number of services. */
function switchCheck(global: Stack, shipment: Shipment, { away, region, alarmName }: TrafficSwitch): string {
  const id = logicalId("traffic-away-from", away, "check");
  const made = global.node.tryFindChild(id) as CfnHealthCheck | undefined;
  const check =
    made ??
    new CfnHealthCheck(global, id, {
      healthCheckConfig: {
        type: "CLOUDWATCH_METRIC",
        alarmIdentifier: { name: alarmName, region },
        insufficientDataHealthStatus: "LastKnownStatus",
      },
      healthCheckTags: nameTag(shipment, "traffic-away-from", away),
    });
  return check.attrHealthCheckId;
}

function healthPath({ topology }: Shipment, serviceId: string): string {
  const health = findComponent(topology, "service", serviceId)?.settings.health;
  assert(health, `${serviceId} listens, so it has a health check`);
  return health.path;
}

function nameTag(shipment: Shipment, ...parts: readonly string[]): { key: string; value: string }[] {
  return [{ key: "Name", value: physicalName(shipment, ...parts) }];
}
