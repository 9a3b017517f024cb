import { CfnRule } from "aws-cdk-lib/aws-events";
import { CfnEventSubscription } from "aws-cdk-lib/aws-rds";
import { CfnQueue } from "aws-cdk-lib/aws-sqs";
import { EVENTBRIDGE } from "../../facts/messaging.ts";
import { SQS } from "../../facts/timing.ts";
import { shipQueuePolicy } from "../messaging/queue-policy.ts";
import { arnOf, logicalId, physicalName } from "../name.ts";
import { type Site, keep } from "../ship.ts";
import { type ShippedRow, shipAlarm } from "./alarm.ts";
import { deadLetters } from "./kind/queue.ts";

/** Something that AWS tells as an event, and that no metric shows. */
interface EventRow {
  readonly name: string;
  readonly says: string;
  readonly pattern: Readonly<Record<string, unknown>>;
}

/**
 * What AWS tells of the whole account, because not all of it names what it is about.
 * https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-reference.html
 */
const OF_ACCOUNT: readonly EventRow[] = [
  {
    name: "backup-failed",
    says: "a backup, a copy of one or a restore (also one that tests backups) did not succeed",
    pattern: {
      source: ["aws.backup"],
      "detail-type": ["Backup Job State Change", "Copy Job State Change", "Restore Job State Change"],
      detail: { $or: [{ state: ["FAILED", "ABORTED", "EXPIRED", "PARTIAL"] }, { status: ["FAILED", "ABORTED"] }] },
    },
  },
  {
    name: "zonal-shift",
    says: "AWS shifts traffic away from a zone, or a practice run of it failed",
    pattern: {
      source: ["aws.arc-zonal-shift"],
      "detail-type": [
        "Autoshift In Progress",
        "Autoshift Completed",
        "Practice Run Failed",
        "Practice Run Interrupted",
      ],
    },
  },
  {
    name: "region-switch",
    says: "a Region switch plan is executed, or its evaluation found something",
    pattern: {
      source: ["aws.arc-region-switch"],
      "detail-type": ["ARC Region Switch Plan Execution", "ARC Region Switch Plan Evaluation"],
    },
  },
  {
    name: "aws-health",
    says: "AWS itself reports a trouble that touches this account",
    pattern: {
      source: ["aws.health"],
      "detail-type": ["AWS Health Event"],
      detail: { eventTypeCategory: ["issue"] },
    },
  },
];

/** What AWS tells of the system's own services. */
function rowsOfServices({ handles }: Site): readonly EventRow[] {
  const on = (wanted: string) => handles.all("service").filter(({ platform }) => platform === wanted);
  const [tasks, groups] = [[...on("fargate"), ...on("ec2")], on("ec2")];
  const placed: EventRow = {
    name: "tasks",
    says: "a deployment failed and is rolled back, or tasks cannot be placed",
    pattern: {
      source: ["aws.ecs"],
      "detail-type": ["ECS Deployment State Change", "ECS Service Action"],
      resources: tasks.map(({ arn }) => arn),
      detail: { eventType: ["ERROR"] },
    },
  };
  const launched: EventRow = {
    name: "instances",
    says: "an instance cannot be launched: a quota, or AWS has none of that type left in the zone",
    pattern: {
      source: ["aws.autoscaling"],
      "detail-type": ["EC2 Instance Launch Unsuccessful"],
      detail: { AutoScalingGroupName: groups.map(({ name }) => name) },
    },
  };
  return [...(tasks.length > 0 ? [placed] : []), ...(groups.length > 0 ? [launched] : [])];
}

/** What AWS's events about databases are subscribed to; the rest is in the log. */
const DATABASE_EVENTS = {
  "db-cluster": ["failover", "failure", "maintenance"],
  "db-instance": ["availability", "failover", "failure", "low storage", "recovery"],
} as const;

/**
 * Tells the alerts' topic what AWS announces as events: failed backups, shifts of zones and regions, failovers of
 * databases, tasks and instances that cannot be started, troubles of AWS's own. What cannot be delivered waits in a
 * dead-letter queue with an alarm.
 */
export function shipEvents(site: Site, alertsArn: string): readonly ShippedRow[] {
  const { stacks } = site;
  const undelivered = shipUndeliveredAlerts(site);
  for (const { name, says, pattern } of [...OF_ACCOUNT, ...rowsOfServices(site)]) {
    new CfnRule(stacks.watch, logicalId(name, "rule"), {
      description: says,
      eventPattern: pattern,
      state: "ENABLED",
      targets: [
        {
          id: "alerts",
          arn: alertsArn,
          deadLetterConfig: { arn: undelivered.attrArn },
          retryPolicy: {
            maximumEventAgeInSeconds: EVENTBRIDGE.retryFor.value / 1_000,
            maximumRetryAttempts: EVENTBRIDGE.retries.value,
          },
        },
      ],
    });
  }
  shipDatabaseEvents(site, alertsArn);
  const row = deadLetters(undelivered.attrQueueName);
  const says = "alerts could not be given to their topic: see what waits in the queue, then its policy and key";
  return [shipAlarm(site, "undelivered-alerts", { ...row, says }, [alertsArn])];
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html */
function shipDatabaseEvents(site: Site, alertsArn: string): void {
  const { handles, stacks } = site;
  const databases = handles.all("database");
  const sources = {
    "db-cluster": databases.flatMap(({ clusterIdentifier }) => clusterIdentifier ?? []),
    "db-instance": databases.flatMap(({ instanceIdentifiers }) => instanceIdentifiers),
  };
  for (const [sourceType, sourceIds] of Object.entries(sources)) {
    if (sourceIds.length === 0) continue;
    new CfnEventSubscription(stacks.watch, logicalId(sourceType, "events"), {
      snsTopicArn: alertsArn,
      sourceType,
      sourceIds,
      eventCategories: [...DATABASE_EVENTS[sourceType as keyof typeof DATABASE_EVENTS]],
      enabled: true,
    });
  }
}

/** It has a key of SQS's own, for what could not be delivered because of ours. */
function shipUndeliveredAlerts(site: Site): CfnQueue {
  const { shipment, stacks, region } = site;
  const queue = new CfnQueue(stacks.watch, logicalId("undelivered-alerts"), {
    sqsManagedSseEnabled: true,
    messageRetentionPeriod: SQS.retention.max / 1_000,
    redriveAllowPolicy: { redrivePermission: "denyAll" },
    tags: [{ key: "Name", value: physicalName(shipment, "undelivered-alerts") }],
  });
  keep(queue, shipment);
  const sourceArn = arnOf("events", region.name, "rule/*");
  shipQueuePolicy(stacks.watch, queue, [{ sid: "Undelivered", service: "events.amazonaws.com", sourceArn }]);
  return queue;
}
