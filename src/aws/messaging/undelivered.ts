import { CfnQueue } from "aws-cdk-lib/aws-sqs";
import { QUEUE } from "../../facts/messaging.ts";
import { SQS } from "../../facts/timing.ts";
import { logicalId } from "../name.ts";
import { type Site, keep, tagged } from "../ship.ts";
import type { Caller } from "../resource-policy.ts";
import { shipQueuePolicy } from "./queue-policy.ts";
import type { Component } from "../../topology/topology.ts";

/** What a dead-letter queue is for. */
export interface UndeliveredOptions {
  /** Its name within the component: a subscriber, a rule; left out where the component has one alone. */
  readonly name?: string;
  /** Left out where a role sends. */
  readonly sender?: Omit<Caller, "sid">;
  /** A key of SQS's own, for what could not be delivered because of ours. @default ours */
  readonly key?: "own" | "sqs";
}

/**
 * A queue for what a subscription, a rule, a bus or a schedule could not deliver, kept for as long as SQS keeps
 * anything. It is no queue's dead-letter queue, and none can make it one.
 */
export function shipUndelivered(site: Site, component: Component, options: UndeliveredOptions): string {
  const { shipment, stacks, keyArn, handles } = site;
  const { name, sender, key = "own" } = options;
  const id = logicalId(component.id, ...(name === undefined ? [] : [name]), "undelivered");
  const encryption =
    key === "sqs"
      ? { sqsManagedSseEnabled: true }
      : { kmsMasterKeyId: keyArn, kmsDataKeyReusePeriodSeconds: QUEUE.dataKeyReuse.value / 1_000 };
  const queue = new CfnQueue(stacks.messaging, id, {
    ...encryption,
    messageRetentionPeriod: SQS.retention.max / 1_000,
    redriveAllowPolicy: { redrivePermission: "denyAll" },
    tags: tagged(shipment, component),
  });
  keep(queue, shipment);
  shipQueuePolicy(stacks.messaging, queue, sender === undefined ? [] : [{ sid: "Undelivered", ...sender }]);
  const { attrArn: arn, attrQueueName, attrQueueUrl: url } = queue;
  handles.undelivered.push({ of: component.id, id, arn, name: attrQueueName, url });
  return arn;
}
