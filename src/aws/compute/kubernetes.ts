import { Fn, Token } from "aws-cdk-lib";
import { CfnSecurityGroupIngress } from "aws-cdk-lib/aws-ec2";
import { CfnPodIdentityAssociation } from "aws-cdk-lib/aws-eks";
import { CfnParameter } from "aws-cdk-lib/aws-ssm";
import { UserError } from "../../base/error.ts";
import type { ServiceComponent } from "../../topology/topology.ts";
import type { AwsCode } from "../codes.ts";
import { serviceEnvironment } from "../environment.ts";
import type { ServiceHandle } from "../handle.ts";
import { logicalId } from "../name.ts";
import { type Site, tagged } from "../ship.ts";
import { type Balancer, shipBalancers } from "./balancer.ts";
import { handleOf } from "./ecs-service.ts";
import type { Exposure } from "./exposure.ts";
import { shipImage } from "./image.ts";
import { podRole } from "./kubernetes-role.ts";
import { type Kubernetes, kubernetesCluster } from "./kubernetes-cluster.ts";
import { accessOf, letIn, onceEach } from "./program-access.ts";

/** What follows the ARN where ECS injects a part of a secret. */
export const JSON_KEY: RegExp = /:([A-Za-z]+)::$/;

/** The namespace of a system's programs. */
export function namespaceOf({ shipment }: Site): string {
  return shipment.system;
}

/**
 * A service on Kubernetes, as far as CloudFormation goes: the cluster with its nodes, the balancers with their targets,
 * what its pods may do, and a parameter with what its manifests cannot know (see `kubernetesManifests`). The workload
 * itself is no resource of CloudFormation, and is applied from the manifests.
 */
export function shipKubernetesService(site: Site, component: ServiceComponent, exposure: Exposure): ServiceHandle {
  const { stacks } = site;
  const { id, settings } = component;
  refuseFileSystems(site, component);
  const kubernetes = kubernetesCluster(site);
  const balancers = shipBalancers(site, component, exposure, { "eks:eks-cluster-name": kubernetes.name });
  const both = [balancers.customers, balancers.programs].filter((each) => each !== null);
  for (const each of both) shipWayIn(site, component, { balancer: each, kubernetes });
  shipWaysOut(site, component, kubernetes);
  const { fillIn } = serviceEnvironment(site, component);
  const role = podRole(stacks.compute, logicalId(id, "pod-role"), onceEach([...accessOf(site, settings), ...fillIn]));
  new CfnPodIdentityAssociation(stacks.compute, logicalId(id, "pod-identity"), {
    clusterName: kubernetes.name,
    namespace: namespaceOf(site),
    serviceAccount: id,
    roleArn: role.attrArn,
    tags: tagged(site.shipment, component),
  });
  shipValues(site, component, both);
  return handleOf(component, balancers, {
    clusterName: kubernetes.name,
    name: id,
    arn: kubernetes.arn,
    securityGroupId: kubernetes.securityGroupId,
    logGroupName: `/aws/containerinsights/${kubernetes.name}/application`,
  });
}

/** The parameter of Systems Manager with what a service's manifests leave open, as lines that a shell reads. */
export function valuesName({ shipment }: Site, serviceId: string): string {
  return `/${shipment.system}/${shipment.stage}/kubernetes/${serviceId}`;
}

/** What a manifest writes for a value that is known once the stack is deployed; any other stays as it is. */
export function placeholder(what: Value, value: string): string {
  return Token.isUnresolved(value) ? `\${${what}}` : value;
}

/** A value of a service's manifests: its image, its targets, a variable, or the ARN of a secret. */
export type Value = "IMAGE" | "TARGETS" | "INNER_TARGETS" | `VARIABLE_${string}` | `SECRET_${string}`;

function shipValues(site: Site, component: ServiceComponent, both: readonly Balancer[]): void {
  const { variables, secrets } = serviceEnvironment(site, component);
  const values: [Value, string][] = [
    ["IMAGE", shipImage(site, component).uri],
    ...both.map(({ isInternal, targetGroup }): [Value, string] => [
      isInternal ? "INNER_TARGETS" : "TARGETS",
      targetGroup.arn,
    ]),
    ...Object.entries(variables).map(([name, value]): [Value, string] => [`VARIABLE_${name}`, value]),
    ...Object.entries(secrets).map(([name, from]): [Value, string] => [`SECRET_${name}`, from.replace(JSON_KEY, "")]),
  ];
  const lines = values.flatMap(([name, value]) =>
    Token.isUnresolved(value) ? [Fn.join("", [name, "='", value, "'"])] : [],
  );
  new CfnParameter(site.stacks.compute, logicalId(component.id, "kubernetes-values"), {
    name: valuesName(site, component.id),
    description: `What the manifests of ${component.id} leave open; no secrets`,
    type: "String",
    tier: "Intelligent-Tiering",
    value: Fn.join("\n", lines),
  });
}

/** Pods have the cluster's security group. */
function shipWayIn(
  site: Site,
  { id, settings }: ServiceComponent,
  { balancer, kubernetes }: { readonly balancer: Balancer; readonly kubernetes: Kubernetes },
): void {
  const from = balancer.isInternal ? "internal-balancer" : "balancer";
  const port = settings.port!; // it has a balancer, so it listens
  new CfnSecurityGroupIngress(site.stacks.compute, logicalId(id, "lets-in", from), {
    groupId: kubernetes.securityGroupId,
    sourceSecurityGroupId: balancer.securityGroupId,
    ipProtocol: "tcp",
    fromPort: port,
    toPort: port,
    description: `the ${from.replace("-", " ")} of ${id}`,
  });
}

function shipWaysOut(site: Site, { id, settings }: ServiceComponent, { securityGroupId }: Kubernetes): void {
  for (const used of settings.uses) {
    for (const [index, door] of (site.handles.find(used)?.doors ?? []).entries()) {
      const of = logicalId(used, "lets-in", id, index === 0 ? "" : String(index + 1));
      letIn(site, of, { door, groupId: securityGroupId, description: `${id} uses ${used}` });
    }
  }
}

/** A pod mounts a file system by a driver that nothing here sets up. Windows shares are opened by programs. */
function refuseFileSystems({ handles, shipment }: Site, { id, settings }: ServiceComponent): void {
  const engines = new Map(
    shipment.topology.components.flatMap((each) =>
      each.kind === "file-system" ? [[each.id, each.settings.engine] as const] : [],
    ),
  );
  for (const used of settings.uses) {
    const engine = engines.get(used);
    if (handles.find(used)?.kind !== "file-system" || engine === "fsx-windows") continue;
    throw new UserError({
      code: "AWS-054" satisfies AwsCode,
      message: `"${id}" is on eks, where the file system "${used}" needs a driver that is not shipped`,
      fix: 'write platform: "fargate" or "ec2"',
      at: `services.${id}.uses`,
    });
  }
}
