import type { Stack } from "aws-cdk-lib";
import { CfnCachePolicy } from "aws-cdk-lib/aws-cloudfront";
import type { EdgeComponent } from "../../topology/topology.ts";
import { logicalId, physicalName } from "../name.ts";
import type { Shipment } from "../ship.ts";

const YEAR_S = 365 * 86_400;

/**
 * How the site is cached: by its path alone, compressed where the browser takes that. What a file says of itself
 * decides (`deploy` writes it, see {@link siteFiles}), up to a year; the definition's time is for files that say
 * nothing. The longest time is a year, so that it cuts nothing short of what a file says.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
 */
export function shipSiteCache(global: Stack, shipment: Shipment, edge: EdgeComponent): string {
  const policy = new CfnCachePolicy(global, logicalId("site", "cache"), {
    cachePolicyConfig: {
      name: physicalName(shipment, "site"),
      comment: `Static files of ${edge.settings.domain}`,
      minTtl: 0,
      defaultTtl: Math.round(edge.settings.cache.defaultTtlMs / 1_000),
      maxTtl: YEAR_S,
      parametersInCacheKeyAndForwardedToOrigin: {
        cookiesConfig: { cookieBehavior: "none" },
        headersConfig: { headerBehavior: "none" },
        queryStringsConfig: { queryStringBehavior: "none" },
        enableAcceptEncodingBrotli: true,
        enableAcceptEncodingGzip: true,
      },
    },
  });
  return policy.ref;
}
