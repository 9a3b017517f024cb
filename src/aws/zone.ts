import { Fn } from "aws-cdk-lib";
import { assert } from "../base/error.ts";
import { zonesOf } from "../facts/region.ts";
import type { Region, Zone } from "../topology/topology.ts";
import { type Shipment, isDev } from "./ship.ts";

/** Zones of the cheap profile. */
const DEV_ZONES = 2;

/** The zones of a region that are shipped to: all that the definition names, two in the cheap profile. */
export function shippedZones(shipment: Shipment, region: Region): readonly Zone[] {
  return isDev(shipment) ? region.zones.slice(0, DEV_ZONES) : region.zones;
}

/** The letter of a zone. @example zoneLetter("us-east-1a") // "a" */
export function zoneLetter(zone: string): string {
  return zone.slice(-1);
}

/**
 * A zone's name as templates give it: by its place among the zones of the region, which CloudFormation lists in the
 * order of the alphabet. A place is not always the letter's: `ca-central-1` has a, b and d.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-getavailabilityzones.html
 */
export function availabilityZone(region: string, zone: string): string {
  const place = zonesOf(region).indexOf(zone);
  assert(place >= 0, `${zone} is a zone of ${region}`);
  return Fn.select(place, Fn.getAzs());
}
