import { CfnSecurityGroup, CfnSecurityGroupIngress } from "aws-cdk-lib/aws-ec2";
import type { Door } from "../handle.ts";
import { logicalId, physicalName } from "../name.ts";
import type { Site } from "../ship.ts";

/**
 * A security group that lets nobody in yet, and nothing out: who uses the component adds a rule for itself. Without any
 * rule a group lets everything out, so the one that it has leads to nowhere.
 */
export function shipDoor(site: Site, component: { readonly id: string }, port: number): Door {
  const { shipment, stacks, network } = site;
  const name = physicalName(shipment, component.id);
  const group = new CfnSecurityGroup(stacks.data, logicalId(component.id, "security-group"), {
    groupDescription: `Who reaches ${name}`,
    vpcId: network.vpcId,
    securityGroupEgress: [
      { ipProtocol: "icmp", fromPort: 252, toPort: 86, cidrIp: "255.255.255.255/32", description: "Nothing" },
    ],
    tags: [{ key: "Name", value: name }],
  });
  return { securityGroupId: group.attrGroupId, port };
}

/** Lets a security group of the data stack through a door. */
export function openDoor(site: Site, id: string, from: { readonly door: Door; readonly groupId: string }): void {
  new CfnSecurityGroupIngress(site.stacks.data, logicalId(id), {
    groupId: from.door.securityGroupId,
    sourceSecurityGroupId: from.groupId,
    ipProtocol: "tcp",
    fromPort: from.door.port,
    toPort: from.door.port,
    description: id,
  });
}
