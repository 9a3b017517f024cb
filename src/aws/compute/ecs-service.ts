import { CfnAlarm, type CfnAlarmProps } from "aws-cdk-lib/aws-cloudwatch";
import { CfnService } from "aws-cdk-lib/aws-ecs";
import { CfnSecurityGroupIngress } from "aws-cdk-lib/aws-ec2";
import { ECS_TASK } from "../../facts/compute.ts";
import type { ServiceComponent } from "../../topology/topology.ts";
import type { ServiceHandle } from "../handle.ts";
import { logicalId } from "../name.ts";
import { type Site, tagged } from "../ship.ts";
import { shipInstances } from "./auto-scaling-group.ts";
import { type Balancer, type Balancers, shipBalancers } from "./balancer.ts";
import { ecsCluster, shipLogGroup } from "./cluster.ts";
import type { Exposure } from "./exposure.ts";
import { shipProgramGroup } from "./program-access.ts";
import { shipScaling } from "./scaling.ts";
import { PROGRAM, shipTaskDefinition } from "./task-definition.ts";

/** So many errors a minute of a new revision are no customer's doing, and roll it back. */
const ERRORS_OF_REVISION = 10;

/**
 * A service of ECS, on Fargate or on instances: its tasks spread over all zones and back again after a zone was lost,
 * a new revision started beside the old one and rolled back by itself where it does not come up or fails customers.
 * Nothing here says how many tasks run: that is scaling's, and a number would set back what it made of it.
 */
export function shipEcsService(site: Site, component: ServiceComponent, exposure: Exposure): ServiceHandle {
  const { id, settings } = component;
  const cluster = ecsCluster(site);
  const logs = shipLogGroup(site, id);
  const balancers = shipBalancers(site, component, exposure);
  const group = shipProgramGroup(site, component);
  const both = [balancers.customers, balancers.programs].filter((each) => each !== null);
  for (const each of both) letBalancerIn(site, component, { balancer: each, groupId: group.attrGroupId });
  const task = shipTaskDefinition(site, component, logs);
  const instances = settings.platform === "ec2" ? shipInstances(site, component) : null;
  const service = shipService(site, component, {
    task: task.ref,
    cluster: cluster.ref,
    groupId: group.attrGroupId,
    both,
  });
  if (instances === null) service.launchType = "FARGATE";
  else {
    service.capacityProviderStrategy = [{ capacityProvider: instances.capacityProvider, base: 0, weight: 1 }];
    service.placementStrategies = [
      { type: "spread", field: "attribute:ecs.availability-zone" },
      { type: "spread", field: "instanceId" },
    ];
    service.addResourceDependency(instances.association);
  }
  shipScaling(site, component, { clusterName: cluster.ref, serviceName: service.attrName, balancers: both });
  return handleOf(component, balancers, {
    clusterName: cluster.ref,
    name: instances?.groupName ?? service.attrName,
    arn: service.attrServiceArn,
    securityGroupId: group.attrGroupId,
    logGroupName: logs.ref,
  });
}

/** What others know of a service, whatever carries it. */
export function handleOf(
  { id, settings }: ServiceComponent,
  { customers, programs }: Balancers,
  of: Pick<ServiceHandle, "clusterName" | "name" | "arn" | "securityGroupId" | "logGroupName">,
): ServiceHandle {
  return {
    id,
    kind: "service",
    platform: settings.platform,
    address: programs?.address ?? null,
    balancers: [customers, programs].filter((each) => each !== null),
    ...(programs === null ? {} : { internalListenerArn: programs.listenerArn }),
    access: [],
    doors: programs === null ? [] : [{ securityGroupId: programs.securityGroupId, port: programs.address.port }],
    ...of,
  };
}

