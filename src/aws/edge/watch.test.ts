import { Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { edgeComponent, fakeService, listeningService, makeEdge } from "../../../test/support/edge-rig.ts";
import { makeSites } from "../../../test/support/aws-site.ts";
import { shipEdge } from "../kind/edge.ts";

describe("the watch of an edge", () => {
  test("alerts when a region is not reached from outside, and when requests fail at the distribution", () => {
    const { global } = makeEdge();
    const alarms = global.findResources("AWS::CloudWatch::Alarm");
    expect(Object.keys(alarms).toSorted()).toEqual(["ApiUsEast1Unreachable", "ApiUsWest2Unreachable", "EdgeFailing"]);
    expect(alarms["ApiUsWest2Unreachable"]?.Properties).toMatchObject({
      MetricName: "HealthCheckStatus",
      Dimensions: [{ Name: "HealthCheckId", Value: { "Fn::GetAtt": ["ApiUsWest2EndpointCheck", "HealthCheckId"] } }],
      ComparisonOperator: "LessThanThreshold",
      Threshold: 1,
      TreatMissingData: "breaching",
    });
    for (const { Properties } of Object.values(alarms))
      expect(Properties.AlarmActions).toEqual([{ Ref: "AlertTopic" }]);
  });

  test("has nothing to say of a region that is not deployed", () => {
    const { global } = makeEdge({}, { recovery: "backup-restore" });
    expect(Object.keys(global.findResources("AWS::CloudWatch::Alarm"))).not.toContain("ApiUsWest2Unreachable");
  });

  test("encrypts its topic with the system's key, or one of its own where the system has none in that region", () => {
    const near = makeEdge().global;
    near.resourceCountIs("AWS::KMS::Key", 0);
    near.hasResourceProperties("AWS::SNS::Topic", {
      KmsMasterKeyId: { "Fn::ImportValue": Match.stringLikeRegexp("network-us-east-1:.*Key") },
    });
    const far = makeEdge({}, { regions: ["eu-west-1", "eu-central-1"] }).global;
    far.hasResourceProperties("AWS::SNS::Topic", { KmsMasterKeyId: { "Fn::GetAtt": ["Key", "Arn"] } });
    far.hasResourceProperties("AWS::KMS::Key", { EnableKeyRotation: true });
  });

  test("tells the people of the definition, or a topic that exists", () => {
    const alertsOf = (alerts: { emails: readonly string[]; topicArns: Readonly<Record<string, string>> }): Template => {
      const edge = edgeComponent();
      const made = makeSites({ components: [edge, listeningService("api")] });
      const { topology } = made.shipment;
      const shipment = {
        ...made.shipment,
        topology: { ...topology, shipping: { ...topology.shipping, alerts } },
      };
      const sites = made.sites.map((site) => ({ ...site, shipment }));
      for (const site of sites) fakeService(site, "api");
      const stack = new Stack(made.app, "global", { env: { region: "us-east-1" } });
      shipEdge(stack, sites, edge);
      return Template.fromStack(stack);
    };
    alertsOf({ emails: ["a@example.com"], topicArns: {} }).hasResourceProperties("AWS::SNS::Subscription", {
      Protocol: "email",
      Endpoint: "a@example.com",
    });
    const given = "arn:aws:sns:us-east-1:111122223333:pager";
    const named = alertsOf({ emails: [], topicArns: { "us-east-1": given } });
    named.resourceCountIs("AWS::SNS::Topic", 0);
    named.hasResourceProperties("AWS::CloudWatch::Alarm", { AlarmActions: [given] });
  });
});
