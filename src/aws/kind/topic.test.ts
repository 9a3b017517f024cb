import { beforeAll, describe, expect, test } from "vitest";
import { type Sites, fakeFunction, makeSites } from "../../../test/support/aws-site.ts";
import type { BusComponent, QueueComponent, TopicComponent } from "../../topology/topology.ts";
import { shipBus, shipRules } from "./bus.ts";
import { shipQueue } from "./queue.ts";
import { shipTopic, subscribeFunctions } from "./topic.ts";

const DAY_MS = 86_400_000;
const place = { layer: "messaging", scope: "region" } as const;

const ORDERS: QueueComponent = {
  id: "orders",
  kind: "queue",
  ...place,
  settings: {
    maxReceives: 5,
    visibilityTimeoutMs: 30_000,
    retentionMs: 4 * DAY_MS,
    deadLetterQueue: "orders-dead-letters",
    deadLetterRetentionMs: 14 * DAY_MS,
    acrossRegions: "none",
  },
};
const PLACED: TopicComponent = {
  id: "placed",
  kind: "topic",
  ...place,
  settings: { subscribers: ["orders", "audit"] },
};
const TARGETS = ["orders", "placed", "audit", "mail", "stock", "report"];
const EVENTS: BusComponent = {
  id: "events",
  kind: "bus",
  ...place,
  settings: { rules: [{ name: "all", match: { source: ["shop"] }, to: TARGETS }], archiveMs: 30 * DAY_MS },
};

let sites: Sites;

beforeAll(() => {
  sites = makeSites({ components: [ORDERS, PLACED, EVENTS] });
  for (const site of sites.sites) {
    site.handles.add(shipQueue(site, ORDERS));
    site.handles.add(shipTopic(site, PLACED));
    site.handles.add(shipBus(site, EVENTS));
    for (const id of ["audit", "mail", "stock", "report"]) fakeFunction(site, id);
    subscribeFunctions(site, PLACED);
    site.handles.add(shipRules(site, EVENTS));
  }
});

/** The Allow statements of a queue's only policy. */
function sendersOf(queue: string): readonly Record<string, unknown>[] {
  const policies = Object.values(sites.template("messaging").findResources("AWS::SQS::QueuePolicy"));
  const own = policies.filter(({ Properties }) => Properties.Queues[0]["Fn::GetAtt"][0] === queue);
  expect(own).toHaveLength(1);
  return own[0]?.Properties.PolicyDocument.Statement.slice(1);
}

describe("a topic", () => {
  test("is encrypted, and refuses plain text", () => {
    const template = sites.template("messaging");
    template.resourceCountIs("AWS::SNS::Topic", 1);
    const [topic] = Object.values(template.findResources("AWS::SNS::Topic"));
    expect(topic?.Properties.KmsMasterKeyId).toBeDefined();
    const [policy] = Object.values(template.findResources("AWS::SNS::TopicPolicy"));
    expect(policy?.Properties.PolicyDocument.Statement[0]).toMatchObject({ Effect: "Deny", Action: "sns:Publish" });
  });

  test("gives queues the message as it was, and functions by permission", () => {
    sites.template("messaging").hasResourceProperties("AWS::SNS::Subscription", {
      Protocol: "sqs",
      RawMessageDelivery: true,
      RedrivePolicy: { deadLetterTargetArn: { "Fn::GetAtt": ["PlacedOrdersUndelivered", "Arn"] } },
    });
    sites.template("compute").hasResourceProperties("AWS::SNS::Subscription", { Protocol: "lambda" });
    sites.template("compute").hasResourceProperties("AWS::Lambda::Permission", { Principal: "sns.amazonaws.com" });
  });

  test("has a dead-letter queue for each subscription", () => {
    for (const part of ["messaging", "compute"] as const) {
      for (const { Properties } of Object.values(sites.template(part).findResources("AWS::SNS::Subscription"))) {
        expect(Properties.RedrivePolicy.deadLetterTargetArn).toBeDefined();
      }
    }
    expect(sites.first.handles.undelivered.filter(({ of }) => of === "placed").map(({ id }) => id)).toEqual([
      "PlacedOrdersUndelivered",
      "PlacedAuditUndelivered",
    ]);
  });

  test("may send to its queues, and a bus too, in the one policy that a queue has", () => {
    const senders = sendersOf("OrdersQueue");
    expect(senders.map(({ Sid }) => Sid)).toEqual(["FromTopicPlaced", "FromBusEvents"]);
    expect(senders[0]).toMatchObject({
      Principal: { Service: "sns.amazonaws.com" },
      Condition: { ArnLike: { "aws:SourceArn": { "Fn::GetAtt": ["PlacedTopic", "TopicArn"] } } },
    });
    expect(JSON.stringify(senders[1])).toContain("rule/shop-production-events/*");
  });

  test("is open to the rules of a bus that send to it", () => {
    const [policy] = Object.values(sites.template("messaging").findResources("AWS::SNS::TopicPolicy"));
    expect(JSON.stringify(policy)).toContain("rule/shop-production-events/*");
    const alone = makeSites({ components: [PLACED] });
    shipTopic(alone.first, PLACED);
    expect(JSON.stringify(alone.template("messaging").toJSON())).not.toContain("events.amazonaws.com");
  });
});

describe("a bus", () => {
  test("is encrypted, keeps its events for replay, and has a dead-letter queue with a key of its own", () => {
    const template = sites.template("messaging");
    template.hasResourceProperties("AWS::Events::EventBus", {
      Name: "shop-production-events",
      DeadLetterConfig: { Arn: { "Fn::GetAtt": ["EventsUndelivered", "Arn"] } },
    });
    const [bus] = Object.values(template.findResources("AWS::Events::EventBus"));
    expect(bus?.Properties.KmsKeyIdentifier).toBeDefined();
    template.hasResource("AWS::Events::Archive", {
      Properties: { RetentionDays: 30 },
      DeletionPolicy: "RetainExceptOnCreate",
    });
    expect(template.findResources("AWS::SQS::Queue")["EventsUndelivered"]?.Properties).toMatchObject({
      SqsManagedSseEnabled: true,
    });
  });

  test("retries each target for a day, and then keeps the event in a dead-letter queue", () => {
    const rules = Object.values(sites.template("compute").findResources("AWS::Events::Rule"));
    const targets = rules.flatMap(({ Properties }) => Properties.Targets);
    expect(targets).toHaveLength(TARGETS.length);
    for (const target of targets) {
      expect(target.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 });
      expect(target.DeadLetterConfig.Arn).toBeDefined();
    }
  });

  test("has two rules where one would have more targets than AWS takes", () => {
    const rules = Object.values(sites.template("compute").findResources("AWS::Events::Rule"));
    expect(rules.map(({ Properties }) => Properties.Targets.length)).toEqual([5, 1]);
    expect(sites.first.handles.get("bus", "events").ruleNames).toHaveLength(2);
  });

  test("may invoke its functions, each by the rule alone", () => {
    const permissions = Object.values(sites.template("compute").findResources("AWS::Lambda::Permission"));
    const own = permissions.filter(({ Properties }) => Properties.Principal === "events.amazonaws.com");
    expect(own).toHaveLength(4);
    for (const { Properties } of own) expect(Properties.SourceArn["Fn::GetAtt"][1]).toBe("Arn");
  });

  test("is known by the same name in both regions", () => {
    sites
      .template("messaging", sites.second)
      .hasResourceProperties("AWS::Events::EventBus", { Name: "shop-production-events" });
  });
});
