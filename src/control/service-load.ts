import type { Ms } from "../base/units.ts";

/** How often balancer nodes report what they have to do, at AWS's scale. */
export const METRICS_EVERY_MS: Ms = 10_000;
/** Reports that stand for this moment: at a low rate, fewer would say more of chance than of the load. */
const RECENT = 5;

/**
 * What one service's balancer nodes have to do, as they report it: requests under way, or a minute; averages, each over
 * a short time.
 */
export class ServiceLoad {
  /** By the zone of the node: what it reported since the load was last taken, the newest last. */
  readonly #reports = new Map<string, number[]>();
  readonly #recent = new Map<string, number[]>();

  see(zone: string, load: number): void {
    this.#reports.set(zone, [...(this.#reports.get(zone) ?? []), load]);
    this.#recent.set(zone, [...(this.#recent.get(zone) ?? []), load].slice(-RECENT));
  }

  /** The node in this zone is gone. */
  forget(zone: string): void {
    this.#reports.delete(zone);
    this.#recent.delete(zone);
  }

  /** Of all nodes together, averaged over the time since the last call; null where none reported since. */
  take(): number | null {
    const load = this.#reports.size === 0 ? null : sumOfMeans(this.#reports);
    this.#reports.clear();
    return load;
  }

  /** Of all nodes together, now. */
  now(): number {
    return sumOfMeans(this.#recent);
  }
}

function sumOfMeans(reports: ReadonlyMap<string, readonly number[]>): number {
  const means = [...reports.values()].map((each) => each.reduce((sum, one) => sum + one, 0) / each.length);
  return means.reduce((sum, mean) => sum + mean, 0);
}
