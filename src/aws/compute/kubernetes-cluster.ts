import { Aws } from "aws-cdk-lib";
import { CfnLaunchTemplate } from "aws-cdk-lib/aws-ec2";
import { CfnAddon, CfnCluster, CfnFargateProfile, CfnNodegroup, CfnPodIdentityAssociation } from "aws-cdk-lib/aws-eks";
import type { CfnRole } from "aws-cdk-lib/aws-iam";
import { type ServiceComponent, componentsOf } from "../../topology/topology.ts";
import { logicalId, physicalName } from "../name.ts";
import { deletionProtection } from "../protection.ts";
import { shipRole } from "../role.ts";
import { type Site, isDev } from "../ship.ts";
import { shippedZones } from "../zone.ts";
import { instancesFor } from "./auto-scaling-group.ts";
import { isArm } from "./image.ts";
import { podRole, taggedSessionRole } from "./kubernetes-role.ts";

const ROOT_GIB = 50;
const CLUSTER = "kubernetes";

/** The cluster of a region. */
export interface Kubernetes {
  readonly name: string;
  readonly arn: string;
  /** Of its nodes and pods; AWS makes it. */
  readonly securityGroupId: string;
}

/**
 * A region's EKS cluster, made with the first service that needs it: its API is reached from inside of the network
 * alone, its secrets are encrypted with the region's key, all of its logs are kept, and it takes part in zonal shifts.
 *
 * Nodes are a managed group over all zones for each type of instance. EKS Auto Mode is on: it binds pods to the target
 * groups of balancers, and adds nodes of its own when pods find no room. Pods that are labelled for it run on Fargate,
 * where neither identities of pods nor injected secrets reach.
 *
 * https://docs.aws.amazon.com/eks/latest/userguide/automode.html
 */
export function kubernetesCluster(site: Site): Kubernetes {
  const { stacks } = site;
  const made = stacks.compute.node.tryFindChild(logicalId(CLUSTER, "cluster")) as CfnCluster | undefined;
  const cluster = made ?? shipCluster(site);
  return { name: cluster.ref, arn: cluster.attrArn, securityGroupId: cluster.attrClusterSecurityGroupId };
}

function managed(...names: readonly string[]): string[] {
  return names.map((name) => `arn:${Aws.PARTITION}:iam::aws:policy/${name}`);
}

function shipCluster(site: Site): CfnCluster {
  const { shipment, stacks, network, keyArn } = site;
  const nodeRole = shipNodeRole(site);
  const role = taggedSessionRole(stacks.compute, logicalId(CLUSTER, "cluster-role"), {
    assumedBy: "eks.amazonaws.com",
    statements: [{ sid: "Key", actions: ["kms:DescribeKey", "kms:Encrypt", "kms:Decrypt"], resources: [keyArn] }],
    managedPolicyArns: managed(
      "AmazonEKSBlockStoragePolicy",
      "AmazonEKSClusterPolicy",
      "AmazonEKSComputePolicy",
      "AmazonEKSLoadBalancingPolicy",
      "AmazonEKSNetworkingPolicy",
    ),
  });
  const cluster = new CfnCluster(stacks.compute, logicalId(CLUSTER, "cluster"), {
    roleArn: role.attrArn,
    resourcesVpcConfig: {
      subnetIds: network.zones.map(({ privateSubnetId }) => privateSubnetId),
      endpointPrivateAccess: true,
      endpointPublicAccess: false,
    },
    accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: true },
    encryptionConfig: [{ provider: { keyArn }, resources: ["secrets"] }],
    logging: {
      clusterLogging: {
        enabledTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"].map((type) => ({ type })),
      },
    },
    // Auto Mode is on or off as a whole, and brings the basic add-ons to its own nodes.
    bootstrapSelfManagedAddons: false,
    computeConfig: { enabled: true, nodePools: ["general-purpose", "system"], nodeRoleArn: nodeRole.attrArn },
    kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } },
    storageConfig: { blockStorage: { enabled: true } },
    zonalShiftConfig: { enabled: true },
    upgradePolicy: { supportType: "STANDARD" },
    deletionProtection: deletionProtection(stacks.compute, shipment, [CLUSTER]),
    tags: [{ key: "Name", value: physicalName(shipment) }],
  });
  const nodes = shipNodes(site, cluster, nodeRole);
  shipAddons(site, cluster, nodes);
  shipFargateProfile(site, cluster);
  return cluster;
}

/** https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html */
function shipNodeRole({ stacks }: Site): CfnRole {
  return shipRole(stacks.compute, logicalId(CLUSTER, "node-role"), {
    assumedBy: "ec2.amazonaws.com",
    tellsAccount: false,
    statements: [],
    managedPolicyArns: managed(
      "AmazonEC2ContainerRegistryPullOnly",
      "AmazonEKSWorkerNodePolicy",
      "AmazonEKS_CNI_Policy",
      "AmazonSSMManagedInstanceCore",
    ),
  });
}

