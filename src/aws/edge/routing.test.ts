import { describe, expect, test } from "vitest";
import { makeEdge } from "../../../test/support/edge-rig.ts";
import { originNames } from "./origin.ts";
import { trafficSwitches } from "./traffic-switch.ts";

function checks(made: ReturnType<typeof makeEdge>) {
  return Object.fromEntries(
    Object.entries(made.global.findResources("AWS::Route53::HealthCheck")).map(([id, { Properties }]) => [
      id,
      Properties.HealthCheckConfig,
    ]),
  );
}

describe("the records of a service's origin", () => {
  const made = makeEdge();
  const records = made.global.findResources("AWS::Route53::RecordSet");

  test("are a primary and a secondary one under one name, each with a health check and the definition's TTL", () => {
    expect(records["ApiUsEast1FailoverRecord"]?.Properties).toEqual({
      HostedZoneId: "Z0123456789",
      Name: "api.failover.origin.shop.example.com",
      Type: "CNAME",
      TTL: "10",
      ResourceRecords: ["api.us-east-1.origin.shop.example.com"],
      SetIdentifier: "us-east-1",
      Failover: "PRIMARY",
      HealthCheckId: { "Fn::GetAtt": ["ApiUsEast1Gate", "HealthCheckId"] },
    });
    expect(records["ApiUsWest2FailoverRecord"]?.Properties).toMatchObject({
      Name: "api.failover.origin.shop.example.com",
      ResourceRecords: ["api.us-west-2.origin.shop.example.com"],
      SetIdentifier: "us-west-2",
      Failover: "SECONDARY",
      HealthCheckId: { "Fn::GetAtt": ["ApiUsWest2Gate", "HealthCheckId"] },
    });
  });

  test("and one a region under another name, by latency", () => {
    for (const [id, region] of [["ApiUsEast1", "us-east-1"] as const, ["ApiUsWest2", "us-west-2"] as const]) {
      expect(records[`${id}NearestRecord`]?.Properties).toMatchObject({
        Name: "api.nearest.origin.shop.example.com",
        Region: region,
        SetIdentifier: region,
        HealthCheckId: { "Fn::GetAtt": [`${id}Gate`, "HealthCheckId"] },
      });
    }
  });

  test("lead to a region's own name, which follows the balancer and stands in that region's stack", () => {
    for (const site of made.sites) {
      made.template("compute", site).hasResourceProperties("AWS::Route53::RecordSet", {
        Name: `api.${site.region.name}.origin.shop.example.com`,
        Type: "A",
        AliasTarget: {
          DNSName: `api.${site.region.name}.elb.amazonaws.com`,
          HostedZoneId: "ZELB",
          EvaluateTargetHealth: true,
        },
      });
    }
  });

  test("have names that a region's certificate can cover, whatever the strategy", () => {
    const names = [
      "api.us-west-2.origin.shop.example.com",
      "api.failover.origin.shop.example.com",
      "api.nearest.origin.shop.example.com",
    ];
    expect(originNames(made.shipment, "api", "us-west-2")).toEqual(names);
    expect(originNames(makeEdge({}, { recovery: "active-active" }).shipment, "api", "us-west-2")).toEqual(names);
  });

  test("name no region that is not deployed in that region's stack", () => {
    const cold = makeEdge({}, { recovery: "backup-restore" });
    cold.template("compute", cold.second).resourceCountIs("AWS::Route53::RecordSet", 0);
    cold.template("compute", cold.first).resourceCountIs("AWS::Route53::RecordSet", 1);
  });
});

describe("the health checks of a service's origin", () => {
  test("ask each region's own name over HTTPS, as often as the definition says", () => {
    expect(checks(makeEdge())["ApiUsWest2EndpointCheck"]).toEqual({
      Type: "HTTPS",
      FullyQualifiedDomainName: "api.us-west-2.origin.shop.example.com",
      Port: 443,
      ResourcePath: "/healthz",
      EnableSNI: true,
      RequestInterval: 10,
      FailureThreshold: 2,
      MeasureLatency: false,
    });
  });

  test("let customers in where it answers and nobody has moved them away, as an alarm in the other region says", () => {
    const made = checks(makeEdge());
    expect(made["ApiUsEast1Gate"]).toEqual({
      Type: "CALCULATED",
      ChildHealthChecks: [
        { "Fn::GetAtt": ["ApiUsEast1EndpointCheck", "HealthCheckId"] },
        { "Fn::GetAtt": ["TrafficAwayFromUsEast1Check", "HealthCheckId"] },
      ],
      HealthThreshold: 2,
    });
    expect(made["TrafficAwayFromUsEast1Check"]).toEqual({
      Type: "CLOUDWATCH_METRIC",
      AlarmIdentifier: { Name: "shop-production-traffic-away-from-us-east-1", Region: "us-west-2" },
      InsufficientDataHealthStatus: "LastKnownStatus",
    });
  });

  test("share one switch a region between all services", () => {
    const routes = [
      { pattern: "/api/*", service: "api" },
      { pattern: "/scans/*", service: "scans" },
    ];
    const made = checks(makeEdge({ routes }));
    expect(Object.keys(made).filter((id) => id.startsWith("TrafficAway"))).toHaveLength(2);
    expect(Object.keys(made).filter((id) => id.endsWith("Gate"))).toHaveLength(4);
  });

  test("keep customers out of the first region after a failover, until somebody fails back", () => {
    const threshold = (active: string, recovery: "warm-standby" | "active-active"): readonly number[] => {
      const made = checks(makeEdge({}, { active, recovery }));
      return [made["ApiUsEast1Gate"].HealthThreshold, made["ApiUsWest2Gate"].HealthThreshold];
    };
    expect(threshold("us-east-1", "warm-standby")).toEqual([2, 2]);
    expect(threshold("us-west-2", "warm-standby")).toEqual([3, 2]);
    expect(threshold("us-west-2", "active-active")).toEqual([2, 2]);
  });
});

describe("a traffic switch", () => {
  const made = makeEdge();

  test("is an alarm in the region that customers are moved to, which stays as it was put", () => {
    for (const { away, region, alarmName, namespace, metricName } of trafficSwitches(made.shipment.topology)) {
      const site = made.sites.find((each) => each.region.name === region)!;
      expect(away).not.toBe(region);
      made.template("data", site).hasResourceProperties("AWS::CloudWatch::Alarm", {
        AlarmName: alarmName,
        Namespace: namespace,
        MetricName: metricName,
        Dimensions: [
          { Name: "System", Value: "shop-production" },
          { Name: "Region", Value: away },
        ],
        Statistic: "Maximum",
        Period: 60,
        Threshold: 1,
        ComparisonOperator: "GreaterThanOrEqualToThreshold",
        TreatMissingData: "ignore",
      });
    }
    expect(trafficSwitches(made.shipment.topology)).toHaveLength(2);
  });

  test("is there before the health checks that follow it", () => {
    const [global] = made.app.node.children.filter(({ node }) => node.id === "global");
    const awaited = (global as typeof made.first.stacks.data).dependencies;
    for (const { stacks } of made.sites) expect(awaited).toContain(stacks.data);
  });

  test("is not made where there is nothing to switch", () => {
    expect(trafficSwitches(makeEdge({}, { regions: ["us-east-1"] }).shipment.topology)).toEqual([]);
    expect(trafficSwitches(makeEdge({ routes: [] }).shipment.topology)).toEqual([]);
  });
});
