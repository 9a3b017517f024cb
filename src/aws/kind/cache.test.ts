import { describe, expect, test } from "vitest";
import { cache, shipData } from "../../../test/support/aws-data.ts";

const GROUP = "AWS::ElastiCache::ReplicationGroup";

describe("a cache", () => {
  const sites = shipData([cache()]);

  test("has a node a zone, failover, TLS, a password, a key, snapshots and logs, in every region", () => {
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
      expect(JSON.stringify(group.AuthToken)).toContain("resolve:secretsmanager");
      expect(group.LogDeliveryConfigurations).toHaveLength(2);
      expect(group.KmsKeyId).toBeDefined();
      expect(group).not.toHaveProperty("ReplicationGroupId");
    }
  });

  test("has a password of its own in each region, not JSON, which a token of ElastiCache may be", () => {
    for (const site of sites.sites) {
      sites.template("data", site).hasResourceProperties("AWS::SecretsManager::Secret", {
        GenerateSecretString: { PasswordLength: 32, ExcludePunctuation: true },
      });
      const [secret] = Object.values(sites.template("data", site).findResources("AWS::SecretsManager::Secret"));
      expect(secret!.Properties).not.toHaveProperty("ReplicaRegions");
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
