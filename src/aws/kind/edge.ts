import { Aws, CfnOutput, type Stack } from "aws-cdk-lib";
import { assert } from "../../base/error.ts";
import type { EdgeComponent } from "../../topology/topology.ts";
import { shipCertificate } from "../edge/certificate.ts";
import { shipDistribution } from "../edge/distribution.ts";
import { originsOf } from "../edge/edge-origin.ts";
import { shipFirewall, shipShield } from "../edge/firewall.ts";
import { shipHeaderRotation } from "../edge/header-rotation.ts";
import { shipAccessLogs, shipFirewallLogs } from "../edge/log.ts";
import { shipOriginVerify } from "../edge/origin-verify.ts";
import { EDGE_OUTPUTS } from "../edge/output.ts";
import { routedServices } from "../edge/origin.ts";
import { shipDomain, shipRegionNames, shipRouting } from "../edge/routing.ts";
import { shipSiteBucket } from "../edge/site-bucket.ts";
import { shipTrafficAlarm } from "../edge/traffic-alarm.ts";
import { trafficSwitches } from "../edge/traffic-switch.ts";
import { watchEdge } from "../edge/watch.ts";
import type { Site } from "../ship.ts";

/**
 * CloudFront, its firewall and certificate, and the records that it finds regions by, in the global stack; each
 * region's own names, site bucket and traffic switch in its stacks. The global stack is made last, and nothing waits
 * for it: a failover changes health checks' results, and no stack at all.
 */
export function shipEdge(stack: Stack, sites: readonly Site[], edge: EdgeComponent): void {
  const [first] = sites;
  assert(first, "a system has a region");
  const { shipment } = first;
  const waits = edge.settings.site !== null || trafficSwitches(shipment.topology).length > 0;
  for (const site of sites) {
    if (edge.settings.site !== null) shipSiteBucket(site, edge);
    shipTrafficAlarm(site);
    if (site.presence.deployed) shipRegionNames(site);
    if (waits) stack.addStackDependency(site.stacks.data, "origins and health checks look at what is in it");
  }
  if (routedServices(shipment.topology).length > 0) {
    shipHeaderRotation(stack, sites, { edge, secret: shipOriginVerify(stack, sites, edge) });
  }
  const firewall = shipFirewall(stack, shipment, edge);
  const distribution = shipDistribution(stack, sites, edge, {
    ...originsOf(stack, sites, edge),
    certificateArn: shipCertificate(stack, shipment, edge),
    firewallArn: firewall.attrArn,
  });
  const distributionArn = `arn:${Aws.PARTITION}:cloudfront::${Aws.ACCOUNT_ID}:distribution/${distribution.attrId}`;
  shipAccessLogs(stack, shipment, distributionArn);
  shipFirewallLogs(stack, shipment, firewall.attrArn);
  shipShield(stack, shipment, edge, distributionArn);
  const endpoints = shipRouting(stack, shipment, edge);
  watchEdge(stack, sites, { distributionId: distribution.attrId, endpoints });
  shipDomain(stack, edge, distribution.attrDomainName);
  new CfnOutput(stack, EDGE_OUTPUTS.distributionId, { value: distribution.attrId });
  new CfnOutput(stack, EDGE_OUTPUTS.firewallArn, { value: firewall.attrArn });
  new CfnOutput(stack, EDGE_OUTPUTS.distributionDomain, { value: distribution.attrDomainName });
}
