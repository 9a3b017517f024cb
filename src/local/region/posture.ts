import type { RecoveryStrategy } from "../../topology/topology.ts";

/** What a region does with databases. `leads`: one of its own takes writes; `follows`: it copies another region's. */
export type DataRole = "leads" | "follows" | "off";

/** How much of its services a region runs. Caches run where any service does. */
export type ServiceLevel = "full" | "reduced" | "off";

/** What a region runs. */
export interface Posture {
  readonly data: DataRole;
  readonly services: ServiceLevel;
}

/** The region that takes writes. */
export const SERVING: Posture = { data: "leads", services: "full" };

/** A region that was given up: nothing of it may work. See {@link isFenced}. */
export const FENCED: Posture = { data: "off", services: "off" };

/** Whether nothing of a region may work: it was given up, or its strategy keeps nothing running in it. */
export function isFenced({ data, services }: Posture): boolean {
  return data === FENCED.data && services === FENCED.services;
}

/** What a strategy keeps running in a region that stands ready. */
export const STANDING_READY: Readonly<Record<RecoveryStrategy, Posture>> = {
  "backup-restore": { data: "off", services: "off" },
  "pilot-light": { data: "follows", services: "off" },
  "warm-standby": { data: "follows", services: "reduced" },
  "active-active": { data: "follows", services: "full" },
};

/** How many tasks a service runs: its minimum, or half of it (at least one), as warm standbys are shipped. */
export function tasksAt(level: ServiceLevel, min: number): number {
  if (level === "off") return 0;
  return level === "full" ? min : Math.ceil(min / 2);
}
