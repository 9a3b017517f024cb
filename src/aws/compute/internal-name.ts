import { CfnHostedZone, CfnRecordSet } from "aws-cdk-lib/aws-route53";
import { originZone } from "../edge/origin.ts";
import { logicalId } from "../name.ts";
import type { Site } from "../ship.ts";

/**
 * The name by which programs of a region reach a service, for which its certificate is; null without a hosted zone.
 *
 * @example internalName(site, "prices") // "prices.us-east-1.internal.shop.example.com"
 */
export function internalName(site: Site, serviceId: string): string | null {
  const domain = internalDomain(site);
  return domain === null ? null : `${serviceId}.${domain}`;
}

/** Makes the name known inside of the network, and nowhere else. */
export function shipInternalName(
  site: Site,
  serviceId: string,
  balancer: { readonly dnsName: string; readonly zoneId: string },
): void {
  const name = internalName(site, serviceId);
  if (name === null) return;
  new CfnRecordSet(site.stacks.compute, logicalId(serviceId, "internal-name"), {
    hostedZoneId: privateZone(site).attrId,
    name,
    type: "A",
    aliasTarget: { dnsName: balancer.dnsName, hostedZoneId: balancer.zoneId, evaluateTargetHealth: true },
  });
}

function internalDomain({ shipment, region }: Site): string | null {
  const zone = originZone(shipment.topology);
  return zone === null ? null : `${region.name}.internal.${zone.domain}`;
}

/** One private zone a region, of the network. */
function privateZone(site: Site): CfnHostedZone {
  const { shipment, stacks, network, region } = site;
  const id = logicalId("internal-zone");
  const made = stacks.compute.node.tryFindChild(id) as CfnHostedZone | undefined;
  return (
    made ??
    new CfnHostedZone(stacks.compute, id, {
      name: internalDomain(site)!, // the caller has looked
      hostedZoneConfig: { comment: `Services of ${shipment.system} among themselves` },
      vpcs: [{ vpcId: network.vpcId, vpcRegion: region.name }],
    })
  );
}
