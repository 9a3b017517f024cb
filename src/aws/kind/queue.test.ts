import { describe, expect, test } from "vitest";
import { makeSites } from "../../../test/support/aws-site.ts";
import type { FunctionComponent, QueueComponent } from "../../topology/topology.ts";
import { shipQueue } from "./queue.ts";

const DAY_MS = 86_400_000;

const ORDERS: QueueComponent = {
  id: "orders",
  kind: "queue",
  layer: "messaging",
  scope: "region",
  settings: {
    maxReceives: 5,
    visibilityTimeoutMs: 30_000,
    retentionMs: 4 * DAY_MS,
    deadLetterQueue: "orders-dead-letters",
    deadLetterRetentionMs: 14 * DAY_MS,
    acrossRegions: "none",
  },
};

const WORKER: FunctionComponent = {
  id: "worker",
  kind: "function",
  layer: "compute",
  scope: "region",
  settings: {
    directory: "/srv/worker",
    runtime: "nodejs24.x",
    handler: "index.handler",
    uses: [],
    consumes: "orders",
    batchSize: 10,
    timeoutMs: 60_000,
    memoryMiB: 512,
    reservedConcurrency: null,
    inNetwork: false,
    environment: {},
  },
};

describe("a queue", () => {
  const sites = makeSites({ components: [ORDERS] });
  const handle = shipQueue(sites.first, ORDERS);
  const template = sites.template("messaging");

  test("has a dead-letter queue that keeps messages for longer than it does itself", () => {
    template.hasResourceProperties("AWS::SQS::Queue", {
      RedrivePolicy: { deadLetterTargetArn: { "Fn::GetAtt": ["OrdersDeadLetters", "Arn"] }, maxReceiveCount: 5 },
      MessageRetentionPeriod: (4 * DAY_MS) / 1_000,
      ReceiveMessageWaitTimeSeconds: 20,
      VisibilityTimeout: 30,
    });
    const queues = template.findResources("AWS::SQS::Queue");
    expect(queues["OrdersDeadLetters"]?.Properties.MessageRetentionPeriod).toBe((14 * DAY_MS) / 1_000);
    expect(queues["OrdersDeadLetters"]?.Properties).not.toHaveProperty("RedrivePolicy");
  });

  test("is encrypted and kept, and its dead-letter queue too", () => {
    for (const each of Object.values(template.findResources("AWS::SQS::Queue"))) {
      expect(each.Properties.KmsMasterKeyId).toBeDefined();
      expect(each).toMatchObject({ DeletionPolicy: "RetainExceptOnCreate", UpdateReplacePolicy: "Retain" });
      expect(each.Properties).not.toHaveProperty("QueueName");
    }
  });

  test("has one policy a queue, which refuses plain text", () => {
    const policies = Object.values(template.findResources("AWS::SQS::QueuePolicy"));
    expect(policies).toHaveLength(2);
    for (const { Properties } of policies) {
      expect(Properties.PolicyDocument.Statement[0]).toMatchObject({
        Effect: "Deny",
        Principal: "*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      });
    }
  });

  test("lets a producer send and a consumer receive, and neither do both", () => {
    const producer = handle.access.flatMap(({ actions }) => actions);
    const consumer = handle.consumeAccess.flatMap(({ actions }) => actions);
    expect(producer).toContain("sqs:SendMessage");
    expect(producer).not.toContain("sqs:ReceiveMessage");
    expect(consumer).toContain("sqs:ReceiveMessage");
    expect(consumer).not.toContain("sqs:SendMessage");
  });
});

test("a queue that a function works off hides messages for six times its time-out", () => {
  const sites = makeSites({ components: [ORDERS, WORKER] });
  expect(shipQueue(sites.first, ORDERS).visibilityTimeoutMs).toBe(360_000);
  sites.template("messaging").hasResourceProperties("AWS::SQS::Queue", { VisibilityTimeout: 360 });
});
