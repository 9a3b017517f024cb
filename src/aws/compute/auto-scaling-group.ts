import { Aws, type CfnTag } from "aws-cdk-lib";
import { CfnAutoScalingGroup } from "aws-cdk-lib/aws-autoscaling";
import { CfnLaunchTemplate, CfnSecurityGroup } from "aws-cdk-lib/aws-ec2";
import { CfnCapacityProvider, CfnClusterCapacityProviderAssociations } from "aws-cdk-lib/aws-ecs";
import { CfnInstanceProfile } from "aws-cdk-lib/aws-iam";
import { ECS_TASK } from "../../facts/compute.ts";
import { instanceSize } from "../../facts/size.ts";
import type { ServiceComponent } from "../../topology/topology.ts";
import { logicalId, physicalName } from "../name.ts";
import { shipRole } from "../role.ts";
import { type Site, isDev, tagged } from "../ship.ts";
import { shippedZones } from "../zone.ts";
import { type Capacity, capacityOf } from "./capacity.ts";
import { ecsCluster } from "./cluster.ts";
import { disksOf, userData } from "./instance-disk.ts";
import { isArm } from "./image.ts";

/** Instances are replaced by ones of the newest image within so many days: that is how they are patched. */
const LIFETIME_DAYS = 30;
const DAY_SECONDS = 86_400;

/** How long an instance may take to come up, in seconds. */
const WARM_UP = 120;

/** The largest number of tasks that an instance is taken to carry: each has a network interface of its own. */
const MOST_TASKS = 8;

/** The instances under a service. */
export interface Instances {
  readonly capacityProvider: string;
  /** What must be there before a service names the provider. */
  readonly association: CfnClusterCapacityProviderAssociations;
  readonly groupName: string;
}

/**
 * An Auto Scaling group for a service, over all zones, which ECS keeps as large as its tasks need. Instances are
 * private, are reached by Systems Manager alone, and give out no credentials of theirs to tasks.
 *
 * The group is never asked by a balancer: a task's health is the task's, and ECS replaces it; the group looks after
 * instances and their disks.
 */
export function shipInstances(site: Site, component: ServiceComponent): Instances {
  const { shipment, stacks } = site;
  const { id } = component;
  const group = shipGroup(site, component, shipLaunchTemplate(site, component));
  const provider = new CfnCapacityProvider(stacks.compute, logicalId(id, "capacity-provider"), {
    autoScalingGroupProvider: {
      autoScalingGroupArn: group.attrAutoScalingGroupArn,
      managedDraining: "ENABLED",
      managedTerminationProtection: "ENABLED",
      managedScaling: {
        status: "ENABLED",
        targetCapacity: 100,
        minimumScalingStepSize: 1,
        maximumScalingStepSize: shippedZones(shipment, site.region).length,
        instanceWarmupPeriod: WARM_UP,
      },
    },
    tags: tagged(shipment, component),
  });
  return { capacityProvider: provider.ref, association: associate(site, provider.ref), groupName: group.ref };
}

/** How many instances a region has for the tasks that it may have: one a zone at least where any run. */
export function instancesFor(site: Site, component: ServiceComponent): Capacity {
  return instancesForTasks(site, component, capacityOf(site, component));
}

/** How many instances carry so many tasks. */
export function instancesForTasks(site: Site, component: ServiceComponent, { min, max }: Capacity): Capacity {
  const each = tasksOfInstance(component);
  const zones = shippedZones(site.shipment, site.region).length;
  const most = Math.max(zones, Math.ceil(max / each));
  // A deployment runs new tasks beside the old ones.
  return { min: min === 0 ? 0 : Math.min(most, Math.max(zones, Math.ceil(min / each))), max: 2 * most };
}

function tasksOfInstance({ settings }: ServiceComponent): number {
  const { cpuMillis, memoryMiB, instance } = settings.size;
  const has = instanceSize(instance);
  if (has === undefined) return 1;
  const memory = has.memoryMiB * (1 - ECS_TASK.keptShare.value);
  return Math.max(1, Math.min(MOST_TASKS, Math.floor(has.cpuMillis / cpuMillis), Math.floor(memory / memoryMiB)));
}

