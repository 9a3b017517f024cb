import { CfnDBCluster, CfnDBClusterParameterGroup, CfnDBInstance, CfnGlobalCluster } from "aws-cdk-lib/aws-rds";
import type { DatabaseComponent } from "../../topology/topology.ts";
import { logicalId, physicalName } from "../name.ts";
import { deletionProtection } from "../protection.ts";
import { type Shipment, type Site, keep, tagged } from "../ship.ts";
import { tell } from "../wire.ts";
import { availabilityZone, shippedZones, zoneLetter } from "../zone.ts";
import { type Engine, engineOf } from "./engine.ts";
import { instanceClass, safeguards, shipLogGroups, shipMonitoring, shipSubnetGroup } from "./instance-settings.ts";
import { followsPrimary, toldByPeer } from "./peer-value.ts";
import { restorePoint } from "./restore-point.ts";
import type { ShippedDatabase, Wanted } from "./rds.ts";
import { MASTER_USER } from "./secret.ts";

/** All members may take over: they are of one size, so none is to be preferred. */
const PROMOTION_TIER = 1;

/** A global cluster's name: known in both regions, and another one when another region becomes the primary one. */
export function globalClusterIdentifier(shipment: Shipment, { id }: DatabaseComponent): string | null {
  const [primary, secondary] = shipment.topology.regions;
  return secondary === undefined ? null : physicalName(shipment, id, primary!.name); // a topology has a region
}

/**
 * Aurora: a writer and a reader in each other zone, equal in size. With two regions it is the primary cluster of a
 * global database from the start, whatever the strategy, and the other region's cluster is its secondary one.
 *
 * Which cluster takes the writes is AWS's to know and changes with a failover, so nothing here says it: the primary
 * region's cluster is never told that it belongs to the global one (a cluster that is told so is a secondary one, and
 * to tell an existing one would replace it), and the other region's always is, also when it takes the writes (to stop
 * telling it would detach it). Nothing but write forwarding depends on which region serves.
 *
 * There is no `rds.global_db_rpo`: with a single secondary region it would stop all writes whenever that region is out
 * of reach, and so make the standby a point of failure of the system that it is there for. The lag is watched instead,
 * and a failover refuses when it is more than the objective.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-manage-recovery.html
 */
export function shipAurora(site: Site, component: DatabaseComponent, wanted: Wanted): ShippedDatabase {
  const { shipment, stacks } = site;
  const { id, settings } = component;
  const engine = engineOf(settings);
  const identifier = physicalName(shipment, id);
  const logs = shipLogGroups(site, component, { engine, kind: "cluster", identifier });
  const cluster = new CfnDBCluster(stacks.data, logicalId(id, "cluster"), {
    ...safeguards(site, component),
    dbClusterIdentifier: identifier,
    engine: engine.name,
    engineVersion: engine.version,
    port: engine.port,
    dbSubnetGroupName: shipSubnetGroup(site, component),
    vpcSecurityGroupIds: [wanted.door.securityGroupId],
    dbClusterParameterGroupName: shipParameters(site, component, engine),
    copyTagsToSnapshot: true,
    enableCloudwatchLogsExports: [...engine.logs],
    ...origin(site, component, wanted),
    ...(forwardsWrites(site) ? { enableGlobalWriteForwarding: true } : {}),
    tags: tagged(shipment, component),
  });
  keep(cluster, shipment);
  for (const each of [...logs, ...wanted.secrets.resources]) cluster.addResourceDependency(each);
  shipGlobalCluster(site, component, cluster);
  const instances = shipMembers(site, component, { engine, cluster: cluster.ref });
  const [writer, reader] = [cluster.attrEndpointAddress, cluster.attrReadEndpointAddress];
  return {
    arn: cluster.attrDbClusterArn,
    clusterIdentifier: cluster.ref,
    instanceIdentifiers: instances.map(({ ref }) => ref),
    globalClusterIdentifier: globalClusterIdentifier(shipment, component),
    // A secondary cluster has no writer to dial: it forwards what its readers are asked to write.
    writerHost: forwardsWrites(site) ? reader : writer,
    readerHost: reader,
    clusterHost: writer,
    members: instances,
  };
}

/** Where a cluster's data comes from: the other region, a snapshot, or nowhere. A secondary one has no credentials. */
function origin(site: Site, component: DatabaseComponent, { secrets }: Wanted) {
  if (followsPrimary(site)) {
    return { globalClusterIdentifier: toldByPeer(site, "data", logicalId(component.id, "global-cluster-id")) };
  }
  const { snapshot, unlessRestored } = restorePoint(site, component.id);
  return {
    snapshotIdentifier: snapshot,
    masterUsername: unlessRestored(MASTER_USER),
    masterUserPassword: unlessRestored(`{{resolve:secretsmanager:${secrets.master}:SecretString:password}}`),
    databaseName: unlessRestored(component.settings.databaseName),
  };
}

function forwardsWrites({ shipment, presence }: Site): boolean {
  return shipment.topology.recovery === "active-active" && presence.data === "reader";
}

function shipParameters({ shipment, stacks }: Site, component: DatabaseComponent, engine: Engine): string {
  const group = new CfnDBClusterParameterGroup(stacks.data, logicalId(component.id, "parameters"), {
    description: `Parameters of ${physicalName(shipment, component.id)}`,
    family: engine.family,
    parameters: engine.parameters,
    tags: tagged(shipment, component),
  });
  return group.ref;
}

function shipGlobalCluster({ shipment, stacks, region }: Site, component: DatabaseComponent, cluster: CfnDBCluster) {
  const identifier = globalClusterIdentifier(shipment, component);
  if (identifier === null || region.role === "secondary") return;
  const globalCluster = new CfnGlobalCluster(stacks.data, logicalId(component.id, "global-cluster"), {
    globalClusterIdentifier: identifier,
    sourceDbClusterIdentifier: cluster.ref,
    deletionProtection: deletionProtection(stacks.data, shipment, [component.id, "global-cluster"]),
  });
  keep(globalCluster, shipment);
  tell(stacks.data, logicalId(component.id, "global-cluster-id"), globalCluster.ref);
}

/** One after another, so that the first zone's becomes the writer; none where only storage is to follow. */
function shipMembers(
  site: Site,
  component: DatabaseComponent,
  { engine, cluster }: { readonly engine: Engine; readonly cluster: string },
): CfnDBInstance[] {
  const { shipment, stacks, region, presence } = site;
  if (presence.data === "headless") return [];
  const monitoring = shipMonitoring(site, component);
  const members = shippedZones(shipment, region).map(({ name }) => {
    const letter = zoneLetter(name);
    const member = new CfnDBInstance(stacks.data, logicalId(component.id, "member", letter), {
      ...monitoring,
      dbClusterIdentifier: cluster,
      dbInstanceClass: instanceClass(site, component),
      engine: engine.name,
      availabilityZone: availabilityZone(region.name, name),
      promotionTier: PROMOTION_TIER,
      publiclyAccessible: false,
      autoMinorVersionUpgrade: true,
      tags: tagged(shipment, component),
    });
    keep(member, shipment);
    return member;
  });
  const [writer, ...readers] = members;
  for (const reader of readers) reader.addResourceDependency(writer!); // there is one where there are readers
  return members;
}
