import { describe, expect, test } from "vitest";
import { IN_TWO_ZONES, zonalTemplate } from "../../../test/support/zonal-template.ts";
import { loadOf } from "../../topology/assumption.ts";
import type { TemplateAssumptions, TemplateSystem, TemplateView, Working } from "../../topology/template-system.ts";
import { buildModel } from "../model/model.ts";
import { templateOf } from "../read/cloudformation.ts";
import { readSource } from "../read/source.ts";
import { templateSystem } from "./template-system.ts";

const NOTHING_SAID: TemplateAssumptions = {
  region: null,
  entries: [],
  zones: {},
  tasks: {},
  needs: {},
  peak: null,
  failures: {},
  load: loadOf({}),
};

interface Asked extends Partial<TemplateAssumptions> {
  readonly view?: TemplateView;
}

function systemOf(text: string, { view = "likely", ...told }: Asked = {}): TemplateSystem {
  const template = templateOf(readSource("t.yaml", text), { name: "t", region: null });
  const { model, failed } = buildModel([template]);
  expect(failed).toEqual([]);
  return templateSystem(model, { ...NOTHING_SAID, ...told }, view);
}

function worksOf({ components }: TemplateSystem, id: string): Working | undefined {
  return components.find((component) => component.id === id)?.works;
}

const SOUND = zonalTemplate(IN_TWO_ZONES);

describe("what a template tells of a system", () => {
  test("has what customers wait for, from where they come in, each in its zones", () => {
    const system = systemOf(SOUND);
    expect(system.journeys).toEqual([
      {
        id: "Balancer",
        needs: expect.arrayContaining(["Balancer", "Service", "Database", "Cache", "Cluster", "Queue"]),
      },
    ]);
    const zones = ["zone 0", "zone 1"];
    expect(system.region.zones.map(({ name }) => name)).toEqual(zones);
    expect(worksOf(system, "Balancer")).toEqual({ kind: "balancer", zones });
    expect(worksOf(system, "Service")).toMatchObject({ kind: "tasks", on: "containers", zones, count: 2 });
    expect(worksOf(system, "Database")).toEqual({ kind: "members", engine: "rds", zones, isProxied: false });
    expect(worksOf(system, "Cache")).toMatchObject({ kind: "members", engine: "cache", zones });
    expect(worksOf(system, "Cluster")).toMatchObject({ kind: "members", engine: "aurora", zones });
    expect(worksOf(system, "Queue")).toEqual({ kind: "whole", zones: [] });
    expect(system.components).toHaveLength(6);
    expect(system.waits).toContainEqual({ from: "Service", to: "Database" });
  });

  test("has a health check by the target group, and AWS's own where the group says nothing, by name", () => {
    const told = { intervalMs: 5_000, timeoutMs: 2_000, healthyThreshold: 2, unhealthyThreshold: 2 };
    expect(worksOf(systemOf(SOUND), "Service")).toMatchObject({ probe: told });
    const system = systemOf(SOUND.replace(/ HealthCheckIntervalSeconds: 5,/, ""));
    expect(worksOf(system, "Service")).toMatchObject({ probe: { ...told, intervalMs: 30_000 } });
    expect(system.assumes).toContain("health checks of Targets are not all told: AWS's own defaults");
  });

  test("has what stands alone as something that nobody takes over for", () => {
    const single = { ...IN_TWO_ZONES, database: false, cache: false, cluster: false };
    const system = systemOf(zonalTemplate(single));
    for (const id of ["Database", "Cache", "Cluster"]) {
      expect(worksOf(system, id), id).toEqual({ kind: "nodes", zones: ["zone 0"], mends: "member" });
    }
  });

  test("has a way out only where it leads through another zone", () => {
    expect(systemOf(SOUND).components.map(({ kind }) => kind)).not.toContain("way out");
    const system = systemOf(zonalTemplate({ ...IN_TWO_ZONES, gateways: false }));
    const [way] = system.components.filter(({ kind }) => kind === "way out");
    expect(way).toMatchObject({
      name: "Gateway0",
      works: { zones: ["zone 0", "zone 1"], through: ["zone 1"], by: "zone 0" },
    });
    expect(system.journeys[0]?.needs).toContain(way?.id);
  });

  test("follows a proxy to its database, which programs then find at once", () => {
    const proxied = SOUND.replace("!GetAtt Database.Endpoint.Address", "!GetAtt Proxy.Endpoint").concat(`
  Proxy: { Type: AWS::RDS::DBProxy, Properties: { EngineFamily: POSTGRESQL } }
  Behind:
    Type: AWS::RDS::DBProxyTargetGroup
    Properties: { DBProxyName: !Ref Proxy, DBInstanceIdentifiers: [!Ref Database] }
`);
    expect(worksOf(systemOf(proxied), "Database")).toMatchObject({ kind: "members", isProxied: true });
  });

  test("has instances behind one target group as one component that goes on with any of them", () => {
    const system = systemOf(`Resources:
  Balancer: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer }
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: { LoadBalancerArn: !Ref Balancer, DefaultActions: [{ Type: forward, TargetGroupArn: !Ref Targets }] }
  Targets: { Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: { Targets: [{ Id: !Ref A }, { Id: !Ref B }] } }
  A: { Type: AWS::EC2::Instance, Properties: { AvailabilityZone: us-east-1a } }
  B: { Type: AWS::EC2::Instance, Properties: { AvailabilityZone: us-east-1b } }
`);
    expect(worksOf(system, "A, B")).toEqual({ kind: "nodes", zones: ["us-east-1a", "us-east-1b"], mends: "instance" });
  });

  test("has a journey for each function that an API leads to", () => {
    const method = (name: string): string => `
  ${name}: { Type: AWS::Lambda::Function, Properties: { Environment: { Variables: { TABLE: !Ref Table${name} } } } }
  Table${name}: { Type: AWS::DynamoDB::Table }
  To${name}:
    Type: AWS::ApiGatewayV2::Integration
    Properties: { ApiId: !Ref Api, IntegrationUri: !GetAtt ${name}.Arn }`;
    const system = systemOf(`Resources:\n  Api: { Type: AWS::ApiGatewayV2::Api }${method("Read")}${method("Write")}\n`);
    expect(system.journeys.map(({ id, needs }) => [id, needs])).toEqual([
      ["Api → Read", ["Api", "Read", "TableRead"]],
      ["Api → Write", ["Api", "Write", "TableWrite"]],
    ]);
  });
});

