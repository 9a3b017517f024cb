import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { type Programs, shipPrograms, systemOf } from "../../../test/support/program-rig.ts";

const api = { build: "./program", run: "node server.ts", health: { path: "/healthz", interval: "5 seconds" } };
const BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer";
const LISTENER = "AWS::ElasticLoadBalancingV2::Listener";
const TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup";
const RULE = "AWS::ElasticLoadBalancingV2::ListenerRule";

const several = shipPrograms(
  systemOf({
    regions: { primary: "us-east-1" },
    recovery: undefined,
    services: {
      api: { ...api, uses: ["quotes"] },
      quotes: { ...api, protocol: "https", drain: "20 seconds" },
      scans: { build: "./program", run: "node scans.ts", protocol: "tcp", port: 7000 },
    },
  }),
);

function attributesOf({ template }: Programs, type: string, id: string): Record<string, string> {
  const resource = template("compute").findResources(type)[id];
  const { LoadBalancerAttributes, TargetGroupAttributes } = resource?.["Properties"] ?? {};
  const all = (LoadBalancerAttributes ?? TargetGroupAttributes ?? []) as { Key: string; Value: string }[];
  return Object.fromEntries(all.map(({ Key, Value }) => [Key, Value]));
}

describe("balancers", () => {
  test("stand in all zones, protected, logged, and ready for a zonal shift", () => {
    const balancers = several.template("compute").findResources(BALANCER);
    expect(Object.keys(balancers).sort()).toEqual(["ApiBalancer", "QuotesInternalBalancer", "ScansBalancer"]);
    for (const [id, { Properties }] of Object.entries(balancers)) {
      expect(Properties.Subnets, id).toHaveLength(3);
      expect(attributesOf(several, BALANCER, id), id).toMatchObject({
        "deletion_protection.enabled": { Ref: `${id.replace(/Balancer$/, "")}DeletionProtection` },
        "zonal_shift.config.enabled": "true",
        "access_logs.s3.enabled": "true",
      });
    }
    several.template("compute").hasParameter("*", { Default: "true", AllowedValues: ["true", "false"] });
    expect(attributesOf(several, BALANCER, "ApiBalancer")["routing.http.drop_invalid_header_fields.enabled"]).toBe(
      "true",
    );
    expect(attributesOf(several, BALANCER, "ScansBalancer")["load_balancing.cross_zone.enabled"]).toBe("true");
  });

  test("face the internet only where customers come, from public subnets", () => {
    const { ApiBalancer, QuotesInternalBalancer } = several.template("compute").findResources(BALANCER);
    expect(ApiBalancer!["Properties"].Scheme).toBe("internet-facing");
    expect(JSON.stringify(ApiBalancer!["Properties"].Subnets)).toContain("PublicSubnetA");
    expect(QuotesInternalBalancer!["Properties"].Scheme).toBe("internal");
    expect(JSON.stringify(QuotesInternalBalancer!["Properties"].Subnets)).toContain("PrivateSubnetA");
  });

  test("let nobody in by default who does not come from the edge, but for health checks", () => {
    const compute = several.template("compute");
    compute.hasResourceProperties(LISTENER, {
      Protocol: "HTTPS",
      SslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
      DefaultActions: [
        Match.objectLike({ Type: "fixed-response", FixedResponseConfig: Match.objectLike({ StatusCode: "403" }) }),
      ],
    });
    compute.hasResourceProperties(RULE, {
      Conditions: [
        {
          Field: "http-header",
          HttpHeaderConfig: {
            HttpHeaderName: "X-Origin-Verify",
            Values: [
              "{{resolve:secretsmanager:shop-production-origin-verify:SecretString:value}}",
              // During a rotation both secrets are the same, and a balancer refuses a value twice.
              "{{resolve:secretsmanager:shop-production-origin-verify-next:SecretString:value}}*",
            ],
          },
        },
      ],
    });
    compute.hasResourceProperties(RULE, {
      Conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/healthz"] } }],
    });
  });

  test("have a certificate for every name that the edge knows them by, validated in its zone", () => {
    several.template("compute").hasResourceProperties("AWS::CertificateManager::Certificate", {
      DomainName: "api.nearest.origin.shop.example.com",
      SubjectAlternativeNames: Match.arrayWith([
        "api.failover.origin.shop.example.com",
        "api.us-east-1.origin.shop.example.com",
      ]),
      ValidationMethod: "DNS",
      DomainValidationOptions: Match.arrayWith([
        { DomainName: "api.us-east-1.origin.shop.example.com", HostedZoneId: "Z0123456789EXAMPLE" },
      ]),
    });
  });

  test("inside of the network are reached by TLS, under a name that only it knows, by those who use them", () => {
    const compute = several.template("compute");
    compute.hasResourceProperties("AWS::Route53::HostedZone", {
      Name: "us-east-1.internal.shop.example.com",
      VPCs: [Match.objectLike({ VPCRegion: "us-east-1" })],
    });
    compute.hasResourceProperties("AWS::Route53::RecordSet", { Name: "quotes.us-east-1.internal.shop.example.com" });
    compute.hasResourceProperties("AWS::EC2::SecurityGroupIngress", {
      GroupId: { "Fn::GetAtt": ["QuotesInternalBalancerSecurityGroup", "GroupId"] },
      SourceSecurityGroupId: { "Fn::GetAtt": ["ApiSecurityGroup", "GroupId"] },
      FromPort: 443,
    });
    const { QuotesInternalBalancerSecurityGroup: group } = compute.findResources("AWS::EC2::SecurityGroup");
    expect(group!["Properties"]).not.toHaveProperty("SecurityGroupIngress");
    const { address } = several.sites[0]!.handles.get("service", "quotes");
    expect(address).toEqual({ host: "quotes.us-east-1.internal.shop.example.com", port: 443 });
  });

  test("check targets as the definition says, and let them finish", () => {
    several.template("compute").hasResourceProperties(TARGETS, {
      TargetType: "ip",
      HealthCheckPath: "/healthz",
      HealthCheckIntervalSeconds: 5,
      UnhealthyThresholdCount: 2,
    });
    expect(attributesOf(several, TARGETS, "QuotesInternalTargets")).toMatchObject({
      "deregistration_delay.timeout_seconds": "20",
      "stickiness.enabled": "false",
      "target_group_health.dns_failover.minimum_healthy_targets.percentage": "50",
      "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    });
  });

  test("speak to targets as the definition says, and check them by the same", () => {
    const { ApiTargets, QuotesInternalTargets } = several.template("compute").findResources(TARGETS);
    const spoken = { Protocol: "HTTP", ProtocolVersion: "HTTP1", HealthCheckProtocol: "HTTP" };
    expect(ApiTargets!["Properties"]).toMatchObject({ ...spoken, Port: 8080 });
    const encrypted = { ...spoken, Protocol: "HTTPS", HealthCheckProtocol: "HTTPS" };
    expect(QuotesInternalTargets!["Properties"]).toMatchObject({ ...encrypted, HealthCheckPath: "/healthz" });
  });

  test("of TCP go through as it comes, and keep what a zonal shift asks for", () => {
    const compute = several.template("compute");
    compute.hasResourceProperties(LISTENER, { Protocol: "TCP", Port: 7000 });
    const spoken = { Protocol: "TCP", HealthCheckProtocol: "TCP" };
    compute.hasResourceProperties(TARGETS, { ...spoken, HealthCheckIntervalSeconds: 10 });
    const attributes = attributesOf(several, TARGETS, "ScansTargets");
    expect(attributes["target_health_state.unhealthy.connection_termination.enabled"]).toBe("false");
    expect(attributes).not.toHaveProperty(["load_balancing.algorithm.type"]);
  });

  test("may write their logs, each kind by the service that writes them", () => {
    const policies = several.template("data").findResources("AWS::S3::BucketPolicy");
    const text = JSON.stringify(policies["AccessLogsBucketPolicy"]);
    expect(text).toContain("logdelivery.elasticloadbalancing.amazonaws.com");
    expect(text).toContain("delivery.logs.amazonaws.com");
    expect(text.match(/LogsOfApplicationBalancers/g)).toHaveLength(1);
  });
});

describe("without a hosted zone", () => {
  const edge = { domain: "shop.example.com", routes: { "/api/*": "api" } };
  const one = { edge, services: { api }, regions: { primary: "us-east-1" }, recovery: undefined };

  test("fails in production: nothing but TLS is shipped", () => {
    expect(() => shipPrograms(systemOf(one))).toThrow(expect.objectContaining({ code: "AWS-050" }));
  });

  test("the cheap profile has HTTP, and nothing that is in the way of taking it down", () => {
    const dev = shipPrograms(systemOf(one), { stage: "dev" });
    dev.template("compute").hasResourceProperties(LISTENER, { Protocol: "HTTP", Port: 80 });
    expect(attributesOf(dev, BALANCER, "ApiBalancer")["deletion_protection.enabled"]).toBe("false");
    dev.template("compute").resourceCountIs("AWS::CertificateManager::Certificate", 0);
  });
});

test("a service that an accelerator leads to takes customers who do not come by the edge", () => {
  const { template } = shipPrograms(
    systemOf({
      regions: { primary: "us-east-1" },
      recovery: undefined,
      services: { api },
      accelerators: { anycast: { to: "api" } },
    }),
  );
  template("compute").resourceCountIs(RULE, 0);
  template("compute").hasResourceProperties(LISTENER, { DefaultActions: [Match.objectLike({ Type: "forward" })] });
});
