import { Fn } from "aws-cdk-lib";
import type { CfnLaunchTemplate } from "aws-cdk-lib/aws-ec2";
import type { CfnFileSystem } from "aws-cdk-lib/aws-fsx";
import { UserError, assert } from "../../base/error.ts";
import { mountPath } from "../../topology/binding.ts";
import { type ServiceComponent, findComponent } from "../../topology/topology.ts";
import type { AwsCode } from "../codes.ts";
import type { VolumeHandle } from "../handle.ts";
import { logicalId } from "../name.ts";
import type { Site } from "../ship.ts";
import { letIn } from "./program-access.ts";

/** The system's own disk: what the image has, and room for the images of tasks. */
const ROOT_GIB = 50;
const ROOT_DEVICE = "/dev/xvda";
const VOLUME_DEVICE = "/dev/sdf";

/** The disks of a service's instances, and what they mount from elsewhere. */
export interface Disks {
  readonly mappings: CfnLaunchTemplate.BlockDeviceMappingProperty[];
  /** By which snapshots are taken. */
  readonly tags: { readonly key: string; readonly value: string }[];
  readonly lustrePorts: readonly number[];
  /** Lets instances mount what is mounted. */
  openDoors(groupId: string): void;
}

/**
 * An encrypted disk for the system, and one for the volume that the service uses. AWS tags all disks of an instance
 * alike, so a snapshot policy finds both; and two volumes could not be told apart, so there is one at most (AWS-053).
 */
export function disksOf(site: Site, component: ServiceComponent): Disks {
  const volume = volumeOf(site, component);
  const disk = (deviceName: string, volumeSize: number): CfnLaunchTemplate.BlockDeviceMappingProperty => ({
    deviceName,
    ebs: { volumeSize, volumeType: "gp3", encrypted: true, kmsKeyId: site.keyArn, deleteOnTermination: true },
  });
  const doors = lustreOf(site, component).flatMap(({ id, doors: of }) => of.map((door) => ({ id, door })));
  return {
    mappings: [disk(ROOT_DEVICE, ROOT_GIB), ...(volume === null ? [] : [disk(VOLUME_DEVICE, volume.sizeGiB)])],
    tags: volume === null ? [] : [volume.tag],
    lustrePorts: [...new Set(doors.map(({ door }) => door.port))],
    openDoors: (groupId) => {
      for (const { id, door } of doors) {
        letIn(site, logicalId(id, "lets-in-instances-of", component.id, String(door.port)), {
          door,
          groupId,
          description: `instances of ${component.id} mount ${id}`,
        });
      }
    },
  };
}

/**
 * What an instance does before it joins the cluster: it makes a file system on a new volume, and mounts what tasks find
 * at `/mnt/<id>`. It joins only once that has worked.
 */
export function userData(site: Site, component: ServiceComponent, cluster: string): string {
  const volume = volumeOf(site, component);
  const lines = [
    "#!/bin/bash",
    "set -eu",
    ...(volume === null ? [] : mountVolume(volume)),
    ...lustreOf(site, component).flatMap((handle) => mountLustre(site, handle)),
    Fn.join("", ["echo ECS_CLUSTER=", cluster, " >> /etc/ecs/ecs.config"]),
    "echo ECS_AWSVPC_BLOCK_IMDS=true >> /etc/ecs/ecs.config",
    "echo ECS_ENABLE_CONTAINER_METADATA=true >> /etc/ecs/ecs.config",
    "",
  ];
  return Fn.base64(Fn.join("\n", lines));
}

function volumeOf({ handles }: Site, { id, settings }: ServiceComponent): VolumeHandle | null {
  const volumes = settings.uses.flatMap((used) => {
    const handle = handles.find(used);
    return handle?.kind === "volume" ? [handle] : [];
  });
  if (volumes.length <= 1) return volumes[0] ?? null;
  throw new UserError({
    code: "AWS-053" satisfies AwsCode,
    message: `"${id}" uses ${volumes.length} volumes; AWS tags all disks of an instance alike, snapshots mix them up`,
    fix: "use one volume, or a file system for the rest",
    at: `services.${id}.uses`,
  });
}

function mountVolume({ id }: VolumeHandle): string[] {
  const path = mountPath(id);
  const uuid = `$(blkid --match-tag UUID --output value ${VOLUME_DEVICE})`;
  return [
    `blkid ${VOLUME_DEVICE} || mkfs --type xfs ${VOLUME_DEVICE}`,
    `mkdir --parents ${path}`,
    `echo "UUID=${uuid} ${path} xfs defaults,nofail 0 2" >> /etc/fstab`,
    `mount ${path}`,
    `chmod 1777 ${path}`,
  ];
}

function lustreOf({ handles, shipment }: Site, { settings }: ServiceComponent) {
  return settings.uses.flatMap((used) => {
    const handle = handles.find(used);
    const engine = findComponent(shipment.topology, "file-system", used)?.settings.engine;
    return handle?.kind === "file-system" && engine === "fsx-lustre" ? [handle] : [];
  });
}

/** https://docs.aws.amazon.com/fsx/latest/LustreGuide/mounting-ec2-instance.html */
function mountLustre(
  site: Site,
  { id, fileSystemId }: { readonly id: string; readonly fileSystemId: string },
): string[] {
  const fileSystem = site.stacks.data.node.tryFindChild(logicalId(id, "file-system")) as CfnFileSystem | undefined;
  assert(fileSystem, `${id} is shipped before what mounts it`);
  const path = mountPath(id);
  const server = Fn.join("", [
    fileSystemId,
    `.fsx.${site.region.name}.amazonaws.com@tcp:/`,
    fileSystem.attrLustreMountName,
  ]);
  return [
    "dnf install --assumeyes lustre-client",
    `mkdir --parents ${path}`,
    Fn.join("", ["echo ", server, ` ${path} lustre defaults,relatime,flock,_netdev 0 0 >> /etc/fstab`]),
    `mount ${path}`,
    `chmod 1777 ${path}`,
  ];
}
