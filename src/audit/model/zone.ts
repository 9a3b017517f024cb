import { Choice, Reference, Unknown, type Value, isList, keyOf } from "../evaluate/value.ts";
import type { Answer } from "../../base/answer.ts";
import { derived } from "./derived.ts";
import type { Model } from "./model.ts";
import type { Resource } from "./resource.ts";

/** In how many zones something stands: as many as its file tells. */
export interface Zones {
  /** The zones that are known, by name (`us-east-1a`) or by their place in the region's list (`zone 0`). */
  readonly known: readonly string[];
  /** How many they are, at least and at most; more than one where subnets are known and their zones are not. */
  readonly atLeast: number;
  readonly atMost: number;
}

/** The zone of one subnet: a known one, or undefined where the file does not tell. */
export function zoneOfSubnet(subnet: Resource): string | undefined {
  const zone = subnet.at("AvailabilityZone") ?? subnet.at("AvailabilityZoneId");
  return typeof zone === "string" ? zone : undefined;
}

/** The zones of a list of subnets, or of zones by name: a group's `VPCZoneIdentifier`, or its `AvailabilityZones`. */
export function zonesOf(value: Value | undefined, model: Model): Zones {
  const told = zonesTold(value, model);
  const isProved = told.atLeast === 1 && told.atMost > 1 && provedLists(model).has(listKeyOf(value));
  return isProved ? { ...told, atLeast: 2 } : told;
}

/** Types that AWS refuses to create in one zone, and where they name their subnets. */
const REFUSED_IN_ONE_ZONE: Readonly<Record<string, string>> = {
  "AWS::ElasticLoadBalancingV2::LoadBalancer": "Subnets",
  "AWS::RDS::DBSubnetGroup": "SubnetIds",
  "AWS::EKS::Cluster": "ResourcesVpcConfig.SubnetIds",
};

/** Lists of subnets that have two zones at least, whatever they are: something is created in them that needs two. */
const provedLists = derived((model): ReadonlySet<string> => {
  const proofs = model
    .of(...Object.keys(REFUSED_IN_ONE_ZONE))
    .filter((proof) => proof.exists === "yes" && (proof.at("Type") ?? "application") === "application");
  return new Set(proofs.map((proof) => listKeyOf(proof.at(REFUSED_IN_ONE_ZONE[proof.type] ?? ""))));
});

/** What a list is told by, in whatever order its elements stand. */
function listKeyOf(value: Value | undefined): string {
  return isList(value) ? value.map(keyOf).toSorted().join(" ") : keyOf(value);
}

/** The zones, as far as the list itself tells. */
function zonesTold(value: Value | undefined, model: Model): Zones {
  if (value instanceof Choice) {
    const each = value.options.map((option) => zonesTold(option, model));
    const known = (each[0]?.known ?? []).filter((zone) => each.every((zones) => zones.known.includes(zone)));
    return {
      known,
      atLeast: Math.min(...each.map(({ atLeast }) => atLeast)),
      atMost: Math.max(...each.map(({ atMost }) => atMost)),
    };
  }
  if (value === undefined || value === null) return { known: [], atLeast: 0, atMost: 0 };
  if (!isList(value))
    return isOpenList(value, model) ? { known: [], atLeast: 1, atMost: Infinity } : zonesTold([value], model);
  const known = new Set<string>();
  const open = new Set<string>();
  let several = 0;
  for (const element of value.flatMap(elementsIn)) {
    const zone = zoneOfElement(element, model);
    if (zone === undefined) open.add(keyOf(openZoneOf(element, model) ?? element));
    else known.add(zone);
    if (zone === undefined && maybeSeveral(element)) several = Infinity;
  }
  const [byName, byPlace] = [[...known].filter((zone) => !isPlace(zone)), [...known].filter(isPlace)];
  const atLeast = Math.max(byName.length, byPlace.length, mostOfOneList(value, model), value.length > 0 ? 1 : 0);
  return { known: [...known], atLeast, atMost: known.size + open.size + several };
}

/** Whether something stands in as many zones as it must. */
export function hasZones({ atLeast, atMost }: Zones, wanted: number): Answer {
  if (atLeast >= wanted) return "yes";
  return atMost < wanted ? "no" : "unknown";
}

/** A zone by its place in the region's list, which may be any of those that go by name. */
function isPlace(zone: string): boolean {
  return zone.startsWith("zone ");
}

function zoneOfElement(element: Value, model: Model): string | undefined {
  const target = model.target(element);
  if (target?.type === "AWS::EC2::Subnet") return zoneOfSubnet(target);
  return typeof element === "string" && !element.startsWith("subnet-") && element !== "" ? element : undefined;
}

/** A list of which the length is not known, in place of its elements. */
function isOpenList(value: Value, model: Model): boolean {
  if (value instanceof Reference) return model.target(value)?.type !== "AWS::EC2::Subnet";
  return value instanceof Unknown;
}

/** A list in a list, or a text with commas, in place of an element: CloudFormation takes them apart. */
function elementsIn(element: Value): readonly Value[] {
  if (isList(element)) return element.flatMap(elementsIn);
  if (typeof element !== "string") return [element];
  return element.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()]));
}

/** What the zone of a subnet is made of, where it is not known: two of the same parameter are one zone. */
function openZoneOf(element: Value, model: Model): Value | undefined {
  const target = model.target(element);
  return target?.type === "AWS::EC2::Subnet" ? target.at("AvailabilityZone") : undefined;
}

/** How many zones are different elements of one list of zones, whatever it holds: it names each zone once. */
function mostOfOneList(value: readonly Value[], model: Model): number {
  const elements = new Map<string, Set<string>>();
  for (const element of value.flatMap(elementsIn)) {
    const zone = openZoneOf(element, model);
    const [, place, list] = (zone instanceof Unknown && /^select "?(\d+)"? (.*)$/s.exec(zone.identity)) || [];
    if (place !== undefined && list !== undefined) elements.set(list, (elements.get(list) ?? new Set()).add(place));
  }
  return Math.max(0, ...[...elements.values()].map(({ size }) => size));
}

/** Whether one element may stand for several: a text that nobody knows, and by its name a list. */
function maybeSeveral(element: Value): boolean {
  const name = element instanceof Unknown ? element.identity : element instanceof Reference ? element.attribute : null;
  return name !== null && /(subnets|subnet_?ids|subnet_?lists?|zones|azs)\W*$/i.test(name);
}
