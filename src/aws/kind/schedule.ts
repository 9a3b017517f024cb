import { CfnSchedule, CfnScheduleGroup } from "aws-cdk-lib/aws-scheduler";
import { assert } from "../../base/error.ts";
import { SCHEDULER } from "../../facts/messaging.ts";
import type { ScheduleComponent } from "../../topology/topology.ts";
import { shipUndelivered } from "../messaging/undelivered.ts";
import { logicalId, physicalName } from "../name.ts";
import { type Statement, shipRole } from "../role.ts";
import type { Site } from "../ship.ts";

/** What the target gets: which schedule it is, and when it was due, the same for every attempt of one time. */
const INPUT_TIME = "<aws.scheduler.scheduled-time>";

/**
 * A schedule of EventBridge Scheduler that invokes a function or sends to a queue, at the very time, with retries for a
 * day and a dead-letter queue after that. It is in both regions and runs in one, also where both serve, so that nothing
 * is done twice: a failover changes its state and nothing else.
 */
export function shipSchedule(site: Site, component: ScheduleComponent): void {
  const { shipment, region, stacks } = site;
  const { id, settings } = component;
  const deadLetters = shipUndelivered(site, component, {});
  const target = targetOf(site, settings.to);
  const role = shipRole(stacks.compute, logicalId(id, "schedule-role"), {
    assumedBy: "scheduler.amazonaws.com",
    statements: [
      target.access,
      { sid: "Undelivered", actions: ["sqs:SendMessage"], resources: [deadLetters] },
      // Both the queue that it sends to and the one for what it could not deliver are encrypted with it.
      { sid: "KeyOfQueues", actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [site.keyArn] },
    ],
  });
  new CfnSchedule(stacks.compute, logicalId(id, "schedule"), {
    description: `Schedule ${id} of ${shipment.system}`,
    groupName: scheduleGroup(site),
    scheduleExpression: settings.expression,
    scheduleExpressionTimezone: settings.timezone,
    flexibleTimeWindow: { mode: "OFF" },
    state: region.name === shipment.active ? "ENABLED" : "DISABLED",
    target: {
      arn: target.arn,
      roleArn: role.attrArn,
      input: JSON.stringify({ schedule: id, time: INPUT_TIME }),
      deadLetterConfig: { arn: deadLetters },
      retryPolicy: {
        maximumEventAgeInSeconds: SCHEDULER.retryFor.value / 1_000,
        maximumRetryAttempts: SCHEDULER.retries.value,
      },
    },
  });
}

function targetOf({ handles }: Site, to: string): { arn: string; access: Statement } {
  const target = handles.find(to);
  if (target?.kind === "function") {
    const { aliasArn: arn } = target;
    return { arn, access: { sid: "Invoke", actions: ["lambda:InvokeFunction"], resources: [arn] } };
  }
  assert(target?.kind === "queue", `${to} can be the target of a schedule`);
  return { arn: target.arn, access: { sid: "Send", actions: ["sqs:SendMessage"], resources: [target.arn] } };
}

/** One group a region, with the first schedule. */
function scheduleGroup({ shipment, stacks, handles }: Site): string {
  const tags = [{ key: "Name", value: physicalName(shipment, "schedules") }];
  handles.scheduleGroupName ??= new CfnScheduleGroup(stacks.compute, logicalId("schedule-group"), { tags }).ref;
  return handles.scheduleGroupName;
}
