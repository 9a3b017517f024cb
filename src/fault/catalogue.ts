import { UserError } from "../base/error.ts";
import { badDeploy } from "./bad-deploy.ts";
import { cacheCrash } from "./cache-crash.ts";
import { clockSkew } from "./clock-skew.ts";
import type { FaultCode } from "./codes.ts";
import { databaseCrash } from "./database-crash.ts";
import { dependencySlow } from "./dependency-slow.ts";
import { zoneBlackHole } from "./zone-black-hole.ts";
import { zonePartition } from "./zone-partition.ts";
import { zonePartitionOneWay } from "./zone-partition-one-way.ts";
import { zoneSlow } from "./zone-slow.ts";
import { databaseIsolated } from "./database-isolated.ts";
import { databaseZombie } from "./database-zombie.ts";
import { dependencyDownDeepCheck } from "./dependency-down-deep-check.ts";
import { diskFull } from "./disk-full.ts";
import { doubleFault } from "./double-fault.ts";
import type { Fault } from "./fault.ts";
import { failoverDuringBackup } from "./failover-during-backup.ts";
import { firewallFlood } from "./firewall-flood.ts";
import { firewallInjection } from "./firewall-injection.ts";
import { loadSpike } from "./load-spike.ts";
import { observersBlind } from "./observers-blind.ts";
import { originLost } from "./origin-lost.ts";
import { taskHang } from "./task-hang.ts";
import { poisonMessage } from "./poison-message.ts";
import { queueDown } from "./queue-down.ts";
import { queueSlow } from "./queue-slow.ts";
import { queueThrottled } from "./queue-throttled.ts";
import { failback } from "./failback.ts";
import { regionCacheLost } from "./region-cache-lost.ts";
import { regionDnsLost } from "./region-dns-lost.ts";
import { regionEdgeLost } from "./region-edge-lost.ts";
import { regionFlapping } from "./region-flapping.ts";
import { regionIsolated } from "./region-isolated.ts";
import { regionLinkSlow } from "./region-link-slow.ts";
import { regionLoss } from "./region-loss.ts";
import { regionPartition } from "./region-partition.ts";
import { regionPartitionOneWay } from "./region-partition-one-way.ts";
import { regionQueueLost } from "./region-queue-lost.ts";
import { replicationPaused } from "./replication-paused.ts";
import { restore } from "./restore.ts";
import { standbyRegionLoss } from "./standby-region-loss.ts";
import { switchover } from "./switchover.ts";
import { staleWriter } from "./stale-writer.ts";
import { taskCrash } from "./task-crash.ts";
import { workerCrash } from "./worker-crash.ts";
import { zonalShift } from "./zonal-shift.ts";
import { zoneLoss } from "./zone-loss.ts";
import { zoneTasksCrash } from "./zone-tasks-crash.ts";

/** Every fault that can be made, in the order in which drills run them: from the smallest blast to the largest. */
export const FAULTS: readonly Fault[] = [
  taskCrash,
  taskHang,
  workerCrash,
  badDeploy,
  poisonMessage,
  queueSlow,
  queueThrottled,
  queueDown,
  databaseCrash,
  failoverDuringBackup,
  databaseZombie,
  staleWriter,
  diskFull,
  cacheCrash,
  dependencySlow,
  dependencyDownDeepCheck,
  originLost,
  firewallInjection,
  firewallFlood,
  zoneTasksCrash,
  clockSkew,
  zonalShift,
  zoneSlow,
  zonePartition,
  zonePartitionOneWay,
  zoneBlackHole,
  zoneLoss,
  databaseIsolated,
  observersBlind,
  doubleFault,
  restore,
  loadSpike,
  regionQueueLost,
  regionCacheLost,
  regionEdgeLost,
  regionDnsLost,
  standbyRegionLoss,
  regionLinkSlow,
  regionPartition,
  regionPartitionOneWay,
  switchover,
  failback,
  regionLoss,
  regionIsolated,
  replicationPaused,
  regionFlapping,
];

/** The fault named `name`; throws FLT-001, which names those there are, where there is none. */
export function findFault(name: string): Fault {
  const found = FAULTS.find((fault) => fault.name === name);
  if (found) return found;
  throw new UserError({
    code: "FLT-001" satisfies FaultCode,
    message: `there is no fault "${name}" (there is ${FAULTS.map((fault) => fault.name).join(", ")})`,
    fix: "name one of these, or see `holdfast drill --list`",
  });
}
