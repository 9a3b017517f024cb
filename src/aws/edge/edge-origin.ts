import type { Stack } from "aws-cdk-lib";
import { type CfnDistribution, CfnOriginAccessControl } from "aws-cdk-lib/aws-cloudfront";
import { assert } from "../../base/error.ts";
import { DISTRIBUTION } from "../../facts/edge.ts";
import { FAILOVER_CODES } from "../../topology/kind/edge.ts";
import type { EdgeComponent } from "../../topology/topology.ts";
import { logicalId, physicalName } from "../name.ts";
import type { Shipment, Site } from "../ship.ts";
import { wire } from "../wire.ts";
import {
  ORIGIN_VERIFY_HEADER,
  originHost,
  originName,
  originVerifyReference,
  originZone,
  routedServices,
} from "./origin.ts";
import { siteBucketName } from "./site-bucket.ts";

/** What a behaviour of the site goes to: the group of its buckets, or the only one. */
export const SITE_ORIGIN = "site";

/** Origins and origin groups of a distribution. */
export interface Origins {
  readonly origins: CfnDistribution.OriginProperty[];
  readonly groups: CfnDistribution.OriginGroupProperty[];
}

/**
 * What the edge has behind it. The site: a bucket in each region, in a group that asks the other one when the first
 * fails; a group only takes reads. A service: one origin by a name that Route 53 answers with a region that is well,
 * because writes are not sent twice and no group takes them. Where a service is only read and another region's runs,
 * a group asks that one too, so that nobody who reads waits until Route 53 knows.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
 */
export function originsOf(global: Stack, sites: readonly Site[], edge: EdgeComponent): Origins {
  const [first] = sites;
  assert(first, "a system has a region");
  const { shipment } = first;
  const services = routedServices(shipment.topology).map((id) =>
    serviceOrigin(shipment, edge, { id: serviceOriginId(id), domainName: serviceName(global, sites, id) }),
  );
  const site = siteOrigins(global, sites, edge);
  const reads = readGroups(sites, edge);
  return {
    origins: [...site.origins, ...services, ...reads.origins],
    groups: [...site.groups, ...reads.groups],
  };
}

/** The id of a service's origin. */
export function serviceOriginId(serviceId: string): string {
  return `service-${serviceId}`;
}

/** What a route that is only read goes to: the group of its service, or its only origin. */
export function readOriginId({ groups }: Origins, serviceId: string): string {
  const id = readGroupId(serviceId);
  return groups.some((group) => group.id === id) ? id : serviceOriginId(serviceId);
}

function readGroupId(serviceId: string): string {
  return `reads-${serviceId}`;
}

function siteOrigins(global: Stack, sites: readonly Site[], edge: EdgeComponent): Origins {
  if (edge.settings.site === null) return { origins: [], groups: [] };
  const { shipment } = sites[0]!; // the caller has looked
  const access = accessControl(global, shipment);
  const alone = sites.length === 1;
  const origins = sites.map(({ region }) => ({
    id: alone ? SITE_ORIGIN : `${SITE_ORIGIN}-${region.name}`,
    domainName: `${siteBucketName(shipment, region.name)}.s3.${region.name}.amazonaws.com`,
    originAccessControlId: access,
    s3OriginConfig: { originAccessIdentity: "" },
    ...patience(edge),
  }));
  const ids = origins.map(({ id }) => id);
  return { origins, groups: alone ? [] : [originGroup(SITE_ORIGIN, ids, FAILOVER_CODES.site)] };
}

/**
 * Of each service that is only read somewhere, the origin of the region that does not serve, and its group. There is
 * none where that region runs no task. Where both serve it is the second one, so customers nearest to that one have but
 * Route 53: a group has two members, and cannot say "the other one".
 */
function readGroups(sites: readonly Site[], edge: EdgeComponent): Origins {
  const standby = sites.find(
    ({ region, presence, shipment }) => region.name !== shipment.active && presence.serviceShare > 0,
  );
  if (standby === undefined) return { origins: [], groups: [] };
  const { shipment, region } = standby;
  const cached = edge.settings.routes.filter((route) => route.cached).map(({ service }) => service);
  const services = [...new Set(cached)].map((service) => ({
    service,
    id: `${serviceOriginId(service)}-${region.name}`,
  }));
  return {
    origins: services.map(({ service, id }) =>
      serviceOrigin(shipment, edge, { id, domainName: originHost(shipment, service, region.name) }),
    ),
    groups: services.map(({ service, id }) =>
      originGroup(readGroupId(service), [serviceOriginId(service), id], FAILOVER_CODES.service),
    ),
  };
}

function originGroup(
  id: string,
  origins: readonly string[],
  codes: readonly number[],
): CfnDistribution.OriginGroupProperty {
  return {
    id,
    failoverCriteria: { statusCodes: { quantity: codes.length, items: [...codes] } },
    members: { quantity: origins.length, items: origins.map((originId) => ({ originId })) },
  };
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
  shipment: Shipment,
  edge: EdgeComponent,
  { id, domainName }: { readonly id: string; readonly domainName: string },
): CfnDistribution.OriginProperty {
  return {
    id,
    domainName,
    ...patience(edge),
    originCustomHeaders: [{ headerName: ORIGIN_VERIFY_HEADER, headerValue: originVerifyReference(shipment, "sent") }],
    customOriginConfig: {
      // No certificate covers AWS's own name of a balancer; only the cheap profile gets that far.
      originProtocolPolicy: originZone(shipment.topology) === null ? "http-only" : "https-only",
      originSslProtocols: ["TLSv1.2"],
      originReadTimeout: seconds(edge.settings.origin.responseTimeoutMs),
      originKeepaliveTimeout: DISTRIBUTION.originKeepAlive.value / 1_000,
    },
  };
}

/** Without a hosted zone there is one region (or `originName` refuses), and its balancer has but AWS's own name. */
function serviceName(global: Stack, sites: readonly Site[], serviceId: string): string {
  const site = sites[0]!; // a system has a region
  const named = originZone(site.shipment.topology) !== null || sites.length > 1;
  return named ? originName(site.shipment, serviceId) : balancerName(global, site, serviceId);
}

function balancerName(global: Stack, site: Site, serviceId: string): string {
  const { shipment, handles, stacks } = site;
  const [balancer] = handles.get("service", serviceId).balancers;
  assert(balancer, `${serviceId} has a balancer, because the edge has a route to it`);
  const from = { stack: stacks.compute, value: balancer.dnsName };
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
