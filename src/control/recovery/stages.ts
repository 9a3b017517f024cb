import type { PlanKind, Readiness, StageName } from "./language.ts";

/** What makes a region that takes over able to serve everybody, by how it is kept ready. */
const READY: Readonly<Record<Readiness, readonly StageName[]>> = {
  "backup-restore": ["start"],
  "pilot-light": ["start"],
  "warm-standby": ["scale"],
  "active-active": [],
};

/** The stages of a plan, in their order. */
export function stagesOf(kind: PlanKind, readiness: Readiness): readonly StageName[] {
  const ready = READY[readiness];
  const data: readonly StageName[] = readiness === "backup-restore" ? ["restore"] : [];
  switch (kind) {
    case "failover":
      return ["fence", ...data, "promote", ...ready, "shift", "verify"];
    case "switchover": // what can be done before writes stop is done before: the pause is what customers feel
      return [...data, ...ready, "quiesce", "catch-up", "promote", "shift", "follow", "verify"];
    case "rejoin":
      return ["fence", "save", "reseed"];
  }
}
