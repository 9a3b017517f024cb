import { CfnSecurityGroup, CfnSecurityGroupIngress } from "aws-cdk-lib/aws-ec2";
import type { Component } from "../../topology/topology.ts";
import type { Door, Handle } from "../handle.ts";
import { logicalId } from "../name.ts";
import type { Statement } from "../role.ts";
import { type Site, tagged } from "../ship.ts";

/** What a program says that it uses and works off. */
interface Uses {
  readonly uses: readonly string[];
  readonly consumes: string | null;
}

/** What a program may do: what the components that it uses offer, and what working off its queue takes. */
export function accessOf(site: Site, { uses, consumes }: Uses): readonly Statement[] {
  const consumed = consumes === null ? [] : site.handles.get("queue", consumes).consumeAccess;
  return onceEach([...used(site, uses).flatMap(({ access }) => access), ...consumed]);
}

/** Statements by their ids, which a policy has once. A program that uses the queue that it works off has both. */
export function onceEach(statements: readonly Statement[]): readonly Statement[] {
  const bySid = new Map<string, Statement>();
  for (const each of statements) {
    const before = bySid.get(each.sid);
    bySid.set(each.sid, before ? { ...before, actions: [...new Set([...before.actions, ...each.actions])] } : each);
  }
  return [...bySid.values()];
}

/**
 * The security group of a program. It goes out to what it uses, and by TLS anywhere; the doors of what it uses have a
 * rule that lets it in. Whatever else it is to reach is for the escape hatch: a program that was taken over cannot
 * send far.
 */
export function shipProgramGroup(site: Site, component: Component & { readonly settings: Uses }): CfnSecurityGroup {
  const { shipment, stacks, network } = site;
  const { id } = component;
  const doors = doorsOf(site, component.settings.uses);
  const ports = [...new Set(doors.map(({ door }) => door.port))].filter((port) => port !== 443).sort((a, b) => a - b);
  const group = new CfnSecurityGroup(stacks.compute, logicalId(id, "security-group"), {
    vpcId: network.vpcId,
    groupDescription: `The program ${id}`,
    securityGroupEgress: [
      { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIp: "0.0.0.0/0", description: "TLS, to AWS and others" },
      ...ports.map((port) => ({
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        cidrIp: network.cidr,
        description: "what it uses in the network",
      })),
    ],
    tags: tagged(shipment, component),
  });
  for (const { of, door, index } of doors) {
    letIn(site, logicalId(of, "lets-in", id, index === 0 ? "" : String(index + 1)), {
      door,
      groupId: group.attrGroupId,
      description: `${id} uses ${of}`,
    });
  }
  return group;
}

/** Lets a security group through a door, from the stack of programs: what has doors knows nothing of who comes. */
export function letIn(
  site: Site,
  id: string,
  { door, groupId, description }: { readonly door: Door; readonly groupId: string; readonly description: string },
): void {
  new CfnSecurityGroupIngress(site.stacks.compute, id, {
    groupId: door.securityGroupId,
    sourceSecurityGroupId: groupId,
    ipProtocol: "tcp",
    fromPort: door.port,
    toPort: door.port,
    description,
  });
}

function doorsOf(site: Site, uses: readonly string[]) {
  return used(site, uses).flatMap(({ id, doors }) => doors.map((door, index) => ({ of: id, door, index })));
}

function used({ handles }: Site, uses: readonly string[]): Handle[] {
  return uses.flatMap((id) => handles.find(id) ?? []);
}
