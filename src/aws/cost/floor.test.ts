import { describe, expect, test } from "vitest";
import { instanceHourly } from "./charge.ts";
import { floorOf } from "./floor.ts";
import type { TemplateResource } from "../template.ts";
import type { SynthesizedStack } from "./resource.ts";

function stack(Resources: Readonly<Record<string, TemplateResource>>, part = "compute"): SynthesizedStack {
  return { name: `shop-production-${part}-us-east-1`, region: "us-east-1", part, template: { Resources } };
}

/** Lines of the one region there is, by what they are. */
function lines(resources: Readonly<Record<string, TemplateResource>>): Readonly<Record<string, number | null>> {
  const { regions } = floorOf([stack(resources)]);
  return Object.fromEntries(
    regions.flatMap((region) => region.lines).map(({ what, usdPerMonth }) => [what, usdPerMonth]),
  );
}

const SERVICE = {
  ApiService: {
    Type: "AWS::ECS::Service",
    Properties: { LaunchType: "FARGATE", TaskDefinition: { Ref: "ApiTask" } },
  },
  ApiTask: { Type: "AWS::ECS::TaskDefinition", Properties: { Cpu: "512", Memory: "1024" } },
};

function target(MinCapacity: number): TemplateResource {
  const ResourceId = { "Fn::Join": ["/", ["service", { Ref: "Cluster" }, { "Fn::GetAtt": ["ApiService", "Name"] }]] };
  return { Type: "AWS::ApplicationAutoScaling::ScalableTarget", Properties: { MinCapacity, ResourceId } };
}

describe("the floor", () => {
  test("counts tasks on Fargate by their least number, and by their size", () => {
    const hourly = 3 * (0.5 * 0.04048 + 1 * 0.004445);
    const floor = lines({ ...SERVICE, ApiScale: target(3) });
    expect(floor["Fargate tasks (0.5 vCPU, 1 GB)"]).toBeCloseTo(hourly * 730, 2);
  });

  test("has no line for a service that is scaled to nothing", () => {
    expect(lines({ ...SERVICE, ApiScale: target(0) })).toEqual({});
  });

  test("counts one task where nothing scales the service", () => {
    expect(lines(SERVICE)["Fargate tasks (0.5 vCPU, 1 GB)"]).toBeCloseTo((0.5 * 0.04048 + 0.004445) * 730, 2);
  });

  test("does not take the scalable target of a service whose name begins alike", () => {
    const other = {
      Type: "AWS::ECS::Service",
      Properties: { LaunchType: "FARGATE", TaskDefinition: { Ref: "ApiTask" } },
    };
    const floor = floorOf([stack({ ...SERVICE, Api: other, ApiScale: target(3) })]);
    expect(floor.regions[0]?.lines[0]?.quantity).toBe(4); // three of ApiService, one of Api
  });

  test("doubles an RDS instance that has a standby, with its storage", () => {
    const properties = { Engine: "postgres", DBInstanceClass: "db.r7g.large", AllocatedStorage: "100" };
    const single = lines({ Db: { Type: "AWS::RDS::DBInstance", Properties: properties } });
    const multi = lines({ Db: { Type: "AWS::RDS::DBInstance", Properties: { ...properties, MultiAZ: true } } });
    for (const [what, usd] of Object.entries(single)) expect(multi[what]).toBeCloseTo((usd ?? 0) * 2, 1);
    expect(Object.keys(single)).toHaveLength(2);
  });

  test("asks less for FSx for Windows in one zone than for one with a standby", () => {
    const fileSystem = (DeploymentType: string) =>
      lines({
        Desks: {
          Type: "AWS::FSx::FileSystem",
          Properties: {
            FileSystemType: "WINDOWS",
            StorageCapacity: 100,
            WindowsConfiguration: { DeploymentType, ThroughputCapacity: 32 },
          },
        },
      });
    expect(fileSystem("MULTI_AZ_1")).toEqual({ "FSx for Windows, GiB": 23, "FSx for Windows, MB/s": 144 });
    expect(fileSystem("SINGLE_AZ_2")).toEqual({ "FSx for Windows, GiB": 13, "FSx for Windows, MB/s": 70.4 });
  });

  test("asks Aurora's price for Aurora's instances", () => {
    const Properties = { Engine: "aurora-postgresql", DBInstanceClass: "db.r7g.large" };
    expect(lines({ Db: { Type: "AWS::RDS::DBInstance", Properties } })).toEqual({
      "Aurora instances (db.r7g.large)": 201.48,
    });
  });

  test("counts an interface endpoint in every zone, and a gateway endpoint not at all", () => {
    const floor = lines({
      Sqs: { Type: "AWS::EC2::VPCEndpoint", Properties: { VpcEndpointType: "Interface", SubnetIds: ["a", "b", "c"] } },
      S3: { Type: "AWS::EC2::VPCEndpoint", Properties: { VpcEndpointType: "Gateway" } },
    });
    expect(floor).toEqual({ "interface endpoints, by zone": 21.9 });
  });

  test("charges a secret in each region that it is replicated to", () => {
    const floor = floorOf([
      stack({ S: { Type: "AWS::SecretsManager::Secret", Properties: { ReplicaRegions: [{ Region: "us-west-2" }] } } }),
    ]);
    expect(floor.regions.map(({ region, usdPerMonth }) => [region, usdPerMonth])).toEqual([
      ["us-east-1", 0.4],
      ["us-west-2", 0.4],
    ]);
  });

  test("charges Shield Advanced once, however much it protects", () => {
    const shield = { Type: "AWS::Shield::Protection" };
    expect(floorOf([stack({ A: shield, B: shield }, "global")]).usdPerMonth).toBe(3_000);
  });

  test("puts what is of no region under global", () => {
    const acl = { Type: "AWS::WAFv2::WebACL", Properties: { Rules: [{}, {}, {}] } };
    const [region] = floorOf([stack({ Acl: acl }, "global")]).regions;
    expect(region).toMatchObject({ region: "global", usdPerMonth: 8 });
  });

  test("says so where a price is not known, and calls the total a least one", () => {
    const floor = floorOf([
      stack({
        Db: { Type: "AWS::RDS::DBInstance", Properties: { Engine: "postgres", DBInstanceClass: "db.x9z.large" } },
      }),
    ]);
    expect(floor.unpriced).toEqual(["RDS instances, standbys counted (db.x9z.large) in us-east-1"]);
    expect(floor.usdPerMonth).toBe(0);
  });

  test("tells of a region whose prices it does not have", () => {
    const elsewhere = { ...stack({ K: { Type: "AWS::KMS::Key" } }), region: "sa-east-1" };
    expect(floorOf([elsewhere]).assumes.join()).toContain("sa-east-1");
    expect(floorOf([stack({ K: { Type: "AWS::KMS::Key" } })]).assumes.join()).not.toContain("mostly costs more");
  });

  test.each([
    ["cache.r7g.large", 0.219],
    ["cache.r7g.2xlarge", 0.876],
    ["m7g.medium", 0.0408],
    ["nothing", null],
  ])("knows what %s costs an hour", (type, hourly) => {
    const price = instanceHourly(type);
    if (hourly === null) expect(price).toBeNull();
    else expect(price).toBeCloseTo(hourly, 6);
  });
});