describe("what a template does not tell", () => {
  const UNTOLD = `Parameters:
  Subnets: { Type: "List<AWS::EC2::Subnet::Id>" }
  Count: { Type: Number }
Resources:
  Balancer: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: { Subnets: !Ref Subnets } }
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: { LoadBalancerArn: !Ref Balancer, DefaultActions: [{ Type: forward, TargetGroupArn: !Ref Targets }] }
  Targets: { Type: AWS::ElasticLoadBalancingV2::TargetGroup }
  Service:
    Type: AWS::ECS::Service
    Properties:
      DesiredCount: !Ref Count
      TaskDefinition: !Ref Task
      LoadBalancers: [{ TargetGroupArn: !Ref Targets }]
      NetworkConfiguration: { AwsvpcConfiguration: { Subnets: !Ref Subnets } }
  Task: { Type: AWS::ECS::TaskDefinition, Properties: { TaskRoleArn: !GetAtt Role.Arn } }
  Role:
    Type: AWS::IAM::Role
    Properties: { Policies: [{ PolicyDocument: { Statement: [{ Resource: !GetAtt Table.Arn }] } }] }
  Table: { Type: AWS::DynamoDB::Table }
`;
  const said = (system: TemplateSystem, about: string): string =>
    system.assumes.find((each) => each.includes(about)) ?? "";

  test("is taken as it likely is, at worst as bad as it may be, and told by name", () => {
    const system = systemOf(UNTOLD);
    expect(worksOf(system, "Service")).toMatchObject({ zones: ["zone 0", "zone 1", "zone 2"], count: 3 });
    expect(said(system, "over which zones")).toContain("Balancer, Service");
    expect(said(system, "how many there are")).toContain("of Service");
    expect(said(system, "load is not told")).toContain("Service");
    const worst = systemOf(UNTOLD, { view: "worst" });
    expect(worksOf(worst, "Service")).toMatchObject({ zones: ["zone 0"], count: 1 });
  });

  test("is no assumption any more once somebody says it", () => {
    const system = systemOf(UNTOLD, {
      peak: 300,
      zones: { Balancer: ["a", "b"], Service: ["a", "b"] },
      tasks: { Service: { count: 4, bears: 100 } },
      needs: { Service: ["Table"] },
      entries: ["Balancer"],
    });
    expect(worksOf(system, "Service")).toMatchObject({ zones: ["a", "b"], count: 4, bears: 100 });
    expect(system.journeys[0]?.needs).toContain("Table");
    for (const about of ["zones", "how many", "load", "likely", "customers come in"]) {
      expect(said(system, about), about).toBe("");
    }
  });

  test("leaves out what a role may use, but for the worst", () => {
    const system = systemOf(UNTOLD);
    expect(system.journeys[0]?.needs).not.toContain("Table");
    expect(said(system, "only likely")).toContain("Table by Service");
    expect(systemOf(UNTOLD, { view: "worst" }).journeys[0]?.needs).toContain("Table");
  });

  test("puts what stands alone into one zone, and at worst apart", () => {
    const text = `Resources:
  Balancer: { Type: AWS::ElasticLoadBalancing::LoadBalancer, Properties: { Instances: [!Ref Server] } }
  Server:
    Type: AWS::EC2::Instance
    Properties: { UserData: { Fn::Base64: !GetAtt Database.Endpoint.Address } }
  Database: { Type: AWS::RDS::DBInstance, Properties: { Engine: postgres } }
`;
    const zonesIn = (view: TemplateView): readonly (readonly string[] | undefined)[] =>
      ["Server", "Database"].map((id) => worksOf(systemOf(text, { view }), id)?.zones);
    const [server, database] = zonesIn("likely");
    expect(server).toEqual(database);
    const [lone, other] = zonesIn("worst");
    expect(lone).not.toEqual(other);
  });

  test("takes one of two doors of which conditions decide", () => {
    const door = (id: string, condition: string): string =>
      `  ${id}: { Type: AWS::ApiGatewayV2::Api, Condition: ${condition} }\n`;
    const system = systemOf(`Parameters: { Domain: { Type: String } }
Conditions: { Own: !Not [!Equals [!Ref Domain, ""]], None: !Equals [!Ref Domain, ""] }
Resources:\n${door("Named", "Own")}${door("Plain", "None")}`);
    expect(system.journeys).toEqual([{ id: "Named", needs: ["Named"] }]);
    expect(said(system, "conditions leave it open")).toContain("Plain");
  });

  test("takes programs that nobody needs for where customers come in, where nothing answers from outside", () => {
    const system = systemOf("Resources:\n  Server: { Type: AWS::EC2::Instance }\n");
    expect(system.journeys).toEqual([{ id: "Server", needs: ["Server"] }]);
    expect(said(system, "nothing here answers from outside")).toContain("Server");
  });

  test("calls what is in nested stacks by as much of its path as tells it from the rest", () => {
    const text = "Resources:\n  Api: { Type: AWS::ApiGatewayV2::Api }\n";
    const templates = ["main.yaml/Orders", "main.yaml/Users"].map((name) =>
      templateOf(readSource("nested.yaml", text), { name, region: null }),
    );
    const { journeys } = templateSystem(buildModel(templates).model, NOTHING_SAID, "likely");
    expect(journeys.map(({ id }) => id)).toEqual(["Orders#Api", "Users#Api"]);
  });

  test("plays the largest region, and says which are left out", () => {
    const templates = ["us-east-1", "us-west-2"].map((region) =>
      templateOf(readSource(`${region}.yaml`, SOUND), { name: region, region }),
    );
    const { model } = buildModel(templates);
    const system = templateSystem(model, { ...NOTHING_SAID, region: "us-west-2" }, "likely");
    expect(system.region.name).toBe("us-west-2");
    expect(system.journeys).toHaveLength(1);
    expect(said(system, "us-east-1")).toMatch(/^us-east-1 is left out/);
  });
});

describe("what cannot be played", () => {
  test("fails where nothing answers customers, and says what would", () => {
    const make = (): unknown => systemOf("Resources:\n  Table: { Type: AWS::DynamoDB::Table }\n");
    expect(make).toThrow(expect.objectContaining({ code: "AUD-020", fix: expect.stringContaining("a load balancer") }));
  });

  test("fails where customers ask for more than all tasks ever bear", () => {
    const told = { peak: 500, tasks: { Service: { count: null, bears: 100 } } };
    expect(() => systemOf(SOUND, told)).toThrow(
      expect.objectContaining({ code: "AUD-021", message: expect.stringContaining("2 of Service bear 200") }),
    );
  });

  test("fails for all names that the assumptions give and the templates do not have", () => {
    const told = { entries: ["Door"], tasks: { Servce: { count: 2, bears: null } }, needs: { Service: ["Db"] } };
    expect(() => systemOf(SOUND, { ...told, region: "us-east-1" })).toThrow(
      expect.objectContaining({
        code: "AUD-021",
        message: expect.stringMatching(
          /entries: "Door"[\s\S]*tasks: "Servce"[\s\S]*needs: "Db"[\s\S]*region: no template/,
        ),
      }),
    );
  });
});