function shipGroup(site: Site, component: ServiceComponent, template: CfnLaunchTemplate): CfnAutoScalingGroup {
  const { shipment, stacks, network } = site;
  const { min, max } = instancesFor(site, component);
  const group = new CfnAutoScalingGroup(stacks.compute, logicalId(component.id, "group"), {
    vpcZoneIdentifier: network.zones.map(({ privateSubnetId }) => privateSubnetId),
    launchTemplate: {
      launchTemplateId: template.attrLaunchTemplateId,
      version: template.attrLatestVersionNumber,
    },
    minSize: String(min),
    maxSize: String(max),
    healthCheckType: "EBS", // beside EC2's own status checks, which are always on
    healthCheckGracePeriod: WARM_UP,
    defaultInstanceWarmup: WARM_UP,
    capacityRebalance: true,
    newInstancesProtectedFromScaleIn: true, // ECS takes the protection away once an instance has no tasks
    maxInstanceLifetime: LIFETIME_DAYS * DAY_SECONDS,
    instanceMaintenancePolicy: { minHealthyPercentage: 100, maxHealthyPercentage: 200 },
    availabilityZoneDistribution: { capacityDistributionStrategy: "balanced-best-effort" },
    availabilityZoneImpairmentPolicy: { zonalShiftEnabled: true, impairedZoneHealthCheckBehavior: "IgnoreUnhealthy" },
    metricsCollection: [{ granularity: "1Minute" }],
    tags: [
      ...tagged(shipment, component).map((tag) => ({ ...tag, propagateAtLaunch: true })),
      { key: "AmazonECSManaged", value: "true", propagateAtLaunch: true },
    ],
  });
  return group;
}

function shipLaunchTemplate(site: Site, component: ServiceComponent): CfnLaunchTemplate {
  const { shipment, stacks } = site;
  const { id, settings } = component;
  const tags: CfnTag[] = [...tagged(shipment, component), ...patchGroup(site)];
  const disks = disksOf(site, component);
  const parameter = isArm(settings.size.instance) ? ECS_TASK.amiArm : ECS_TASK.amiX86;
  return new CfnLaunchTemplate(stacks.compute, logicalId(id, "launch-template"), {
    launchTemplateData: {
      // Read when an instance starts, so that each comes up with the newest image.
      imageId: `resolve:ssm:${parameter.value}`,
      instanceType: settings.size.instance,
      iamInstanceProfile: { arn: shipProfile(site, component) },
      securityGroupIds: [shipInstanceGroup(site, component)],
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      monitoring: { enabled: !isDev(shipment) },
      ebsOptimized: true,
      blockDeviceMappings: disks.mappings,
      userData: userData(site, component, ecsCluster(site).ref),
      tagSpecifications: [
        { resourceType: "instance", tags },
        { resourceType: "volume", tags: [...tags, ...disks.tags] },
        { resourceType: "network-interface", tags },
      ],
    },
  });
}

/** What Systems Manager's patch baseline knows instances by. */
function patchGroup({ shipment }: Site): CfnTag[] {
  return [{ key: "PatchGroup", value: physicalName(shipment) }];
}

/**
 * AWS's own policies: the one of ECS's agent and the one of Systems Manager's.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html
 */
function shipProfile(site: Site, component: ServiceComponent): string {
  const { stacks, keyArn } = site;
  const managed = (name: string): string => `arn:${Aws.PARTITION}:iam::aws:policy/${name}`;
  const role = shipRole(stacks.compute, logicalId(component.id, "instance-role"), {
    assumedBy: "ec2.amazonaws.com",
    tellsAccount: false,
    managedPolicyArns: [
      managed("service-role/AmazonEC2ContainerServiceforEC2Role"),
      managed("AmazonSSMManagedInstanceCore"),
    ],
    statements: [{ sid: "Key", actions: ["kms:Decrypt"], resources: [keyArn] }],
  });
  return new CfnInstanceProfile(stacks.compute, logicalId(component.id, "instance-profile"), { roles: [role.ref] })
    .attrArn;
}

/** Nobody comes to an instance: balancers come to tasks. It opens TLS connections, and those to file systems. */
function shipInstanceGroup(site: Site, component: ServiceComponent): string {
  const { shipment, stacks, network } = site;
  const anywhere = (port: number, description: string) => ({
    ipProtocol: "tcp",
    fromPort: port,
    toPort: port,
    cidrIp: port === 443 ? "0.0.0.0/0" : network.cidr,
    description,
  });
  const lustre = disksOf(site, component).lustrePorts;
  const group = new CfnSecurityGroup(stacks.compute, logicalId(component.id, "instance-security-group"), {
    vpcId: network.vpcId,
    groupDescription: `The instances of ${component.id}`,
    securityGroupEgress: [
      anywhere(443, "TLS, to AWS"),
      ...lustre.map((port) => anywhere(port, "the file system that is mounted")),
    ],
    tags: tagged(shipment, component),
  });
  disksOf(site, component).openDoors(group.attrGroupId);
  return group.attrGroupId;
}

/** All capacity providers of a cluster are named in one place, which CloudFormation replaces as a whole. */
function associate(site: Site, provider: string): CfnClusterCapacityProviderAssociations {
  const { stacks } = site;
  const id = logicalId("capacity-providers");
  const made = stacks.compute.node.tryFindChild(id) as CfnClusterCapacityProviderAssociations | undefined;
  if (made) {
    made.capacityProviders = [...(made.capacityProviders ?? []), provider];
    return made;
  }
  return new CfnClusterCapacityProviderAssociations(stacks.compute, id, {
    cluster: ecsCluster(site).ref,
    capacityProviders: ["FARGATE", provider],
    defaultCapacityProviderStrategy: [],
  });
}
