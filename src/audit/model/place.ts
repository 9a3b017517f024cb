import { Unknown, type Value, isList, keyOf } from "../evaluate/value.ts";
import { derived } from "./derived.ts";
import type { Model } from "./model.ts";
import type { Resource } from "./resource.ts";
import { zoneOfSubnet } from "./zone.ts";

/** A zone that something is given, and the subnet by which it is. */
export interface ZonePlace {
  /**
   * `us-east-1a`, `zone 0`, or, where the file does not tell which it is, what decides it: `parameter FirstZone`, `the
   * zone of SubnetA`. Two that are called differently are taken to be two zones.
   */
  readonly zone: string;
  readonly subnet: Resource | undefined;
}

/** The zones that something is given. */
export interface Places {
  readonly places: readonly ZonePlace[];
  /** Whether these are all of them. */
  readonly whole: boolean;
}

const SUBNET = "AWS::EC2::Subnet";

/** The zones of a list of subnets, or of zones by name; those of an absent list are not told. */
export function placesOf(value: Value | undefined, model: Model): Places {
  const isOne = !isList(value) && model.target(value)?.type === SUBNET;
  const elements = isList(value) ? value : isOne ? [value] : [];
  const places: ZonePlace[] = [];
  let whole = elements.length > 0;
  for (const element of elements) {
    const place = placeOf(element, model);
    if (place === undefined) whole = false;
    else if (!places.some(({ zone, subnet }) => zone === place.zone && subnet === place.subnet)) places.push(place);
  }
  return { places, whole };
}

/** The zone of one subnet, or of a zone's name. */
export function placeOf(element: Value | undefined, model: Model): ZonePlace | undefined {
  const subnet = model.target(element);
  if (subnet?.type === SUBNET) return { zone: zoneNameOf(subnet, model), subnet };
  if (subnet !== undefined) return undefined;
  if (typeof element === "string" && element !== "") {
    return { zone: element.startsWith("subnet-") ? `the zone of ${element}` : element, subnet: undefined };
  }
  return element instanceof Unknown ? { zone: `the zone of ${decisionOf(element)}`, subnet: undefined } : undefined;
}

/** The first subnet of each zone of which only the expression is known. */
const firstByExpression = derived((model) => {
  const first = new Map<string, Resource>();
  for (const subnet of model.of(SUBNET)) {
    const key = keyOf(subnet.at("AvailabilityZone") ?? subnet.at("AvailabilityZoneId"));
    if (!first.has(key)) first.set(key, subnet);
  }
  return first;
});

/** What the zone of a subnet is called, known or not; those of one expression are one zone. */
export function zoneNameOf(subnet: Resource, model: Model): string {
  const known = zoneOfSubnet(subnet);
  if (known !== undefined) return known;
  const told = subnet.at("AvailabilityZone") ?? subnet.at("AvailabilityZoneId");
  if (told instanceof Unknown) return decisionOf(told);
  const first = told === undefined ? subnet : (firstByExpression(model).get(keyOf(told)) ?? subnet);
  return `the zone of ${first.id}`;
}

/** The zone that a property names, known or not; undefined where there is none. */
export function zoneNamed(value: Value | undefined): string | undefined {
  if (typeof value === "string") return value;
  return value instanceof Unknown ? decisionOf(value) : undefined;
}

/** What decides a value, short enough to call it by: two values of one name are the same value. */
function decisionOf({ needs, identity }: Unknown): string {
  const name = needs
    .replace(/^element "(\d+)"/, "element $1")
    .replace(/, which is not in .*$/, "")
    .replaceAll(/, which( [a-z]+)+/g, "")
    .replace(/^parameter /, "");
  const element = /^select "?(\d+)"? /.exec(identity)?.[1];
  if (element !== undefined) return name.startsWith("element ") ? name : `element ${element} of ${name}`;
  const isTold = [needs, name].includes(identity) || identity.endsWith(`/${name}`);
  return isTold || (identity.startsWith("import ") && !name.includes("...")) ? name : `${name} (${identity})`;
}

/** The zones, each once, in the order in which they are given. */
export function zonesIn({ places }: Places): readonly string[] {
  return [...new Set(places.map(({ zone }) => zone))];
}
