import type { Fault } from "./fault.ts";
import { takenOver } from "./region-claims.ts";
import { isolated } from "./region-cut.ts";
import { regionTargets } from "./target.ts";

/**
 * The region that serves is cut off, and after another one has taken over it comes back and goes again, before anybody
 * can rely on it. It must stay out until it has been calm for long enough: no ping-pong.
 */
export const regionFlapping: Fault = {
  name: "region-flapping",
  summary: "cuts the region that serves off, and lets it come back and go again three times after another took over",
  scope: "region",
  blastClass: "region",
  standsFor: "a backbone that is repaired under load, a circuit that flaps",
  notModelled: ["a region that flaps so fast that nobody ever misses it"],
  fisAction: null,
  targets: (topology) => regionTargets(topology, "active"),
  primitives: isolated,
  flaps: { times: 3, goneMs: 1_000, backMs: 1_500 },
  expects: (topology) => ({ unavailable: [], claims: takenOver(topology), trace: "world" }),
};
