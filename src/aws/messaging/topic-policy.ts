import type { Stack } from "aws-cdk-lib";
import { type CfnTopic, CfnTopicPolicy } from "aws-cdk-lib/aws-sns";
import { logicalId } from "../name.ts";
import { type Caller, letIn, tlsOnly } from "../resource-policy.ts";

/**
 * The policy of a topic: nobody comes without TLS, and the services in `publishers` may publish. Publishers of this
 * account with a role need no word of it, their own policies allow them.
 *
 * https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html
 * https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
 */
export function shipTopicPolicy(stack: Stack, topic: CfnTopic, publishers: readonly Caller[]): void {
  const arn = topic.attrTopicArn;
  new CfnTopicPolicy(stack, logicalId(topic.node.id, "policy"), {
    topics: [arn],
    policyDocument: {
      Version: "2012-10-17",
      Statement: [tlsOnly("sns:Publish", arn), ...publishers.map((publisher) => letIn(publisher, "sns:Publish", arn))],
    },
  });
}
