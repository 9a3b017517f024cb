import { CfnFileSystem } from "aws-cdk-lib/aws-fsx";
import { assert } from "../../base/error.ts";
import { STORAGE } from "../../facts/size.ts";
import { FILE_SYSTEM } from "../../facts/storage.ts";
import type { FileSystemComponent } from "../../topology/topology.ts";
import type { FileSystemHandle } from "../handle.ts";
import { logicalId } from "../name.ts";
import { type Site, isDev, keep, tagged } from "../ship.ts";
import { openToItself, shipFileDoor } from "./file-door.ts";

/** Backups at night, maintenance on Sunday morning, both UTC; AWS wants them apart. */
const BACKUP_AT = "02:00";
const MAINTENANCE_AT = "7:04:00";

const KEEP_BACKUPS_DAYS = 30;
const KEEP_BACKUPS_DAYS_DEV = 1;

/** MB/s of a Windows file server; the cheap profile takes the least that AWS has. */
const WINDOWS_THROUGHPUT = 64;
const WINDOWS_THROUGHPUT_DEV = 32;

/** MB/s for each TiB of Lustre. */
const LUSTRE_THROUGHPUT_PER_TIB = 125;

/**
 * FSx for Windows with a standby server in a second zone, to which it fails over by itself. AWS does not replicate it
 * to another region: there it is empty until a backup is restored. Its directory must be in both regions.
 *
 * https://docs.aws.amazon.com/fsx/latest/WindowsGuide/high-availability-multiAZ.html
 */
export function shipWindows(site: Site, component: FileSystemComponent): FileSystemHandle {
  const { shipment, stacks, network, keyArn } = site;
  const { id, settings } = component;
  const [preferred, standby] = network.zones.map(({ isolatedSubnetId }) => isolatedSubnetId);
  assert(preferred !== undefined && standby !== undefined, `there are two zones for ${id}`);
  assert(settings.directoryId !== null, `${id} has a directory to join`);
  const door = shipFileDoor(site, component, [FILE_SYSTEM.windowsPort.value]);
  const dev = isDev(shipment);
  const fileSystem = new CfnFileSystem(stacks.data, logicalId(id, "file-system"), {
    fileSystemType: "WINDOWS",
    storageType: "SSD",
    storageCapacity: within(settings.sizeGiB, STORAGE.windows.min, STORAGE.windows.max),
    subnetIds: dev ? [preferred] : [preferred, standby],
    securityGroupIds: [door.securityGroupId],
    kmsKeyId: keyArn,
    windowsConfiguration: {
      activeDirectoryId: settings.directoryId,
      ...(dev ? { deploymentType: "SINGLE_AZ_2" } : { deploymentType: "MULTI_AZ_1", preferredSubnetId: preferred }),
      throughputCapacity: dev ? WINDOWS_THROUGHPUT_DEV : WINDOWS_THROUGHPUT,
      ...backups(site),
    },
    tags: tagged(shipment, component),
  });
  keep(fileSystem, shipment);
  return handleOf(component, fileSystem, door.doors);
}

/**
 * FSx for Lustre, persistent, with backups. AWS has it in one zone alone: while that is lost nobody can mount it, and
 * it is no place for what cannot be had again from the last backup.
 *
 * https://docs.aws.amazon.com/fsx/latest/LustreGuide/using-fsx-lustre.html
 */
export function shipLustre(site: Site, component: FileSystemComponent): FileSystemHandle {
  const { shipment, stacks, network, keyArn } = site;
  const { id, settings } = component;
  const [zone] = network.zones;
  assert(zone, `there is a zone for ${id}`);
  const door = shipFileDoor(site, component, FILE_SYSTEM.lustrePorts.value);
  const fileSystem = new CfnFileSystem(stacks.data, logicalId(id, "file-system"), {
    fileSystemType: "LUSTRE",
    fileSystemTypeVersion: "2.15",
    storageType: "SSD",
    storageCapacity: lustreCapacity(settings.sizeGiB),
    subnetIds: [zone.isolatedSubnetId],
    securityGroupIds: [door.securityGroupId],
    kmsKeyId: keyArn,
    lustreConfiguration: {
      deploymentType: "PERSISTENT_2",
      perUnitStorageThroughput: LUSTRE_THROUGHPUT_PER_TIB,
      dataCompressionType: "LZ4",
      ...backups(site),
    },
    tags: tagged(shipment, component),
  });
  for (const rule of openToItself(site, id, door)) fileSystem.addResourceDependency(rule);
  keep(fileSystem, shipment);
  return handleOf(component, fileSystem, door.doors);
}

/** The next size that AWS has: 1,200 GiB, 2,400 GiB, and steps of 2,400 from there. */
export function lustreCapacity(sizeGiB: number): number {
  const { lustre, lustreStep } = STORAGE;
  if (sizeGiB <= lustre.min) return lustre.min;
  return Math.ceil(sizeGiB / lustreStep.value) * lustreStep.value;
}

function within(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

function backups({ shipment }: Site) {
  return {
    automaticBackupRetentionDays: isDev(shipment) ? KEEP_BACKUPS_DAYS_DEV : KEEP_BACKUPS_DAYS,
    dailyAutomaticBackupStartTime: BACKUP_AT,
    weeklyMaintenanceStartTime: MAINTENANCE_AT,
    copyTagsToBackups: true,
  };
}

function handleOf(
  { id }: FileSystemComponent,
  fileSystem: CfnFileSystem,
  doors: FileSystemHandle["doors"],
): FileSystemHandle {
  return {
    id,
    kind: "file-system",
    fileSystemId: fileSystem.ref,
    accessPointId: null,
    accessPointArn: null,
    arn: fileSystem.attrResourceArn,
    path: `/mnt/${id}`,
    access: [],
    doors,
  };
}
