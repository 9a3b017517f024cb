import { CfnAccessPoint, CfnFileSystem, CfnMountTarget } from "aws-cdk-lib/aws-efs";
import { FILE_SYSTEM } from "../../facts/storage.ts";
import type { FileSystemComponent } from "../../topology/topology.ts";
import type { FileSystemHandle } from "../handle.ts";
import { logicalId } from "../name.ts";
import { hasPeer, offerOfPeer, offerToPeer } from "../peer.ts";
import { type Site, keep, tagged } from "../ship.ts";
import { zoneLetter } from "../zone.ts";
import { type FileDoor, shipFileDoor } from "./file-door.ts";

/** Who programs are in the file system, and the folder that they see: nobody is root in it. */
const OWNER = "1000";
const FOLDER = "/data";

/** No file system has this id. */
const NO_FILE_SYSTEM = "fs-00000000";

/**
 * An EFS file system over all zones with an access point, encrypted, backed up, mounted over TLS and by IAM alone.
 *
 * The one in the region that serves is copied to the one in the other region, which can be read there and not written.
 * A failover takes the replication away, and the copy becomes writable; the deploy after it turns the replication
 * round, and what was written in the meantime overwrites the former source. No file system is replaced for it: the
 * source names its copy, whose id comes late ({@link offerOfPeer}), and only while the copy may be overwritten.
 *
 * https://docs.aws.amazon.com/efs/latest/ug/replication-fail-over.html
 */
export function shipEfs(site: Site, component: FileSystemComponent): FileSystemHandle {
  const { shipment, stacks, region, keyArn } = site;
  const { id } = component;
  const isSource = region.name === shipment.active;
  const fileSystem = new CfnFileSystem(stacks.data, logicalId(id, "file-system"), {
    encrypted: true,
    kmsKeyId: keyArn,
    performanceMode: "generalPurpose",
    throughputMode: "elastic",
    backupPolicy: { status: "ENABLED" },
    lifecyclePolicies: [{ transitionToIa: "AFTER_30_DAYS" }, { transitionToPrimaryStorageClass: "AFTER_1_ACCESS" }],
    fileSystemPolicy: tlsOnly(),
    ...replication(site, id, isSource),
    fileSystemTags: tagged(shipment, component),
  });
  keep(fileSystem, shipment);
  const { attrFileSystemId: fileSystemId, attrArn: arn } = fileSystem;
  offerToPeer(site, { id, nothing: NO_FILE_SYSTEM }, isSource ? null : fileSystemId);
  const door = shipFileDoor(site, component, [FILE_SYSTEM.efsPort.value]);
  shipMountTargets(site, id, { fileSystemId, door });
  const accessPoint = new CfnAccessPoint(stacks.data, logicalId(id, "access-point"), {
    fileSystemId,
    posixUser: { uid: OWNER, gid: OWNER },
    rootDirectory: { path: FOLDER, creationInfo: { ownerUid: OWNER, ownerGid: OWNER, permissions: "0750" } },
    accessPointTags: tagged(shipment, component),
  });
  const { attrArn: accessPointArn, attrAccessPointId: accessPointId } = accessPoint;
  const actions = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"];
  const conditions = { StringEquals: { "elasticfilesystem:AccessPointArn": accessPointArn } };
  return {
    id,
    kind: "file-system",
    fileSystemId,
    accessPointId,
    accessPointArn,
    arn,
    path: `/mnt/${id}`,
    access: [{ sid: logicalId("mount", id), actions, resources: [arn], conditions }],
    doors: door.doors,
  };
}

function shipMountTargets(site: Site, id: string, of: { fileSystemId: string; door: FileDoor }): void {
  for (const { zone, isolatedSubnetId } of site.network.zones) {
    new CfnMountTarget(site.stacks.data, logicalId(id, "mount-target", zoneLetter(zone)), {
      fileSystemId: of.fileSystemId,
      subnetId: isolatedSubnetId,
      securityGroups: [of.door.securityGroupId],
    });
  }
}

/** With a policy, what nobody's own policy allows is forbidden: mounts without an identity, too. */
function tlsOnly(): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: "*",
        Resource: "*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  };
}

/** What makes it the source of the other region's file system, or the copy of it. */
function replication(site: Site, id: string, isSource: boolean) {
  const { other } = site;
  if (other === null || !hasPeer(site)) return {};
  if (!isSource) return { fileSystemProtection: { replicationOverwriteProtection: "DISABLED" } };
  const offer = offerOfPeer(site, { id, nothing: NO_FILE_SYSTEM });
  if (offer === null) return {};
  return {
    fileSystemProtection: { replicationOverwriteProtection: "ENABLED" },
    replicationConfiguration: offer.onceThere({
      Destinations: [{ FileSystemId: offer.value, Region: other.name }],
    }),
  };
}
