import { describe, expect, test } from "vitest";
import type { LossReport } from "../../base/audit-document.ts";
import { buildModel } from "../model/model.ts";
import { templateOf } from "../read/cloudformation.ts";
import { readSource } from "../read/source.ts";
import { lossReports } from "./report.ts";

function reports(resources: string, region: string | null = null): readonly LossReport[] {
  const text = resources.includes("Resources:") ? resources : `Resources:\n${resources}`;
  const template = templateOf(readSource("t.yaml", text), { name: "t", region });
  const { model, failed } = buildModel([template]);
  expect(failed).toEqual([]);
  return lossReports(model).reports;
}

function loss(all: readonly LossReport[], id: string, kind: string = "zone"): LossReport {
  const found = all.find(({ lost }) => lost.id === id && lost.kind === kind);
  if (found === undefined) throw new Error(`no loss of ${kind} ${id} in ${all.map(({ lost }) => lost.id).join(", ")}`);
  return found;
}

/** A network of two zones: public and private subnets, and a NAT gateway in the first, or in each. */
const network = (nats: 1 | 2): string => `
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }
  Gateway: { Type: AWS::EC2::InternetGateway }
${[0, 1]
  .map(
    (at) => `
  Public${at}: { Type: AWS::EC2::Subnet, Properties: { AvailabilityZone: !Select [${at}, !GetAZs ""] } }
  Private${at}: { Type: AWS::EC2::Subnet, Properties: { AvailabilityZone: !Select [${at}, !GetAZs ""] } }
  Table${at}: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Vpc } }
  InTable${at}:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: { SubnetId: !Ref Private${at}, RouteTableId: !Ref Table${at} }
  Route${at}:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table${at}
      DestinationCidrBlock: 0.0.0.0/0
      NatGatewayId: !Ref Nat${nats === 2 ? at : 0}
${at < nats ? `  Nat${at}: { Type: AWS::EC2::NatGateway, Properties: { SubnetId: !Ref Public${at} } }` : ""}`,
  )
  .join("\n")}
  Balancer: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: { Subnets: [!Ref Public0, !Ref Public1] } }
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: { LoadBalancerArn: !Ref Balancer, DefaultActions: [{ Type: forward, TargetGroupArn: !Ref Targets }] }
  Targets: { Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: { Port: 80 } }
`;

const service = (count: number, subnets = "[!Ref Private0, !Ref Private1]", environment = "[]"): string => `
  Service:
    Type: AWS::ECS::Service
    Properties:
      LaunchType: FARGATE
      DesiredCount: ${count}
      TaskDefinition: !Ref Task
      LoadBalancers: [{ TargetGroupArn: !Ref Targets, ContainerName: app, ContainerPort: 80 }]
      NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ${subnets} } }
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties: { ContainerDefinitions: [{ Name: app, Image: app, Environment: ${environment} }] }
`;

const database = (properties: string): string => `
  Db: { Type: AWS::RDS::DBInstance, Properties: { Engine: postgres, DBSubnetGroupName: !Ref Group, ${properties} } }
  Group: { Type: AWS::RDS::DBSubnetGroup, Properties: { SubnetIds: [!Ref Private0, !Ref Private1] } }
`;

