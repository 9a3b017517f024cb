import type { Host } from "../base/host.ts";
import type { NemesisPlay } from "../drill/nemesis/nemesis.ts";
import type { Topology } from "../topology/topology.ts";

/** What of a nemesis is asked for on the command line. */
export interface NemesisOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly fromSimulation?: boolean;
}

/**
 * What a nemesis is to play: with `--from-simulation`, the worst that a search in virtual time finds by the seed. It
 * takes seconds in which nothing else is done, so nothing may run yet that waits for this process.
 */
export async function nemesisPlay(
  { minutes, seed, fromSimulation }: NemesisOptions,
  topology: Topology,
  host: Host,
): Promise<NemesisPlay> {
  if (!fromSimulation) return { minutes };
  host.say({ level: "progress", about: "nemesis", text: "the simulator looks for the worst schedules" });
  const { designOf } = await import("../simulate/system/design.ts");
  const { worstSchedules } = await import("../simulate/system/worst.ts");
  return { minutes, schedules: worstSchedules(designOf(topology).modelAt("middle"), seed) };
}
