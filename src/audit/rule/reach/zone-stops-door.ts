import type { Outcome } from "../../../topology/dependence.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { type Loss, type Radius, radiusOf } from "../../radius/loss.ts";
import type { Defect, Rule } from "../rule.ts";
import { DOORS, MULTIPLE_ZONES } from "./door.ts";

/** More parts than this are not followed through all zones: no team has so many zones that take so much each. */
const MOST_FOLLOWED = 1_000_000;

/** Only the first door on each path: what leads to it stops for the same reason. */
function firstDoors({ stops, cause }: Outcome, isDoor: (id: string) => boolean): readonly string[] {
  const behindDoor = new Set<string>();
  for (const id of stops) {
    const by = cause(id);
    if (typeof by === "string" && (isDoor(by) || behindDoor.has(by))) behindDoor.add(id);
  }
  return stops.filter((id) => isDoor(id) && !behindDoor.has(id));
}

/** The resources that stop because a loss takes all that they have. */
function takenBy({ parts: { sure } }: Loss, radius: Radius): readonly string[] {
  const gone = new Set(sure);
  const owners = new Set(sure.flatMap((id) => radius.parts.get(id)?.resource ?? []));
  return [...owners].filter((owner) =>
    radius.parts.get(owner)?.needs.some(({ of, isSure }) => isSure && of.every((id) => gone.has(id))),
  );
}

function* doorsThatStop(model: Model): Iterable<Defect> {
  const radius = radiusOf(model);
  const doors = new Map<string, Resource>(model.of(...DOORS).map((resource) => [resource.key, resource]));
  const told = new Set<string>();
  let followed = 0;
  for (const zone of radius.zones()) {
    const [first] = doors.values();
    if (first === undefined) return;
    if (followed > MOST_FOLLOWED) {
      const message = `what stops with ${zone}, and with zones after it, was not followed: it is too much`;
      return yield { resource: first, outcome: "unknown", message };
    }
    const loss = radius.zoneLoss(zone);
    const outcome = radius.outcome(loss);
    followed += outcome.stops.length + outcome.mayStop.length;
    const stopped = firstDoors(outcome, (id) => doors.has(id)).filter((id) => !told.has(id));
    if (stopped.length === 0) continue;
    // Where the loss of one resource alone stops a door, a rule about that resource tells of it.
    const byOne = radius.dependence.stoppedByOne(takenBy(loss, radius));
    for (const id of stopped) {
      const door = doors.get(id);
      if (door === undefined || byOne.has(id)) continue;
      told.add(id);
      yield { resource: door, outcome: "fail", message: `stops with ${zone}: ${radius.pathTo(id, outcome, loss)}` };
    }
  }
}

/** A zone whose loss stops a door, though no one resource's loss does. */
export const ZONE_STOPS_DOOR: Rule = {
  id: "zone-stops-entry",
  title: "the loss of one zone stops what customers come in by, though no single resource's loss does",
  severity: "high",
  loss: "zone",
  applies: "base",
  practice: "REL10-BP01",
  why: "All that could answer stands in one zone, or depends on it: with it, nobody is answered.",
  fix: "put what is on the path into a second zone by its `SubnetId` or `Subnets`, with a way out of its own there",
  source: MULTIPLE_ZONES,
  check: doorsThatStop,
};
