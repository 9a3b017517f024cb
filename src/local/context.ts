import type { Clock } from "../base/clock.ts";
import type { Host } from "../base/host.ts";
import type { Pace } from "../topology/timing.ts";
import type { Topology } from "../topology/topology.ts";
import type { EventHub } from "./event-hub.ts";
import type { RegionPlan } from "./plan.ts";
import type { Spawner } from "./process/child.ts";
import type { Reach } from "../world/reach.ts";
import type { StateDirectory } from "./state-directory.ts";

/** What every part of the supervisor works with. */
export interface Context {
  readonly topology: Topology;
  readonly plan: RegionPlan;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly host: Host;
  readonly events: EventHub;
  readonly spawner: Spawner;
  readonly state: StateDirectory;
  readonly reach: Reach;
}
