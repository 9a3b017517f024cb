import type { Stack } from "aws-cdk-lib";
import { type CfnQueue, CfnQueuePolicy } from "aws-cdk-lib/aws-sqs";
import { assert } from "../../base/error.ts";
import { logicalId } from "../name.ts";

/** A service of AWS that may send to a queue, and for which topic, rule or bus. */
export interface Sender {
  readonly sid: string;
  readonly service: "sns.amazonaws.com" | "events.amazonaws.com";
  /** May have wildcards, where what sends comes later than the queue. */
  readonly sourceArn: string;
}

/**
 * The policy of a queue: nobody comes without TLS, and the services in `senders` may send. A queue has one policy
 * alone, and a second one takes the place of the first; so who sends to a queue that is shipped already is added to it
 * by {@link letSend}.
 *
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html
 */
export function shipQueuePolicy(stack: Stack, queue: CfnQueue, senders: readonly Sender[] = []): CfnQueuePolicy {
  return new CfnQueuePolicy(stack, logicalId(queue.node.id, "policy"), {
    queues: [queue.attrQueueUrl],
    policyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "sqs:*",
          Resource: queue.attrArn,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
        ...senders.map((sender) => statementFor(sender, queue.attrArn)),
      ],
    },
  });
}

/** Lets one more service send to a queue that was shipped into `stack` before. */
export function letSend(stack: Stack, queueId: string, sender: Sender): CfnQueuePolicy {
  const queue = stack.node.tryFindChild(logicalId(queueId, "queue")) as CfnQueue | undefined;
  const policy = stack.node.tryFindChild(logicalId(queueId, "queue", "policy")) as CfnQueuePolicy | undefined;
  assert(queue && policy, `the queue ${queueId} is shipped before what sends to it`);
  (policy.policyDocument as { Statement: object[] }).Statement.push(statementFor(sender, queue.attrArn));
  return policy;
}

function statementFor({ sid, service, sourceArn }: Sender, queueArn: string): object {
  return {
    Sid: sid,
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sqs:SendMessage",
    Resource: queueArn,
    Condition: { ArnLike: { "aws:SourceArn": sourceArn } },
  };
}
