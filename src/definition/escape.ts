import type { Reader } from "./schema.ts";
import { ESCAPE_KEY } from "./snapshot.ts";
import { problem, show } from "./wording.ts";

/**
 * The CDK stacks that were made of a system, as `aws` of a definition gets them. Whoever has `aws-cdk-lib` installed
 * annotates the parameter with `ShippedStacks` of `holdfast/aws`, which says what each one is.
 */
export interface HandedStacks {
  /** By region and by what they hold: `network`, `data`, `messaging`, `compute`, `watch`. */
  readonly regions: Readonly<Record<string, Readonly<Record<string, object>>>>;
  /** Edge and certificates; null where there are none. */
  readonly global: object | null;
  readonly recovery: object;
}

/** Changes the stacks before they become templates. */
export type EscapeHatch = (stacks: HandedStacks) => void;

/** Reads what stands where the function should, and is none. */
export const readNoFunction: Reader<null> = (value, at, problems) => {
  problems.push(problem("DEF-005", at, `${show(value)} is not a function`, "write (stacks) => { … }"));
  return undefined;
};

/** The function under `aws` of what a definition's file exports; null where there is none. */
export function escapeHatchOf(value: unknown): EscapeHatch | null {
  if (typeof value !== "object" || value === null) return null;
  const hatch: unknown = Reflect.getOwnPropertyDescriptor(value, ESCAPE_KEY)?.value;
  return typeof hatch === "function" ? (hatch as EscapeHatch) : null;
}
