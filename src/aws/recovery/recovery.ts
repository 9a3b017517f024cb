import type { Stack } from "aws-cdk-lib";
import type { Site } from "../ship.ts";
import { shipLookout } from "../watch/watch.ts";
import { shipRegionSwitch } from "./region-switch/plan.ts";
import { shipResilience } from "./resilience-hub.ts";
import { shipRecoveryRunbooks } from "./runbook.ts";

/**
 * What drives a recovery, in the region that takes over: the Region switch plan with the runbooks that start it, and
 * the resilience policy with the application that is held against it. Experiments are in the regions whose resources
 * they break.
 */
export function shipRecovery(stack: Stack, sites: readonly Site[]): void {
  const plan = shipRegionSwitch(stack, sites);
  shipRecoveryRunbooks(stack, sites, plan);
  shipResilience(stack, sites);
  for (const site of sites) if (!site.presence.deployed) shipLookout(site);
}
