import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { scheduler } from "node:timers/promises";
import type { DistributionConfig, Origin } from "@aws-sdk/client-cloudfront";
import { awsSecrets, variable } from "./aws-secrets-process.ts";
import { type FrontDoor, rotateEdge } from "./edge-rotation.ts";
import type { RotationEvent } from "./secret-version.ts";

/*
 * The Lambda function that rotates what the edge sends to balancers. It runs on the SDK of Lambda's own Node.js
 * runtime, outside of any network: all that it speaks to is AWS's own API. It never logs a value.
 */

type CloudFrontSdk = typeof import("@aws-sdk/client-cloudfront");
type BalancingSdk = typeof import("@aws-sdk/client-elastic-load-balancing-v2");

/** CloudFront's API is only in us-east-1. https://docs.aws.amazon.com/general/latest/gr/cf_region.html */
const CLOUDFRONT_REGION = "us-east-1";

/** What Secrets Manager calls, once a step. */
export async function handler(event: RotationEvent): Promise<void> {
  await rotateEdge(
    {
      secrets: awsSecrets(),
      door: awsDoor(),
      nextSecret: variable("NEXT_SECRET"),
      newValue: () => randomBytes(36).toString("base64url"), // a balancer takes * and ? for wildcards: neither is in it
      pause: (ms) => scheduler.wait(ms),
    },
    event,
  );
}

function awsDoor(): FrontDoor {
  const require = createRequire(import.meta.url);
  const { CloudFront } = require("@aws-sdk/client-cloudfront") as CloudFrontSdk;
  const { ElasticLoadBalancingV2 } = require("@aws-sdk/client-elastic-load-balancing-v2") as BalancingSdk;
  const cloudFront = new CloudFront({ region: CLOUDFRONT_REGION });
  const [Id, header] = [variable("DISTRIBUTION_ID"), variable("HEADER")];
  const rules = JSON.parse(variable("RULES")) as readonly string[];
  return {
    async sent() {
      const { Distribution } = await cloudFront.getDistribution({ Id });
      if (Distribution?.Status !== "Deployed") return null;
      return valuesIn(Distribution.DistributionConfig, header);
    },
    async send(value) {
      const { Distribution, ETag } = await cloudFront.getDistribution({ Id });
      const config = Distribution?.DistributionConfig;
      if (config === undefined || valuesIn(config, header).every((each) => each === value)) return;
      // Who changes it at the same time is refused by the tag, and so are we.
      await cloudFront.updateDistribution({ Id, IfMatch: ETag, DistributionConfig: withValue(config, header, value) });
    },
    async accept(Values) {
      const HttpHeaderConfig = { HttpHeaderName: header, Values: [...Values] };
      for (const RuleArn of rules) {
        const balancing = new ElasticLoadBalancingV2({ region: RuleArn.split(":")[3] ?? "" });
        await balancing.modifyRule({ RuleArn, Conditions: [{ Field: "http-header", HttpHeaderConfig }] });
      }
    },
  };
}

function valuesIn(config: DistributionConfig | undefined, header: string): readonly string[] {
  const headers = (config?.Origins?.Items ?? []).flatMap(({ CustomHeaders }) => CustomHeaders?.Items ?? []);
  return headers.flatMap(({ HeaderName, HeaderValue }) => (HeaderName === header ? (HeaderValue ?? []) : []));
}

function withValue(config: DistributionConfig, header: string, HeaderValue: string): DistributionConfig {
  const origins = config.Origins?.Items ?? [];
  const told = (origin: Origin): Origin => {
    const items = origin.CustomHeaders?.Items ?? [];
    if (items.length === 0) return origin;
    const Items = items.map((each) => (each.HeaderName === header ? { ...each, HeaderValue } : each));
    return { ...origin, CustomHeaders: { Quantity: Items.length, Items } };
  };
  return { ...config, Origins: { Quantity: origins.length, Items: origins.map(told) } };
}