/** A group over all zones for each type of instance, with room for the tasks of the services that ask for it. */
function shipNodes(site: Site, cluster: CfnCluster, role: CfnRole): CfnNodegroup[] {
  const { shipment, stacks, network, region } = site;
  const services = componentsOf(shipment.topology, "service").filter(({ settings }) => settings.platform === "eks");
  const zones = shippedZones(shipment, region).length;
  return [...new Set(services.map(({ settings }) => settings.size.instance))].map((type) => {
    const { min, max } = sumOf(
      site,
      services.filter(({ settings }) => settings.size.instance === type),
    );
    const template = shipNodeTemplate(site, type);
    return new CfnNodegroup(stacks.compute, logicalId("nodes", type), {
      clusterName: cluster.ref,
      nodeRole: role.attrArn,
      subnets: network.zones.map(({ privateSubnetId }) => privateSubnetId),
      // The system's own pods run here too, so there are nodes even where no program runs.
      scalingConfig: { minSize: Math.max(zones, min), maxSize: Math.max(zones, max) },
      instanceTypes: [type],
      amiType: isArm(type) ? "AL2023_ARM_64_STANDARD" : "AL2023_x86_64_STANDARD",
      capacityType: "ON_DEMAND",
      launchTemplate: { id: template.attrLaunchTemplateId, version: template.attrLatestVersionNumber },
      updateConfig: { maxUnavailable: 1 },
      nodeRepairConfig: { enabled: true },
      tags: { Name: physicalName(shipment, "nodes") },
    });
  });
}

function sumOf(site: Site, services: readonly ServiceComponent[]): { min: number; max: number } {
  const each = services.map((service) => instancesFor(site, service));
  return { min: each.reduce((sum, { min }) => sum + min, 0), max: each.reduce((sum, { max }) => sum + max, 0) };
}

function shipNodeTemplate({ shipment, stacks, keyArn }: Site, type: string): CfnLaunchTemplate {
  const tags = [{ key: "Name", value: physicalName(shipment, "nodes") }];
  const ebs = { volumeSize: ROOT_GIB, volumeType: "gp3", encrypted: true, kmsKeyId: keyArn, deleteOnTermination: true };
  return new CfnLaunchTemplate(stacks.compute, logicalId("node-template", type), {
    launchTemplateData: {
      blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs }],
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      monitoring: { enabled: !isDev(shipment) },
      tagSpecifications: ["instance", "volume"].map((resourceType) => ({ resourceType, tags })),
    },
  });
}

/** What every node runs; the last three are AWS's for identities of pods, secrets, and Container Insights. */
function shipAddons({ stacks, shipment }: Site, cluster: CfnCluster, nodes: readonly CfnNodegroup[]): void {
  const first = ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"]; // nodes are not ready without them
  const later = [
    "coredns",
    "metrics-server",
    "aws-secrets-store-csi-driver-provider",
    "amazon-cloudwatch-observability",
  ];
  const addon = (addonName: string, configuration: object | null): CfnAddon =>
    new CfnAddon(stacks.compute, logicalId("addon", addonName), {
      clusterName: cluster.ref,
      addonName,
      resolveConflicts: "OVERWRITE",
      ...(configuration === null ? {} : { configurationValues: JSON.stringify(configuration) }),
      tags: [{ key: "Name", value: physicalName(shipment, addonName) }],
    });
  for (const name of first) {
    const made = addon(name, null);
    for (const each of nodes) each.addResourceDependency(made);
  }
  // Secrets are given to programs as variables, which the driver's own copy in Kubernetes is for.
  const sync = { "secrets-store-csi-driver": { syncSecret: { enabled: true } } };
  for (const name of later) {
    const made = addon(name, name.startsWith("aws-secrets-store") ? sync : null);
    for (const each of nodes) made.addResourceDependency(each);
  }
  const observer = podRole(stacks.compute, logicalId(CLUSTER, "observer-role"), []);
  observer.managedPolicyArns = managed("CloudWatchAgentServerPolicy");
  new CfnPodIdentityAssociation(stacks.compute, logicalId(CLUSTER, "observer-identity"), {
    clusterName: cluster.ref,
    namespace: "amazon-cloudwatch",
    serviceAccount: "cloudwatch-agent",
    roleArn: observer.attrArn,
  });
}

/** Pods with this label, in any namespace of the system's name, need no node. */
function shipFargateProfile({ shipment, stacks, network }: Site, cluster: CfnCluster): void {
  const role = shipRole(stacks.compute, logicalId(CLUSTER, "fargate-role"), {
    assumedBy: "eks-fargate-pods.amazonaws.com",
    statements: [],
    managedPolicyArns: managed("AmazonEKSFargatePodExecutionRolePolicy"),
  });
  new CfnFargateProfile(stacks.compute, logicalId(CLUSTER, "fargate-profile"), {
    clusterName: cluster.ref,
    podExecutionRoleArn: role.attrArn,
    selectors: [{ namespace: shipment.system, labels: [{ key: "holdfast/carrier", value: "fargate" }] }],
    subnets: network.zones.map(({ privateSubnetId }) => privateSubnetId),
    tags: [{ key: "Name", value: physicalName(shipment, "fargate") }],
  });
}
