import { CfnOutput, type Stack } from "aws-cdk-lib";
import { CfnRecordSet } from "aws-cdk-lib/aws-route53";
import { DISTRIBUTION } from "../../facts/edge.ts";
import type { EdgeComponent, Region } from "../../topology/topology.ts";
import { logicalId } from "../name.ts";
import { type Shipment, type Site, presenceIn } from "../ship.ts";
import { type RegionHealth, shipHealth } from "./health-check.ts";
import { familyName, originHost, originZone, routedServices } from "./origin.ts";
import type { WatchedEndpoint } from "./watch.ts";

/**
 * The names of a region's balancers, in its compute stack: so a region that is deployed anew can be reached without
 * anything of another region's.
 */
export function shipRegionNames({ shipment, stacks, region, handles }: Site): void {
  const zone = originZone(shipment.topology);
  if (zone === null) return;
  for (const serviceId of routedServices(shipment.topology)) {
    const [balancer] = handles.get("service", serviceId).balancers;
    if (balancer === undefined) continue;
    new CfnRecordSet(stacks.compute, logicalId(serviceId, "origin-name"), {
      hostedZoneId: zone.hostedZoneId,
      name: originHost(shipment, serviceId, region.name),
      type: "A",
      aliasTarget: {
        dnsName: balancer.dnsName,
        hostedZoneId: balancer.zoneId,
        evaluateTargetHealth: true,
      },
    });
  }
}

/**
 * The records by which the edge finds a region that is well, with their health checks: in both families (see
 * {@link familyName}) and for both regions, whatever the strategy and whatever is deployed. So neither a failover nor a
 * change of the strategy changes a record; health checks alone decide, in Route 53's data plane.
 *
 * They stand in the global stack because they are made of names alone, and because Route 53 is changed through
 * us-east-1 wherever a stack may be. They are CNAMEs: an alias of a balancer has the balancer's TTL of 60 seconds, and
 * these have the definition's. Returns what is deployed, for the alarms.
 */
export function shipRouting(global: Stack, shipment: Shipment, edge: EdgeComponent): readonly WatchedEndpoint[] {
  const { regions } = shipment.topology;
  if (originZone(shipment.topology) === null || regions.length < 2) return [];
  const watched: WatchedEndpoint[] = [];
  for (const serviceId of routedServices(shipment.topology)) {
    for (const region of regions) {
      const health = shipHealth(global, shipment, { edge, serviceId, region });
      shipRecords(global, shipment, { edge, serviceId, region, health });
      new CfnOutput(global, logicalId(serviceId, region.name, "endpoint-check-id"), { value: health.endpointId });
      // What is not deployed is not reached, and that is no news.
      if (presenceIn(shipment, region).deployed) {
        watched.push({ serviceId, region: region.name, healthCheckId: health.endpointId });
      }
    }
  }
  return watched;
}

interface RecordsOf {
  readonly edge: EdgeComponent;
  readonly serviceId: string;
  readonly region: Region;
  readonly health: RegionHealth;
}

function shipRecords(global: Stack, shipment: Shipment, { edge, serviceId, region, health }: RecordsOf): void {
  const zone = originZone(shipment.topology)!; // the caller has looked
  const common = {
    hostedZoneId: zone.hostedZoneId,
    type: "CNAME",
    ttl: String(Math.max(1, Math.round(edge.settings.dnsTtlMs / 1_000))),
    resourceRecords: [originHost(shipment, serviceId, region.name)],
    setIdentifier: region.name,
    healthCheckId: health.gateId,
  };
  new CfnRecordSet(global, logicalId(serviceId, region.name, "failover-record"), {
    ...common,
    name: familyName(shipment, serviceId, "failover"),
    // By the definition's order and not by who serves: two primaries, for the moment of a swap, would be refused.
    failover: region.role === "primary" ? "PRIMARY" : "SECONDARY",
  });
  new CfnRecordSet(global, logicalId(serviceId, region.name, "nearest-record"), {
    ...common,
    name: familyName(shipment, serviceId, "nearest"),
    region: region.name,
  });
}

/** The customers' own name, over IPv4 and IPv6. A distribution as an alias has no health that could be evaluated. */
export function shipDomain(global: Stack, edge: EdgeComponent, distributionDomain: string): void {
  const { hostedZoneId, domain } = edge.settings;
  if (hostedZoneId === null) return;
  for (const type of ["A", "AAAA"]) {
    new CfnRecordSet(global, logicalId("domain", type), {
      hostedZoneId,
      name: domain,
      type,
      aliasTarget: {
        dnsName: distributionDomain,
        hostedZoneId: DISTRIBUTION.aliasZoneId.value,
        evaluateTargetHealth: false,
      },
    });
  }
}
