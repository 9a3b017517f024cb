import type { RecoveryStrategy, Region } from "../topology/topology.ts";

/** What of a system is in one region. */
export interface Presence {
  /** Whether customers are served from here. */
  readonly serves: boolean;
  /** Whether the network, the services and what they need are deployed at all; else only copies of backups are kept. */
  readonly deployed: boolean;
  /**
   * `writer`: takes the writes. `reader`: follows the writer of the other region, and runs instances. `headless`: its
   * storage follows, and no instance runs. `none`: only backups come here.
   */
  readonly data: "writer" | "reader" | "headless" | "none";
  /** Of the least number of tasks, how many are kept running, from 0 to 1. */
  readonly serviceShare: number;
  /** Whether caches run. */
  readonly caches: boolean;
}

const WHOLE: Presence = { serves: true, deployed: true, data: "writer", serviceShare: 1, caches: true };

/** Tasks that a warm standby keeps, of the least number: what `topology/placement.ts` says, too. */
const WARM_SHARE = 0.5;

/**
 * What a strategy keeps in a region, as the documents tell them apart. `active` is the region that serves now: the
 * primary one, until a failover. After it the other one is whole, and the former one is what the strategy makes of a
 * standby, so that a deploy after a failover scales nothing down that serves.
 */
export function presenceOf(strategy: RecoveryStrategy, region: Region, active: string): Presence {
  if (region.name === active) return WHOLE;
  switch (strategy) {
    case "active-active":
      return { ...WHOLE, data: "reader" };
    case "warm-standby":
      return { serves: false, deployed: true, data: "reader", serviceShare: WARM_SHARE, caches: true };
    case "pilot-light":
      return { serves: false, deployed: true, data: "reader", serviceShare: 0, caches: false };
    case "backup-restore":
      return { serves: false, deployed: false, data: "none", serviceShare: 0, caches: false };
  }
}
