import { describe, expect, test } from "vitest";
import { edgeComponent, makeEdge } from "../../../test/support/edge-rig.ts";
import { WAF_CAPACITY, WAF_GROUPS } from "../../facts/edge.ts";

const { firewall } = edgeComponent().settings;

function rules(made: ReturnType<typeof makeEdge>) {
  return made.global.findResources("AWS::WAFv2::WebACL")["EdgeFirewall"]!.Properties.Rules;
}

describe("a firewall", () => {
  const made = makeEdge();

  test("stops floods first, then bad addresses, attacks on web applications, and SQL injection", () => {
    expect(rules(made).map(({ Name, Priority }: { Name: string; Priority: number }) => [Priority, Name])).toEqual([
      [0, "rate-limit"],
      [1, "AWSManagedRulesAmazonIpReputationList"],
      [2, "AWSManagedRulesCommonRuleSet"],
      [3, "AWSManagedRulesKnownBadInputsRuleSet"],
      [4, "AWSManagedRulesSQLiRuleSet"],
    ]);
    expect(rules(made)[0]).toMatchObject({
      Action: { Block: {} },
      Statement: { RateBasedStatement: { Limit: 2_000, AggregateKeyType: "IP", EvaluationWindowSec: 300 } },
    });
    made.global.hasResourceProperties("AWS::WAFv2::WebACL", { Scope: "CLOUDFRONT", DefaultAction: { Allow: {} } });
  });

  test("lets large bodies and programs without a User-Agent pass, and counts them", () => {
    const common = rules(made)[2].Statement.ManagedRuleGroupStatement;
    expect(common.RuleActionOverrides).toEqual([
      { Name: "NoUserAgent_HEADER", ActionToUse: { Count: {} } },
      { Name: "SizeRestrictions_BODY", ActionToUse: { Count: {} } },
    ]);
    const others = rules(made).filter((_: unknown, at: number) => at > 0 && at !== 2);
    expect(JSON.stringify(others)).not.toContain("Count");
  });

  test("has the rate rule and the one against SQL injection only where the definition has", () => {
    const open = makeEdge({ firewall: { ...firewall, rateLimit: null, managedRules: [] } });
    expect(rules(open).map(({ Name }: { Name: string }) => Name)).toEqual([
      "AWSManagedRulesAmazonIpReputationList",
      "AWSManagedRulesCommonRuleSet",
      "AWSManagedRulesKnownBadInputsRuleSet",
    ]);
  });

  test("stays below the capacity for which AWS asks more", () => {
    const groups = Object.values(WAF_GROUPS).map(({ value }) => value);
    expect(groups.reduce((sum, each) => sum + each, 0)).toBeLessThan(WAF_CAPACITY.value);
  });

  test("has Shield Advanced on request alone", () => {
    made.global.resourceCountIs("AWS::Shield::Protection", 0);
    const guarded = makeEdge({ firewall: { ...firewall, shieldAdvanced: true } });
    guarded.global.hasResourceProperties("AWS::Shield::Protection", {
      ApplicationLayerAutomaticResponseConfiguration: { Status: "ENABLED", Action: { Block: {} } },
    });
  });
});

describe("the logs of an edge", () => {
  const made = makeEdge();
  const [bucket] = Object.values(made.global.findResources("AWS::S3::Bucket"));

  test("tell what the firewall blocked or would have, without what lets a customer in", () => {
    made.global.hasResourceProperties("AWS::WAFv2::LoggingConfiguration", {
      ResourceArn: { "Fn::GetAtt": ["EdgeFirewall", "Arn"] },
      LogDestinationConfigs: [{ "Fn::GetAtt": ["LogBucket", "Arn"] }],
      RedactedFields: [{ SingleHeader: { Name: "authorization" } }, { SingleHeader: { Name: "cookie" } }],
      LoggingFilter: { DefaultBehavior: "DROP" },
    });
    expect(JSON.stringify(bucket?.Properties.BucketName)).toContain("aws-waf-logs-shop-production");
  });

  test("are delivered for every request, once the bucket lets them in", () => {
    made.global.hasResourceProperties("AWS::Logs::DeliverySource", { LogType: "ACCESS_LOGS" });
    made.global.hasResource("AWS::Logs::DeliveryDestination", { DependsOn: ["LogBucketPolicy"] });
    made.global.hasResource("AWS::Logs::Delivery", {
      Properties: { DeliverySourceName: "shop-production-access-logs" },
      DependsOn: ["AccessLogSource"],
    });
  });

  test("come from this account's deliveries alone, over TLS", () => {
    const [policy] = Object.values(made.global.findResources("AWS::S3::BucketPolicy"));
    const statements: { Sid: string; Effect: string; Condition: { StringEquals?: Record<string, unknown> } }[] =
      policy!.Properties.PolicyDocument.Statement;
    expect(statements.map(({ Sid }) => Sid)).toEqual(["TlsOnly", "NoOldTls", "DeliveriesWrite", "DeliveriesLook"]);
    for (const { Condition } of statements.filter(({ Effect }) => Effect === "Allow")) {
      expect(Condition.StringEquals?.["aws:SourceAccount"]).toEqual({ Ref: "AWS::AccountId" });
    }
  });

  test("are kept in a bucket that is closed, versioned and encrypted, and expire", () => {
    expect(bucket).toMatchObject({
      DeletionPolicy: "RetainExceptOnCreate",
      Properties: {
        VersioningConfiguration: { Status: "Enabled" },
        OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
        PublicAccessBlockConfiguration: { BlockPublicPolicy: true, RestrictPublicBuckets: true },
        LifecycleConfiguration: { Rules: [{ ExpirationInDays: 365 }] },
      },
    });
    expect(bucket?.Properties).toHaveProperty("BucketEncryption");
  });
});
