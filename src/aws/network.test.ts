import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { type Sites, type SitesOptions, makeSites } from "../../test/support/aws-site.ts";
import { zoneRanges } from "./network/plan.ts";

/** The resources of a type in the network stack, by logical id. */
function resources(sites: Sites, type: string) {
  return sites.template("network").findResources(type);
}

describe("a network", () => {
  const sites = makeSites();
  const template = sites.template("network");

  test("has a public, a private and an isolated subnet in each of three zones, told by place and never by name", () => {
    const subnets = Object.values(resources(sites, "AWS::EC2::Subnet")).map(({ Properties }) => Properties);
    expect(subnets).toHaveLength(9);
    for (const zone of [0, 1, 2]) {
      const inZone = subnets.filter(({ AvailabilityZone }) => AvailabilityZone["Fn::Select"][0] === zone);
      expect(inZone).toHaveLength(3);
    }
    expect(new Set(subnets.map(({ CidrBlock }) => CidrBlock)).size).toBe(9);
    expect(subnets.every(({ MapPublicIpOnLaunch }) => MapPublicIpOnLaunch === false)).toBe(true);
  });

  test("leads each private subnet out by the NAT gateway of its own zone", () => {
    expect(Object.keys(resources(sites, "AWS::EC2::NatGateway"))).toHaveLength(3);
    for (const letter of ["A", "B", "C"]) {
      template.hasResourceProperties("AWS::EC2::Route", {
        RouteTableId: { "Fn::GetAtt": [`PrivateRouteTable${letter}`, "RouteTableId"] },
        DestinationCidrBlock: "0.0.0.0/0",
        NatGatewayId: { "Fn::GetAtt": [`Nat${letter}`, "NatGatewayId"] },
      });
      template.hasResourceProperties("AWS::EC2::NatGateway", {
        SubnetId: { "Fn::GetAtt": [`PublicSubnet${letter}`, "SubnetId"] },
      });
    }
  });

  test("has no way out of an isolated subnet", () => {
    const routes = Object.values(resources(sites, "AWS::EC2::Route"));
    expect(routes).toHaveLength(6);
    const tables = routes.map(({ Properties }) => Properties.RouteTableId["Fn::GetAtt"][0] as string);
    expect(tables.filter((table) => table.startsWith("Isolated"))).toEqual([]);
  });

  test("reaches S3 and DynamoDB from private and isolated subnets by gateway endpoints", () => {
    for (const service of ["s3", "dynamodb"]) {
      template.hasResourceProperties("AWS::EC2::VPCEndpoint", {
        VpcEndpointType: "Gateway",
        ServiceName: { "Fn::Join": ["", ["com.amazonaws.", { Ref: "AWS::Region" }, `.${service}`]] },
        RouteTableIds: Match.arrayWith([{ "Fn::GetAtt": ["IsolatedRouteTableC", "RouteTableId"] }]),
      });
    }
  });

  test("has interface endpoints in every zone, closed to other accounts", () => {
    const endpoints = Object.values(
      template.findResources("AWS::EC2::VPCEndpoint", { Properties: { VpcEndpointType: "Interface" } }),
    );
    expect(endpoints.length).toBeGreaterThanOrEqual(4);
    for (const { Properties } of endpoints) {
      expect(Properties.SubnetIds).toHaveLength(3);
      expect(Properties.PrivateDnsEnabled).toBe(true);
      expect(JSON.stringify(Properties.PolicyDocument)).toContain("aws:PrincipalAccount");
    }
  });

  test("writes flow logs into an encrypted log group that ends", () => {
    template.hasResourceProperties("AWS::EC2::FlowLog", { TrafficType: "ALL", ResourceType: "VPC" });
    template.hasResource("AWS::Logs::LogGroup", {
      Properties: { KmsKeyId: { "Fn::GetAtt": ["Key", "Arn"] }, RetentionInDays: 365 },
      DeletionPolicy: "RetainExceptOnCreate",
    });
  });

  test("is told to encrypt what is sent within it, and its flow logs tell whether it was", () => {
    template.hasResourceProperties("AWS::EC2::VPCEncryptionControl", {
      VpcId: { "Fn::GetAtt": ["Vpc", "VpcId"] },
      Mode: "monitor",
      LambdaExclusionInput: Match.absent(),
    });
    expect(template.findResources("AWS::EC2::VPC")["Vpc"]!.Properties.VpcEncryptionControl).toBeUndefined();
    template.hasResourceProperties("AWS::EC2::FlowLog", {
      LogFormat: Match.stringLikeRegexp(String.raw`^\$\{version\} .*\$\{encryption-status\}`),
    });
  });

  test("lets in nothing that AWS could not encrypt where that is asked for, but for what speaks TLS itself", () => {
    const strict = makeSites({ network: { encryption: "enforce" } }).template("network");
    strict.hasResourceProperties("AWS::EC2::VPCEncryptionControl", {
      Mode: "enforce",
      InternetGatewayExclusionInput: "enable",
      NatGatewayExclusionInput: "enable",
      LambdaExclusionInput: "enable",
      ElasticFileSystemExclusionInput: "enable",
      VpcPeeringExclusionInput: Match.absent(),
    });
  });

  test("enforces nothing in a region that is made anew when it is needed", () => {
    const modes = (recovery: "backup-restore" | "warm-standby"): unknown[] => {
      const made = makeSites({ network: { encryption: "enforce" }, recovery, active: "us-west-2" });
      return made.sites.flatMap((site) =>
        Object.values(made.template("network", site).findResources("AWS::EC2::VPCEncryptionControl")).map(
          ({ Properties }) => Properties.Mode as unknown,
        ),
      );
    };
    expect(modes("warm-standby")).toEqual(["enforce", "enforce"]);
    expect(modes("backup-restore").at(-1)).toBe("monitor");
  });

  test.each<[string, SitesOptions]>([
    ["where it is not wanted", { network: { encryption: "off" } }],
    ["where AWS has none of it", { regions: ["ap-northeast-2"] }],
  ])("is not told to encrypt anything %s", (_, changed) => {
    makeSites(changed).template("network").resourceCountIs("AWS::EC2::VPCEncryptionControl", 0);
  });

  test("does not overlap with the network of the other region", () => {
    sites.template("network").hasResourceProperties("AWS::EC2::VPC", { CidrBlock: "10.0.0.0/16" });
    sites.template("network", sites.second).hasResourceProperties("AWS::EC2::VPC", { CidrBlock: "10.1.0.0/16" });
  });
});

