import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { database, shipData } from "../../../test/support/aws-data.ts";
import type { SitesOptions } from "../../../test/support/aws-site.ts";
import type { DatabaseSettings } from "../../topology/kind/database.ts";

function shipped(settings: Partial<DatabaseSettings> = {}, options: SitesOptions = {}) {
  const sites = shipData([database(settings)], options);
  const properties = (type: string, id: string, site = sites.first) =>
    sites.template("data", site).findResources(type)[id]?.Properties as Record<string, unknown> | undefined;
  return { ...sites, properties };
}

const AURORA = "AWS::RDS::DBCluster";
const INSTANCE = "AWS::RDS::DBInstance";

describe("Aurora", () => {
  const { template, properties, first, second } = shipped();

  test("is encrypted, protected, backed up, in isolated subnets, and takes no connection without TLS", () => {
    expect(properties(AURORA, "DatabaseCluster")).toMatchObject({
      Engine: "aurora-postgresql",
      StorageEncrypted: true,
      KmsKeyId: expect.anything(),
      DeletionProtection: { Ref: "DatabaseDeletionProtection" },
      BackupRetentionPeriod: 14,
      CopyTagsToSnapshot: true,
      EnableCloudwatchLogsExports: ["postgresql"],
      EnableIAMDatabaseAuthentication: true,
      AutoMinorVersionUpgrade: true,
      DBSubnetGroupName: { Ref: "DatabaseSubnetGroup" },
    });
    expect(properties("AWS::RDS::DBClusterParameterGroup", "DatabaseParameters")).toMatchObject({
      Family: "aurora-postgresql17",
      Parameters: { "rds.force_ssl": "1" },
    });
    template("data").hasResource(AURORA, { DeletionPolicy: "RetainExceptOnCreate", UpdateReplacePolicy: "Retain" });
    const subnets = properties("AWS::RDS::DBSubnetGroup", "DatabaseSubnetGroup")?.["SubnetIds"];
    expect(JSON.stringify(subnets)).toMatch(/IsolatedSubnetA.*IsolatedSubnetB.*IsolatedSubnetC/);
  });

  test("has a member of one size in each zone, none of them public, and each may take over", () => {
    const members = Object.values(template("data").findResources(INSTANCE));
    expect(members).toHaveLength(3);
    const zones = members.map(({ Properties }) => JSON.stringify(Properties.AvailabilityZone));
    expect(new Set(zones).size).toBe(3);
    for (const { Properties } of members) {
      expect(Properties).toMatchObject({
        DBInstanceClass: "db.r7g.large",
        PromotionTier: 1,
        PubliclyAccessible: false,
        MonitoringInterval: 60,
        EnablePerformanceInsights: true,
      });
    }
  });

  test("is the primary of a global database, which never manages the master's password itself", () => {
    template("data").hasResource("AWS::RDS::GlobalCluster", {
      DeletionPolicy: "RetainExceptOnCreate",
      Properties: {
        GlobalClusterIdentifier: "shop-production-database-us-east-1",
        SourceDBClusterIdentifier: { Ref: "DatabaseCluster" },
        DeletionProtection: { Ref: "DatabaseGlobalClusterDeletionProtection" },
      },
    });
    const primary = properties(AURORA, "DatabaseCluster")!;
    expect(primary).not.toHaveProperty("GlobalClusterIdentifier");
    expect(primary).not.toHaveProperty("ManageMasterUserPassword");
    expect(JSON.stringify(primary["MasterUserPassword"])).toContain(
      "{{resolve:secretsmanager:shop-production-database-master:SecretString:password}}",
    );
  });

  test("follows in the other region, without credentials, encrypted with that region's key, deployed after it", () => {
    const secondary = properties(AURORA, "DatabaseCluster", second)!;
    expect(secondary).toMatchObject({
      GlobalClusterIdentifier: { Ref: "DatabaseGlobalClusterIdOfOtherRegion" },
      StorageEncrypted: true,
      DeletionProtection: { Ref: "DatabaseDeletionProtection" },
    });
    for (const absent of ["MasterUsername", "MasterUserPassword", "DatabaseName", "SnapshotIdentifier"]) {
      expect(secondary).not.toHaveProperty(absent);
    }
    template("data", second).resourceCountIs("AWS::RDS::GlobalCluster", 0);
    template("data", second).resourceCountIs(INSTANCE, 3);
    expect(first.shipment.wires).toContainEqual({
      from: { stack: "shop-production-data-us-east-1", output: "DatabaseGlobalClusterId" },
      to: { stack: "shop-production-data-us-west-2", parameter: "DatabaseGlobalClusterIdOfOtherRegion" },
    });
    template("data").hasOutput("DatabaseGlobalClusterId", {});
  });

  test("forwards writes where both regions serve, from the one that follows, by its readers", () => {
    const both = shipped({}, { recovery: "active-active" });
    expect(both.properties(AURORA, "DatabaseCluster", both.second)).toMatchObject({
      EnableGlobalWriteForwarding: true,
    });
    expect(both.properties(AURORA, "DatabaseCluster")).not.toHaveProperty("EnableGlobalWriteForwarding");
    const { writer, reader } = both.second.handles.get("database", "database");
    expect(writer).toEqual(reader);
    expect(properties(AURORA, "DatabaseCluster", second)).not.toHaveProperty("EnableGlobalWriteForwarding");
  });

  test("can be made from a snapshot, and has then neither a name nor a master of its own", () => {
    const alone = shipped({}, { regions: ["us-east-1"] });
    const restored = { "Fn::If": ["DatabaseIsRestored", { Ref: "DatabaseSnapshot" }, { Ref: "AWS::NoValue" }] };
    expect(alone.properties(AURORA, "DatabaseCluster")).toMatchObject({
      SnapshotIdentifier: restored,
      MasterUsername: { "Fn::If": ["DatabaseIsRestored", { Ref: "AWS::NoValue" }, "administrator"] },
      DatabaseName: { "Fn::If": ["DatabaseIsRestored", { Ref: "AWS::NoValue" }, "app"] },
    });
    alone.template("data").hasParameter("DatabaseSnapshot", { Default: "" });
    alone.template("data").resourceCountIs("AWS::RDS::GlobalCluster", 0);
  });

  test("is small and unprotected in the cheap profile, and large enough for a global database", () => {
    const dev = shipped({}, { stage: "dev", regions: ["us-east-1"] });
    dev.template("data").allResourcesProperties(INSTANCE, { DBInstanceClass: "db.t4g.medium" });
    dev.template("data").resourceCountIs(INSTANCE, 2);
    dev.template("data").hasResource(AURORA, { DeletionPolicy: "Delete", Properties: { DeletionProtection: false } });
    const global = shipped({}, { stage: "dev" });
    global.template("data").allResourcesProperties(INSTANCE, { DBInstanceClass: "db.r7g.large" });
  });
});

