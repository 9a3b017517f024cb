import { describe, expect, test } from "vitest";
import { buildModel } from "../model/model.ts";
import { templateOf } from "../read/cloudformation.ts";
import { readSource } from "../read/source.ts";
import { type TemplatePart, partsOf } from "./compile.ts";

function parts(resources: string): ReadonlyMap<string, TemplatePart> {
  const template = templateOf(readSource("t.yaml", `Resources:${resources}`), {
    name: "t",
    region: "eu-west-1",
  });
  const { model } = buildModel([template]);
  return new Map(partsOf(model).map((part) => [part.id, part]));
}

const SERVER = `
  Subnet: { Type: AWS::EC2::Subnet, Properties: { AvailabilityZone: eu-west-1a } }
  Public: { Type: AWS::EC2::Subnet, Properties: { AvailabilityZone: eu-west-1b } }
  Table: { Type: AWS::EC2::RouteTable }
  InTable:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: { SubnetId: !Ref Subnet, RouteTableId: !Ref Table }
  Route:
    Type: AWS::EC2::Route
    Properties: { RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat }
  Nat: { Type: AWS::EC2::NatGateway, Properties: { SubnetId: !Ref Public } }
  Server: { Type: AWS::EC2::Instance, Properties: { SubnetId: !Ref Subnet } }
  Site: { Type: AWS::CloudFront::Distribution, Properties: { DistributionConfig: { Origins: [] } } }
  Record:
    Type: AWS::Route53::RecordSet
    Properties: { AliasTarget: { DNSName: !GetAtt Site.DomainName } }
`;

describe("a model as parts", () => {
  test("is plain data", () => {
    const all = [...parts(SERVER).values()];
    expect(JSON.parse(JSON.stringify(all))).toEqual(all);
    expect(all.map(({ id }) => id)).not.toContain("t#Table");
  });

  test("has an instance in its zone, which needs the way out of its subnet, which needs the gateway", () => {
    const all = parts(SERVER);
    expect(all.get("t#Server")?.needs).toEqual([{ of: ["t#Server/0"], atLeast: 1, isSure: true }]);
    expect(all.get("t#Server/0")?.place).toEqual({ region: "eu-west-1", zones: ["eu-west-1a"] });
    expect(all.get("t#Server/0")?.needs).toContainEqual({ of: ["t#Subnet/way out"], atLeast: 1, isSure: true });
    expect(all.get("t#Subnet/way out")?.needs).toEqual([{ of: ["t#Nat"], atLeast: 1, isSure: true }]);
  });

  test("keeps the zones of two regions apart", () => {
    const zoneless = SERVER.replace("AvailabilityZone: eu-west-1a", 'AvailabilityZone: !Select [0, !GetAZs ""]');
    const templates = ["eu-west-1", "us-east-1"].map((region) =>
      templateOf(readSource(region, `Resources:${zoneless}`), { region }),
    );
    const { model } = buildModel(templates);
    const zones = partsOf(model).flatMap(({ type, place }) => (type === "AWS::EC2::Instance" ? place.zones : []));
    expect(zones).toEqual(["zone 0 of eu-west-1", "zone 0 of us-east-1"]);
  });

  test("has what AWS runs at its edge in no region", () => {
    expect(parts(SERVER).get("t#Site")?.place).toEqual({ region: null, zones: [] });
  });
});