describe("ways out", () => {
  test("a regional NAT gateway serves all zones and stands in none", () => {
    const sites = makeSites({ network: { nat: "regional" } });
    const gateways = Object.values(resources(sites, "AWS::EC2::NatGateway"));
    expect(gateways).toHaveLength(1);
    expect(gateways[0]?.Properties).toMatchObject({ AvailabilityMode: "regional", ConnectivityType: "public" });
    expect(gateways[0]?.Properties).not.toHaveProperty("SubnetId");
    expect(Object.keys(resources(sites, "AWS::EC2::EIP"))).toEqual([]);
    expect(Object.keys(resources(sites, "AWS::EC2::Route")).filter((id) => id.startsWith("Private"))).toHaveLength(3);
  });

  test("without NAT endpoints alone lead out, for all that programs need", () => {
    const sites = makeSites({ network: { nat: "none" } });
    expect(Object.keys(resources(sites, "AWS::EC2::NatGateway"))).toEqual([]);
    expect(Object.keys(resources(sites, "AWS::EC2::Route")).filter((id) => id.startsWith("Private"))).toEqual([]);
    const endpoints = Object.keys(resources(sites, "AWS::EC2::VPCEndpoint"));
    for (const id of ["KmsEndpoint", "StsEndpoint", "SsmEndpoint", "MonitoringEndpoint"])
      expect(endpoints).toContain(id);
  });

  test("the cheap profile has two zones, one NAT gateway and no interface endpoints", () => {
    const sites = makeSites({ stage: "dev" });
    expect(Object.keys(resources(sites, "AWS::EC2::Subnet"))).toHaveLength(6);
    expect(Object.keys(resources(sites, "AWS::EC2::NatGateway"))).toEqual(["NatA"]);
    expect(Object.keys(resources(sites, "AWS::EC2::VPCEndpoint"))).toEqual(["S3Endpoint", "DynamodbEndpoint"]);
  });
});