describe("RDS", () => {
  const { template, properties, second } = shipped({ engine: "postgresql" });

  test("has a standby in another zone and a reader with one too, grows by itself, and asks for TLS", () => {
    template("data").resourceCountIs(AURORA, 0);
    template("data").allResourcesProperties(INSTANCE, {
      MultiAZ: true,
      MaxAllocatedStorage: 1_000,
      DeletionProtection: { Ref: Match.stringLikeRegexp("DeletionProtection$") },
      BackupRetentionPeriod: 14,
      AutoMinorVersionUpgrade: true,
      PubliclyAccessible: false,
      CopyTagsToSnapshot: true,
    });
    expect(properties(INSTANCE, "DatabaseInstance")).toMatchObject({
      StorageEncrypted: true,
      KmsKeyId: expect.anything(),
    });
    expect(properties(INSTANCE, "DatabaseReader")).toMatchObject({
      SourceDBInstanceIdentifier: { Ref: "DatabaseInstance" },
      DeletionProtection: { Ref: "DatabaseReaderDeletionProtection" },
    });
    expect(properties("AWS::RDS::DBParameterGroup", "DatabaseParameters")).toMatchObject({
      Parameters: { "rds.force_ssl": "1" },
    });
  });

  test("replicates to the other region, to an instance with a standby and without credentials", () => {
    const replica = properties(INSTANCE, "DatabaseInstance", second)!;
    expect(replica).toMatchObject({
      SourceDBInstanceIdentifier: { Ref: "DatabaseSourceInstanceArnOfOtherRegion" },
      SourceRegion: "us-east-1",
      MultiAZ: true,
      KmsKeyId: expect.anything(),
    });
    for (const absent of ["MasterUsername", "MasterUserPassword", "DBName", "StorageEncrypted"]) {
      expect(replica).not.toHaveProperty(absent);
    }
  });
});

