import type { CacheHandle } from "../../handle.ts";
import type { Site } from "../../ship.ts";
import { type AlarmRow, type Metric, highestOf, metricsOf } from "../alarm.ts";

const BUSY_PERCENT = 80;
const FULL_PERCENT = 80;
const REPLICA_LAG_SECONDS = 5;

/**
 * What is watched of a cache. A value that is evicted is a customer's session that ends, so one a minute is too many.
 *
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html
 */
export function watchCache(_site: Site, { nodeIds }: CacheHandle): readonly AlarmRow[] {
  if (nodeIds.length === 0) return [];
  const of = (name: string, statistic: string): readonly Metric[] =>
    nodeIds.map((id) => metricsOf("AWS/ElastiCache", { CacheClusterId: id })(name, statistic));
  return [
    {
      name: "cpu",
      says: `a node's engine uses more than ${BUSY_PERCENT} % of its one processor`,
      of: highestOf(of("EngineCPUUtilization", "Average")),
      is: [">", BUSY_PERCENT],
      during: [10, 15],
      silence: "bad",
    },
    {
      name: "memory",
      says: `a node's memory is more than ${FULL_PERCENT} % full: take a larger size before it evicts`,
      of: highestOf(of("DatabaseMemoryUsagePercentage", "Maximum")),
      is: [">", FULL_PERCENT],
      during: [10, 15],
      silence: "unknown",
    },
    {
      name: "evictions",
      says: "a node throws out values that have not expired, for want of memory",
      of: highestOf(of("Evictions", "Sum")),
      is: [">", 0],
      during: [5, 5],
      silence: "fine",
    },
    {
      name: "replica-lag",
      says: `a replica is more than ${REPLICA_LAG_SECONDS} s behind: a failover would lose that much`,
      of: highestOf(of("ReplicationLag", "Maximum")),
      is: [">", REPLICA_LAG_SECONDS],
      during: [5, 5],
      silence: "fine", // the primary has none
    },
  ];
}