describe("the plan of addresses", () => {
  const letters = ["a", "b", "c", "d", "e", "f"];
  const all = letters.flatMap((letter) => Object.values(zoneRanges("10.7.0.0/16", letter)));

  test("no range overlaps another, in as many zones as AWS has", () => {
    const spans = all
      .map((range) => {
        const [, , third, rest] = range.split(".");
        const size = Number(rest?.split("/")[1]);
        return { from: Number(third) * 256, to: Number(third) * 256 + 2 ** (32 - size) };
      })
      .sort((a, b) => a.from - b.from);
    expect(spans).toHaveLength(18);
    spans.slice(1).forEach((span, index) => expect(span.from).toBeGreaterThanOrEqual(spans[index]!.to));
    expect(spans.at(-1)!.to).toBeLessThanOrEqual(65_536);
  });

  test("naming other zones moves no subnet of those that stay", () => {
    const cidrs = (zones: readonly string[]) => {
      const found = resources(makeSites({ regions: ["us-east-1"], zones }), "AWS::EC2::Subnet");
      return Object.fromEntries(Object.entries(found).map(([id, { Properties }]) => [id, Properties]));
    };
    const before = cidrs(["us-east-1a", "us-east-1b", "us-east-1c"]);
    const after = cidrs(["us-east-1b", "us-east-1c", "us-east-1d"]);
    expect(after["PrivateSubnetB"]).toEqual(before["PrivateSubnetB"]);
    expect(after["IsolatedSubnetC"]).toEqual(before["IsolatedSubnetC"]);
  });

  test("a zone's place is the one among its region's zones, where a letter is missing", () => {
    const found = resources(makeSites({ regions: ["ca-central-1"] }), "AWS::EC2::Subnet");
    expect(found["PrivateSubnetD"]?.Properties.AvailabilityZone).toEqual({ "Fn::Select": [2, { "Fn::GetAZs": "" }] });
  });

  test("rejects a network that is no /16", () => {
    expect(() => zoneRanges("10.0.0.0/20", "a")).toThrow(/16/);
  });
});

describe("a network that exists", () => {
  const existing = {
    vpcId: "vpc-1",
    cidr: "172.16.0.0/16",
    publicSubnets: ["subnet-p1", "subnet-p2", "subnet-p3"],
    privateSubnets: ["subnet-q1", "subnet-q2", "subnet-q3"],
    isolatedSubnets: [],
  };

  test("is taken as it is, its private subnets standing in for isolated ones", () => {
    const { first, template } = makeSites({ network: { existing: { "us-east-1": existing } } });
    expect(first.network.vpcId).toBe("vpc-1");
    expect(first.network.zones[1]).toEqual({
      zone: "us-east-1b",
      publicSubnetId: "subnet-p2",
      privateSubnetId: "subnet-q2",
      isolatedSubnetId: "subnet-q2",
    });
    template("network").resourceCountIs("AWS::EC2::VPC", 0);
    template("network").resourceCountIs("AWS::EC2::VPCEndpoint", 0);
  });
});

describe("a region that only keeps backups", () => {
  test("has a key and no network", () => {
    const { second, template } = makeSites({ recovery: "backup-restore" });
    expect(second.network.zones).toEqual([]);
    const types = Object.values(template("network", second).toJSON().Resources).map(
      (each) => (each as { Type: string }).Type,
    );
    expect(types.toSorted()).toEqual(["AWS::KMS::Alias", "AWS::KMS::ReplicaKey"]);
  });
});
