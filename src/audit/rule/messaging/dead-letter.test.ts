import { expect, test } from "vitest";
import { audit } from "../../audit.ts";
import { templateOf } from "../../read/cloudformation.ts";
import { readSource } from "../../read/source.ts";

const QUEUE = `
Resources:
  Undone: { Type: AWS::SQS::Queue }
Outputs:
  Undone: { Value: !GetAtt Undone.Arn, Export: { Name: undone } }
`;

const SUBSCRIPTION = `
Resources:
  Told:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: arn:aws:sns:us-east-1:123456789012:orders
      Protocol: https
      Endpoint: https://shop.example.com/hook
      RedrivePolicy: { deadLetterTargetArn: !ImportValue undone }
`;

function asked(...texts: readonly string[]): readonly string[] {
  const templates = texts.map((text, at) => templateOf(readSource(`${at}.yaml`, text)));
  const { findings } = audit(templates);
  return findings.filter(({ rule }) => rule === "sqs-dead-letter-queue").map(({ resource }) => resource);
}

test("a queue that another of the templates imports as its dead-letter queue is asked for none", () => {
  expect(asked(QUEUE)).toEqual(["Undone"]);
  expect(asked(QUEUE, SUBSCRIPTION)).toEqual([]);
});
