import type { Stack } from "aws-cdk-lib";
import { CfnResponseHeadersPolicy } from "aws-cdk-lib/aws-cloudfront";
import { logicalId, physicalName } from "../name.ts";
import type { Shipment } from "../ship.ts";

/** How long a browser remembers to come with TLS alone: a year, the least that lists of such sites take. */
const TLS_ALONE_S = 31_536_000;

/** What a bucket says of its objects that is no business of customers. */
const INSIDE = [
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-server-side-encryption-bucket-key-enabled",
  "x-amz-version-id",
];

/**
 * The headers that keep browsers safe, on every answer. A program that sends one of them itself keeps its own. What a
 * page may load (Content-Security-Policy) only its author can say.
 */
export function shipHeaders(global: Stack, shipment: Shipment): string {
  const policy = new CfnResponseHeadersPolicy(global, logicalId("security", "headers"), {
    responseHeadersPolicyConfig: {
      name: physicalName(shipment, "security-headers"),
      securityHeadersConfig: {
        strictTransportSecurity: {
          accessControlMaxAgeSec: TLS_ALONE_S,
          includeSubdomains: false, // other systems may be below the domain
          override: false,
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: "DENY", override: false },
        referrerPolicy: { referrerPolicy: "strict-origin-when-cross-origin", override: false },
      },
      removeHeadersConfig: { items: INSIDE.map((header) => ({ header })) },
    },
  });
  return policy.ref;
}
