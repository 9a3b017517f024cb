import type { Stack } from "aws-cdk-lib";
import { CfnResiliencyPolicy } from "aws-cdk-lib/aws-resiliencehub";
import { assert } from "../../base/error.ts";
import { RESILIENCE_HUB } from "../../facts/watch.ts";
import type { Objectives, ScopeObjective, Topology } from "../../topology/topology.ts";
import { logicalId, physicalName } from "../name.ts";
import type { Site } from "../ship.ts";
import { shipResilienceApp } from "./resilience-app.ts";

/** From this availability on, a tier; AWS gives the tiers no numbers, so these are ours. */
const TIERS = [
  { from: 0.9999, tier: "MissionCritical" },
  { from: 0.999, tier: "Critical" },
  { from: 0.99, tier: "Important" },
  { from: 0, tier: "CoreServices" },
] as const;

/**
 * The objectives of the definition as a policy of AWS Resilience Hub, in seconds: an instance's for hardware and
 * software, a zone's, and a region's where there are two; with the application that is held against it. None where the
 * definition has no objectives.
 */
export function shipResilience(stack: Stack, sites: readonly Site[]): void {
  const [first] = sites;
  assert(first, "a system has a region");
  const { shipment } = first;
  const { topology } = shipment;
  if (!hasObjectives(topology.objectives)) return;
  const { instance, zone, region } = topology.objectives;
  const policyName = physicalName(shipment, "resilience").slice(0, RESILIENCE_HUB.nameLength.value);
  const policy = new CfnResiliencyPolicy(stack, logicalId("resilience-policy"), {
    policyName,
    policyDescription: `Objectives of ${shipment.system}; strategy ${topology.recovery}`,
    tier: tierOf(topology.objectives.availability),
    dataLocationConstraint: locationOf(topology),
    policy: {
      Hardware: inSeconds(instance),
      Software: inSeconds(instance),
      AZ: inSeconds(zone),
      ...(topology.regions.length > 1 ? { Region: inSeconds(region) } : {}),
    },
    tags: { Name: policyName },
  });
  shipResilienceApp(stack, sites, policy);
}

function hasObjectives({ instance, zone, region }: Objectives): boolean {
  return [instance, zone, region].some(({ rtoMs, rpoMs }) => rtoMs !== null || rpoMs !== null);
}

function inSeconds({ rtoMs, rpoMs }: ScopeObjective): { rtoInSecs: number; rpoInSecs: number } {
  const seconds = (ms: number | null): number => Math.ceil((ms ?? RESILIENCE_HUB.noObjective.value) / 1_000);
  return { rtoInSecs: seconds(rtoMs), rpoInSecs: seconds(rpoMs) };
}

function tierOf(availability: number | null): string {
  const found = TIERS.find(({ from }) => (availability ?? 0) >= from);
  return availability === null || found === undefined ? "CoreServices" : found.tier;
}

/** How far apart regions are whose names begin alike; the others of AWS's areas reach over several continents. */
const AREAS: Readonly<Record<string, "SameCountry" | "SameContinent">> = {
  us: "SameCountry",
  ca: "SameCountry",
  eu: "SameContinent",
  me: "SameContinent",
};

/** Data may be moved no further than the regions are apart. */
function locationOf({ regions }: Topology): "SameCountry" | "SameContinent" | "AnyLocation" {
  const areas = [...new Set(regions.map(({ name }) => name.split("-")[0] ?? ""))];
  if (regions.length === 1) return "SameCountry";
  return areas.length > 1 ? "AnyLocation" : (AREAS[areas[0] ?? ""] ?? "AnyLocation");
}
