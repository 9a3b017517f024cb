import { CfnDBInstance, CfnDBParameterGroup } from "aws-cdk-lib/aws-rds";
import type { DatabaseComponent } from "../../topology/topology.ts";
import type { Door } from "../handle.ts";
import { logicalId, physicalName } from "../name.ts";
import { deletionProtection } from "../protection.ts";
import { type Site, isDev, keep, tagged } from "../ship.ts";
import { tell } from "../wire.ts";
import { type Engine, engineOf } from "./engine.ts";
import { instanceClass, safeguards, shipLogGroups, shipMonitoring, shipSubnetGroup } from "./instance-settings.ts";
import { followsPrimary, toldByPeer } from "./peer-value.ts";
import { restorePoint } from "./restore-point.ts";
import { type DatabaseSecrets, MASTER_USER } from "./secret.ts";

/** What a database is made with. */
export interface Wanted {
  readonly door: Door;
  readonly secrets: DatabaseSecrets;
}

/** A database as RDS has it. */
export interface ShippedDatabase {
  readonly arn: string;
  /** Null for an instance. */
  readonly clusterIdentifier: string | null;
  readonly instanceIdentifiers: readonly string[];
  readonly globalClusterIdentifier: string | null;
  readonly writerHost: string;
  readonly readerHost: string;
  /** Of the one who takes writes, whoever is asked to forward them. */
  readonly clusterHost: string;
  /** The instances; those of a cluster must be there before anything can log in. */
  readonly members: readonly CfnDBInstance[];
}

/** How far storage may grow by itself, as a multiple of what it starts with. */
const STORAGE_GROWTH = 10;
const LARGEST_STORAGE_GIB = 65_536;

/**
 * RDS: an instance with a synchronous standby in another zone, and a read replica, which has a standby too, because
 * programs rest on the address of the reader as they do on the writer's. A Multi-AZ DB cluster would have two standbys
 * that can be read, but it is only there for few instance classes, and no other region can follow one.
 *
 * In the other region a replica follows, which is itself Multi-AZ. Once it was promoted it cannot follow again: to fail
 * back is to make a new replica.
 *
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/multi-az-db-clusters-concepts.html
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.XRgn.html
 */
export function shipRds(site: Site, component: DatabaseComponent, wanted: Wanted): ShippedDatabase {
  const { shipment, stacks } = site;
  const { id } = component;
  const engine = engineOf(component.settings);
  const shared = sharedSettings(site, component, { engine, door: wanted.door });
  const identifier = physicalName(shipment, id);
  const logs = shipLogGroups(site, component, { engine, kind: "instance", identifier });
  const instance = new CfnDBInstance(stacks.data, logicalId(id, "instance"), {
    ...(followsPrimary(site) ? encryptedAsSource(shared) : shared),
    ...origin(site, component, wanted),
    dbInstanceIdentifier: identifier,
    dbSubnetGroupName: shipSubnetGroup(site, component),
  });
  keep(instance, shipment);
  // cfn-lint asks for StorageEncrypted beside a key, and refuses it beside a source.
  if (followsPrimary(site)) instance.addMetadata("cfn-lint", { config: { ignore_checks: ["E3720"] } });
  for (const each of [...logs, ...wanted.secrets.resources]) instance.addResourceDependency(each);
  if (site.region.role === "primary" && site.other !== null) {
    tell(stacks.data, logicalId(id, "source-instance-arn"), instance.attrDbInstanceArn);
  }
  const replica =
    isDev(shipment) || followsPrimary(site) ? null : shipReplica(site, component, { engine, instance, shared });
  const members = replica === null ? [instance] : [instance, replica];
  return {
    arn: instance.attrDbInstanceArn,
    clusterIdentifier: null,
    instanceIdentifiers: members.map(({ ref }) => ref),
    globalClusterIdentifier: null,
    writerHost: instance.attrEndpointAddress,
    readerHost: (replica ?? instance).attrEndpointAddress,
    clusterHost: instance.attrEndpointAddress,
    members,
  };
}

type Shared = ReturnType<typeof sharedSettings>;

function sharedSettings(
  site: Site,
  component: DatabaseComponent,
  of: { readonly engine: Engine; readonly door: Door },
) {
  const { shipment, stacks } = site;
  const { id, settings } = component;
  const { engine, door } = of;
  const parameters = new CfnDBParameterGroup(stacks.data, logicalId(id, "parameters"), {
    description: `Parameters of ${physicalName(shipment, id)}`,
    family: engine.family,
    parameters: engine.parameters,
    tags: tagged(shipment, component),
  });
  return {
    ...safeguards(site, component),
    ...shipMonitoring(site, component),
    engine: engine.name,
    engineVersion: engine.version,
    port: String(engine.port),
    dbInstanceClass: instanceClass(site, component),
    multiAz: true,
    vpcSecurityGroups: [door.securityGroupId],
    dbParameterGroupName: parameters.ref,
    storageType: "gp3",
    allocatedStorage: String(settings.storageGiB),
    maxAllocatedStorage: Math.min(LARGEST_STORAGE_GIB, STORAGE_GROWTH * settings.storageGiB),
    copyTagsToSnapshot: true,
    publiclyAccessible: false,
    enableCloudwatchLogsExports: [...engine.logs],
    tags: tagged(shipment, component),
  };
}

/** Where an instance's data comes from: the other region's, a snapshot, or nowhere. A replica has no credentials. */
function origin(site: Site, component: DatabaseComponent, { secrets }: Wanted) {
  if (followsPrimary(site)) {
    const [primary] = site.shipment.topology.regions;
    return {
      sourceDbInstanceIdentifier: toldByPeer(site, "data", logicalId(component.id, "source-instance-arn")),
      sourceRegion: primary!.name, // a topology has a region
    };
  }
  const { snapshot, unlessRestored } = restorePoint(site, component.id);
  return {
    dbSnapshotIdentifier: snapshot,
    masterUsername: unlessRestored(MASTER_USER),
    masterUserPassword: unlessRestored(`{{resolve:secretsmanager:${secrets.master}:SecretString:password}}`),
    dbName: unlessRestored(component.settings.databaseName),
  };
}

/** A replica is encrypted because its source is, and must not be told to be. */
function encryptedAsSource({ storageEncrypted: _encrypted, ...shared }: Shared): Omit<Shared, "storageEncrypted"> {
  return shared;
}

/** A replica in the same region takes subnets, encryption and storage from its source, and must not be told them. */
function shipReplica(
  site: Site,
  component: DatabaseComponent,
  of: { readonly engine: Engine; readonly instance: CfnDBInstance; readonly shared: Shared },
): CfnDBInstance {
  const { shipment, stacks } = site;
  const { kmsKeyId: _key, allocatedStorage: _storage, ...shared } = encryptedAsSource(of.shared);
  const identifier = physicalName(shipment, component.id, "reader");
  const logs = shipLogGroups(site, component, { engine: of.engine, kind: "instance", identifier });
  const replica = new CfnDBInstance(stacks.data, logicalId(component.id, "reader"), {
    ...shared,
    deletionProtection: deletionProtection(stacks.data, shipment, [component.id, "reader"]),
    dbInstanceIdentifier: identifier,
    sourceDbInstanceIdentifier: of.instance.ref,
  });
  keep(replica, shipment);
  for (const log of logs) replica.addResourceDependency(log);
  return replica;
}
