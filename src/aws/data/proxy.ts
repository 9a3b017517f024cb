import { CfnDBProxy, CfnDBProxyEndpoint, CfnDBProxyTargetGroup } from "aws-cdk-lib/aws-rds";
import type { DatabaseComponent } from "../../topology/topology.ts";
import { componentsOf } from "../../topology/topology.ts";
import type { DatabaseHandle, Door } from "../handle.ts";
import { logicalId, physicalName } from "../name.ts";
import { shipRole } from "../role.ts";
import { type Shipment, type Site, tagged } from "../ship.ts";
import { openDoor, shipDoor } from "./door.ts";
import { engineOf } from "./engine.ts";
import type { ShippedDatabase } from "./rds.ts";
import { type DatabaseSecrets, readSecrets } from "./secret.ts";

/** Of the connections that the database takes, those that the proxy may open: the rest is for rotation and people. */
const SHARE_OF_CONNECTIONS = 90;
const SHARE_IDLE = 50;
/** How long a client waits for a connection, and may hold one without using it. */
const BORROW_TIMEOUT_SECONDS = 30;
const IDLE_SECONDS = 1_800;

/** Whether a proxy is shipped: asked for, or needed by functions, of which each would hold a connection of its own. */
export function hasProxy({ topology }: Shipment, { id, settings }: DatabaseComponent): boolean {
  if (settings.endpoint === "proxy") return true;
  return componentsOf(topology, "function").some(({ settings: { uses } }) => uses.includes(id));
}

/**
 * RDS Proxy over all zones: it holds connections ready, and follows a failover without waiting for DNS. It asks for
 * TLS, and knows both users by a secret each: with the alternating secret alone it would refuse the user of the
 * rotation before. It is for the database alone: who comes in here needs no way into the database.
 *
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-secrets-arns.html
 */
export function shipProxy(
  site: Site,
  component: DatabaseComponent,
  of: { readonly database: ShippedDatabase; readonly secrets: DatabaseSecrets; readonly databaseDoor: Door },
): { readonly proxy: NonNullable<DatabaseHandle["proxy"]>; readonly door: Door } {
  const { shipment, stacks, network } = site;
  const { id, settings } = component;
  const { database, secrets } = of;
  const { language, port, isAurora } = engineOf(settings);
  const door = shipDoor(site, { id: `${id}-proxy` }, port);
  openDoor(site, `${id}-from-proxy`, { door: of.databaseDoor, groupId: door.securityGroupId });
  const names = Object.values(secrets.ofUser);
  const role = shipRole(stacks.data, logicalId(id, "proxy-role"), {
    assumedBy: "rds.amazonaws.com",
    tellsAccount: false, // AWS's own trust policy for a proxy has no condition
    statements: readSecrets(site, id, names),
  });
  const subnets = network.zones.map(({ isolatedSubnetId }) => isolatedSubnetId);
  const proxy = new CfnDBProxy(stacks.data, logicalId(id, "proxy"), {
    dbProxyName: physicalName(shipment, id),
    engineFamily: language === "postgres" ? "POSTGRESQL" : "MYSQL",
    auth: names.map((name) => ({
      authScheme: "SECRETS",
      iamAuth: "DISABLED",
      secretArn: secrets.arns[name]!, // each of the names has one
      clientPasswordAuthType: language === "postgres" ? "POSTGRES_SCRAM_SHA_256" : "MYSQL_CACHING_SHA2_PASSWORD",
    })),
    roleArn: role.attrArn,
    vpcSubnetIds: subnets,
    vpcSecurityGroupIds: [door.securityGroupId],
    requireTls: true,
    idleClientTimeout: IDLE_SECONDS,
    tags: tagged(shipment, component),
  });
  const targets = new CfnDBProxyTargetGroup(stacks.data, logicalId(id, "proxy-targets"), {
    dbProxyName: proxy.ref,
    targetGroupName: "default",
    ...(database.clusterIdentifier === null
      ? { dbInstanceIdentifiers: [database.instanceIdentifiers[0]!] } // the instance itself, never its replica
      : { dbClusterIdentifiers: [database.clusterIdentifier] }),
    connectionPoolConfigurationInfo: {
      maxConnectionsPercent: SHARE_OF_CONNECTIONS,
      maxIdleConnectionsPercent: SHARE_IDLE,
      connectionBorrowTimeout: BORROW_TIMEOUT_SECONDS,
    },
  });
  // That an instance must be there follows from its name; of a cluster it does not.
  for (const member of database.clusterIdentifier === null ? [] : database.members)
    targets.addResourceDependency(member);
  const writer = { host: proxy.attrEndpoint, port };
  if (!isAurora) return { proxy: { writer, reader: { host: database.readerHost, port } }, door };
  const reader = new CfnDBProxyEndpoint(stacks.data, logicalId(id, "proxy-reader"), {
    dbProxyName: proxy.ref,
    dbProxyEndpointName: physicalName(shipment, id, "reader"),
    targetRole: "READ_ONLY",
    vpcSubnetIds: subnets,
    vpcSecurityGroupIds: [door.securityGroupId],
    tags: tagged(shipment, component),
  });
  reader.addResourceDependency(targets);
  return { proxy: { writer, reader: { host: reader.attrEndpoint, port } }, door };
}
