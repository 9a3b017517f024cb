import type { LinkRule, Place, Primitive } from "../world/primitive.ts";

/**
 * The same done to what a component has in one region, wherever customers are served meanwhile; null where one of these
 * cannot be done to a region by itself.
 */
export function withinRegion(region: string, primitives: readonly Primitive[]): readonly Primitive[] | null {
  const own = primitives.map((primitive): Primitive | null => {
    if (primitive.kind === "service-fault") return { ...primitive, region };
    return primitive.kind === "link" ? { kind: "link", rule: ruleWithin(region, primitive.rule) } : null;
  });
  return own.every((each) => each !== null) ? own : null;
}

function ruleWithin(region: string, { from, to, ...rest }: LinkRule): LinkRule {
  const within = (place: Place): Place => (place.component === undefined ? place : { ...place, region });
  return { ...rest, from: within(from), to: within(to) };
}