describe("the loss of a zone", () => {
  test("stops what runs in both when all of it leaves by the NAT gateway of one", () => {
    const all = reports(network(1) + service(3));
    const lost = loss(all, "zone 0");
    expect(lost.stops).toEqual(["Nat0", "Service", "Targets", "Balancer", "Listener"]);
    expect(lost.because).toContain("Service → Private1 → Nat0 (zone 0)");
    expect(lost.because).toContain("Balancer → Targets → Service → Private1 → Nat0 (zone 0)");
    expect(loss(all, "zone 1")).toMatchObject({ stops: [], mayStop: [] });
  });

  test("stops nothing where each zone has its own way out", () => {
    const all = reports(network(2) + service(2));
    for (const zone of ["zone 0", "zone 1"]) expect(loss(all, zone)).toMatchObject({ stops: [], mayStop: [] });
  });

  test("stops the service that has its tasks there alone", () => {
    const all = reports(network(2) + service(2, "[!Ref Private1]"));
    expect(loss(all, "zone 1").because).toContain("Balancer → Targets → Service (zone 1)");
    expect(loss(all, "zone 0").stops).toEqual([]);
  });

  test("may stop a single task, of which nobody says where it runs", () => {
    const all = reports(network(2) + service(1));
    expect(loss(all, "zone 0")).toMatchObject({ stops: [], mayStop: expect.arrayContaining(["Service", "Balancer"]) });
    expect(loss(all, "the zone that AWS picks for Service").because).toContain(
      "Service (the zone that AWS picks for Service)",
    );
    expect(loss(all, "Service", "instance").stops).toContain("Service");
  });

  test("stops what waits for a database that stands there alone", () => {
    const named = "[{ Name: HOST, Value: !GetAtt Db.Endpoint.Address }]";
    const all = reports(
      network(2) + service(2, undefined, named) + database('AvailabilityZone: !Select [1, !GetAZs ""]'),
    );
    expect(loss(all, "zone 1").because).toContain("Service → Db (zone 1)");
    const spread = reports(network(2) + service(2, undefined, named) + database("MultiAZ: true"));
    expect(loss(spread, "zone 1").stops).toEqual([]);
  });

  test("may stop what stands alone in a zone that nobody tells", () => {
    const all = reports(`${network(2)}  Db: { Type: AWS::RDS::DBInstance, Properties: { Engine: postgres } }\n`);
    expect(loss(all, "zone 1")).toMatchObject({ stops: [], mayStop: ["Db"] });
    expect(loss(all, "the zone that AWS picks for Db").stops).toEqual(["Db"]);
  });

  test("is told by the name that decides it, where the file does not say which zone it is", () => {
    const all = reports(`
Parameters: { First: { Type: "AWS::EC2::AvailabilityZone::Name" }, Where: { Type: "AWS::EC2::Subnet::Id" } }
Resources:
  Subnet: { Type: AWS::EC2::Subnet, Properties: { AvailabilityZone: !Ref First } }
  Server: { Type: AWS::EC2::Instance, Properties: { SubnetId: !Ref Subnet } }
  Other: { Type: AWS::EC2::Instance, Properties: { SubnetId: !Ref Where } }
`);
    expect(loss(all, "First").stops).toEqual(["Server"]);
    expect(loss(all, "the zone of Where").stops).toEqual(["Other"]);
  });
});

describe("the loss of an instance", () => {
  test("stops what has no other", () => {
    const all = reports(`
  Server: { Type: AWS::EC2::Instance, Properties: { AvailabilityZone: us-east-1a } }
  Targets: { Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: { Targets: [{ Id: !Ref Server }] } }
`);
    expect(loss(all, "Server", "instance").because).toEqual(["Server", "Targets → Server"]);
  });

  test("is not told of a function, which AWS runs in as many as it needs", () => {
    const all = reports(`
  Subnet: { Type: AWS::EC2::Subnet, Properties: { AvailabilityZone: us-east-1a } }
  Fn: { Type: AWS::Lambda::Function, Properties: { VpcConfig: { SubnetIds: [!Ref Subnet] } } }
`);
    expect(loss(all, "us-east-1a").stops).toEqual(["Fn"]);
    expect(all.filter(({ lost }) => lost.kind === "instance")).toEqual([]);
  });

  test("is not told where another stands in for it", () => {
    const all = reports(`
  A: { Type: AWS::EC2::Instance, Properties: { AvailabilityZone: us-east-1a } }
  B: { Type: AWS::EC2::Instance, Properties: { AvailabilityZone: us-east-1b } }
  Targets: { Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: { Targets: [{ Id: !Ref A }, { Id: !Ref B }] } }
`);
    expect(all.filter(({ lost }) => lost.kind === "instance")).toEqual([]);
    expect(loss(all, "us-east-1a").stops).toEqual([]);
  });

  test("stops an Aurora cluster of one, and not one of two", () => {
    const member = (name: string): string =>
      `  ${name}: { Type: AWS::RDS::DBInstance, Properties: { DBClusterIdentifier: !Ref Cluster } }`;
    const cluster = (members: number): string => `
  Cluster: { Type: AWS::RDS::DBCluster, Properties: { Engine: aurora-mysql } }
${["Member0", "Member1"].slice(0, members).map(member).join("\n")}
`;
    expect(loss(reports(cluster(1)), "Member0", "instance").stops).toEqual(["Member0", "Cluster"]);
    expect(reports(cluster(2)).filter(({ lost }) => lost.kind === "instance")).toEqual([]);
  });
});

