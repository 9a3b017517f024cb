import { describe, expect, test } from "vitest";
import { shipPrograms, systemOf } from "../../../test/support/program-rig.ts";
import { isArm } from "./image.ts";

const quotes = {
  build: "./program",
  run: "node server.ts",
  health: "/healthz",
  platform: "ec2",
  size: { cpu: 1, memory: "2 GiB", instance: "m7g.large" },
  uses: ["tariffs"],
};
const definition = {
  edge: { domain: "shop.example.com", hostedZoneId: "Z0123456789EXAMPLE", routes: { "/quotes*": "quotes" } },
  services: { quotes },
  volumes: { tariffs: { size: "50 GiB" } },
};
const shipped = shipPrograms(systemOf(definition));
const compute = shipped.template("compute");

function propertiesOf(type: string, id: string) {
  return compute.findResources(type)[id]?.["Properties"] ?? {};
}

describe("instances under a service", () => {
  test("are one a zone at least, over all zones, replaced every month, and never counted by a template", () => {
    const group = propertiesOf("AWS::AutoScaling::AutoScalingGroup", "QuotesGroup");
    expect(group).toMatchObject({
      MinSize: "3",
      HealthCheckType: "EBS",
      CapacityRebalance: true,
      NewInstancesProtectedFromScaleIn: true,
      MaxInstanceLifetime: 2_592_000,
      AvailabilityZoneImpairmentPolicy: { ZonalShiftEnabled: true },
    });
    expect(group["VPCZoneIdentifier"]).toHaveLength(3);
    expect(group).not.toHaveProperty("DesiredCapacity");
    expect(group["Tags"]).toContainEqual({ Key: "AmazonECSManaged", Value: "true", PropagateAtLaunch: true });
  });

  test("have encrypted disks, no metadata without a token, and nobody who comes in", () => {
    const { LaunchTemplateData: data } = propertiesOf("AWS::EC2::LaunchTemplate", "QuotesLaunchTemplate");
    expect(data).toMatchObject({
      ImageId: "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id",
      MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1 },
      BlockDeviceMappings: [
        { DeviceName: "/dev/xvda", Ebs: { Encrypted: true } },
        { DeviceName: "/dev/sdf", Ebs: { Encrypted: true, VolumeSize: 50 } },
      ],
    });
    expect(data).not.toHaveProperty("KeyName");
    expect(propertiesOf("AWS::EC2::SecurityGroup", "QuotesInstanceSecurityGroup")).not.toHaveProperty(
      "SecurityGroupIngress",
    );
  });

  test("mount the volume before they join, and carry the tag that snapshots go by", () => {
    const { LaunchTemplateData: data } = propertiesOf("AWS::EC2::LaunchTemplate", "QuotesLaunchTemplate");
    const script = JSON.stringify(data.UserData);
    expect(script.indexOf("mount /mnt/tariffs")).toBeGreaterThan(0);
    expect(script.indexOf("mount /mnt/tariffs")).toBeLessThan(script.indexOf("ECS_CLUSTER="));
    const { Tags } = data.TagSpecifications.find(
      ({ ResourceType }: { ResourceType: string }) => ResourceType === "volume",
    );
    expect(Tags).toContainEqual({ Key: "holdfast:volume", Value: "shop-production-tariffs" });
  });

  test("are kept as many as tasks need by ECS, which spreads tasks over zones first", () => {
    const service = propertiesOf("AWS::ECS::Service", "QuotesService");
    expect(service["PlacementStrategies"]).toEqual([
      { Type: "spread", Field: "attribute:ecs.availability-zone" },
      { Type: "spread", Field: "instanceId" },
    ]);
    expect(service["CapacityProviderStrategy"]).toMatchObject([
      { CapacityProvider: { Ref: "QuotesCapacityProvider" } },
    ]);
    expect(service).not.toHaveProperty("LaunchType");
    const { AutoScalingGroupProvider } = propertiesOf("AWS::ECS::CapacityProvider", "QuotesCapacityProvider");
    expect(AutoScalingGroupProvider).toMatchObject({
      ManagedDraining: "ENABLED",
      ManagedTerminationProtection: "ENABLED",
      ManagedScaling: { Status: "ENABLED" },
    });
    const task = propertiesOf("AWS::ECS::TaskDefinition", "QuotesTask");
    expect(task).toMatchObject({
      RequiresCompatibilities: ["EC2"],
      RuntimePlatform: { CpuArchitecture: "ARM64" },
      Volumes: expect.arrayContaining([{ Name: "tariffs", Host: { SourcePath: "/mnt/tariffs" } }]),
    });
  });

  test("fails with two volumes, whose snapshots would be mixed up", () => {
    const two = { ...definition, services: { quotes: { ...quotes, uses: ["tariffs", "models"] } } };
    const volumes = { tariffs: {}, models: {} };
    expect(() => shipPrograms(systemOf({ ...two, volumes }))).toThrow(expect.objectContaining({ code: "AWS-053" }));
  });

  test("are reserved in the second region, in every zone, where the definition asks for it", () => {
    const { template } = shipPrograms(systemOf({ ...definition, reserveCapacity: true }));
    const reserved = Object.values(template("compute", 1).findResources("AWS::EC2::CapacityReservation"));
    expect(reserved.map(({ Properties }) => Properties.InstanceCount)).toEqual([1, 1, 1]);
    template("compute", 0).resourceCountIs("AWS::EC2::CapacityReservation", 0);
    shipped.template("compute", 1).resourceCountIs("AWS::EC2::CapacityReservation", 0);
  });
});

test.each([
  ["m7g.large", true],
  ["c6gn.xlarge", true],
  ["t4g.small", true],
  ["m7i.large", false],
  ["g5.xlarge", false],
  ["m6id.large", false],
])("%s is of AWS's own processors: %s", (type, expected) => {
  expect(isArm(type)).toBe(expected);
});
