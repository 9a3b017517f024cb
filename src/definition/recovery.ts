import type { Problem } from "../base/error.ts";
import { REGIONS, zonesOf } from "../facts/region.ts";
import { type Reader, listOfAll, mapped, oneOf, optional, orNull, required, shape, text } from "./schema.ts";
import { type Stage, ZONES_OF_STAGE } from "./stage.ts";
import { fixFor, listOf, problem, show } from "./wording.ts";

/**
 * How the second region stands ready. `backup-restore`: copies of the data alone; `pilot-light`: the data replicated,
 * nothing running; `warm-standby`: everything running, scaled down; `active-active`: both regions serve customers.
 */
export type Recovery = "backup-restore" | "pilot-light" | "warm-standby" | "active-active";

/**
 * Where the system runs.
 *
 * @example
 * regions: { primary: "us-east-1", secondary: "us-west-2" }
 */
export interface Regions {
  /** The region that serves customers. */
  readonly primary: string;
  /** The region that takes over. @default none */
  readonly secondary?: string;
  /** Zones to use, of either region. @default the first three of each region; two in the stage "dev" */
  readonly zones?: readonly string[];
}

/** A region as a definition has it, with the zones that are used. */
export interface RegionDefinition {
  readonly name: string;
  readonly role: "primary" | "secondary";
  readonly zones: readonly string[];
}

/** Reads a strategy. */
export const readRecovery = oneOf("backup-restore", "pilot-light", "warm-standby", "active-active");

const readRegion: Reader<string> = (value, at, problems) => {
  if (typeof value === "string" && zonesOf(value).length > 0) return value;
  const names = Object.keys(REGIONS);
  const fix = fixFor(typeof value === "string" ? value : "", names, 'write the name of a region, such as "us-east-1"');
  problems.push(problem("DEF-013", at, `${show(value)} is no region of AWS (${listOf(names)})`, fix));
  return undefined;
};

const fields = {
  primary: required(readRegion),
  secondary: orNull(readRegion),
  zones: optional(listOfAll(text({ max: 32 }), 12), []),
};

/**
 * Reads the regions, the primary one first, and the zones that are used of each: those that are named, else as many as
 * the stage asks for.
 */
export function readRegions(stage: Stage): Reader<readonly RegionDefinition[]> {
  return mapped(shape(fields, checkRegions), (regions) => {
    const region = (name: string, role: RegionDefinition["role"]): RegionDefinition => {
      const named = zonesOf(name).filter((zone) => regions.zones.includes(zone));
      return { name, role, zones: named.length > 0 ? named : zonesOf(name).slice(0, ZONES_OF_STAGE[stage]) };
    };
    const primary = region(regions.primary, "primary");
    return regions.secondary === null ? [primary] : [primary, region(regions.secondary, "secondary")];
  });
}

type Found = { readonly primary: string; readonly secondary: string | null; readonly zones: readonly string[] };

function checkRegions({ primary, secondary, zones = [] }: Partial<Found>, at: string, problems: Problem[]): void {
  if (primary !== undefined && primary === secondary) {
    const message = `the secondary region is the primary one, ${show(primary)}`;
    problems.push(problem("DEF-013", `${at}.secondary`, message, "write another region"));
  }
  if (primary === undefined || secondary === undefined) return;
  const used = secondary === null ? [primary] : [primary, secondary];
  const known = used.flatMap(zonesOf);
  for (const [index, zone] of zones.entries()) {
    if (known.includes(zone)) continue;
    const region = used.find((name) => zone.startsWith(name)) ?? primary;
    const message = `zone ${show(zone)} is not in region ${show(region)} (it has ${listOf(zonesOf(region))})`;
    problems.push(problem("DEF-013", `${at}.zones[${index}]`, message, 'use one of these zones, or leave "zones" out'));
  }
}
