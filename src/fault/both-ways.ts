import type { LinkEffect, LinkPurpose, Place, Primitive } from "../world/primitive.ts";

/** The same effect on what travels either way between two places; for some purposes, or for all. */
export function bothWays(
  one: Place,
  other: Place,
  rule: { readonly effect: LinkEffect; readonly purposes?: readonly LinkPurpose[] },
): readonly Primitive[] {
  return [
    { kind: "link", rule: { from: one, to: other, ...rule } },
    { kind: "link", rule: { from: other, to: one, ...rule } },
  ];
}