describe("the loss of what a region runs", () => {
  const api = `
  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: api } }
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      Integration: { Uri: !Sub "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\${Fn.Arn}/invocations" }
  Fn:
    Type: AWS::Lambda::Function
    Properties: { Environment: { Variables: { TABLE: !Ref Table } }, Role: !GetAtt Role.Arn }
  Table: { Type: AWS::DynamoDB::Table }
  Audit: { Type: AWS::DynamoDB::Table }
  Role: { Type: AWS::IAM::Role }
  Policy:
    Type: AWS::IAM::Policy
    Properties: { Roles: [!Ref Role], PolicyDocument: { Statement: [{ Resource: !GetAtt Audit.Arn }] } }
  Work: { Type: AWS::SQS::Queue }
  Worker: { Type: AWS::Lambda::Function, Properties: { Environment: {} } }
  FromQueue:
    Type: AWS::Lambda::EventSourceMapping
    Properties: { EventSourceArn: !GetAtt Work.Arn, FunctionName: !Ref Worker }
`;

  test("stops all that waits for it, up to the door", () => {
    expect(loss(reports(api), "Table", "component").because).toContain("Api → Fn → Table");
  });

  test("may stop what is merely allowed to use it", () => {
    const all = reports(`${api}
  Key: { Type: AWS::KMS::Key }
  Encrypted: { Type: AWS::SQS::Queue, Properties: { KmsMasterKeyId: !Ref Key } }
`);
    expect(loss(all, "Key", "component").stops).toEqual(["Key", "Encrypted"]);
    expect(loss(all, "Audit", "component")).toMatchObject({ stops: ["Audit"], mayStop: ["Fn", "Api"] });
  });

  test("leaves what worked it off with nothing to do, unless something else calls that too", () => {
    expect(loss(reports(api), "Work", "component")).toMatchObject({ stops: ["Work"], mayStop: ["Worker"] });
  });

  test("stops a balancer with what it leads to by default, and not with what one rule of it leads to", () => {
    const more = `
  Special:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: { TargetType: lambda, Targets: [{ Id: !GetAtt Fn.Arn }] }
  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties: { ListenerArn: !Ref Listener, Actions: [{ Type: forward, TargetGroupArn: !Ref Special }] }
`;
    const all = reports(network(2) + service(2) + api + more);
    expect(loss(all, "Service", "component").stops).toContain("Balancer");
    const fn = loss(all, "Fn", "component");
    expect(fn.stops).not.toContain("Balancer");
    expect(fn.mayStop).toContain("Balancer");
  });

  test("stops a distribution with its default origin, or with both of the group that that is", () => {
    const distribution = (target: string, groups = "") => `
  Main: { Type: AWS::S3::Bucket }
  Spare: { Type: AWS::S3::Bucket }
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        DefaultCacheBehavior: { TargetOriginId: ${target} }
        Origins:
          - { Id: main, DomainName: !GetAtt Main.RegionalDomainName }
          - { Id: spare, DomainName: !GetAtt Spare.RegionalDomainName }
${groups}`;
    const single = reports(distribution("main"));
    expect(loss(single, "Main", "component").stops).toEqual(["Main", "Site"]);
    expect(loss(single, "Spare", "component")).toMatchObject({ stops: ["Spare"], mayStop: ["Site"] });
    const group = `
        OriginGroups:
          Items: [{ Id: both, Members: { Items: [{ OriginId: main }, { OriginId: spare }] } }]`;
    const both = reports(distribution("both", group));
    expect(both.filter(({ lost, stops }) => lost.kind === "component" && stops.includes("Site"))).toEqual([]);
  });

  test("does not stop a queue with what works it off", () => {
    expect(reports(api).flatMap(({ lost, stops }) => (lost.id === "Worker" ? stops : []))).not.toContain("Work");
  });

  test("takes a whole region with it, and what the edge leads there", () => {
    const all = reports(
      `${api}
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        DefaultCacheBehavior: { TargetOriginId: api }
        Origins: [{ Id: api, DomainName: !Sub "\${Api}.execute-api.us-east-1.amazonaws.com" }]
`,
      "eu-west-1",
    );
    expect(loss(all, "eu-west-1", "region").because).toContain("Site → Api (eu-west-1)");
  });
});

