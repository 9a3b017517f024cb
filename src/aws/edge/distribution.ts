import type { Stack } from "aws-cdk-lib";
import { CfnDistribution, CfnFunction } from "aws-cdk-lib/aws-cloudfront";
import { UserError } from "../../base/error.ts";
import { DISTRIBUTION } from "../../facts/edge.ts";
import type { EdgeRoute } from "../../topology/kind/edge.ts";
import type { EdgeComponent } from "../../topology/topology.ts";
import type { AwsCode } from "../codes.ts";
import { logicalId, physicalName } from "../name.ts";
import { type Shipment, type Site, tagged } from "../ship.ts";
import { shipReadCache, shipSiteCache } from "./cache-policy.ts";
import { type Origins, SITE_ORIGIN, readOriginId, serviceOriginId } from "./edge-origin.ts";
import { shipHeaders } from "./header.ts";

/** Patterns that fit every path: such a route is the default behaviour, or it would stand before one nobody reaches. */
const EVERYTHING = ["*", "/*"];

const READS = ["GET", "HEAD"];
const ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"];

/**
 * How long an error of an origin is served again, in seconds: with CloudFront's own ten, customers would go on seeing a
 * failure that Route 53 has led around already; a second still keeps a crowd off an origin in trouble.
 */
const ERROR_S = 1;

/** What the distribution is made with. */
export interface DistributionParts extends Origins {
  readonly certificateArn: string | null;
  readonly firewallArn: string;
}

/** CloudFront before the whole system: the site from buckets, routes to services, everything else refused. */
export function shipDistribution(
  global: Stack,
  sites: readonly Site[],
  edge: EdgeComponent,
  parts: DistributionParts,
): CfnDistribution {
  const { shipment } = sites[0]!; // a system has a region
  const headers = shipHeaders(global, shipment);
  const routes = routesInOrder(edge);
  const main = routes.find(({ pattern }) => EVERYTHING.includes(pattern));
  const others = routes.filter(({ pattern }) => !EVERYTHING.includes(pattern));
  const { settings } = edge;
  const reads = routes.some(({ cached }) => cached) ? shipReadCache(global, shipment, edge) : null;
  const behaviorOf = ({ service, cached }: EdgeRoute): Behavior =>
    cached && reads !== null
      ? readBehavior(readOriginId(parts, service), reads, headers)
      : serviceBehavior(service, headers);
  return new CfnDistribution(global, logicalId(edge.id, "distribution"), {
    distributionConfig: {
      enabled: true,
      comment: `${settings.domain} (${physicalName(shipment)})`,
      httpVersion: "http2and3",
      ipv6Enabled: true,
      priceClass: "PriceClass_All",
      ...(parts.certificateArn === null ? {} : { aliases: [settings.domain] }),
      viewerCertificate: viewerCertificate(parts.certificateArn),
      webAclId: parts.firewallArn,
      ...(settings.site === null ? {} : { defaultRootObject: "index.html" }),
      origins: parts.origins,
      ...(parts.groups.length === 0 ? {} : { originGroups: { quantity: parts.groups.length, items: parts.groups } }),
      defaultCacheBehavior: main
        ? behaviorOf(main)
        : settings.site === null
          ? refusal(global, shipment, behaviorOf(others[0]!))
          : readBehavior(SITE_ORIGIN, shipSiteCache(global, shipment, edge), headers),
      cacheBehaviors: others.map((route) => ({ pathPattern: route.pattern, ...behaviorOf(route) })),
      customErrorResponses: [500, 502, 503, 504].map((errorCode) => ({ errorCode, errorCachingMinTtl: ERROR_S })),
    },
    tags: tagged(shipment, edge),
  });
}

/**
 * Routes in the order in which CloudFront takes the first that fits: the most specific one first, which is the one with
 * the most characters that are no wildcards, as everywhere else.
 */
function routesInOrder({ settings, id }: EdgeComponent): EdgeComponent["settings"]["routes"] {
  const { routes, site } = settings;
  if (routes.length === 0 && site === null) {
    throw new UserError({
      code: "AWS-044" satisfies AwsCode,
      message: `"${id}" has neither a site nor routes, so there is nothing that it could serve`,
      fix: 'give "edge" a "site" or "routes"',
      at: id,
    });
  }
  if (routes.length > DISTRIBUTION.cacheBehaviors.value) {
    throw new UserError({
      code: "AWS-045" satisfies AwsCode,
      message: `"${id}" has ${routes.length} routes, and CloudFront takes ${DISTRIBUTION.cacheBehaviors.value}`,
      fix: "let fewer patterns cover more paths",
      at: `${id}.routes`,
    });
  }
  const weight = (pattern: string): number => pattern.replaceAll(/[*?]/g, "").length;
  return routes.toSorted((a, b) => weight(b.pattern) - weight(a.pattern));
}

type Behavior = CfnDistribution.DefaultCacheBehaviorProperty;

/** What is only read: the site, and routes whose answers may be kept. It may go to an origin group. */
function readBehavior(targetOriginId: string, cachePolicyId: string, responseHeadersPolicyId: string): Behavior {
  return {
    targetOriginId,
    viewerProtocolPolicy: "redirect-to-https",
    allowedMethods: READS,
    cachedMethods: READS,
    compress: true,
    cachePolicyId,
    responseHeadersPolicyId,
  };
}

/**
 * Any other route: its service gets whatever the customer sent but the Host, which must be its own for the certificate
 * to fit. Nothing is cached: CloudFront lets requests wait for one another wherever an answer might be kept, and two
 * customers told apart by a header that is not in the cache's key would get the same one.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
 */
function serviceBehavior(serviceId: string, responseHeadersPolicyId: string): Behavior {
  return {
    targetOriginId: serviceOriginId(serviceId),
    viewerProtocolPolicy: "https-only", // a redirect would lose the body of a write
    allowedMethods: ALL_METHODS,
    cachedMethods: READS,
    cachePolicyId: DISTRIBUTION.cachingDisabled.value,
    originRequestPolicyId: DISTRIBUTION.allViewerExceptHost.value,
    responseHeadersPolicyId,
  };
}

/** Without a site, what no route fits is not there, and no service has to say so. */
function refusal(global: Stack, shipment: Shipment, behavior: Behavior): Behavior {
  const notFound = new CfnFunction(global, logicalId("edge", "not-found"), {
    name: physicalName(shipment, "not-found"),
    autoPublish: true,
    functionConfig: { comment: "Answers what no route fits", runtime: "cloudfront-js-2.0" },
    functionCode: 'function handler() { return { statusCode: 404, statusDescription: "Not Found" }; }',
  });
  const association = { eventType: "viewer-request", functionArn: notFound.attrFunctionArn };
  return { ...behavior, allowedMethods: READS, functionAssociations: [association] };
}

function viewerCertificate(certificateArn: string | null): CfnDistribution.ViewerCertificateProperty {
  return certificateArn === null
    ? { cloudFrontDefaultCertificate: true }
    : { acmCertificateArn: certificateArn, minimumProtocolVersion: "TLSv1.2_2021", sslSupportMethod: "sni-only" };
}
