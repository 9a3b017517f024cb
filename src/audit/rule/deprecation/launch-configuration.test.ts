import { expect, test } from "vitest";
import { audit } from "../../audit.ts";
import { templateOf } from "../../read/cloudformation.ts";
import { readSource } from "../../read/source.ts";

test("a launch configuration is told of once, where it is declared, and not at the group that names it", () => {
  const text = `
Resources:
  Web:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: { MinSize: "2", MaxSize: "4", LaunchConfigurationName: !Ref Host, AvailabilityZones: !GetAZs "" }
  Host:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties: { ImageId: ami-1, InstanceType: m5.large }
`;
  const template = templateOf(readSource("t.yaml", text));
  const { findings } = audit([template]);
  const told = findings.filter(({ rule }) => rule === "launch-configuration");
  expect(told.map(({ resource, outcome }) => ({ resource, outcome }))).toEqual([{ resource: "Host", outcome: "fail" }]);
});
