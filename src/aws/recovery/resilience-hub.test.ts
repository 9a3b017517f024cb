import { describe, expect, test } from "vitest";
import { shipWatched, shopOf } from "../../../test/support/watch-rig.ts";

const TYPE = "AWS::ResilienceHub::ResiliencyPolicy";

test("the objectives become a policy in seconds, an instance's for hardware and for software", () => {
  const objectives = {
    availability: "99.99%",
    instance: { rto: "10 seconds", rpo: "0 seconds" },
    zone: { rto: "1 minute", rpo: "0 seconds" },
    region: { rto: "15 minutes", rpo: "30 seconds" },
  };
  const [policy] = Object.values(shipWatched(shopOf({ objectives })).recovery(TYPE));
  expect(policy?.Properties).toMatchObject({
    PolicyName: "shop-production-resilience",
    Tier: "MissionCritical",
    DataLocationConstraint: "SameCountry",
    Policy: {
      Hardware: { RtoInSecs: 10, RpoInSecs: 0 },
      Software: { RtoInSecs: 10, RpoInSecs: 0 },
      AZ: { RtoInSecs: 60, RpoInSecs: 0 },
      Region: { RtoInSecs: 900, RpoInSecs: 30 },
    },
  });
});

test("an objective that is not set is a day, and one region has none for the loss of a region", () => {
  const rig = shipWatched(
    shopOf({
      regions: { primary: "eu-west-1" },
      recovery: "backup-restore",
      objectives: { zone: { rto: "1 minute" } },
    }),
  );
  const [policy] = Object.values(rig.recovery(TYPE));
  expect(policy?.Properties.Policy).toEqual({
    Hardware: { RtoInSecs: 86_400, RpoInSecs: 86_400 },
    Software: { RtoInSecs: 86_400, RpoInSecs: 86_400 },
    AZ: { RtoInSecs: 60, RpoInSecs: 86_400 },
  });
  expect(policy?.Properties.Tier).toBe("CoreServices");
});

test.each([
  ["eu-west-1", "eu-central-1", "SameContinent"],
  ["eu-west-1", "us-east-1", "AnyLocation"],
  ["ap-northeast-1", "ap-southeast-2", "AnyLocation"],
])("data of %s and %s may be moved no further than %s", (primary, secondary, constraint) => {
  const [policy] = Object.values(shipWatched(shopOf({ regions: { primary, secondary } })).recovery(TYPE));
  expect(policy?.Properties.DataLocationConstraint).toBe(constraint);
});

test("a system without objectives has no policy", () => {
  expect(shipWatched(shopOf({ objectives: undefined })).recovery(TYPE)).toEqual({});
});

describe("the application", () => {
  const rig = shipWatched(shopOf());
  const [app] = Object.values(rig.recovery("AWS::ResilienceHub::App"));

  test("is held daily against the policy, with a role that reads", () => {
    expect(app?.Properties).toMatchObject({
      Name: "shop-production-resilience",
      ResiliencyPolicyArn: { Ref: "ResiliencePolicy" },
      AppAssessmentSchedule: "Daily",
      PermissionModel: { Type: "RoleBased", InvokerRoleName: { Ref: "ResilienceRole" } },
    });
  });

  test("finds each stack by its ARN, which the stack tells once it is there", () => {
    const mapped = app?.Properties.ResourceMappings;
    expect(mapped).toContainEqual({
      MappingType: "CfnStack",
      LogicalStackName: "shop-production-network-us-east-1",
      PhysicalResourceId: {
        Type: "Arn",
        Identifier: { Ref: "ShopProductionNetworkUsEast1StackId" },
        AwsRegion: "us-east-1",
        AwsAccountId: { Ref: "AWS::AccountId" },
      },
    });
    expect(rig.shipment.wires).toContainEqual({
      from: { stack: "shop-production-network-us-east-1", output: "ShopProductionNetworkUsEast1StackId" },
      to: { stack: "shop-production-recovery-us-west-2", parameter: "ShopProductionNetworkUsEast1StackId" },
    });
  });

  test("takes what is the same in both regions as one component", () => {
    const { appComponents } = JSON.parse(app?.Properties.AppTemplateBody);
    const [gateways] = appComponents;
    expect(gateways).toMatchObject({ type: "AWS::ResilienceHub::NetworkingAppComponent" });
    expect(gateways.resourceNames.map((name: string) => name.replace(/.*(us-.*)/, "$1"))).toEqual([
      "us-east-1",
      "us-west-2",
    ]);
  });

  test("is not there without objectives, nor in the cheap profile", () => {
    expect(shipWatched(shopOf({ objectives: undefined })).recovery("AWS::ResilienceHub::App")).toEqual({});
    expect(shipWatched(shopOf(), { stage: "dev" }).recovery("AWS::ResilienceHub::App")).toEqual({});
  });
});
