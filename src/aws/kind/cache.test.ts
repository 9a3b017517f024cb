import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { cache, shipData } from "../../../test/support/aws-data.ts";

const GROUP = "AWS::ElastiCache::ReplicationGroup";
const USER = "AWS::ElastiCache::User";

describe("a cache", () => {
  const sites = shipData([cache()]);

  test("has a node a zone, failover, TLS, users, a key, snapshots and logs, in every region", () => {
    for (const site of sites.sites) {
      sites.template("data", site).hasResource(GROUP, {
        DeletionPolicy: "RetainExceptOnCreate",
        UpdateReplacePolicy: "Retain",
        Properties: {
          Engine: "valkey",
          NumCacheClusters: 3,
          AutomaticFailoverEnabled: true,
          MultiAZEnabled: true,
          TransitEncryptionEnabled: true,
          TransitEncryptionMode: "required",
          AtRestEncryptionEnabled: true,
          SnapshotRetentionLimit: 7,
          AutoMinorVersionUpgrade: true,
        },
      });
      const group = sites.template("data", site).findResources(GROUP)["SessionsGroup"]!.Properties;
      expect(group.UserGroupIds).toEqual([{ Ref: "SessionsUsers" }]);
      expect(group).not.toHaveProperty("AuthToken");
      expect(group.LogDeliveryConfigurations).toHaveLength(2);
      expect(group.KmsKeyId).toBeDefined();
      expect(group).not.toHaveProperty("ReplicationGroupId");
    }
  });

  test("has a secret of its own in each region, that names the first of two users", () => {
    for (const site of sites.sites) {
      sites.template("data", site).hasResourceProperties("AWS::SecretsManager::Secret", {
        GenerateSecretString: {
          PasswordLength: 32,
          ExcludePunctuation: true,
          GenerateStringKey: "password",
          SecretStringTemplate: '{"username":"app-a"}',
        },
      });
      const [secret] = Object.values(sites.template("data", site).findResources("AWS::SecretsManager::Secret"));
      expect(secret!.Properties).not.toHaveProperty("ReplicaRegions");
      expect(secret!.Properties).not.toHaveProperty("Name");
    }
  });

  test.each(["valkey", "redis"] as const)("lets in two users by password, and nobody without a name: %s", (engine) => {
    const template = shipData([cache({ engine })]).template("data");
    const users = Object.values(template.findResources(USER)).map(({ Properties }) => Properties);
    expect(users.map(({ UserName, AccessString, Engine }) => [UserName, AccessString, Engine])).toEqual([
      ["app-a", "on ~* &* +@all", engine],
      ["app-b", "on ~* &* +@all", engine],
      ["default", "off -@all", engine],
    ]);
    for (const { Passwords } of users) {
      expect(Passwords).toEqual([
        {
          "Fn::Join": ["", ["{{resolve:secretsmanager:", { Ref: "SessionsSecret" }, ":SecretString:password}}"]],
        },
      ]);
    }
    template.hasResource("AWS::ElastiCache::UserGroup", {
      DeletionPolicy: "RetainExceptOnCreate",
      Properties: {
        Engine: engine,
        UserIds: [{ Ref: "SessionsUserAppA" }, { Ref: "SessionsUserAppB" }, { Ref: "SessionsUserDefault" }],
      },
    });
  });

  test("gives its users ids that are the stack's own, of the characters that ElastiCache takes", () => {
    const [id] = Object.values(sites.template("data").findResources(USER)).map(({ Properties }) => Properties.UserId);
    const uuid = { "Fn::Select": [2, { "Fn::Split": ["/", { Ref: "AWS::StackId" }] }] };
    const first = { "Fn::Select": [0, { "Fn::Split": ["-", uuid] }] };
    expect(id).toEqual({ "Fn::Join": ["-", ["sessions-app-a", first]] });
  });

  test("rotates its password by a function in the network, which may change the two users and nothing else", () => {
    for (const site of sites.sites) {
      const template = sites.template("data", site);
      template.hasResource("AWS::SecretsManager::RotationSchedule", {
        DependsOn: Match.arrayWith(["SessionsGroup", "SessionsUserAppA", "SessionsUserAppB"]),
        Properties: {
          SecretId: { Ref: "SessionsSecret" },
          RotationRules: { AutomaticallyAfterDays: 30 },
          RotateImmediatelyOnUpdate: true,
        },
      });
      template.hasResourceProperties("AWS::Lambda::Function", {
        Handler: "rotate-cache-user-process.handler",
        Timeout: 660,
        VpcConfig: { SubnetIds: Match.anyValue() },
      });
      const role = template.findResources("AWS::IAM::Role")["SessionsRotationRole"]!.Properties;
      const statements = role.Policies[0].PolicyDocument.Statement as { Sid: string; Resource: unknown }[];
      expect(statements.find(({ Sid }) => Sid === "ChangeUsers")).toMatchObject({
        Action: ["elasticache:DescribeUsers", "elasticache:ModifyUser"],
        Resource: [{ "Fn::GetAtt": ["SessionsUserAppA", "Arn"] }, { "Fn::GetAtt": ["SessionsUserAppB", "Arn"] }],
      });
      for (const { Resource } of statements) expect(JSON.stringify(Resource)).not.toContain("*");
    }
  });

  test("takes no writes that no replica has", () => {
    sites.template("data").hasResourceProperties("AWS::ElastiCache::ParameterGroup", {
      CacheParameterGroupFamily: "valkey8",
      Properties: { "min-replicas-to-write": "1", "min-replicas-max-lag": "1" },
    });
  });

  test("is ready to be started, and not running, where the strategy keeps none", () => {
    const pilot = shipData([cache()], { recovery: "pilot-light" });
    pilot.template("data", pilot.second).resourceCountIs(GROUP, 0);
    pilot.template("data", pilot.second).resourceCountIs("AWS::SecretsManager::Secret", 1);
    pilot.template("data", pilot.second).resourceCountIs("AWS::SecretsManager::RotationSchedule", 0);
    pilot.template("data", pilot.second).resourceCountIs(USER, 3);
    expect(pilot.second.handles.get("cache", "sessions").address.host).toBe("sessions.not-running.invalid");
  });

  test("is of two small nodes in the cheap profile, which can still write", () => {
    const dev = shipData([cache({ minReplicasToWrite: 2, engine: "redis" })], { stage: "dev" });
    dev.template("data").hasResourceProperties(GROUP, { NumCacheClusters: 2, CacheNodeType: "cache.t4g.small" });
    dev.template("data").hasResourceProperties("AWS::ElastiCache::ParameterGroup", {
      CacheParameterGroupFamily: "redis7",
      Properties: { "min-replicas-to-write": "1" },
    });
  });
});
