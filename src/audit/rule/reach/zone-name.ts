import type { Answer } from "../../../base/answer.ts";
import { type Places, zonesIn } from "../../model/place.ts";

/** The zones of some places that are surely none of those that are served. */
export function unservedZones(places: Places, served: readonly string[]): readonly string[] {
  return zonesIn(places).filter((zone) => served.every((each) => isSameZone(zone, each) === "no"));
}

/** Whether two zones are the same: of one that goes by what decides it, or by its place in a list, it is not told. */
export function isSameZone(one: string, other: string): Answer {
  if (one === other) return "yes";
  if (isElsewhereInList(one, other)) return "no";
  return (isName(one) && isName(other)) || (isPlace(one) && isPlace(other)) ? "no" : "unknown";
}

function isName(zone: string): boolean {
  return /^[a-z]{2}(-[a-z]+)+-\d[a-z]$|^[a-z]{3}\d-az\d$/.test(zone);
}

function isPlace(zone: string): boolean {
  return /^zone \d+( of .*)?$/.test(zone);
}

/** Two elements of one list of zones: nobody hands in one zone twice. */
function isElsewhereInList(one: string, other: string): boolean {
  const [first, second] = [one, other].map((zone) => /^element \d+ of (.*)$/.exec(zone)?.[1]);
  return first !== undefined && first === second;
}
