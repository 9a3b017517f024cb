import type { LossScope } from "../../base/estimate-document.ts";
import { formatDuration } from "../../base/units.ts";
import { BEHIND } from "../../facts/takeover.ts";
import { type Component, type Topology, componentsOf } from "../../topology/topology.ts";
import { type Interval, between, exactly, sum } from "../exact/interval.ts";

/** What of a system loses most, and how much. */
export interface DataLoss {
  /** Empty where nothing is lost. */
  readonly component: string;
  readonly age: Interval;
}

/** The age of the oldest acknowledged write that may be gone, of what keeps data for good. */
export function dataLoss(topology: Topology, scope: LossScope): DataLoss {
  return topology.components
    .map((component) => ({ component: component.id, age: lossOf(component, topology, scope) }))
    .reduce<DataLoss>((worst, each) => (each.age.high > worst.age.high ? each : worst), NOTHING);
}

const NOTHING: DataLoss = { component: "", age: exactly(0) };

function lossOf(component: Component, topology: Topology, scope: LossScope): Interval {
  if (scope === "region") return lossWithRegion(component, topology);
  const { kind, settings } = component;
  if (kind === "volume" && scope === "zone") return exactly(settings.snapshotEveryMs);
  if (kind === "file-system" && settings.engine === "fsx-lustre" && scope === "zone") {
    return exactly(topology.shipping.backups.everyMs);
  }
  return exactly(0); // what takes a write has it in more than one place, or in a service that does
}

/** Backups lose what was written since the last one, and copies what has not arrived. */
function lossWithRegion(component: Component, topology: Topology): Interval {
  const backups = sum([exactly(topology.shipping.backups.everyMs), between(BEHIND.copy.value)]);
  const isRestored = topology.recovery === "backup-restore";
  const { kind, settings } = component;
  switch (kind) {
    case "database":
      if (isRestored) return backups;
      return between(settings.engine.startsWith("aurora") ? BEHIND.aurora.value : BEHIND.replica.value);
    case "table":
      return isRestored ? backups : between(BEHIND.table.value);
    case "bucket":
      return settings.replication === "other-region" ? between(BEHIND.bucket.value) : exactly(0);
    case "file-system":
      return isRestored || settings.engine !== "efs" ? backups : between(BEHIND.fileSystem.value);
    case "volume":
      return sum([exactly(settings.snapshotEveryMs), between(BEHIND.copy.value)]);
    default:
      return exactly(0);
  }
}

/** What the recovery point does not count, in sentences. */
export function lossesBeside(topology: Topology): readonly string[] {
  const [, behind] = BEHIND.cache.value;
  const caches = componentsOf(topology, "cache").map(
    ({ id }) => `${id}: an instance or a zone takes its last ${formatDuration(behind)} with it at worst, a region all`,
  );
  const queues = componentsOf(topology, "queue").map(
    ({ id, settings }) =>
      `${id}: messages that wait stay in the region that is lost, for ${formatDuration(settings.retentionMs)} at most`,
  );
  const passing = topology.components
    .filter(({ kind }) => kind === "topic" || kind === "bus")
    .map(({ id }) => `${id}: what is on its way stays in the region that is lost`);
  const buckets = componentsOf(topology, "bucket")
    .filter(({ settings }) => settings.replication !== "other-region")
    .map(({ id }) => `${id}: has no copy in the other region, as its definition says`);
  const databases = componentsOf(topology, "database").filter(() => topology.recovery === "active-active");
  const writers = databases.map(
    ({ id }) => `${id}: takes no writes until it is promoted; reads go on in the other region`,
  );
  return [...writers, ...caches, ...queues, ...passing, ...buckets];
}
