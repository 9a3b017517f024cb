import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { makeEdge } from "../../../test/support/edge-rig.ts";
import type { RecoveryStrategy } from "../../topology/topology.ts";

const STRATEGIES: readonly RecoveryStrategy[] = ["backup-restore", "pilot-light", "warm-standby", "active-active"];
const ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"];

function config(made: ReturnType<typeof makeEdge>) {
  const [distribution] = Object.values(made.global.findResources("AWS::CloudFront::Distribution"));
  return distribution!.Properties.DistributionConfig;
}

describe("a distribution", () => {
  const made = makeEdge();
  const distribution = config(made);

  test("speaks HTTP/2, HTTP/3 and IPv6 from everywhere, with TLS 1.2 and the firewall in front", () => {
    expect(distribution).toMatchObject({
      HttpVersion: "http2and3",
      IPV6Enabled: true,
      PriceClass: "PriceClass_All",
      Aliases: ["shop.example.com"],
      DefaultRootObject: "index.html",
      WebACLId: { "Fn::GetAtt": ["EdgeFirewall", "Arn"] },
      ViewerCertificate: {
        AcmCertificateArn: { Ref: "DomainCertificate" },
        MinimumProtocolVersion: "TLSv1.2_2021",
        SslSupportMethod: "sni-only",
      },
    });
  });

  test("has the site in a group of two regions' buckets, which takes over when one is gone, shut or emptied", () => {
    const [group] = distribution.OriginGroups.Items;
    expect(group.FailoverCriteria.StatusCodes.Items).toEqual([403, 404, 500, 502, 503, 504]);
    expect(group.FailoverCriteria.StatusCodes.Quantity).toBe(6);
    expect(group.Members.Items).toEqual([{ OriginId: "site-us-east-1" }, { OriginId: "site-us-west-2" }]);
    const names = distribution.Origins.filter(({ Id }: { Id: string }) => Id.startsWith("site-")).map(
      ({ DomainName }: { DomainName: { "Fn::Join": [string, unknown[]] } }) => DomainName["Fn::Join"][1].at(-1),
    );
    expect(names).toEqual([".s3.us-east-1.amazonaws.com", ".s3.us-west-2.amazonaws.com"]);
    expect(distribution.DefaultCacheBehavior).toMatchObject({
      TargetOriginId: "site",
      AllowedMethods: ["GET", "HEAD"],
      Compress: true,
      ViewerProtocolPolicy: "redirect-to-https",
    });
  });

  test("sends writes to a name and never to an origin group", () => {
    expect(distribution.CacheBehaviors).toHaveLength(1);
    expect(distribution.CacheBehaviors[0]).toMatchObject({
      PathPattern: "/api/*",
      TargetOriginId: "service-api",
      AllowedMethods: ALL_METHODS,
      ViewerProtocolPolicy: "https-only",
      CachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
      OriginRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
    });
    const groups = distribution.OriginGroups.Items.map(({ Id }: { Id: string }) => Id);
    expect(groups).not.toContain("service-api");
  });

  test("waits for an origin as long as the definition says, comes with TLS, and proves itself", () => {
    const origin = distribution.Origins.find(({ Id }: { Id: string }) => Id === "service-api");
    expect(origin).toMatchObject({
      ConnectionAttempts: 1,
      ConnectionTimeout: 1,
      CustomOriginConfig: {
        OriginProtocolPolicy: "https-only",
        OriginSSLProtocols: ["TLSv1.2"],
        OriginReadTimeout: 5,
        OriginKeepaliveTimeout: 5,
      },
      OriginCustomHeaders: [
        {
          HeaderName: "X-Origin-Verify",
          HeaderValue: "{{resolve:secretsmanager:shop-production-origin-verify:SecretString:value}}",
        },
      ],
    });
    expect(
      distribution.Origins.every(({ ConnectionAttempts }: { ConnectionAttempts: number }) => ConnectionAttempts === 1),
    ).toBe(true);
  });

  test("forgets an error after a second, so that customers see a failover as soon as it is there", () => {
    expect(distribution.CustomErrorResponses).toEqual(
      [500, 502, 503, 504].map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 1 })),
    );
  });

  test("keeps the site for the definition's time, and lets files say for how long a stale copy may stand in", () => {
    made.global.hasResourceProperties("AWS::CloudFront::CachePolicy", {
      CachePolicyConfig: Match.objectLike({ MinTTL: 0, DefaultTTL: 86_400, MaxTTL: 31_536_000 }),
    });
  });

  test("adds the headers that keep browsers safe, and tells nobody which key a bucket has", () => {
    made.global.hasResourceProperties("AWS::CloudFront::ResponseHeadersPolicy", {
      ResponseHeadersPolicyConfig: Match.objectLike({
        SecurityHeadersConfig: Match.objectLike({
          StrictTransportSecurity: Match.objectLike({ AccessControlMaxAgeSec: 31_536_000 }),
          ContentTypeOptions: { Override: true },
        }),
        RemoveHeadersConfig: {
          Items: Match.arrayWith([{ Header: "x-amz-server-side-encryption-aws-kms-key-id" }]),
        },
      }),
    });
  });

  test("has a certificate that the hosted zone proves, and the customers' name over IPv4 and IPv6", () => {
    made.global.hasResourceProperties("AWS::CertificateManager::Certificate", {
      DomainName: "shop.example.com",
      ValidationMethod: "DNS",
      DomainValidationOptions: [{ DomainName: "shop.example.com", HostedZoneId: "Z0123456789" }],
    });
    for (const Type of ["A", "AAAA"]) {
      made.global.hasResourceProperties("AWS::Route53::RecordSet", {
        Name: "shop.example.com",
        Type,
        AliasTarget: Match.objectLike({ EvaluateTargetHealth: false, HostedZoneId: "Z2FDTNDATAQYW2" }),
      });
    }
  });
});

