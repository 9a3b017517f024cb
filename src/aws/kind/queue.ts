import { CfnQueue } from "aws-cdk-lib/aws-sqs";
import { QUEUE } from "../../facts/messaging.ts";
import { LAMBDA } from "../../facts/serverless.ts";
import { type QueueComponent, type Topology, componentsOf } from "../../topology/topology.ts";
import type { QueueHandle } from "../handle.ts";
import { shipQueuePolicy } from "../messaging/queue-policy.ts";
import { logicalId } from "../name.ts";
import { type Site, keep, tagged } from "../ship.ts";

/** What a producer may do: ask where the queue is, and send. */
const SEND = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"];
const CONSUME = [
  "sqs:ChangeMessageVisibility",
  "sqs:DeleteMessage",
  "sqs:GetQueueAttributes",
  "sqs:GetQueueUrl",
  "sqs:ReceiveMessage",
];

/**
 * An SQS queue with its dead-letter queue, both encrypted and closed to requests without TLS. Messages are not
 * replicated: those in a region that is lost wait there until it is back.
 *
 * Any queue of the account and region may name the dead-letter queue as its own, which is AWS's default: to allow the
 * one queue alone, that one would need a fixed name, and a retained queue of that name would be in the way when the
 * stack is made again.
 */
export function shipQueue(site: Site, component: QueueComponent): QueueHandle {
  const { shipment, stacks, keyArn } = site;
  const { id, settings } = component;
  const tags = tagged(shipment, component);
  const encryption = { kmsMasterKeyId: keyArn, kmsDataKeyReusePeriodSeconds: QUEUE.dataKeyReuse.value / 1_000 };
  const visibilityTimeoutMs = visibilityOf(component, shipment.topology);
  const deadLetters = new CfnQueue(stacks.messaging, logicalId(id, "dead-letters"), {
    ...encryption,
    messageRetentionPeriod: settings.deadLetterRetentionMs / 1_000,
    tags,
  });
  const queue = new CfnQueue(stacks.messaging, logicalId(id, "queue"), {
    ...encryption,
    messageRetentionPeriod: settings.retentionMs / 1_000,
    visibilityTimeout: Math.ceil(visibilityTimeoutMs / 1_000),
    receiveMessageWaitTimeSeconds: QUEUE.longestPoll.value / 1_000,
    redrivePolicy: { deadLetterTargetArn: deadLetters.attrArn, maxReceiveCount: settings.maxReceives },
    tags,
  });
  for (const each of [queue, deadLetters]) {
    keep(each, shipment);
    shipQueuePolicy(stacks.messaging, each);
  }
  const allow = (sid: string, actions: readonly string[]) => ({
    sid: logicalId(sid, id),
    actions,
    resources: [queue.attrArn],
  });
  return {
    id,
    kind: "queue",
    url: queue.attrQueueUrl,
    arn: queue.attrArn,
    name: queue.attrQueueName,
    deadLetters: { arn: deadLetters.attrArn, name: deadLetters.attrQueueName, url: deadLetters.attrQueueUrl },
    access: [allow("send", SEND), useOfKey(id, keyArn, ["kms:Decrypt", "kms:GenerateDataKey"])],
    consumeAccess: [allow("receive", CONSUME), useOfKey(id, keyArn, ["kms:Decrypt"])],
    doors: [],
    visibilityTimeoutMs,
  };
}

/** As long as the definition says, and as AWS asks for with the slowest of the functions that work it off. */
function visibilityOf({ id, settings }: QueueComponent, topology: Topology): number {
  const consumers = componentsOf(topology, "function").filter((each) => each.settings.consumes === id);
  const asked = consumers.map((each) => each.settings.timeoutMs * LAMBDA.visibilityFactor.value);
  return Math.max(settings.visibilityTimeoutMs, ...asked);
}

function useOfKey(id: string, keyArn: string, actions: readonly string[]) {
  return { sid: logicalId("key-of", id), actions, resources: [keyArn] };
}
