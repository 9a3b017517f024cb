import { componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";

/**
 * The edge cannot reach the bucket of the static site. What it keeps of the site is stale from that moment on: a copy
 * that stays fresh for a day would be served anyway, and would prove nothing.
 */
export const originLost: Fault = {
  name: "origin-lost",
  summary: "takes the bucket of the static site away from the edge, whose copies are stale at once",
  scope: "link",
  blastClass: "instance",
  standsFor: "an impaired S3, a bucket policy that shuts CloudFront out, a bucket deleted by mistake",
  notModelled: [
    "other edge locations: this one has every page that customers have asked for, another may have none",
    "pages that nobody had asked for, which are answered with 502",
    "services behind the edge, which have faults of their own",
  ],
  fisAction: null,
  targets: (topology) =>
    componentsOf(topology, "edge")
      .filter(({ settings }) => settings.site !== null)
      .map(({ id }) => id),
  primitives: () => [{ kind: "site-down" }],
  expects: (_topology, subject) => ({
    unavailable: [],
    claims: [
      {
        claim: { kind: "decided", what: "served-stale", component: subject },
        proves: "the edge serves stale copies while the bucket is away",
      },
      { claim: { kind: "unharmed" }, proves: "nobody notices" },
    ],
    trace: "world",
  }),
};