describe("the routes of a distribution", () => {
  test("are tried from the most specific on, whatever their order in the definition", () => {
    const routes = ["/a*", "/api/orders/*", "/api/*"].map((pattern) => ({ pattern, service: "api" }));
    const { CacheBehaviors } = config(makeEdge({ routes }));
    expect(CacheBehaviors.map(({ PathPattern }: { PathPattern: string }) => PathPattern)).toEqual([
      "/api/orders/*",
      "/api/*",
      "/a*",
    ]);
  });

  test("become the default where one fits everything", () => {
    const routes = [{ pattern: "/*", service: "api" }];
    const { DefaultCacheBehavior, CacheBehaviors } = config(makeEdge({ site: null, routes }));
    expect(DefaultCacheBehavior).toMatchObject({ TargetOriginId: "service-api", AllowedMethods: ALL_METHODS });
    expect(CacheBehaviors).toEqual([]);
  });

  test("are all that there is without a site: the rest is answered with 404, at the edge", () => {
    const made = makeEdge({ site: null });
    expect(config(made).DefaultCacheBehavior.FunctionAssociations).toEqual([
      { EventType: "viewer-request", FunctionARN: { "Fn::GetAtt": ["EdgeNotFound", "FunctionARN"] } },
    ]);
    made.global.hasResourceProperties("AWS::CloudFront::Function", { FunctionCode: Match.stringLikeRegexp("404") });
    expect(config(made)).not.toHaveProperty("OriginGroups");
  });

  test("are refused when there are none, and no site", () => {
    expect(() => makeEdge({ site: null, routes: [] })).toThrow(expect.objectContaining({ code: "AWS-044" }));
  });

  test("are refused when CloudFront does not take so many", () => {
    const routes = Array.from({ length: 76 }, (_, at) => ({ pattern: `/r${at}/*`, service: "api" }));
    expect(() => makeEdge({ routes })).toThrow(expect.objectContaining({ code: "AWS-045" }));
    expect(config(makeEdge({ routes: routes.slice(1) })).CacheBehaviors).toHaveLength(75);
  });
});

describe("a route that is only read", () => {
  const routes = [
    { pattern: "/api/*", service: "api" },
    { pattern: "/api/products*", service: "api", cached: true as const },
  ];
  const behaviorOf = (made: ReturnType<typeof makeEdge>) => config(made).CacheBehaviors[0];
  const origins = (made: ReturnType<typeof makeEdge>): Record<string, unknown> =>
    Object.fromEntries(
      config(made).Origins.map(({ Id, DomainName }: { Id: string; DomainName: unknown }) => [Id, DomainName]),
    );

  test("is cached as its service says, by path and query, and takes no writes and nothing of a customer's", () => {
    const made = makeEdge({ routes });
    expect(behaviorOf(made)).toMatchObject({
      PathPattern: "/api/products*",
      AllowedMethods: ["GET", "HEAD"],
      CachePolicyId: { Ref: "ReadsCache" },
    });
    expect(behaviorOf(made)).not.toHaveProperty("OriginRequestPolicyId");
    expect(made.global.findResources("AWS::CloudFront::CachePolicy")["ReadsCache"]?.Properties).toMatchObject({
      CachePolicyConfig: {
        MinTTL: 0,
        DefaultTTL: 0,
        MaxTTL: 31_536_000,
        ParametersInCacheKeyAndForwardedToOrigin: {
          CookiesConfig: { CookieBehavior: "none" },
          HeadersConfig: { HeaderBehavior: "none" },
          QueryStringsConfig: { QueryStringBehavior: "all" },
        },
      },
    });
    const [, written] = config(made).CacheBehaviors;
    expect(written).toMatchObject({ TargetOriginId: "service-api", AllowedMethods: ALL_METHODS });
  });

  test("goes to the standby's service where the name's fails, and not for what is the customer's own doing", () => {
    const made = makeEdge({ routes });
    expect(behaviorOf(made).TargetOriginId).toBe("reads-api");
    const group = config(made).OriginGroups.Items.find(({ Id }: { Id: string }) => Id === "reads-api");
    expect(group).toEqual({
      Id: "reads-api",
      FailoverCriteria: { StatusCodes: { Quantity: 4, Items: [500, 502, 503, 504] } },
      Members: { Quantity: 2, Items: [{ OriginId: "service-api" }, { OriginId: "service-api-us-west-2" }] },
    });
    expect(origins(made)).toMatchObject({
      "service-api": "api.failover.origin.shop.example.com",
      "service-api-us-west-2": "api.us-west-2.origin.shop.example.com",
    });
    const after = makeEdge({ routes }, { active: "us-west-2" });
    expect(origins(after)).toHaveProperty("service-api-us-east-1");
  });

  test.each([
    ["no task runs in the other region", { recovery: "pilot-light" }],
    ["only backups are in the other region", { recovery: "backup-restore" }],
    ["there is one region", { regions: ["us-east-1"] }],
  ] as const)("goes to its service alone where %s", (_, options) => {
    const made = makeEdge({ routes }, options);
    expect(behaviorOf(made).TargetOriginId).toBe("service-api");
    expect(Object.keys(origins(made)).filter((id) => id.startsWith("service-"))).toEqual(["service-api"]);
  });

  test("is not there by itself: without one nothing of a service is kept", () => {
    expect(Object.keys(makeEdge().global.findResources("AWS::CloudFront::CachePolicy"))).toEqual(["SiteCache"]);
  });
});