describe("the secrets of a database", () => {
  const { template, properties, second } = shipped();

  test("are made in the primary region, encrypted, and replicated to the other with its key", () => {
    template("data").resourceCountIs("AWS::SecretsManager::Secret", 2);
    template("data").allResourcesProperties("AWS::SecretsManager::Secret", {
      KmsKeyId: Match.anyValue(),
      ReplicaRegions: [{ Region: "us-west-2", KmsKeyId: { Ref: "KeyOfRegionOfOtherRegion" } }],
    });
    template("data", second).resourceCountIs("AWS::SecretsManager::Secret", 0);
    template("network", second).hasOutput("KeyOfRegion", {});
  });

  test("are rotated by a function in the network, which may do nothing but that", () => {
    expect(properties("AWS::SecretsManager::RotationSchedule", "DatabaseRotation")).toMatchObject({
      SecretId: "shop-production-database",
      RotationRules: { AutomaticallyAfterDays: 30 },
      RotateImmediatelyOnUpdate: true,
    });
    expect(properties("AWS::SecretsManager::RotationSchedule", "DatabaseMasterRotation")).toMatchObject({
      SecretId: "shop-production-database-master",
      RotateImmediatelyOnUpdate: false,
    });
    const rotation = properties("AWS::Lambda::Function", "DatabaseRotationFunction");
    expect(rotation).toMatchObject({
      Handler: "rotate-database-user-process.handler",
      Environment: {
        Variables: {
          NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem",
          OWNER: "app",
          USERS: '["app_a","app_b"]',
          MASTER_SECRET: "shop-production-database-master",
          MASTER_OF: '{"cluster":"shop-production-database"}',
        },
      },
    });
    expect(JSON.stringify(rotation?.["VpcConfig"])).toMatch(/PrivateSubnetA.*PrivateSubnetB.*PrivateSubnetC/);
    const policies = JSON.stringify(properties("AWS::IAM::Role", "DatabaseRotationRole")?.["Policies"]);
    expect(policies).not.toContain('"Resource":"*"');
    expect(policies).not.toMatch(/"[a-z]+:[A-Za-z]*\*"/);
  });

  test("are rotated only where the writer is, by a function that is there before", () => {
    const after = shipped({}, { active: "us-west-2" });
    for (const [site, there] of [
      [after.first, 0],
      [after.second, 2],
    ] as const) {
      after.template("data", site).resourceCountIs("AWS::SecretsManager::RotationSchedule", there);
      after.template("data", site).resourceCountIs("AWS::Lambda::Function", 1);
    }
    template("data", second).resourceCountIs("AWS::Lambda::Function", 1);
  });
});

describe("a proxy", () => {
  const { template, properties, first, second } = shipped({ endpoint: "proxy" });

  test("stands in all zones, asks for TLS, and knows each user by a secret", () => {
    const proxy = properties("AWS::RDS::DBProxy", "DatabaseProxy")!;
    expect(proxy).toMatchObject({ RequireTLS: true, EngineFamily: "POSTGRESQL" });
    expect(proxy["VpcSubnetIds"]).toHaveLength(3);
    expect(proxy["Auth"]).toMatchObject([
      { SecretArn: { Ref: "DatabaseAppASecret" } },
      { SecretArn: { Ref: "DatabaseAppBSecret" } },
    ]);
    template("data").hasResourceProperties("AWS::RDS::DBProxyTargetGroup", {
      TargetGroupName: "default",
      DBClusterIdentifiers: [{ Ref: "DatabaseCluster" }],
    });
    expect(JSON.stringify(properties("AWS::RDS::DBProxy", "DatabaseProxy", second)?.["Auth"])).toContain(
      "DatabaseAppASecretArnOfOtherRegion",
    );
  });

  test("is what programs dial, and the only one who gets to the database besides the rotation", () => {
    const handle = first.handles.get("database", "database");
    expect(handle.writer).toEqual(handle.proxy?.writer);
    expect(handle.doors).toHaveLength(1);
    const sources = Object.keys(template("data").findResources("AWS::EC2::SecurityGroupIngress"));
    expect(sources.sort()).toEqual(["DatabaseFromProxy", "DatabaseFromRotation"]);
  });

  test("comes by itself where a function uses the database, beside the cluster's own address", () => {
    const uses = { id: "thumbnails", kind: "function", settings: { uses: ["database"] } } as never;
    const { first } = shipData([database(), uses], { regions: ["us-east-1"] });
    const handle = first.handles.get("database", "database");
    expect(handle.proxy).not.toBeNull();
    expect(handle.writer).not.toEqual(handle.proxy?.writer);
    expect(handle.doors).toHaveLength(2);
  });
});

test("rejects a name that RDS does not take", () => {
  const long = { ...database(), id: "a-database-with-a-name-that-is-much-too-long-for-it" };
  expect(() => shipData([long])).toThrow(expect.objectContaining({ code: "AWS-011" }));
});
