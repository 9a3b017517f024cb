import { LOAD } from "../../facts/load.ts";
import type { Component, Topology } from "../../topology/topology.ts";
import type { Hazard, PartPlan } from "./model.ts";
import type { HazardRate, HazardRates } from "./rates.ts";

interface Exposed {
  readonly needed: readonly Component[];
  readonly parts: ReadonlyMap<string, PartPlan>;
  readonly rates: HazardRates;
}

/** All that can happen to a system. */
export function hazardsOf(topology: Topology, exposed: Exposed): readonly Hazard[] {
  const { rates } = exposed;
  const places = topology.regions.flatMap(({ name, zones }): Hazard[] => [
    {
      key: `region/${name}`,
      cause: "loss of a region",
      perYear: rates.region.perYear,
      harm: { kind: "region", region: name, lastsMs: rates.region.lastsMs },
    },
    ...zones.map(({ name: zone }): Hazard => ({
      key: `zone/${zone}`,
      cause: "loss of a zone",
      perYear: rates.zone.perYear,
      harm: { kind: "zone", zone, lastsMs: rates.zone.lastsMs },
    })),
  ]);
  return [...places, ...exposed.needed.flatMap((component) => hazardsTo(topology, component, exposed))];
}

function hazardsTo(topology: Topology, component: Component, { needed, parts, rates }: Exposed): readonly Hazard[] {
  const { id, kind, scope } = component;
  const places = topology.regions.filter(({ name }) => parts.has(`${id}@${name}`));
  const everywhere = scope === "global" ? [id] : places.map(({ name }) => `${id}@${name}`);
  const whole = (what: string, { perYear, lastsMs }: HazardRate): Hazard => ({
    key: `${what}/${id}`,
    cause: `${what}: ${id}`,
    perYear,
    harm: { kind: "fail", parts: everywhere, lastsMs },
  });
  const { perYear, lastsMs } = rates.operator;
  const hazards = [whole("operator's error", { perYear: perYear / needed.length, lastsMs })];
  if (scope === "global") hazards.push(whole("outage at the edge", rates.edge));
  if (scope === "zone") hazards.push(...instanceHazards(topology, component, rates));
  if (scope === "region") hazards.push(...places.map(({ name }) => serviceHazard(component, name, rates)));
  if (kind === "service" || kind === "function") hazards.push(whole("bad version", rates.deployment));
  else hazards.push(...places.flatMap(({ name }) => brownOut(topology, { component, parts, rates, region: name })));
  return hazards;
}

function serviceHazard({ id, kind }: Component, region: string, { service }: HazardRates): Hazard {
  return {
    key: `outage/${id}@${region}`,
    cause: `outage of the ${kind}: ${id}`,
    perYear: service.perYear,
    harm: { kind: "fail", parts: [`${id}@${region}`], lastsMs: service.lastsMs, region },
  };
}

/** Whoever waits for what is slow is slow. */
function brownOut(
  { links }: Topology,
  slow: { readonly component: Component; readonly region: string } & Pick<Exposed, "parts" | "rates">,
): readonly Hazard[] {
  const { component, region, parts, rates } = slow;
  const waiting = links
    .filter(({ to, mode }) => to === component.id && mode !== "replication")
    .map(({ from }) => `${from}@${region}`)
    .filter((key) => parts.get(key)?.kind === "tasks");
  if (waiting.length === 0) return [];
  const { perYear, lastsMs } = rates.brownOut;
  const harm = { kind: "slow", parts: waiting, factor: LOAD.slowdown.value, lastsMs } as const;
  return [{ key: `brown-out/${component.id}@${region}`, cause: `brown-out: ${component.id}`, perYear, harm }];
}

/** Instances are lost, and some go on without working. What nobody takes over for is mended when it is lost. */
function instanceHazards({ instances }: Topology, { id, kind }: Component, rates: HazardRates): readonly Hazard[] {
  const isWatched = kind === "service" || kind === "database" || kind === "cache";
  return instances
    .filter(({ component }) => component === id)
    .flatMap(({ id: instance, region }): Hazard[] => {
      const part = `${id}@${region}`;
      const crash: Hazard = {
        key: `instance/${instance}`,
        cause: `loss of an instance: ${id}`,
        perYear: rates.instance.perYear,
        harm: { kind: "crash", part, instance },
      };
      const { perYear, lastsMs } = rates.hang;
      const hang: Hazard = {
        key: `hang/${instance}`,
        cause: `an instance hangs: ${id}`,
        perYear,
        harm: { kind: "hang", part, instance, lastsMs },
      };
      return isWatched ? [crash, hang] : [crash];
    });
}
