import { Match } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { shipPrograms, systemOf } from "../../../test/support/program-rig.ts";

const shipped = shipPrograms(
  systemOf({
    functions: { track: { code: "./function", handler: "index.track", timeout: "5 seconds" } },
    httpApis: {
      partners: {
        routes: { "GET /parcels/{id}": "track", "POST /parcels": "api", $default: "api" },
        throttle: { requestsPerSecond: 200, burst: 100 },
      },
    },
  }),
);
const compute = shipped.template("compute");

test("an HTTP API has each route, throttled and logged, and is deployed by itself", () => {
  const routes = Object.values(compute.findResources("AWS::ApiGatewayV2::Route"));
  expect(routes.map(({ Properties }) => Properties.RouteKey).sort()).toEqual([
    "$default",
    "GET /parcels/{id}",
    "POST /parcels",
  ]);
  compute.hasResourceProperties("AWS::ApiGatewayV2::Stage", {
    StageName: "$default",
    AutoDeploy: true,
    DefaultRouteSettings: { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 100 },
    AccessLogSettings: { Format: Match.stringLikeRegexp("requestId") },
  });
});

test("a function is called by its alias, which lets this API in, for no longer than it runs", () => {
  compute.hasResourceProperties("AWS::ApiGatewayV2::Integration", {
    IntegrationType: "AWS_PROXY",
    IntegrationUri: { Ref: "TrackAlias" },
    PayloadFormatVersion: "2.0",
    TimeoutInMillis: 5_000,
  });
  compute.hasResourceProperties("AWS::Lambda::Permission", {
    FunctionName: { Ref: "TrackAlias" },
    Principal: "apigateway.amazonaws.com",
  });
});

test("a service is reached by a private link over all zones, and its name is verified", () => {
  compute.hasResourceProperties("AWS::ApiGatewayV2::Integration", {
    ConnectionType: "VPC_LINK",
    IntegrationMethod: "ANY",
    IntegrationUri: { "Fn::GetAtt": ["ApiInternalListener", "ListenerArn"] },
    TlsConfig: { ServerNameToVerify: "api.us-east-1.internal.shop.example.com" },
  });
  const [link] = Object.values(compute.findResources("AWS::ApiGatewayV2::VpcLink"));
  expect(link!["Properties"].SubnetIds).toHaveLength(3);
  compute.hasResourceProperties("AWS::EC2::SecurityGroupIngress", {
    GroupId: { "Fn::GetAtt": ["ApiInternalBalancerSecurityGroup", "GroupId"] },
    SourceSecurityGroupId: { "Fn::GetAtt": ["HttpApisSecurityGroup", "GroupId"] },
  });
});

test("a service that has customers and an API has a balancer for each, and scales by both", () => {
  const service = compute.findResources("AWS::ECS::Service")["ApiService"];
  expect(service!["Properties"].LoadBalancers).toHaveLength(2);
  const policy = compute.findResources("AWS::ApplicationAutoScaling::ScalingPolicy")["ApiTracking"];
  const { Metrics } = policy!["Properties"].TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification;
  expect(Metrics.at(-1).Expression).toContain("requests1");
  expect(shipped.sites[0]!.handles.get("service", "api").balancers).toHaveLength(2);
});
