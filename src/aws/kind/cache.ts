import { CfnParameterGroup, CfnReplicationGroup, CfnSubnetGroup } from "aws-cdk-lib/aws-elasticache";
import { CfnLogGroup } from "aws-cdk-lib/aws-logs";
import { ELASTICACHE } from "../../facts/database.ts";
import type { CacheSettings } from "../../topology/kind/cache.ts";
import type { CacheComponent } from "../../topology/topology.ts";
import { shipCacheRotation } from "../data/cache-rotation.ts";
import { type CacheUsers, shipCacheUsers } from "../data/cache-users.ts";
import { shipDoor } from "../data/door.ts";
import { readSecretsAt } from "../data/secret.ts";
import type { CacheHandle, Door } from "../handle.ts";
import { accept } from "../accepted.ts";
import { logicalId, physicalName } from "../name.ts";
import { type Site, isDev, keep, tagged } from "../ship.ts";
import { shippedZones } from "../zone.ts";

const SNAPSHOT_WINDOW = "03:00-04:00";
const MAINTENANCE_WINDOW = "sun:05:00-sun:06:00";
/** A cache can be filled again; a day's snapshot saves the time that it takes. */
const SNAPSHOTS_KEPT = 7;
const LOG_DAYS = 30;
/** What stands for the address of a cache that does not run, so that a program without it fails by name. */
const NOT_RUNNING = "not-running.invalid";

/**
 * A cache: a node a zone, one of which takes writes, with automatic failover, TLS, and users whose passwords rotate.
 * Each region has its own. A Global Datastore would make the second region's read-only until a failover, which sessions
 * are not, and its members could not be taken in or out without being replaced; what a region's loss loses of a cache
 * is its sessions.
 *
 * Where the strategy keeps no caches running, all but the nodes is there, and the rotation: no node is there to try a
 * new password with.
 *
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Redis-Global-Datastores-Getting-Started.html
 */
export function shipCache(site: Site, component: CacheComponent): CacheHandle {
  const { id } = component;
  const port = ELASTICACHE.port.value;
  const door = shipDoor(site, component, port);
  const users = shipCacheUsers(site, component);
  const group = site.presence.caches ? shipGroup(site, component, { door, users }) : null;
  if (group !== null) shipCacheRotation(site, component, { users, group, door });
  return {
    id,
    kind: "cache",
    address: { host: group?.attrPrimaryEndPointAddress ?? `${id}.${NOT_RUNNING}`, port },
    secretArn: users.secret.ref,
    replicationGroupId: group?.ref ?? "",
    nodeIds: group === null ? [] : nodeIds(site, group.ref),
    access: readSecretsAt(site, id, [users.secret.ref]),
    doors: [door],
  };
}

/** ElastiCache names a group's nodes by the group, and three digits. */
function nodeIds({ shipment, region }: Site, group: string): string[] {
  return shippedZones(shipment, region).map((_, index) => `${group}-${String(index + 1).padStart(3, "0")}`);
}

function shipGroup(
  site: Site,
  component: CacheComponent,
  of: { readonly door: Door; readonly users: CacheUsers },
): CfnReplicationGroup {
  const { shipment, stacks, network, keyArn, region } = site;
  const { id, settings } = component;
  const tags = tagged(shipment, component);
  const { engine, version } = engineOf(settings);
  const subnets = new CfnSubnetGroup(stacks.data, logicalId(id, "subnet-group"), {
    description: `The isolated subnets of ${physicalName(shipment, id)}`,
    subnetIds: network.zones.map(({ isolatedSubnetId }) => isolatedSubnetId),
    tags,
  });
  const group = new CfnReplicationGroup(stacks.data, logicalId(id, "group"), {
    replicationGroupDescription: physicalName(shipment, id),
    engine,
    engineVersion: version,
    cacheNodeType: isDev(shipment) ? ELASTICACHE.smallestNode.value : settings.size,
    numCacheClusters: shippedZones(shipment, region).length,
    automaticFailoverEnabled: true,
    multiAzEnabled: true,
    port: ELASTICACHE.port.value,
    atRestEncryptionEnabled: true,
    kmsKeyId: keyArn,
    transitEncryptionEnabled: true,
    transitEncryptionMode: "required",
    userGroupIds: [of.users.group.ref],
    cacheSubnetGroupName: subnets.ref,
    securityGroupIds: [of.door.securityGroupId],
    cacheParameterGroupName: shipParameters(site, component),
    autoMinorVersionUpgrade: true,
    snapshotRetentionLimit: isDev(shipment) ? 1 : SNAPSHOTS_KEPT,
    snapshotWindow: SNAPSHOT_WINDOW,
    preferredMaintenanceWindow: MAINTENANCE_WINDOW,
    logDeliveryConfigurations: ["slow-log", "engine-log"].map((log) => shipLog(site, component, log)),
    tags,
  });
  keep(group, shipment);
  accept(group, "elasticache-one-region", "what a region's loss loses of a cache is its sessions; see ARCHITECTURE.md");
  return group;
}

function engineOf({ engine }: CacheSettings) {
  return engine === "valkey"
    ? { engine, version: ELASTICACHE.valkeyVersion.value, family: ELASTICACHE.valkeyFamily.value }
    : { engine, version: ELASTICACHE.redisVersion.value, family: ELASTICACHE.redisFamily.value };
}

/** The primary takes no writes while too few replicas follow it closely: what it took then would be lost with it. */
function shipParameters({ shipment, stacks, region }: Site, component: CacheComponent): string {
  const { id, settings } = component;
  const replicas = shippedZones(shipment, region).length - 1;
  const parameters = new CfnParameterGroup(stacks.data, logicalId(id, "parameters"), {
    description: `Parameters of ${physicalName(shipment, id)}`,
    cacheParameterGroupFamily: engineOf(settings).family,
    properties: {
      "min-replicas-to-write": String(Math.min(settings.minReplicasToWrite, replicas)),
      "min-replicas-max-lag": "1",
    },
    tags: tagged(shipment, component),
  });
  return parameters.ref;
}

function shipLog({ shipment, stacks, keyArn }: Site, component: CacheComponent, log: string) {
  const group = new CfnLogGroup(stacks.data, logicalId(component.id, log), {
    kmsKeyId: keyArn,
    retentionInDays: LOG_DAYS,
    tags: tagged(shipment, component),
  });
  keep(group, shipment);
  return {
    destinationType: "cloudwatch-logs",
    destinationDetails: { cloudWatchLogsDetails: { logGroup: group.ref } },
    logFormat: "json",
    logType: log,
  };
}
