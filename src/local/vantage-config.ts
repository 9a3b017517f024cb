import { leaseTerms, vantageProbe } from "../topology/region-spec.ts";
import type { Pace } from "../topology/timing.ts";
import type { Topology } from "../topology/topology.ts";
import { OUTSIDE } from "../world/primitive.ts";
import type { Address } from "./address.ts";
import { type RegionPlan, beaconFrom, beaconFromOutside, besideZones, witnessOutside } from "./plan.ts";
import type { FixedLink } from "./process/messages-zone.ts";
import { WITNESSES } from "./recovery/recovery-loop.ts";
import type { StateDirectory } from "./state-directory.ts";
import type { VantageConfig } from "./vantage/vantage.ts";

/** What vantage points are made from. */
export interface VantagesOf {
  readonly topology: Topology;
  readonly pace: Pace;
  readonly state: Pick<StateDirectory, "file">;
  readonly plans: readonly RegionPlan[];
}

/** A zone's beacon, as a watcher looks for it. */
interface Watched {
  readonly region: string;
  readonly zone: string;
  /** The watcher's own link, and where it leads. */
  readonly listen: Address;
  readonly target: Address;
}

/** The watcher and witness of a region; null where there is no other. */
export function regionVantage(of: VantagesOf, plan: RegionPlan): VantageConfig | null {
  const witness = plan.witnesses.find(({ place }) => place === plan.region.name);
  if (witness === undefined) return null;
  const own = plan.beacons.map((beacon) => ({ region: plan.region.name, ...beacon }));
  const watched = [...own, ...plan.foreignBeacons].map((beacon): Watched => ({
    region: beacon.region,
    zone: beacon.zone.name,
    listen: beaconFrom(plan, beacon, besideZones(plan)),
    target: beacon.listen,
  }));
  return vantage(of, { place: plan.region.name, listen: witness.listen, watched });
}

/** The watcher and witness outside of all regions; null where there is one region. */
export function outsideVantage(of: VantagesOf): VantageConfig | null {
  const [first] = of.plans;
  if (first === undefined || of.plans.length < 2) return null;
  const watched = of.plans.flatMap((plan) =>
    plan.beacons.map((beacon): Watched => ({
      region: plan.region.name,
      zone: beacon.zone.name,
      listen: beaconFromOutside(plan, beacon),
      target: beacon.listen,
    })),
  );
  return vantage(of, { place: OUTSIDE, listen: witnessOutside(first), watched });
}

function vantage(
  { topology, pace, state }: VantagesOf,
  at: { readonly place: string; readonly listen: Address; readonly watched: readonly Watched[] },
): VantageConfig {
  const links = at.watched.map(({ zone, listen, target }): FixedLink => ({
    listen,
    target: { address: target, end: { zone, component: "zone", instance: null } },
    purpose: "observe",
  }));
  const { intervalMs, timeoutMs, unhealthyThreshold } = vantageProbe(pace);
  return {
    links,
    watch: {
      regions: topology.regions.map(({ name }) => ({
        region: name,
        beacons: at.watched.filter(({ region }) => region === name).map(({ listen }) => listen),
      })),
      intervalMs,
      timeoutMs,
      threshold: unhealthyThreshold,
    },
    witness: { listen: at.listen, directory: state.file(WITNESSES, at.place), leaseMs: leaseTerms(pace).leaseMs },
  };
}