/** Lets a balancer's connections to tasks in. */
export function letBalancerIn(
  site: Site,
  { id, settings }: ServiceComponent,
  { balancer, groupId }: { readonly balancer: Balancer; readonly groupId: string },
): void {
  const port = settings.port!; // it has a balancer, so it listens
  const isOf = balancer.isInternal ? "internal-balancer" : "balancer";
  new CfnSecurityGroupIngress(site.stacks.compute, logicalId(id, "lets-in", isOf), {
    groupId,
    sourceSecurityGroupId: balancer.securityGroupId,
    ipProtocol: "tcp",
    fromPort: port,
    toPort: port,
    description: `its ${isOf.replace("-", " ")}`,
  });
}

interface Around {
  readonly task: string;
  readonly cluster: string;
  readonly groupId: string;
  readonly both: readonly Balancer[];
}

function shipService(site: Site, component: ServiceComponent, around: Around): CfnService {
  const { shipment, stacks, network } = site;
  const { id, settings } = component;
  const { both } = around;
  const service = new CfnService(stacks.compute, logicalId(id, "service"), {
    cluster: around.cluster,
    taskDefinition: around.task,
    schedulingStrategy: "REPLICA",
    availabilityZoneRebalancing: "ENABLED",
    deploymentConfiguration: {
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      alarms: { enable: true, rollback: true, alarmNames: revisionAlarms(site, component, both) },
    },
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: network.zones.map(({ privateSubnetId }) => privateSubnetId),
        securityGroups: [around.groupId],
        assignPublicIp: "DISABLED",
      },
    },
    ...(both.length === 0
      ? {}
      : {
          healthCheckGracePeriodSeconds: ECS_TASK.healthGrace.value / 1_000,
          loadBalancers: both.map(({ targetGroup }) => ({
            containerName: PROGRAM,
            containerPort: settings.port!, // it has a balancer, so it listens
            targetGroupArn: targetGroup.arn,
          })),
        }),
    enableEcsManagedTags: true,
    propagateTags: "SERVICE",
    enableExecuteCommand: false,
    tags: tagged(shipment, component),
  });
  for (const ready of both.flatMap((each) => each.ready)) service.addResourceDependency(ready);
  return service;
}

/**
 * Alarms that end a deployment: errors that customers see, or messages that go to the dead letters. An alarm that rings
 * before a deployment begins does not stop it, so a mended revision can be shipped.
 *
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
 */
function revisionAlarms(site: Site, component: ServiceComponent, both: readonly Balancer[]): string[] {
  const { id, settings } = component;
  const alarm = (name: string, says: string, props: Partial<CfnAlarmProps>): string =>
    new CfnAlarm(site.stacks.compute, logicalId(id, name), {
      alarmDescription: `${says}: a deployment of ${id} is rolled back`,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      evaluationPeriods: 2,
      period: 60,
      threshold: 1,
      treatMissingData: "notBreaching",
      ...props,
      tags: tagged(site.shipment, component),
    }).ref;
  if (settings.consumes !== null) {
    const dimensions = [{ name: "QueueName", value: site.handles.get("queue", settings.consumes).deadLetters.name }];
    const metric = { namespace: "AWS/SQS", metricName: "ApproximateNumberOfMessagesVisible", statistic: "Maximum" };
    return [alarm("revision-dead-letters", "messages could not be worked off", { ...metric, dimensions })];
  }
  return both.map(({ fullName, targetGroup, isInternal }) => {
    const name = isInternal ? "revision-internal-errors" : "revision-errors";
    const dimensions = [
      { name: "LoadBalancer", value: fullName },
      { name: "TargetGroup", value: targetGroup.fullName },
    ];
    if (settings.protocol === "tcp") {
      const metric = { namespace: "AWS/NetworkELB", metricName: "UnHealthyHostCount", statistic: "Minimum" };
      return alarm(name, "a task fails its health check", { ...metric, dimensions, evaluationPeriods: 5 });
    }
    const metric = { namespace: "AWS/ApplicationELB", metricName: "HTTPCode_Target_5XX_Count", statistic: "Sum" };
    return alarm(name, "tasks answer with errors", { ...metric, dimensions, threshold: ERRORS_OF_REVISION });
  });
}