describe("an edge", () => {
  test.each(STRATEGIES)(
    "under %s differs in the origin's name alone: records and buckets are always there",
    (recovery) => {
      const one = makeEdge({}, { recovery });
      const other = makeEdge({}, { recovery: "pilot-light" });
      const parts = (made: typeof one) => {
        const types = ["AWS::Route53::RecordSet", "AWS::Route53::HealthCheck", "AWS::WAFv2::WebACL"];
        return types.map((type) => made.global.findResources(type));
      };
      expect(parts(one)).toEqual(parts(other));
      for (const site of one.sites) one.template("data", site).resourceCountIs("AWS::S3::Bucket", 2);
      const origin = config(one).Origins.find(({ Id }: { Id: string }) => Id === "service-api");
      const family = recovery === "active-active" ? "nearest" : "failover";
      expect(origin.DomainName).toBe(`api.${family}.origin.shop.example.com`);
    },
  );

  test("is waited for by no region's stack", () => {
    const { sites } = makeEdge();
    for (const { stacks } of sites) {
      const awaited = Object.values(stacks).flatMap(({ dependencies }) =>
        dependencies.map(({ stackName }) => stackName),
      );
      expect(awaited).not.toContain("global");
    }
  });

  test("in one region goes straight to that region's name, without records to choose by", () => {
    const made = makeEdge({}, { regions: ["us-east-1"] });
    const origin = config(made).Origins.find(({ Id }: { Id: string }) => Id === "service-api");
    expect(origin.DomainName).toBe("api.us-east-1.origin.shop.example.com");
    expect(config(made)).not.toHaveProperty("OriginGroups");
    expect(config(made).DefaultCacheBehavior.TargetOriginId).toBe("site");
    made.global.resourceCountIs("AWS::Route53::HealthCheck", 0);
    expect(Object.keys(made.global.findResources("AWS::Route53::RecordSet"))).toEqual(["DomainA", "DomainAAAA"]);
  });

  test("without a hosted zone has CloudFront's own name, and is wired to the balancer of its one region", () => {
    const made = makeEdge({ hostedZoneId: null }, { regions: ["us-east-1"], stage: "dev" });
    expect(config(made)).not.toHaveProperty("Aliases");
    expect(config(made).ViewerCertificate).toEqual({ CloudFrontDefaultCertificate: true });
    const origin = config(made).Origins.find(({ Id }: { Id: string }) => Id === "service-api");
    expect(origin.DomainName).toEqual({ Ref: "ApiBalancerName" });
    expect(made.shipment.wires).toContainEqual({
      from: { stack: "shop-dev-compute-us-east-1", output: "ApiBalancerName" },
      to: { stack: "global", parameter: "ApiBalancerName" },
    });
    made.global.resourceCountIs("AWS::Route53::RecordSet", 0);
  });

  test("rejects two regions without a hosted zone, because its services have no name then", () => {
    expect(() => makeEdge({ hostedZoneId: null })).toThrow(expect.objectContaining({ code: "AWS-043" }));
  });

  test("takes a certificate that exists", () => {
    const certificateArn = "arn:aws:acm:us-east-1:111122223333:certificate/a";
    const made = makeEdge({ certificateArn });
    expect(config(made).ViewerCertificate.AcmCertificateArn).toBe(certificateArn);
    made.global.resourceCountIs("AWS::CertificateManager::Certificate", 0);
  });
});