describe("what is told of a service that has tasks left", () => {
  const sentences = (all: string, zone = "zone 0"): readonly string[] =>
    loss(reports(all), zone).because.filter((line) => line.includes(" of "));

  test("is how many, and by what all of their subnets go out", () => {
    expect(sentences(network(1) + service(4))).toEqual([
      "Service has 2 of 4 tasks, but all of their subnets route through Nat0, which is in zone 0",
    ]);
  });

  test("is what all of them need", () => {
    const named = "[{ Name: DB, Value: !GetAtt Db.Endpoint.Address }]";
    const one = database('AvailabilityZone: !Select [1, !GetAZs ""]');
    expect(sentences(network(2) + service(3, undefined, named) + one, "zone 1")).toEqual([
      "Service has 1 of 3 tasks, but it needs Db, which is in zone 1",
    ]);
  });

  test("stands after the path of the service", () => {
    const { because } = loss(reports(network(1) + service(4)), "zone 0");
    const at = because.findIndex((line) => line.startsWith("Service has"));
    expect(because[at - 1]).toBe("Service → Private1 → Nat0 (zone 0)");
  });

  test("is nothing where none is left", () => {
    expect(sentences(network(1) + service(2, "[!Ref Private0]"))).toEqual([]);
  });
});

describe("names that repeat", () => {
  const server = "Resources: { Server: { Type: AWS::EC2::Instance, Properties: { AvailabilityZone: us-east-1a } } }";
  const stopped = (files: readonly (readonly [string, string])[]): readonly string[] => {
    const templates = files.map(([file, name]) =>
      templateOf(readSource(file, server), { name, region: null, parent: null }),
    );
    const { model } = buildModel(templates, { parameters: {}, region: null });
    return loss(lossReports(model).reports, "us-east-1a").stops;
  };

  test("have the file before them, and the whole name of the stack where one file is two stacks", () => {
    expect(stopped([["a/orders.yaml", "a/orders.yaml"]])).toEqual(["Server"]);
    expect(
      stopped([
        ["a/orders.yaml", "a/orders.yaml"],
        ["a/users.yaml", "a/users.yaml"],
      ]),
    ).toEqual(["orders.yaml#Server", "users.yaml#Server"]);
    expect(
      stopped([
        ["a/one.yaml", "a/one.yaml"],
        ["a/one.yaml", "a/one.yaml/Nested"],
      ]),
    ).toEqual(["a/one.yaml#Server", "a/one.yaml/Nested#Server"]);
  });
});

test("what is not told of too much is counted", () => {
  const chain = Array.from({ length: 800 }, (_, at) => {
    const next = at === 0 ? "{}" : `{ Environment: { Variables: { NEXT: !Ref F${at - 1} } } }`;
    return `  F${at}: { Type: AWS::Lambda::Function, Properties: ${next} }`;
  });
  const template = templateOf(readSource("t.yaml", `Resources:\n${chain.join("\n")}`), {
    name: "t",
    region: null,
    parent: null,
  });
  const { model } = buildModel([template]);
  const { problems } = lossReports(model);
  expect(problems.map(({ level, message }) => `${level} ${message}`)).toEqual([
    expect.stringMatching(/^warning what \d+ more losses after component F\d+ stop is not told/),
  ]);
});
