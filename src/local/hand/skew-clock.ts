import type { Parts } from "../assemble.ts";
import type { Context } from "../context.ts";
import { faketimeLimit, locateFaketime } from "../engine/locate-faketime.ts";
import type { Hand } from "./hand.ts";

/**
 * Kills the tasks, database instances and cache nodes in a zone; the controllers start them again, with a wrong clock.
 * Undone, the clocks of what runs there jump back. Holdfast's own processes keep the time, for they stand for AWS and
 * not for the zone's hosts.
 */
export function skewClockHand(
  { clocks, services, replicaSets }: Pick<Parts, "clocks" | "services" | "replicaSets">,
  { state, host }: Pick<Context, "state" | "host">,
): Hand<"skew-clock"> {
  return {
    async prepare() {
      await locateFaketime(state.path, host);
    },
    async do({ zone, byMs }) {
      clocks.skew(zone, byMs, await locateFaketime(state.path, host));
      for (const { tasks } of services) tasks.killIn(zone);
      await Promise.all(replicaSets.map((set) => set.killIn(zone)));
    },
    async undo({ zone }) {
      clocks.mend(zone);
    },
    limit: () => faketimeLimit(state.path),
  };
}
