import { LOAD } from "../../facts/load.ts";
import { TAKEOVER } from "../../facts/takeover.ts";
import type { Scope, Topology } from "../../topology/topology.ts";
import type { Hazard, LinkHarm, PartPlan } from "./model.ts";
import type { HazardRate, HazardRates } from "./rates.ts";

/** What of a system decides where hazards strike. */
export type Places = Pick<Topology, "regions" | "instances" | "links">;

/** A component, as far as hazards go. */
export interface Struck {
  readonly id: string;
  /** What people call it. */
  readonly kind: string;
  readonly scope: Scope;
}

interface Exposed {
  readonly needed: readonly Struck[];
  readonly parts: ReadonlyMap<string, PartPlan>;
  readonly rates: HazardRates;
}

/** All that can happen to a system. */
export function hazardsOf(topology: Places, exposed: Exposed): readonly Hazard[] {
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
    ...zones.flatMap(({ name: zone }) => linkHazards(topology, { zone, region: name, parts: exposed.parts, rates })),
  ]);
  return [...places, ...exposed.needed.flatMap((component) => hazardsTo(topology, component, exposed))];
}

function hazardsTo(topology: Places, component: Struck, { needed, parts, rates }: Exposed): readonly Hazard[] {
  const { id, kind, scope } = component;
  const places = topology.regions.filter(({ name }) => parts.has(`${id}@${name}`));
  const everywhere = scope === "global" ? [id] : places.map(({ name }) => `${id}@${name}`);
  const whole = (what: string, { perYear, lastsMs }: HazardRate): Hazard => ({
    key: `${what}/${id}`,
    cause: `${what}: ${id}`,
    perYear,
    harm: { kind: "fail", component: id, parts: everywhere, lastsMs },
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

function serviceHazard({ id, kind }: Struck, region: string, { service }: HazardRates): Hazard {
  return {
    key: `outage/${id}@${region}`,
    cause: `outage of the ${kind}: ${id}`,
    perYear: service.perYear,
    harm: { kind: "fail", component: id, parts: [`${id}@${region}`], lastsMs: service.lastsMs, region },
  };
}

/** The links of a zone break, or are slow, while it has power. */
function linkHazards(
  { links }: Places,
  { zone, region, parts, rates }: { readonly zone: string; readonly region: string } & Pick<Exposed, "parts" | "rates">,
): readonly Hazard[] {
  const waiting = links
    .filter(({ mode }) => mode === "synchronous")
    .map(({ from, to }) => [`${to}@${region}`, `${from}@${region}`] as const)
    .filter(([store, tasks]) => parts.get(store)?.kind === "replica" && parts.get(tasks)?.kind === "tasks");
  const hazard = (cause: string, trouble: LinkHarm["trouble"], { perYear, lastsMs }: HazardRate): Hazard => {
    const shiftMs = TAKEOVER.decide.value;
    const harm = { kind: "link", zone, trouble, factor: LOAD.slowdown.value, lastsMs, shiftMs, waiting } as const;
    return { key: `${trouble}/${zone}`, cause, perYear, harm };
  };
  return [
    hazard("a zone is cut off", "cut", rates.partition),
    hazard("a zone reaches nobody", "mute", rates.oneWay),
    hazard("links of a zone are slow", "slow", rates.slowLink),
  ];
}

/** Whoever waits for what is slow is slow. */
function brownOut(
  { links }: Places,
  slow: { readonly component: Struck; readonly region: string } & Pick<Exposed, "parts" | "rates">,
): readonly Hazard[] {
  const { component, region, parts, rates } = slow;
  const waiting = links
    .filter(({ to, mode }) => to === component.id && mode !== "replication")
    .map(({ from }) => `${from}@${region}`)
    .filter((key) => parts.get(key)?.kind === "tasks");
  if (waiting.length === 0) return [];
  const { perYear, lastsMs } = rates.brownOut;
  const { id } = component;
  const harm = { kind: "slow", component: id, parts: waiting, factor: LOAD.slowdown.value, lastsMs, region } as const;
  return [{ key: `brown-out/${id}@${region}`, cause: `brown-out: ${id}`, perYear, harm }];
}

/** Instances are lost, and some go on without working. What nobody takes over for is mended when it is lost. */
function instanceHazards({ instances }: Places, { id, kind }: Struck, rates: HazardRates): readonly Hazard[] {
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
