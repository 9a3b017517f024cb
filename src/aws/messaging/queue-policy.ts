import type { Stack } from "aws-cdk-lib";
import { type CfnQueue, CfnQueuePolicy } from "aws-cdk-lib/aws-sqs";
import { assert } from "../../base/error.ts";
import { logicalId } from "../name.ts";
import { type Caller, letIn, tlsOnly } from "../resource-policy.ts";

/**
 * The policy of a queue: nobody comes without TLS, and the services in `senders` may send. A queue has one policy
 * alone, and a second one takes the place of the first; so who sends to a queue that is shipped already is added to it
 * by {@link letSend}.
 *
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html
 */
export function shipQueuePolicy(stack: Stack, queue: CfnQueue, senders: readonly Caller[] = []): CfnQueuePolicy {
  return new CfnQueuePolicy(stack, logicalId(queue.node.id, "policy"), {
    queues: [queue.attrQueueUrl],
    policyDocument: {
      Version: "2012-10-17",
      Statement: [tlsOnly("sqs:*", queue.attrArn), ...senders.map((sender) => maySend(sender, queue))],
    },
  });
}

/** Lets one more service send to a queue that was shipped into `stack` before. */
export function letSend(stack: Stack, queueId: string, sender: Caller): CfnQueuePolicy {
  const queue = stack.node.tryFindChild(logicalId(queueId, "queue")) as CfnQueue | undefined;
  const policy = stack.node.tryFindChild(logicalId(queueId, "queue", "policy")) as CfnQueuePolicy | undefined;
  assert(queue && policy, `the queue ${queueId} is shipped before what sends to it`);
  (policy.policyDocument as { Statement: object[] }).Statement.push(maySend(sender, queue));
  return policy;
}

function maySend(sender: Caller, queue: CfnQueue): object {
  return letIn(sender, "sqs:SendMessage", queue.attrArn);
}
