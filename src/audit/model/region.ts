import type { Resource } from "./resource.ts";

/** Whether AWS runs a resource in no region of the customer's, wherever its template is deployed. */
export function isGlobal({ type }: Resource): boolean {
  return /^AWS::(CloudFront|Route53|GlobalAccelerator|IAM)::/.test(type);
}
