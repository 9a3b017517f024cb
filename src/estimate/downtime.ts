import { YEAR } from "../facts/failure.ts";
import type { Component, Topology } from "../topology/topology.ts";
import { availabilityOf, series } from "./exact/availability.ts";
import { overZones } from "./exact/common-cause.ts";
import { type Interval, exactly, longest, shorter, times } from "./exact/interval.ts";
import { regionChain } from "./recovery/region-loss.ts";
import { detection, dnsOf, forgetting, timeOf } from "./recovery/stage.ts";
import { type Standing, neededComponents, standingOf } from "./recovery/standing.ts";
import { chainOf, chainsWithinRegion } from "./recovery/within-region.ts";
import type { Rates } from "./rates.ts";

/** One cause of downtime: the share of the time in which customers lack something that they need because of it. */
export interface Cause {
  readonly cause: string;
  readonly unavailability: Interval;
}

/** The share of the time in which every journey is served, and what is missing from the whole. */
export interface Availability {
  readonly availability: Interval;
  readonly causes: readonly Cause[];
}

/**
 * How available a system is under its strategy. Causes strike by themselves, so their availabilities are multiplied;
 * that they overlap is in the product. Each figure is computed from the low ends of all rates and times and from the
 * high ones, which are its bounds, because none of them ever makes a system better by being higher.
 */
export function systemAvailability(topology: Topology, rates: Rates): Availability {
  const needed = neededComponents(topology);
  const causes = [
    ...managedServices(topology, needed, rates),
    ...zonesAndInstances(topology, needed, rates),
    regionLoss(topology, rates),
    ...services(needed).map(({ id }) =>
      outage(`a bad version of ${id}`, rates.deployment.perYear, rates.deployment.repairMs),
    ),
  ].filter(({ unavailability }) => unavailability.high > 0);
  const whole = (end: "low" | "high"): number => series(causes.map(({ unavailability }) => 1 - unavailability[end]));
  return {
    availability: { low: whole("high"), high: whole("low") },
    causes: causes.toSorted((a, b) => b.unavailability.high - a.unavailability.high),
  };
}

/** Something that happens so often, and keeps customers waiting for so long each time. */
function outage(cause: string, perYear: Interval, lastsMs: Interval): Cause {
  const share = (end: "low" | "high"): number =>
    1 - availabilityOf({ perYear: perYear[end], repair: lastsMs[end], year: YEAR.value });
  return { cause, unavailability: { low: share("low"), high: share("high") } };
}

function services(needed: readonly Component[]): readonly Component[] {
  return needed.filter(({ kind }) => kind === "service" || kind === "function");
}

/** AWS's own services: those of a region last until the other one takes over, or until AWS has mended them. */
function managedServices(topology: Topology, needed: readonly Component[], rates: Rates): readonly Cause[] {
  const lasts = shorter(rates.service.repairMs, timeOf(regionChain(topology)));
  return needed.flatMap(({ id, kind, scope }) => {
    if (scope === "global") return [outage(`${id}: its service at the edge`, rates.edge.perYear, rates.edge.repairMs)];
    if (scope === "zone") return [];
    return [outage(`${id}: its ${kind} in the region`, rates.service.perYear, lasts)];
  });
}

/** Stages after which others serve; where new ones must be made, that is in what is too little. */
const IS_TAKEOVER: ReadonlySet<string> = new Set(["detect", "promote", "shift"]);

/** What the others take over, and what is left of redundancy meanwhile. */
function zonesAndInstances(topology: Topology, needed: readonly Component[], rates: Rates): readonly Cause[] {
  const standings = standingOf(topology, needed);
  const zones = topology.regions[0]?.zones.length ?? 0;
  const perYear = times(rates.zone.perYear, exactly(zones));
  const takeovers = chainsWithinRegion(topology, "zone").filter((chain) =>
    chain.every(({ name }) => IS_TAKEOVER.has(name)),
  );
  const zoneTime = shorter(longest(takeovers.map(timeOf)), rates.zone.repairMs);
  return [
    ...standings.filter(({ count, needed: least }) => count > least).map((standing) => instanceLoss(standing, rates)),
    outage("a zone's loss, until the others have taken over", perYear, zoneTime),
    { cause: "too little left of the zones", unavailability: tooLittleLeft(standings, zones, rates) },
  ];
}

/** A primary is one; of tasks each takes its share of the customers, whose own second attempt may help. */
function instanceLoss(standing: Standing, rates: Rates): Cause {
  const affected = standing.hasPrimary ? exactly(1) : { low: 0, high: 1 };
  const lasts = timeOf(chainOf(standing, "instance"));
  return outage(`${standing.component.id}: loss of an instance`, times(rates.instance.perYear, affected), lasts);
}

/** Until there is a new one, as if it had been the only one. */
function repairOf(standing: Standing, rates: Rates): Interval {
  const alone = chainOf({ ...standing, count: 1, perZone: [1] }, "instance");
  return alone.length === 0 ? rates.instance.repairMs : timeOf(alone);
}

function tooLittleLeft(standings: readonly Standing[], zones: number, rates: Rates): Interval {
  const missing = (end: "low" | "high"): number => {
    const share = (perYear: Interval, lasts: Interval): number =>
      availabilityOf({ perYear: perYear[end], repair: lasts[end], year: YEAR.value });
    const well = share(rates.zone.perYear, rates.zone.repairMs);
    const all = Array.from({ length: zones }, () => well);
    const own = standings.map((standing) => ({
      ...standing,
      availability: share(rates.instance.perYear, repairOf(standing, rates)),
    }));
    return Math.max(0, 1 - overZones(all, own));
  };
  return { low: missing("low"), high: missing("high") };
}

/**
 * The region that writes; where both serve, the other one's customers too wait for DNS. As the rate is for one region,
 * and half of the customers are in each, that adds as much as half of it. What the edge serves by itself loses nothing.
 */
function regionLoss(topology: Topology, { region: { perYear, repairMs } }: Rates): Cause {
  const takeover = timeOf(regionChain(topology));
  const lasts = shorter(takeover, repairMs);
  if (topology.recovery !== "active-active" || takeover.high === 0) return outage("the region's loss", perYear, lasts);
  const { probe, ttlMs } = dnsOf(topology);
  const away = timeOf([detection("the other region", probe), forgetting("the other region", ttlMs)]);
  const both = { low: lasts.low + away.low / 2, high: lasts.high + away.high / 2 };
  return outage("the loss of either region", perYear, both);
}
