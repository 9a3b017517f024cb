import { CfnPermission } from "aws-cdk-lib/aws-lambda";
import { CfnSubscription, CfnTopic } from "aws-cdk-lib/aws-sns";
import { type TopicComponent, componentsOf } from "../../topology/topology.ts";
import type { TopicHandle } from "../handle.ts";
import { letSend } from "../messaging/queue-policy.ts";
import { shipTopicPolicy } from "../messaging/topic-policy.ts";
import { shipUndelivered } from "../messaging/undelivered.ts";
import { logicalId } from "../name.ts";
import type { Caller } from "../resource-policy.ts";
import { type Site, tagged } from "../ship.ts";
import { rulesArn } from "./bus.ts";

/**
 * An SNS topic, encrypted and closed to requests without TLS, with its subscriptions of queues: each gets the message
 * as it was published, and what cannot be delivered goes to a dead-letter queue of the subscription.
 */
export function shipTopic(site: Site, component: TopicComponent): TopicHandle {
  const { shipment, stacks, keyArn } = site;
  const { id, settings } = component;
  const topic = new CfnTopic(stacks.messaging, logicalId(id, "topic"), {
    kmsMasterKeyId: keyArn,
    signatureVersion: "2",
    tags: tagged(shipment, component),
  });
  const arn = topic.attrTopicArn;
  shipTopicPolicy(stacks.messaging, topic, publishers(site, component));
  const queues = settings.subscribers.filter((subscriber) => site.handles.find(subscriber)?.kind === "queue");
  for (const queue of queues) subscribeQueue(site, { component, arn, queue });
  return {
    id,
    kind: "topic",
    arn,
    name: topic.attrTopicName,
    access: [
      { sid: logicalId("publish-to", id), actions: ["sns:Publish"], resources: [arn] },
      { sid: logicalId("key-of", id), actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [keyArn] },
    ],
    doors: [],
  };
}

/** The subscriptions of functions. They are in the functions' stack, which is made after the topic's. */
export function subscribeFunctions(site: Site, component: TopicComponent): void {
  const { stacks, handles } = site;
  const { id, settings } = component;
  const { arn } = handles.get("topic", id);
  for (const subscriber of settings.subscribers) {
    const handle = handles.find(subscriber);
    if (handle?.kind !== "function") continue;
    const permission = new CfnPermission(stacks.compute, logicalId(id, "invokes", subscriber), {
      action: "lambda:InvokeFunction",
      functionName: handle.aliasArn,
      principal: "sns.amazonaws.com",
      sourceArn: arn,
    });
    const subscription = new CfnSubscription(stacks.compute, logicalId(id, "subscription-of", subscriber), {
      topicArn: arn,
      protocol: "lambda",
      endpoint: handle.aliasArn,
      redrivePolicy: { deadLetterTargetArn: undelivered(site, component, { arn, subscriber }) },
    });
    subscription.addResourceDependency(permission);
  }
}

function subscribeQueue(site: Site, of: { component: TopicComponent; arn: string; queue: string }): void {
  const { component, arn, queue } = of;
  const stack = site.stacks.messaging;
  const policy = letSend(stack, queue, {
    sid: logicalId("from-topic", component.id),
    service: "sns.amazonaws.com",
    sourceArn: arn,
  });
  const subscription = new CfnSubscription(stack, logicalId(component.id, "subscription-of", queue), {
    topicArn: arn,
    protocol: "sqs",
    endpoint: site.handles.get("queue", queue).arn,
    rawMessageDelivery: true,
    redrivePolicy: { deadLetterTargetArn: undelivered(site, component, { arn, subscriber: queue }) },
  });
  subscription.addResourceDependency(policy);
}

/** What a subscription cannot deliver, SNS itself puts into its dead-letter queue. */
function undelivered(site: Site, component: TopicComponent, to: { arn: string; subscriber: string }): string {
  const sender = { service: "sns.amazonaws.com", sourceArn: to.arn } as const;
  return shipUndelivered(site, component, { name: to.subscriber, sender });
}

/** The rules of buses, which publish without a role. */
function publishers(site: Site, { id }: TopicComponent): Caller[] {
  return componentsOf(site.shipment.topology, "bus")
    .filter(({ settings }) => settings.rules.some(({ to }) => to.includes(id)))
    .map((bus) => ({
      sid: logicalId("from-bus", bus.id),
      service: "events.amazonaws.com",
      sourceArn: rulesArn(site, bus.id),
    }));
}
