import type { Stack } from "aws-cdk-lib";
import { type CfnDistribution, CfnOriginAccessControl } from "aws-cdk-lib/aws-cloudfront";
import { assert } from "../../base/error.ts";
import { DISTRIBUTION } from "../../facts/edge.ts";
import type { EdgeComponent } from "../../topology/topology.ts";
import { logicalId, physicalName } from "../name.ts";
import { type Shipment, type Site, wire } from "../ship.ts";
import { ORIGIN_VERIFY_HEADER, originName, originVerifyReference, originZone, routedServices } from "./origin.ts";
import { siteBucketName } from "./site-bucket.ts";

/** What a behaviour of the site goes to: the group of its buckets, or the only one. */
export const SITE_ORIGIN = "site";

/** What the site answers with that another region's bucket may do better. */
const FAILOVER_CODES = DISTRIBUTION.failoverCodes.value.filter(
  // A bucket that was shut or emptied by mistake says 403 or 404; 400, 416 and 429 are the customer's own doing.
  (code) => code === 403 || code === 404 || code >= 500,
);

/** Origins and origin groups of a distribution. */
export interface Origins {
  readonly origins: CfnDistribution.OriginProperty[];
  readonly groups: CfnDistribution.OriginGroupProperty[];
}

/**
 * What the edge has behind it. The site: a bucket in each region, in a group that asks the other one when the first
 * fails; a group only takes reads. A service: one origin by a name that Route 53 answers with a region that is well,
 * because writes are not sent twice and no group takes them.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
 */
export function originsOf(global: Stack, sites: readonly Site[], edge: EdgeComponent): Origins {
  const [first] = sites;
  assert(first, "a system has a region");
  const { shipment } = first;
  const services = routedServices(shipment.topology).map((id) => serviceOrigin(global, sites, { edge, id }));
  if (edge.settings.site === null) return { origins: services, groups: [] };
  const access = accessControl(global, shipment);
  const alone = sites.length === 1;
  const buckets = sites.map(({ region }) => ({
    id: alone ? SITE_ORIGIN : `${SITE_ORIGIN}-${region.name}`,
    domainName: `${siteBucketName(shipment, region.name)}.s3.${region.name}.amazonaws.com`,
    originAccessControlId: access,
    s3OriginConfig: { originAccessIdentity: "" },
    ...patience(edge),
  }));
  const members = { quantity: buckets.length, items: buckets.map(({ id }) => ({ originId: id })) };
  const statusCodes = { quantity: FAILOVER_CODES.length, items: FAILOVER_CODES };
  return {
    origins: [...buckets, ...services],
    groups: alone ? [] : [{ id: SITE_ORIGIN, failoverCriteria: { statusCodes }, members }],
  };
}

/** The id of a service's origin. */
export function serviceOriginId(serviceId: string): string {
  return `service-${serviceId}`;
}

/** How often and how long a connection to an origin is tried, as the definition says. */
function patience({ settings }: EdgeComponent): { connectionAttempts: number; connectionTimeout: number } {
  return {
    connectionAttempts: settings.origin.connectionAttempts,
    connectionTimeout: seconds(settings.origin.connectionTimeoutMs),
  };
}

function seconds(ms: number): number {
  return Math.max(1, Math.round(ms / 1_000));
}

function serviceOrigin(
  global: Stack,
  sites: readonly Site[],
  { edge, id }: { readonly edge: EdgeComponent; readonly id: string },
): CfnDistribution.OriginProperty {
  const { shipment } = sites[0]!; // the caller has looked
  const zone = originZone(shipment.topology);
  return {
    id: serviceOriginId(id),
    // Without a hosted zone there is one region (or `originName` refuses), and its balancer has but AWS's own name.
    domainName: zone === null && sites.length === 1 ? balancerName(global, sites[0]!, id) : originName(shipment, id),
    ...patience(edge),
    originCustomHeaders: [{ headerName: ORIGIN_VERIFY_HEADER, headerValue: originVerifyReference(shipment) }],
    customOriginConfig: {
      // No certificate covers AWS's own name of a balancer; only the cheap profile gets that far.
      originProtocolPolicy: zone === null ? "http-only" : "https-only",
      originSslProtocols: ["TLSv1.2"],
      originReadTimeout: seconds(edge.settings.origin.responseTimeoutMs),
      originKeepaliveTimeout: DISTRIBUTION.originKeepAlive.value / 1_000,
    },
  };
}

function balancerName(global: Stack, site: Site, serviceId: string): string {
  const { shipment, handles, stacks } = site;
  const { loadBalancer } = handles.get("service", serviceId);
  assert(loadBalancer, `${serviceId} has a balancer, because the edge has a route to it`);
  const from = { stack: stacks.compute, value: loadBalancer.dnsName };
  return wire(shipment, logicalId(serviceId, "balancer-name"), from, global);
}

function accessControl(global: Stack, shipment: Shipment): string {
  const control = new CfnOriginAccessControl(global, logicalId("site", "access"), {
    originAccessControlConfig: {
      name: physicalName(shipment, "site"),
      originAccessControlOriginType: "s3",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    },
  });
  return control.ref;
}
