import type { Answer } from "../../../base/answer.ts";
import { judge, numberOf } from "../../evaluate/judge.ts";
import type { Value } from "../../evaluate/value.ts";

/**
 * Whether something that is scaled comes down to one. Down to none is often on purpose, for what may rest or is not in
 * use yet: only its owner knows.
 */
export function isLeastOfOne(value: Value | undefined): Answer {
  return judge(value, (least) => {
    const number = numberOf(least);
    return number === 0 ? "unknown" : number === 1;
  });
}

/** What would decide about it, where its value does not tell. */
export function needsOfLeast(value: Value | undefined): { readonly needs?: string } {
  return numberOf(value) === 0 ? { needs: "whether it is meant to come down to none" } : {};
}
