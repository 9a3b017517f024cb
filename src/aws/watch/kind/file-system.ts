import { findComponent } from "../../../topology/topology.ts";
import type { FileSystemHandle } from "../../handle.ts";
import type { Site } from "../../ship.ts";
import { type AlarmRow, metricsOf } from "../alarm.ts";

const BUSY_PERCENT = 90;
const FREE_SHARE = 0.1;
const GIB = 1_024 ** 3;

/**
 * What is watched of a file system: EFS grows, so how near it is to its limit of operations; FSx does not, so how full
 * it is.
 *
 * https://docs.aws.amazon.com/efs/latest/ug/efs-metrics.html
 * https://docs.aws.amazon.com/fsx/latest/LustreGuide/fs-metrics.html
 * https://docs.aws.amazon.com/fsx/latest/WindowsGuide/fsx-windows-metrics.html
 */
export function watchFileSystem(site: Site, { id, fileSystemId }: FileSystemHandle): readonly AlarmRow[] {
  const settings = findComponent(site.shipment.topology, "file-system", id)?.settings;
  if (settings === undefined) return [];
  if (settings.engine === "efs") {
    return [
      {
        name: "operations",
        says: `more than ${BUSY_PERCENT} % of the operations that a file system takes are used`,
        of: metricsOf("AWS/EFS", { FileSystemId: fileSystemId })("PercentIOLimit", "Maximum"),
        is: [">", BUSY_PERCENT],
        during: [10, 15],
        silence: "fine",
      },
    ];
  }
  const lustre = settings.engine === "fsx-lustre";
  return [
    {
      name: "full",
      says: `less than ${FREE_SHARE * 100} % of the file system is free`,
      of: metricsOf("AWS/FSx", { FileSystemId: fileSystemId })(
        lustre ? "FreeDataStorageCapacity" : "FreeStorageCapacity",
        lustre ? "Sum" : "Minimum", // Lustre counts by disk, and its free space is the sum of theirs
      ),
      is: ["<", Math.floor(settings.sizeGiB * GIB * FREE_SHARE)],
      during: [10, 15],
      silence: "unknown",
    },
  ];
}
