import { describe, expect, test } from "vitest";
import { audit } from "../audit.ts";
import { templateOf } from "../read/cloudformation.ts";
import { readSource } from "../read/source.ts";

/** What is said of the zones of Auto Scaling groups, by name: their lists of subnets. */
function saidOf(groups: Readonly<Record<string, string>>) {
  const declared = Object.entries(groups).map(
    ([id, list]) => `
  ${id}:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: { MinSize: "2", MaxSize: "4", VPCZoneIdentifier: ${list} }`,
  );
  const text = `
Parameters:
  One: { Type: "AWS::EC2::Subnet::Id" }
  Two: { Type: "AWS::EC2::Subnet::Id" }
Resources:
  SubnetA:
    Type: AWS::EC2::Subnet
    Properties: { AvailabilityZone: us-east-1a }
  SubnetB:
    Type: AWS::EC2::Subnet
    Properties: { AvailabilityZone: us-east-1b }
${declared.join("")}
`;
  const template = templateOf(readSource("t.yaml", text));
  const { findings } = audit([template]);
  return findings.filter(({ rule }) => rule === "asg-zones").map(({ resource, message }) => `${resource} ${message}`);
}

describe("a rule about zones", () => {
  test("names the zone where it is known, and nothing where it is not", () => {
    const [known] = saidOf({ Web: "[!Ref SubnetA]" });
    expect(known).toMatch(/^Web stands in one zone \(us-east-1a\): VPCZoneIdentifier is /);
    const [open] = saidOf({ Web: "[!Ref One]" });
    expect(open).toMatch(/^Web stands in one zone: VPCZoneIdentifier is /);
  });

  test("says of an unknown which zones would decide it", () => {
    const [open] = saidOf({ Web: "[!Ref One, !Ref Two]" });
    expect(open).toMatch(/^Web may stand in one zone: .* it depends on the zones of parameter One, parameter Two$/);
  });

  test("takes groups that are called the same but for a zone for a design, and others not", () => {
    expect(saidOf({ WebA: "[!Ref SubnetA]", WebB: "[!Ref SubnetB]" })).toEqual([]);
    expect(saidOf({ Web1: "[!Ref SubnetA]", Web2: "[!Ref SubnetA]" })).toHaveLength(2);
    expect(saidOf({ Web: "[!Ref SubnetA]", Api: "[!Ref SubnetB]" })).toHaveLength(2);
  });
});
