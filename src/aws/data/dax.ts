import { CfnCluster, CfnSubnetGroup } from "aws-cdk-lib/aws-dax";
import { DAX } from "../../facts/database.ts";
import type { TableComponent } from "../../topology/topology.ts";
import type { Door } from "../handle.ts";
import { logicalId, physicalName } from "../name.ts";
import { type Statement, shipRole } from "../role.ts";
import { type Site, isDev, tagged } from "../ship.ts";
import { availabilityZone, shippedZones } from "../zone.ts";
import { shipDoor } from "./door.ts";

const MAINTENANCE_WINDOW = "sun:05:30-sun:06:30";
/** What stands for the address of one that does not run. */
const NOT_RUNNING = "daxs://not-running.invalid";

/** What goes with a table that has an accelerator. */
export interface ShippedAccelerator {
  readonly url: string;
  /** Null where it does not run. */
  readonly name: string | null;
  readonly access: readonly Statement[];
  readonly doors: readonly Door[];
}

/**
 * A DAX cluster beside a table: a node a zone, reached by TLS. It reads and writes the table with a role of its own. It
 * runs where the strategy keeps caches, and a program must be able to do without: by the table itself.
 *
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAXEncryptionInTransit.html
 */
export function shipAccelerator(
  site: Site,
  component: TableComponent,
  of: { readonly items: Statement; readonly key: Statement; readonly itemActions: readonly string[] },
): ShippedAccelerator {
  const { shipment, stacks, region, network, presence } = site;
  if (!presence.caches) return { url: NOT_RUNNING, name: null, access: [], doors: [] };
  const accelerator = { id: `${component.id}-accelerator` };
  const door = shipDoor(site, accelerator, DAX.encryptedPort.value);
  const zones = shippedZones(shipment, region);
  const role = shipRole(stacks.data, logicalId(accelerator.id, "role"), {
    assumedBy: "dax.amazonaws.com",
    tellsAccount: false,
    statements: [of.items, of.key],
  });
  const subnets = new CfnSubnetGroup(stacks.data, logicalId(accelerator.id, "subnet-group"), {
    description: `The isolated subnets of ${physicalName(shipment, component.id)}`,
    subnetIds: network.zones.map(({ isolatedSubnetId }) => isolatedSubnetId),
  });
  const cluster = new CfnCluster(stacks.data, logicalId(accelerator.id), {
    description: physicalName(shipment, component.id),
    nodeType: isDev(shipment) ? DAX.smallestNode.value : DAX.node.value,
    replicationFactor: zones.length,
    availabilityZones: zones.map(({ name }) => availabilityZone(region.name, name)),
    iamRoleArn: role.attrArn,
    subnetGroupName: subnets.ref,
    securityGroupIds: [door.securityGroupId],
    sseSpecification: { sseEnabled: true },
    clusterEndpointEncryptionType: "TLS",
    preferredMaintenanceWindow: MAINTENANCE_WINDOW,
    tags: Object.fromEntries(tagged(shipment, component).map(({ key, value }) => [key, value])),
  });
  const access: Statement = {
    sid: logicalId("items-by", accelerator.id),
    actions: of.itemActions.map((action) => `dax:${action}`),
    resources: [cluster.attrArn],
  };
  return { url: cluster.attrClusterDiscoveryEndpointUrl, name: cluster.ref, access: [access], doors: [door] };
}
