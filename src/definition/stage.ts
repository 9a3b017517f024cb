import { oneOf } from "./schema.ts";

/**
 * `production`: highly available, and what holds data is kept. `dev`: the cheap profile, with two zones, one NAT
 * gateway, the smallest sizes, and nothing kept or protected.
 */
export type Stage = "production" | "dev";

/** Zones of a region unless the definition names them. */
export const ZONES_OF_STAGE: Readonly<Record<Stage, number>> = { production: 3, dev: 2 };

/** Reads a stage. */
export const readStage = oneOf("production", "dev");

/** The stage of a snapshot, production where it is left out or wrong. */
export function stageOf(value: unknown): Stage {
  return value === "dev" ? "dev" : "production";
}
