import type { Clock } from "../../base/clock.ts";
import type { LinkTable } from "../link/link-table.ts";
import { type WitnessAnswer, type WitnessCommand, type WitnessConfig, startWitness } from "../lease/witness.ts";
import type { FixedLink } from "../process/messages-zone.ts";
import { type WatchConfig, watchRegions } from "./watcher.ts";

/** A point from which regions are watched, and where a lease is witnessed: one in each region, one outside of all. */
export interface VantageConfig {
  /** Its ways to the beacons that it watches. */
  readonly links: readonly FixedLink[];
  readonly watch: WatchConfig;
  readonly witness: WitnessConfig;
}

export interface VantageOptions {
  readonly clock: Clock;
  /** The links of the process that it runs in, which is in the same place. */
  readonly links: LinkTable;
  /** What it sees of a region, on every change and again every second. */
  onSight(region: string, ok: boolean): void;
}

/** A running vantage point. */
export interface Vantage {
  /** See `command` of `lease/witness.ts`. */
  witness(command: WitnessCommand): WitnessAnswer;
  /** Stops watching, and ends its witness. */
  close(): void;
}

/** Starts a vantage point in this process. Its witness is listening when it resolves. */
export async function startVantage(config: VantageConfig, { clock, links, onSight }: VantageOptions): Promise<Vantage> {
  await Promise.all(config.links.map((link) => links.open(link)));
  const witness = await startWitness(config.witness, clock);
  const stopWatching = watchRegions(config.watch, clock, onSight);
  return {
    witness: (command) => witness.command(command),
    close() {
      stopWatching();
      witness.close();
    },
  };
}
