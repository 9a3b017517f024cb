import { CfnCluster } from "aws-cdk-lib/aws-ecs";
import { CfnLogGroup } from "aws-cdk-lib/aws-logs";
import { logicalId, physicalName } from "../name.ts";
import { type Site, isDev, keep } from "../ship.ts";

/** How long the logs of programs are kept, in days. */
const LOG_DAYS = 90;
const LOG_DAYS_DEV = 7;

/**
 * The ECS cluster of a region, made with its first service. Container Insights counts the tasks that scaling divides
 * by. Nobody opens a shell in a task: services have ECS Exec off; if somebody turns it on, what is typed is logged.
 */
export function ecsCluster(site: Site): CfnCluster {
  const { shipment, stacks, keyArn } = site;
  const id = logicalId("cluster");
  const made = stacks.compute.node.tryFindChild(id) as CfnCluster | undefined;
  if (made) return made;
  const commands = shipLogGroup(site, "commands");
  return new CfnCluster(stacks.compute, id, {
    clusterSettings: [{ name: "containerInsights", value: isDev(shipment) ? "enabled" : "enhanced" }],
    configuration: {
      executeCommandConfiguration: {
        kmsKeyId: keyArn,
        logging: "OVERRIDE",
        logConfiguration: { cloudWatchLogGroupName: commands.ref, cloudWatchEncryptionEnabled: true },
      },
    },
    tags: [{ key: "Name", value: physicalName(shipment) }],
  });
}

/** A log group of programs, encrypted; kept when its stack goes, because what led to that may be in it. */
export function shipLogGroup(site: Site, name: string): CfnLogGroup {
  const { shipment, stacks, keyArn } = site;
  const group = new CfnLogGroup(stacks.compute, logicalId(name, "logs"), {
    kmsKeyId: keyArn,
    retentionInDays: isDev(shipment) ? LOG_DAYS_DEV : LOG_DAYS,
    tags: [{ key: "Name", value: physicalName(shipment, name) }],
  });
  keep(group, shipment);
  return group;
}
