import type { Problem } from "../base/error.ts";
import type { RegionDefinition } from "./recovery.ts";
import { type Read, type Reader, listOfAll, mapOf, oneOf, optional, orNull, required, shape, text } from "./schema.ts";
import { listOf, problem, show } from "./wording.ts";

/**
 * The network that everything runs in; a VPC a region on AWS, with public, private and isolated subnets in every zone.
 *
 * @example
 * network: { nat: "regional" }
 */
export interface Network {
  /** A range for each region in turn; no peer may have the same. @default "10.0.0.0/16", "10.1.0.0/16" */
  readonly cidrs?: readonly `${string}/16`[];
  /**
   * How programs reach the internet. `zone`: a NAT gateway in each zone; `regional`: one that spans the zones by
   * itself; `none`: not at all, only AWS's services by endpoints. @default "zone"
   */
  readonly nat?: "zone" | "regional" | "none";
  /**
   * Whether AWS encrypts what programs, balancers and data say to each other within the network, beside what TLS
   * encrypts. `monitor`: wherever its machines can, and flow logs tell; `enforce`: nothing else may be in the network,
   * which AWS takes for one that has been monitored; `off`: for what it costs. The stage `dev` has none of it.
   *
   * @default "monitor"
   */
  readonly encryption?: "monitor" | "enforce" | "off";
  /** Networks that exist already, by region. @default none: each region gets one of its own */
  readonly existing?: { readonly [region: string]: ExistingNetwork };
}

/** A network that exists already. Each list has a subnet for each of the region's zones, in their order. */
export interface ExistingNetwork {
  readonly vpcId: `vpc-${string}`;
  readonly cidr: `${string}/${number}`;
  readonly publicSubnets: readonly `subnet-${string}`[];
  readonly privateSubnets: readonly `subnet-${string}`[];
  /** Without a way to the internet, for data. @default the private ones */
  readonly isolatedSubnets?: readonly `subnet-${string}`[];
}

/** A network as a definition has it, with all that was left out. */
export type NetworkDefinition = Read<ReturnType<typeof readNetwork>>;

const CIDRS = ["10.0.0.0/16", "10.1.0.0/16"];

const octet = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
/** The ranges that are nobody's on the internet (RFC 1918). */
const readRange = text({
  max: 18,
  pattern: new RegExp(`^(?:10\\.${octet}|172\\.(?:1[6-9]|2\\d|3[01])|192\\.168)\\.0\\.0/16$`),
  form: 'a private range such as "10.0.0.0/16"',
});
const readCidr = text({
  max: 18,
  pattern: new RegExp(`^${octet}(?:\\.${octet}){3}/(?:1[6-9]|2[0-8])$`),
  form: 'a range such as "10.0.0.0/16"',
});

function idOf(prefix: string): Reader<string> {
  return text({
    max: 32,
    pattern: new RegExp(`^${prefix}-[0-9a-f]{8,17}$`),
    form: `an id such as "${prefix}-0123456789abcdef0"`,
  });
}

const readExisting = shape({
  vpcId: required(idOf("vpc")),
  cidr: required(readCidr),
  publicSubnets: required(listOfAll(idOf("subnet"), 6)),
  privateSubnets: required(listOfAll(idOf("subnet"), 6)),
  isolatedSubnets: orNull(listOfAll(idOf("subnet"), 6)),
});

/** Reads the network of a system in these regions. */
export function readNetwork(regions: readonly RegionDefinition[]) {
  const fields = {
    cidrs: optional(readRanges(regions.length), CIDRS),
    nat: optional(oneOf("zone", "regional", "none"), "zone"),
    encryption: optional(oneOf("monitor", "enforce", "off"), "monitor"),
    existing: optional(mapOf(readExisting, 2, regionOf(regions)), {}),
  };
  return shape(fields, ({ existing = {} }, at, problems) => {
    for (const [region, network] of Object.entries(existing))
      checkSubnets(network, { at: `${at}.existing.${region}`, regions, region }, problems);
  });
}

function readRanges(regions: number): Reader<readonly string[]> {
  return (value, at, problems) => {
    if (Array.isArray(value) && value.length < regions) {
      const message = `${value.length} ranges are too few for ${regions} regions`;
      problems.push(problem("DEF-011", at, message, "write a range for each region"));
    }
    return listOfAll(readRange, 2)(value, at, problems);
  };
}

function checkSubnets(
  network: Read<typeof readExisting>,
  { at, regions, region }: { at: string; regions: readonly RegionDefinition[]; region: string },
  problems: Problem[],
): void {
  const zones = regions.find(({ name }) => name === region)?.zones;
  if (zones === undefined) return;
  for (const kind of ["publicSubnets", "privateSubnets", "isolatedSubnets"] as const) {
    const subnets = network[kind];
    if (subnets === null || subnets.length === zones.length) continue;
    const message = `there are ${subnets.length} subnets for ${zones.length} zones (${listOf(zones)})`;
    problems.push(problem("DEF-011", `${at}.${kind}`, message, "write a subnet for each zone, in their order"));
  }
}

/** A key that is one of the system's regions. */
export function regionOf(regions: readonly RegionDefinition[]): Reader<string> {
  return (value, at, problems) => {
    const names = regions.map(({ name }) => name);
    if (typeof value === "string" && names.includes(value)) return value;
    const message = `${show(value)} is no region of the system (there are ${listOf(names)})`;
    problems.push(problem("DEF-013", at, message, "write one of these regions"));
    return undefined;
  };
}
