import { assert } from "../../../base/error.ts";
import { RDS } from "../../../facts/database.ts";
import { instanceSize } from "../../../facts/size.ts";
import { CONNECTIONS } from "../../../facts/watch.ts";
import { findComponent } from "../../../topology/topology.ts";
import type { DatabaseHandle } from "../../handle.ts";
import type { Site } from "../../ship.ts";
import { type AlarmRow, type Metric, highestOf, lowestOf, metricsOf } from "../alarm.ts";

/** A member that must take the load of another one has to have that much left. */
const BUSY_PERCENT = 80;

/** Of its memory, what a member keeps free before it swaps. */
const FREE_SHARE = 0.05;

/** Of its storage, what a plain engine keeps free; below it grows by itself, unless it cannot. */
const FREE_STORAGE_SHARE = 0.1;

/** Readers that are further behind than this show customers their own writes too late. */
const READER_LAG_SECONDS = 1;

/** Where no objective is set for a region: AWS's own word is under a second. */
const REGION_LAG_MS = 5_000;

const GIB = 1_024 ** 3;
const MIB = 1_024 ** 2;

const CONNECTIONS_SHARE = 0.8;

/**
 * What is watched of a database: its members' load, and how far replicas are behind, here and in the other region.
 * That a writer fails over is told by an event, not by an alarm.
 *
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
 */
export function watchDatabase(site: Site, handle: DatabaseHandle): readonly AlarmRow[] {
  return [
    ...memberRows(site, handle),
    ...(handle.clusterIdentifier === null ? plainRows(site, handle) : []),
    ...lagRows(site, handle),
  ];
}

/** A headless cluster has storage and no members, so nothing of a member can be watched. */
function memberRows(site: Site, handle: DatabaseHandle): AlarmRow[] {
  const component = findComponent(site.shipment.topology, "database", handle.id);
  assert(component, `${handle.id} is a database of the topology`);
  if (handle.instanceIdentifiers.length === 0) return [];
  const of = (name: string, statistic: string): readonly Metric[] =>
    handle.instanceIdentifiers.map((id) => metricsOf("AWS/RDS", { DBInstanceIdentifier: id })(name, statistic));
  const size = instanceSize(component.settings.size.replace(/^db\./, ""));
  const busy: AlarmRow = {
    name: "cpu",
    says: `a member uses more than ${BUSY_PERCENT} % of its processors: after a failover that is not enough`,
    of: highestOf(of("CPUUtilization", "Average")),
    is: [">", BUSY_PERCENT],
    during: [10, 15],
    silence: "bad",
  };
  if (size === undefined) return [busy];
  const bytes = size.memoryMiB * MIB;
  const family = component.settings.engine.endsWith("mysql") ? "mysql" : "postgresql";
  const { bytesEach, most } = CONNECTIONS[family];
  const connections = Math.min(most.value, Math.floor(bytes / bytesEach.value));
  return [
    busy,
    {
      name: "memory",
      says: `a member has less than ${FREE_SHARE * 100} % of its memory free`,
      of: lowestOf(of("FreeableMemory", "Minimum")),
      is: ["<", Math.floor(bytes * FREE_SHARE)],
      during: [10, 15],
      silence: "unknown",
    },
    {
      name: "connections",
      says: `a member has more than ${CONNECTIONS_SHARE * 100} % of the connections that it takes`,
      of: highestOf(of("DatabaseConnections", "Maximum")),
      is: [">", Math.floor(connections * CONNECTIONS_SHARE)],
      during: [5, 5],
      silence: "unknown",
    },
  ];
}

function plainRows(site: Site, { id, instanceIdentifiers }: DatabaseHandle): AlarmRow[] {
  const storageGiB = findComponent(site.shipment.topology, "database", id)?.settings.storageGiB ?? 0;
  if (instanceIdentifiers.length === 0) return [];
  return [
    {
      name: "storage",
      says: `less than ${FREE_STORAGE_SHARE * 100} % of the storage is free, and it did not grow`,
      of: lowestOf(
        instanceIdentifiers.map((each) =>
          metricsOf("AWS/RDS", { DBInstanceIdentifier: each })("FreeStorageSpace", "Minimum"),
        ),
      ),
      is: ["<", Math.floor(storageGiB * GIB * FREE_STORAGE_SHARE)],
      during: [10, 15],
      silence: "unknown",
    },
  ];
}

function lagRows(site: Site, handle: DatabaseHandle): AlarmRow[] {
  const { clusterIdentifier, globalClusterIdentifier, instanceIdentifiers } = handle;
  const rpoMs = site.shipment.topology.objectives.region.rpoMs ?? REGION_LAG_MS;
  const behind = {
    name: "other-region-lag",
    says: `a failover to the other region would lose more than ${Math.max(1_000, rpoMs) / 1_000} s of writes`,
    during: [3, 5],
    silence: "fine", // it is published on the side that follows alone, and which one that is changes
  } as const;
  if (clusterIdentifier === null) {
    if (instanceIdentifiers.length === 0) return [];
    const lag = (each: string): Metric => metricsOf("AWS/RDS", { DBInstanceIdentifier: each })("ReplicaLag", "Maximum");
    return [
      {
        ...behind,
        name: "replica-lag",
        of: highestOf(instanceIdentifiers.map(lag)),
        is: [">", Math.max(1_000, rpoMs) / 1_000],
      },
    ];
  }
  const cluster = metricsOf("AWS/RDS", { DBClusterIdentifier: clusterIdentifier });
  return [
    {
      name: "reader-lag",
      says: `a reader is more than ${READER_LAG_SECONDS} s behind the writer`,
      of: cluster("AuroraReplicaLagMaximum", "Maximum"),
      is: [">", READER_LAG_SECONDS * 1_000],
      during: [5, 5],
      silence: "fine",
    },
    ...(globalClusterIdentifier === null
      ? []
      : [
          {
            ...behind,
            of: cluster(RDS.regionLagMetric.value, "Maximum"),
            is: [">", Math.max(1_000, rpoMs)],
          } satisfies AlarmRow,
        ]),
  ];
}
