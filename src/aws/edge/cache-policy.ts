import type { Stack } from "aws-cdk-lib";
import { CfnCachePolicy } from "aws-cdk-lib/aws-cloudfront";
import type { EdgeComponent } from "../../topology/topology.ts";
import { logicalId, physicalName } from "../name.ts";
import type { Shipment } from "../ship.ts";

/** The longest time that an answer is kept, so that it cuts nothing short of what the answer says of itself. */
const YEAR_S = 365 * 86_400;

/**
 * How the site is cached: by its path alone, compressed where the browser takes that. What a file says of itself
 * decides (`deploy` writes it, see {@link siteFiles}), up to a year; the definition's time is for files that say
 * nothing.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
 */
export function shipSiteCache(global: Stack, shipment: Shipment, edge: EdgeComponent): string {
  return shipPolicy(global, shipment, {
    name: "site",
    comment: `Static files of ${edge.settings.domain}`,
    defaultTtl: Math.round(edge.settings.cache.defaultTtlMs / 1_000),
    queries: "none",
  });
}

/**
 * How a service's answers are cached where a route is only read: by path and query, for as long as their Cache-Control
 * says, and not at all where it says nothing. What is not in the key does not reach the service either, so no customer
 * can get an answer that was meant for another one.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html
 */
export function shipReadCache(global: Stack, shipment: Shipment, edge: EdgeComponent): string {
  return shipPolicy(global, shipment, {
    name: "reads",
    comment: `Answers of services of ${edge.settings.domain} that are the same for everybody`,
    defaultTtl: 0,
    queries: "all",
  });
}

interface CachePolicy {
  readonly name: string;
  readonly comment: string;
  /** Seconds, for what says nothing of itself. */
  readonly defaultTtl: number;
  readonly queries: "none" | "all";
}

function shipPolicy(global: Stack, shipment: Shipment, { name, comment, defaultTtl, queries }: CachePolicy): string {
  const policy = new CfnCachePolicy(global, logicalId(name, "cache"), {
    cachePolicyConfig: {
      name: physicalName(shipment, name),
      comment,
      minTtl: 0,
      defaultTtl,
      maxTtl: YEAR_S,
      parametersInCacheKeyAndForwardedToOrigin: {
        cookiesConfig: { cookieBehavior: "none" },
        headersConfig: { headerBehavior: "none" },
        queryStringsConfig: { queryStringBehavior: queries },
        enableAcceptEncodingBrotli: true,
        enableAcceptEncodingGzip: true,
      },
    },
  });
  return policy.ref;
}
