import { componentsOf } from "../../topology/topology.ts";
import type { Parts } from "../assemble.ts";
import type { Context } from "../context.ts";
import { faketimeLimit, locateFaketime } from "../engine/locate-faketime.ts";
import type { Hand } from "./hand.ts";

/**
 * Kills the tasks and the database instances in a zone; the controllers start them again, with a wrong clock. Undone,
 * the clocks of what runs there jump back. Holdfast's own processes keep the time, for they stand for AWS and not for
 * the zone's hosts; so do cache nodes: jemalloc, which they are built with, and libfaketime wait for each other.
 */
export function skewClockHand(
  { clocks, services, replicaSets }: Pick<Parts, "clocks" | "services" | "replicaSets">,
  { state, host, topology }: Pick<Context, "state" | "host" | "topology">,
): Hand<"skew-clock"> {
  const databases = new Set(componentsOf(topology, "database").map(({ id }) => id));
  return {
    async prepare() {
      await locateFaketime(state.path, host);
    },
    async do({ zone, byMs }) {
      clocks.skew(zone, byMs, await locateFaketime(state.path, host));
      for (const { tasks } of services) tasks.killIn(zone);
      const affected = replicaSets.filter(({ component }) => databases.has(component));
      await Promise.all(affected.map((set) => set.killIn(zone)));
    },
    async undo({ zone }) {
      clocks.mend(zone);
    },
    limit: () => faketimeLimit(state.path),
  };
}
