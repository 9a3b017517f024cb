import { describe, expect, test } from "vitest";
import { templateOf } from "../read/cloudformation.ts";
import { readSource } from "../read/source.ts";
import { buildModel } from "./model.ts";
import { hasZones, zonesOf } from "./zone.ts";

const SUBNETS = `
  SubnetA:
    Type: AWS::EC2::Subnet
    Properties: { AvailabilityZone: !Select [0, !GetAZs ""] }
  SubnetB:
    Type: AWS::EC2::Subnet
    Properties: { AvailabilityZone: !Select [1, !GetAZs ""] }
  OpenA:
    Type: AWS::EC2::Subnet
    Properties: { AvailabilityZone: !Ref Zone }
  OpenB:
    Type: AWS::EC2::Subnet
    Properties: { AvailabilityZone: !Ref Zone }
  OpenC:
    Type: AWS::EC2::Subnet
    Properties: { AvailabilityZone: !Ref OtherZone }
`;

function zonesIn(list: string, more = "") {
  const text = `
Parameters:
  Zone: { Type: String }
  OtherZone: { Type: String }
  One: { Type: "AWS::EC2::Subnet::Id" }
  PrivateSubnets: { Type: String }
  Many: { Type: "List<AWS::EC2::Subnet::Id>" }
Resources:
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: { VPCZoneIdentifier: ${list} }
${SUBNETS}${more}`;
  const template = templateOf(readSource("t.yaml", text));
  const { model } = buildModel([template]);
  const [group] = model.of("AWS::AutoScaling::AutoScalingGroup");
  return zonesOf(group?.at("VPCZoneIdentifier"), model);
}

describe("the zones of a list of subnets", () => {
  test("are those of its subnets, each once", () => {
    expect(zonesIn("[!Ref SubnetA, !Ref SubnetB]")).toEqual({ known: ["zone 0", "zone 1"], atLeast: 2, atMost: 2 });
    expect(zonesIn("[!Ref SubnetA, !Ref SubnetA]")).toEqual({ known: ["zone 0"], atLeast: 1, atMost: 1 });
    expect(zonesIn("[us-east-1a, us-east-1b]").atLeast).toBe(2);
  });

  test("are one where its subnets take their zone from one parameter, and may be two where from two", () => {
    expect(zonesIn("[!Ref OpenA, !Ref OpenB]")).toMatchObject({ atLeast: 1, atMost: 1 });
    expect(zonesIn("[!Ref OpenA, !Ref OpenC]")).toMatchObject({ atLeast: 1, atMost: 2 });
  });

  test("are two where they are different elements of one list, whatever it holds", () => {
    const custom = (subnet: string, place: number) => `
  ${subnet}:
    Type: AWS::EC2::Subnet
    Properties: { AvailabilityZone: !Select [${place}, !GetAtt Zones.Names] }
`;
    const subnets = `  Zones: { Type: Custom::Zones }${custom("First", 0)}${custom("Second", 1)}${custom("Again", 1)}`;
    expect(zonesIn("[!Ref First, !Ref Second]", subnets)).toMatchObject({ atLeast: 2, atMost: 2 });
    expect(zonesIn("[!Ref Second, !Ref Again]", subnets)).toMatchObject({ atLeast: 1, atMost: 1 });
  });

  test("are one where it is one subnet, and any number where it is a list that nobody knows", () => {
    expect(zonesIn("[!Ref One]")).toMatchObject({ atLeast: 1, atMost: 1 });
    expect(zonesIn("!Ref Many")).toMatchObject({ atLeast: 1, atMost: Infinity });
  });

  test("may be several where its one element is a text that is called a list", () => {
    expect(hasZones(zonesIn("[!Ref PrivateSubnets]"), 2)).toBe("unknown");
  });

  test("are taken apart at commas, and in a list of lists", () => {
    expect(zonesIn('"us-east-1a, us-east-1b"').known).toEqual(["us-east-1a", "us-east-1b"]);
    expect(zonesIn("[[us-east-1a], [us-east-1b]]").known).toEqual(["us-east-1a", "us-east-1b"]);
  });

  test("are two at least where something stands in the same list that AWS refuses in one zone", () => {
    const balancer = (subnets: string, type: string) => `
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: { Type: ${type}, Subnets: ${subnets} }
`;
    expect(hasZones(zonesIn("!Ref Many", balancer("!Ref Many", "application")), 2)).toBe("yes");
    expect(hasZones(zonesIn("!Ref Many", balancer("!Ref Many", "network")), 2)).toBe("unknown");
    const turned = balancer("[!Ref OpenC, !Ref OpenA]", "application");
    expect(hasZones(zonesIn("[!Ref OpenA, !Ref OpenC]", turned), 2)).toBe("yes");
    expect(hasZones(zonesIn("[!Ref One]", balancer("[!Ref One]", "application")), 2)).toBe("no");
  });
});
