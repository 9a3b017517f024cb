import { CfnSubscription, CfnTopic } from "aws-cdk-lib/aws-sns";
import { shipTopicPolicy } from "../messaging/topic-policy.ts";
import { arnOf, logicalId, physicalName } from "../name.ts";
import type { Site } from "../ship.ts";

/** Services of AWS that publish alerts, and what of this account they publish for. */
const PUBLISHERS = [
  { sid: "Alarms", service: "cloudwatch.amazonaws.com", of: "cloudwatch", resource: "alarm:*" },
  { sid: "Rules", service: "events.amazonaws.com", of: "events", resource: "rule/*" },
  { sid: "Databases", service: "events.rds.amazonaws.com", of: "rds", resource: "*" },
  { sid: "Backups", service: "backup.amazonaws.com", of: "backup", resource: "backup-vault:*" },
] as const;

/**
 * The ARN of the topic that gets a region's alerts: one that exists, or one of its own, encrypted, with the
 * definition's addresses. Each address is asked by a mail to confirm, and gets nothing before.
 *
 * Only this account's own alarms, rules, databases and vaults may publish.
 */
export function shipAlerts(site: Site): string {
  const { shipment, region, stacks, keyArn } = site;
  const { emails, topicArns } = shipment.topology.shipping.alerts;
  const given = topicArns[region.name];
  if (given !== undefined) return given;
  const stack = stacks.watch;
  const topic = new CfnTopic(stack, logicalId("alerts", "topic"), {
    displayName: physicalName(shipment, "alerts").slice(0, MOST_DISPLAYED),
    kmsMasterKeyId: keyArn,
    signatureVersion: "2",
    tags: [{ key: "Name", value: physicalName(shipment, "alerts") }],
  });
  const arn = topic.attrTopicArn;
  const publishers = PUBLISHERS.map(({ sid, service, of, resource }) => ({
    sid,
    service,
    sourceArn: arnOf(of, region.name, resource),
  }));
  shipTopicPolicy(stack, topic, publishers);
  for (const [index, endpoint] of emails.entries()) {
    new CfnSubscription(stack, logicalId("alerts", `mail-${index + 1}`), {
      topicArn: arn,
      protocol: "email",
      endpoint,
    });
  }
  return arn;
}

/** A display name has at most a hundred characters. https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
const MOST_DISPLAYED = 100;
