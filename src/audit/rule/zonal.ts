import { type Answer, every, not } from "../../base/answer.ts";
import { hasElement } from "../evaluate/judge.ts";
import { type Value, isList, keyOf, shown } from "../evaluate/value.ts";
import { derived } from "../model/derived.ts";
import type { Model } from "../model/model.ts";
import type { Resource } from "../model/resource.ts";
import { type Zones, hasZones, zonesOf } from "../model/zone.ts";
import type { ResourceRule, Rule } from "./rule.ts";
import { judged, needsOf, resourceRule } from "./table.ts";

/** A list of subnets or zones, and the property that it stands at. */
export interface Place {
  readonly at: string;
  readonly value: Value | undefined;
}

/** A rule that asks for two zones at least. */
export interface ZonalRule extends Omit<ResourceRule, "judge"> {
  /** The subnets or zones of a resource; undefined where it names none, and AWS picks them. */
  readonly place: (resource: Resource) => Place | undefined;
  readonly unless?: (resource: Resource, model: Model) => Answer;
  /** What would decide `unless`, where the zones are known. */
  readonly needs?: string;
  /** Whether AWS itself refuses one zone: what a file leaves open is then no question. */
  readonly refused?: (resource: Resource) => boolean;
}

/** A rule about what stands in one zone alone, where nothing like it stands in another. */
export function zonalRule({ place, unless, needs, refused, ...told }: ZonalRule): Rule {
  return resourceRule({
    loss: "zone",
    ...told,
    judge: (resource, model) => {
      const found = place(resource);
      if (found === undefined || isZonalByDesign(resource, model, place)) return undefined;
      const zones = zonesOf(found.value, model);
      const wrong = every([not(hasZones(zones, 2)), not(unless?.(resource, model) ?? "no")]);
      if (wrong === "unknown" && refused?.(resource) === true) return undefined;
      return judged(wrong, standsInOneZone(wrong, zones, found), {
        ...found,
        needs: zones.atMost < 2 && needs !== undefined ? needs : zonesNeeded(found.value),
      });
    },
  });
}

/** The message on what stands in one zone, or may. */
export function standsInOneZone(wrong: Answer, { known, atMost }: Zones, { at, value }: Place): string {
  const [zone] = known;
  const where = zone !== undefined && atMost === 1 ? ` (${zone})` : "";
  return `${wrong === "unknown" ? "may stand" : "stands"} in one zone${where}: ${at} is ${shown(value)}`;
}

/** What would tell the zones of a list: what decides the list, or the zones of its elements. */
function zonesNeeded(value: Value | undefined): string {
  if (!isList(value)) return needsOf(value);
  const open = value.filter((element) => !(typeof element === "string" && !element.startsWith("subnet-")));
  return `the zones of ${open.map((element) => shown(element).replace(/, which .*$/, "")).join(", ")}`;
}

/** The first of some properties that is given. */
export function firstPlace(resource: Resource, ...properties: readonly string[]): Place | undefined {
  for (const at of properties) {
    const value = resource.at(at);
    if (hasElement(value) !== "no") return { at, value };
  }
  return undefined;
}

const designsOf = derived(() => new Map<string, ReadonlyMap<string, ReadonlySet<string>>>());

/**
 * Whether a resource is one of several that differ by their zone: `NodesA`, `NodesB`. One zone for each is then the
 * design, and the loss of one is what the others are for.
 */
function isZonalByDesign(resource: Resource, model: Model, place: (resource: Resource) => Place | undefined): boolean {
  const designs = designsOf(model);
  const places = designs.get(resource.type) ?? placesByStem(model.of(resource.type), place, model);
  designs.set(resource.type, places);
  return (places.get(stemOf(resource))?.size ?? 0) > 1;
}

/** Of resources of one type: in how many places those stand that are called the same, but for a zone or a number. */
function placesByStem(
  resources: readonly Resource[],
  place: (resource: Resource) => Place | undefined,
  model: Model,
): ReadonlyMap<string, ReadonlySet<string>> {
  const places = new Map<string, Set<string>>();
  for (const resource of resources) {
    const found = place(resource);
    if (found === undefined) continue;
    const zones = zonesOf(found.value, model);
    const stem = stemOf(resource);
    const known = places.get(stem) ?? new Set();
    if (zones.atMost === 1) known.add(zones.known[0] ?? keyOf(found.value));
    places.set(stem, known);
  }
  return places;
}

/** A resource's name without what tells it from its like in other zones, and without the CDK's hash. */
function stemOf({ id, template }: Resource): string {
  const plain = id.replace(/\[[^\]]*\]$/, "").replace(/[0-9A-F]{8}$/, "");
  return `${template.name}#${plain.replace(/[-_.]?(az|zone|subnet)?[-_.]?([a-fA-F]|\d+|one|two|three)$/i, "")}`;
}
