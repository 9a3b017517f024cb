import { CfnSecurityGroup, CfnSecurityGroupIngress } from "aws-cdk-lib/aws-ec2";
import type { FileSystemComponent } from "../../topology/topology.ts";
import type { Door } from "../handle.ts";
import { logicalId } from "../name.ts";
import { type Site, tagged } from "../ship.ts";

/** A security group in front of a file system, and the ports behind which it answers. */
export interface FileDoor {
  readonly securityGroupId: string;
  readonly doors: readonly Door[];
}

/** Lets in nobody by itself: each program that mounts the file system is named in a rule of its own. */
export function shipFileDoor(site: Site, component: FileSystemComponent, ports: readonly number[]): FileDoor {
  const { shipment, stacks, network } = site;
  const group = new CfnSecurityGroup(stacks.data, logicalId(component.id, "security-group"), {
    vpcId: network.vpcId,
    groupDescription: `Mounts of ${component.id}`,
    tags: tagged(shipment, component),
  });
  const securityGroupId = group.attrGroupId;
  return { securityGroupId, doors: ports.map((port) => ({ securityGroupId, port })) };
}

/**
 * The servers of a Lustre file system talk to each other over the ports that clients dial, and FSx refuses to make one
 * whose security group does not let them.
 *
 * https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html
 */
export function openToItself(site: Site, id: string, { securityGroupId }: FileDoor): CfnSecurityGroupIngress[] {
  const ranges = [
    { id: "lnet", fromPort: 988, toPort: 988 },
    { id: "lustre", fromPort: 1_018, toPort: 1_023 },
  ];
  return ranges.map(
    (range) =>
      new CfnSecurityGroupIngress(site.stacks.data, logicalId(id, range.id, "from-itself"), {
        groupId: securityGroupId,
        sourceSecurityGroupId: securityGroupId,
        ipProtocol: "tcp",
        fromPort: range.fromPort,
        toPort: range.toPort,
        description: "the servers of the file system among themselves",
      }),
  );
}
