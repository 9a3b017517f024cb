import { describe, expect, test } from "vitest";
import { templateOf } from "../../read/cloudformation.ts";
import { readSource } from "../../read/source.ts";
import { type Model, buildModel } from "../model.ts";
import { wayOutOf } from "../route.ts";
import { standingOf } from "./standing.ts";

function modelOf(resources: string, parameters = ""): Model {
  const text = `${parameters}\nResources:\n${SUBNETS}${resources}`;
  const template = templateOf(readSource("t.yaml", text));
  return buildModel([template]).model;
}

const SUBNETS = ["A", "B", "C"]
  .map(
    (name, at) => `
  ${name}: { Type: AWS::EC2::Subnet, Properties: { AvailabilityZone: !Select [${at}, !GetAZs ""] } }`,
  )
  .join("");

/** The zones of each instance of the resource `It`, as text: `zone 0 | zone 1` is one of these. */
function zonesOf(resources: string, parameters = ""): readonly string[] {
  const model = modelOf(resources, parameters);
  const it = model.resources.find(({ id }) => id === "It");
  return (it && standingOf(it, model)?.units.map(({ zones }) => zones.join(" | "))) ?? ["the region"];
}

const it = (type: string, properties: string): string => `
  It: { Type: ${type}, Properties: { ${properties} } }`;

describe("where the instances of a resource stand", () => {
  test("tasks of a service are spread over its subnets", () => {
    const service = (count: string) =>
      it("AWS::ECS::Service", `${count} NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [!Ref A, !Ref B] } }`);
    expect(zonesOf(service("DesiredCount: 3,"))).toEqual(["zone 0", "zone 1", "zone 0"]);
    expect(zonesOf(service("DesiredCount: 1,"))).toEqual(["zone 0 | zone 1"]);
    expect(zonesOf(service(""))).toEqual(["zone 0 | zone 1"]);
  });

  test("a service that something scales has as many tasks as that keeps", () => {
    const inBoth = "NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [!Ref A, !Ref B] } }";
    const scaled = `${it("AWS::ECS::Service", inBoth)}
  Scale:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties: { MinCapacity: 2, MaxCapacity: 9, ResourceId: !Sub "service/main/\${It.Name}" }`;
    expect(zonesOf(scaled)).toEqual(["zone 0", "zone 1"]);
  });

  test("tasks without a network of their own stand where the instances of their cluster do", () => {
    const cluster = `${it("AWS::ECS::Service", "DesiredCount: 2, Cluster: !Ref Cluster")}
  Cluster: { Type: AWS::ECS::Cluster }
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: { MinSize: 2, VPCZoneIdentifier: [!Ref B, !Ref C], LaunchConfigurationName: !Ref Launch }
  Launch:
    Type: AWS::AutoScaling::LaunchConfiguration
    Metadata:
      "AWS::CloudFormation::Init": { config: { commands: { join: { command: !Sub "echo \${Cluster}" } } } }`;
    expect(zonesOf(cluster)).toEqual(["zone 1", "zone 2"]);
  });

  test("a group that may shrink to nothing is not counted", () => {
    const model = modelOf(
      it("AWS::AutoScaling::AutoScalingGroup", "MinSize: 0, MaxSize: 4, VPCZoneIdentifier: [!Ref A]"),
    );
    expect(model.of("AWS::AutoScaling::AutoScalingGroup").map((group) => standingOf(group, model)?.isCounted)).toEqual([
      false,
    ]);
  });

  test("a service that has no task yet is not counted", () => {
    const model = modelOf(it("AWS::ECS::Service", "DesiredCount: 0"));
    expect(model.of("AWS::ECS::Service").map((service) => standingOf(service, model)?.isCounted)).toEqual([false]);
  });

  test("a database stands in one zone of its group, or in two", () => {
    const group = `
  Group: { Type: AWS::RDS::DBSubnetGroup, Properties: { SubnetIds: [!Ref A, !Ref B] } }`;
    const database = (properties: string) =>
      it("AWS::RDS::DBInstance", `DBSubnetGroupName: !Ref Group, ${properties}`) + group;
    expect(zonesOf(database("MultiAZ: false"))).toEqual(["zone 0 | zone 1"]);
    expect(zonesOf(database("MultiAZ: true"))).toEqual(["zone 0", "zone 1"]);
    expect(zonesOf(database("AvailabilityZone: us-east-1b"))).toEqual(["us-east-1b"]);
  });

  test("a cache without a failover is its primary, whatever replicas it has", () => {
    const group = `
  Group: { Type: AWS::ElastiCache::SubnetGroup, Properties: { SubnetIds: [!Ref A, !Ref B] } }`;
    const cache = (properties: string) =>
      it("AWS::ElastiCache::ReplicationGroup", `CacheSubnetGroupName: !Ref Group, ${properties}`) + group;
    expect(zonesOf(cache("NumCacheClusters: 2, AutomaticFailoverEnabled: false"))).toEqual(["zone 0 | zone 1"]);
    expect(zonesOf(cache("NumCacheClusters: 2, AutomaticFailoverEnabled: true"))).toEqual(["zone 0", "zone 1"]);
  });

  test("a NAT gateway stands in its subnet's zone, a regional one in the region", () => {
    expect(zonesOf(it("AWS::EC2::NatGateway", "SubnetId: !Ref B"))).toEqual(["zone 1"]);
    expect(zonesOf(it("AWS::EC2::NatGateway", "AvailabilityMode: regional"))).toEqual(["the region"]);
  });

  test("a function stands in the zones of its subnets, or in the region", () => {
    expect(zonesOf(it("AWS::Lambda::Function", "VpcConfig: { SubnetIds: [!Ref A, !Ref C] }"))).toEqual([
      "zone 0",
      "zone 2",
    ]);
    expect(zonesOf(it("AWS::Lambda::Function", "Handler: index.handler"))).toEqual(["the region"]);
  });

  test("a balancer has a node in each zone that it is mapped to", () => {
    const mappings = "SubnetMappings: [{ SubnetId: !Ref A }, { SubnetId: !Ref B }]";
    expect(zonesOf(it("AWS::ElasticLoadBalancingV2::LoadBalancer", mappings))).toEqual(["zone 0", "zone 1"]);
  });

  test("nobody knows the zones of a list that only a deployment tells", () => {
    const parameters = `Parameters: { Where: { Type: "List<AWS::EC2::Subnet::Id>" } }`;
    const group = it("AWS::AutoScaling::AutoScalingGroup", "MinSize: 2, MaxSize: 4, VPCZoneIdentifier: !Ref Where");
    expect(zonesOf(group, parameters)).toEqual(["", ""]);
  });

  test("subnets of one expression share a zone", () => {
    const parameters = `Parameters: { Zones: { Type: "List<AWS::EC2::AvailabilityZone::Name>" } }`;
    const subnets = ["Public", "Private"]
      .map(
        (name) => `
  ${name}: { Type: AWS::EC2::Subnet, Properties: { AvailabilityZone: !Select [1, !Ref Zones] } }`,
      )
      .join("");
    const model = modelOf(
      `${subnets}
  One: { Type: AWS::EC2::Instance, Properties: { SubnetId: !Ref Public } }
  Other: { Type: AWS::EC2::Instance, Properties: { SubnetId: !Ref Private } }`,
      parameters,
    );
    const zones = model.of("AWS::EC2::Instance").map((instance) => standingOf(instance, model)?.units[0]?.zones[0]);
    expect(zones[0]).toBeDefined();
    expect(zones[0]).toBe(zones[1]);
  });
});

