import {
  CfnMaintenanceWindow,
  CfnMaintenanceWindowTarget,
  CfnMaintenanceWindowTask,
  CfnPatchBaseline,
} from "aws-cdk-lib/aws-ssm";
import { logicalId, physicalName } from "../name.ts";
import type { Site } from "../ship.ts";

/** The tag by which Systems Manager knows which baseline is an instance's. */
const PATCH_GROUP_TAG = "PatchGroup";

/** So many days after a patch came out it is installed: others have tried it by then. */
const SETTLED_DAYS = 7;

/** Sundays, when it is quiet in most places; in UTC. */
const WINDOW = "cron(0 3 ? * SUN *)";
const WINDOW_HOURS = 3;
const LAST_START_HOURS = 1;

/** One after another: at no time is more than one instance of a service away. */
const AT_ONCE = "1";

/** An instance that does not come back well ends it for the others. */
const MOST_ERRORS = "0";

/** The name by which instances that are to be patched are tagged. */
export function patchGroup({ shipment }: Pick<Site, "shipment">): string {
  return physicalName(shipment);
}

/**
 * Patches of the instances of services on `ec2`, every week, one instance at a time. Tasks on Fargate have no instance
 * of ours, and Kubernetes nodes are replaced by newer ones instead.
 *
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-patch-groups.html
 */
export function shipPatching(site: Site): void {
  const { handles, stacks, shipment } = site;
  if (!handles.all("service").some(({ platform }) => platform === "ec2")) return;
  const stack = stacks.watch;
  const name = physicalName(shipment, "patches");
  const tags = [{ key: "Name", value: name }];
  new CfnPatchBaseline(stack, logicalId("patch-baseline"), {
    name,
    description: `Patches of the instances of ${shipment.system}`,
    operatingSystem: "AMAZON_LINUX_2023",
    patchGroups: [patchGroup(site)],
    approvalRules: {
      patchRules: [
        {
          approveAfterDays: SETTLED_DAYS,
          complianceLevel: "HIGH",
          enableNonSecurity: true,
          patchFilterGroup: {
            patchFilters: [
              { key: "CLASSIFICATION", values: ["Security", "Bugfix"] },
              { key: "SEVERITY", values: ["Critical", "Important", "Medium"] },
            ],
          },
        },
      ],
    },
    tags,
  });
  const window = new CfnMaintenanceWindow(stack, logicalId("patch-window"), {
    name,
    description: `When the instances of ${shipment.system} are patched`,
    schedule: WINDOW,
    scheduleTimezone: "UTC",
    duration: WINDOW_HOURS,
    cutoff: LAST_START_HOURS,
    allowUnassociatedTargets: false,
    tags,
  });
  const target = new CfnMaintenanceWindowTarget(stack, logicalId("patch-target"), {
    windowId: window.ref,
    resourceType: "INSTANCE",
    targets: [{ key: `tag:${PATCH_GROUP_TAG}`, values: [patchGroup(site)] }],
  });
  new CfnMaintenanceWindowTask(stack, logicalId("patch-task"), {
    windowId: window.ref,
    taskType: "RUN_COMMAND",
    taskArn: "AWS-RunPatchBaseline",
    priority: 1,
    maxConcurrency: AT_ONCE,
    maxErrors: MOST_ERRORS,
    cutoffBehavior: "CONTINUE_TASK",
    targets: [{ key: "WindowTargetIds", values: [target.ref] }],
    taskInvocationParameters: {
      maintenanceWindowRunCommandParameters: {
        parameters: { Operation: ["Install"], RebootOption: ["RebootIfNeeded"] },
        timeoutSeconds: 600,
      },
    },
  });
}
