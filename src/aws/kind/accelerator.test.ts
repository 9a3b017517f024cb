import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { type SitesOptions, makeSites } from "../../../test/support/aws-site.ts";
import { edgeComponent, fakeService, listeningService } from "../../../test/support/edge-rig.ts";
import type { AcceleratorComponent } from "../../topology/topology.ts";
import { shipAccelerator } from "./accelerator.ts";

const SCANNERS: AcceleratorComponent = {
  id: "scanners",
  kind: "accelerator",
  layer: "edge",
  scope: "global",
  settings: { to: "scans" },
};

function ship(options: SitesOptions & { readonly protocol?: "http" | "https" | "tcp" } = {}) {
  const { protocol = "tcp", ...rest } = options;
  const made = makeSites({ ...rest, components: [edgeComponent(), SCANNERS, listeningService("scans", protocol)] });
  for (const site of made.sites) if (site.presence.deployed) fakeService(site, "scans");
  const stack = new Stack(made.app, "global", { env: { region: "us-east-1" } });
  shipAccelerator(stack, made.sites, SCANNERS);
  const template = Template.fromStack(stack);
  const groups = Object.values(template.findResources("AWS::GlobalAccelerator::EndpointGroup")).map(
    ({ Properties }) => Properties,
  );
  return { ...made, global: template, groups };
}

describe("an accelerator", () => {
  test("has addresses that are kept, and flow logs", () => {
    const { global } = ship();
    global.hasResource("AWS::GlobalAccelerator::Accelerator", {
      Properties: { Enabled: true, FlowLogsEnabled: true, FlowLogsS3Bucket: { Ref: "LogBucket" } },
      DeletionPolicy: "RetainExceptOnCreate",
      UpdateReplacePolicy: "Retain",
    });
  });

  test("goes to the balancers of both regions, which are wired to it, and tells them who the customer is", () => {
    const { groups, shipment } = ship({ recovery: "active-active" });
    expect(groups.map(({ EndpointGroupRegion }) => EndpointGroupRegion)).toEqual(["us-east-1", "us-west-2"]);
    expect(groups[1]?.EndpointConfigurations).toEqual([
      { EndpointId: { Ref: "ScansUsWest2BalancerArn" }, Weight: 128, ClientIPPreservationEnabled: true },
    ]);
    const wired = shipment.wires.filter(({ to }) => to.stack === "global").map(({ from }) => from.stack);
    expect(wired).toEqual(["shop-production-compute-us-east-1", "shop-production-compute-us-west-2"]);
  });

  test("gives a standby no customers that are merely near, and follows the region that serves", () => {
    const dials = (options: SitesOptions): readonly number[] =>
      ship(options).groups.map(({ TrafficDialPercentage }) => TrafficDialPercentage);
    expect(dials({ recovery: "warm-standby" })).toEqual([100, 0]);
    expect(dials({ recovery: "warm-standby", active: "us-west-2" })).toEqual([0, 100]);
    expect(dials({ recovery: "active-active" })).toEqual([100, 100]);
  });

  test("has no endpoints in a region that is not deployed", () => {
    expect(ship({ recovery: "backup-restore" }).groups).toHaveLength(1);
    expect(ship({ regions: ["us-east-1"] }).groups).toHaveLength(1);
  });

  test("listens where the balancer does: a TCP service's own port, or TLS", () => {
    const tcp = ship();
    tcp.global.hasResourceProperties("AWS::GlobalAccelerator::Listener", {
      Protocol: "TCP",
      PortRanges: [{ FromPort: 7070, ToPort: 7070 }],
    });
    expect(tcp.groups[0]).toMatchObject({ HealthCheckProtocol: "TCP", HealthCheckPort: 7070, ThresholdCount: 3 });
    expect(tcp.groups[0]).not.toHaveProperty("HealthCheckPath");
    for (const protocol of ["http", "https"] as const) {
      expect(ship({ protocol }).groups[0], protocol).toMatchObject({
        HealthCheckProtocol: "HTTPS",
        HealthCheckPort: 443,
        HealthCheckPath: "/healthz",
        HealthCheckIntervalSeconds: 10,
      });
    }
  });
});