test("subnets of one expression share a zone, of whichever region", () => {
  const mappings = `Mappings: { Zones: { us-east-1: { First: us-east-1b }, eu-west-1: { First: eu-west-1a } } }`;
  const subnets = ["Public", "Private"]
    .map(
      (name) => `
  ${name}:
    Type: AWS::EC2::Subnet
    Properties: { AvailabilityZone: !FindInMap [Zones, !Ref "AWS::Region", First] }`,
    )
    .join("");
  const model = modelOf(
    `${subnets}
  One: { Type: AWS::EC2::Instance, Properties: { SubnetId: !Ref Public } }
  Other: { Type: AWS::EC2::Instance, Properties: { SubnetId: !Ref Private } }`,
    mappings,
  );
  const zones = model.of("AWS::EC2::Instance").map((instance) => standingOf(instance, model)?.units[0]?.zones[0]);
  expect(zones).toEqual(["the zone of Public", "the zone of Public"]);
});

describe("the way out of a subnet", () => {
  const route = (leads: string): string => `
  Table: { Type: AWS::EC2::RouteTable }
  InTable: { Type: AWS::EC2::SubnetRouteTableAssociation, Properties: { SubnetId: !Ref C, RouteTableId: !Ref Table } }
  Near:
    Type: AWS::EC2::Route
    Properties: { RouteTableId: !Ref Table, DestinationCidrBlock: 10.1.0.0/16, GatewayId: vgw-1 }
  Default:
    Type: AWS::EC2::Route
    Properties: { RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, ${leads} }`;

  function wayOf(resources: string): readonly [string | undefined, string | undefined] | undefined {
    const model = modelOf(resources);
    const subnet = model.of("AWS::EC2::Subnet").find(({ id }) => id === "C");
    const way = subnet && wayOutOf(subnet, model);
    return way && [way.by?.id, way.zone];
  }

  test("is the NAT gateway of its default route, in that one's zone", () => {
    expect(wayOf(route("NatGatewayId: !Ref It") + it("AWS::EC2::NatGateway", "SubnetId: !Ref A"))).toEqual([
      "It",
      "zone 0",
    ]);
  });

  test("is the instance behind an interface", () => {
    const instance = it("AWS::EC2::Instance", "NetworkInterfaces: [{ NetworkInterfaceId: !Ref Interface }]");
    const network = `
  Interface: { Type: AWS::EC2::NetworkInterface, Properties: { SubnetId: !Ref A } }`;
    expect(wayOf(route("NetworkInterfaceId: !Ref Interface") + instance + network)?.[0]).toBe("It");
  });

  test("is none without a table", () => {
    expect(wayOf(it("AWS::EC2::NatGateway", "SubnetId: !Ref A"))).toBeUndefined();
  });
});
