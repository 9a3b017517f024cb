import { describe, expect, test } from "vitest";
import { shipData, table } from "../../../test/support/aws-data.ts";
import { logicalId } from "../name.ts";

const TABLE = "AWS::DynamoDB::GlobalTable";

describe("a table", () => {
  const sites = shipData([table()]);
  const properties = (of = sites, site = of.first) =>
    of.template("data", site).findResources(TABLE)["CartsTable"]?.Properties;

  test("has a replica in both regions, all in the primary region's stack, each protected and encrypted", () => {
    expect(properties()).toMatchObject({
      TableName: "shop-production-carts",
      BillingMode: "PAY_PER_REQUEST",
      SSESpecification: { SSEEnabled: true, SSEType: "KMS" },
      StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
    });
    expect(properties().Replicas).toMatchObject(
      ["us-east-1", "us-west-2"].map((Region) => ({
        Region,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: { Ref: `Carts${logicalId(Region)}DeletionProtection` },
        SSESpecification: { KMSMasterKeyId: expect.anything() },
      })),
    );
    expect(properties().Replicas[1].SSESpecification.KMSMasterKeyId).toEqual({ Ref: "KeyOfRegionOfOtherRegion" });
    sites.template("data").hasResource(TABLE, { DeletionPolicy: "RetainExceptOnCreate" });
    sites.template("data", sites.second).resourceCountIs(TABLE, 0);
  });

  test("is a global table also alone, so that a region can be added", () => {
    const alone = shipData([table()], { regions: ["us-east-1"] });
    expect(properties(alone).Replicas).toHaveLength(1);
  });

  test("belongs to the region that is deployed, where only one is", () => {
    const restored = shipData([table()], { recovery: "backup-restore", active: "us-west-2" });
    expect(properties(restored, restored.second).Replicas).toMatchObject([{ Region: "us-west-2" }]);
    restored.template("data").resourceCountIs(TABLE, 0);
  });

  test("scales what is provisioned, of its indexes too, in each region", () => {
    const capacity = { read: { min: 5, max: 50 }, write: { min: 1, max: 10 } };
    const indexes = [{ name: "by-user", partitionKey: { name: "user", type: "number" as const }, sortKey: null }];
    const provisioned = properties(shipData([table({ capacity, indexes, timeToLive: "expires" })]));
    const writes = {
      WriteProvisionedThroughputSettings: { WriteCapacityAutoScalingSettings: { MinCapacity: 1, MaxCapacity: 10 } },
    };
    const reads = {
      ReadProvisionedThroughputSettings: { ReadCapacityAutoScalingSettings: { MinCapacity: 5, MaxCapacity: 50 } },
    };
    expect(provisioned).toMatchObject({ BillingMode: "PROVISIONED", ...writes });
    expect(provisioned.GlobalSecondaryIndexes).toMatchObject([{ IndexName: "by-user", ...writes }]);
    for (const replica of provisioned.Replicas) {
      expect(replica).toMatchObject({ ...reads, GlobalSecondaryIndexes: [{ IndexName: "by-user", ...reads }] });
    }
    expect(provisioned.AttributeDefinitions).toEqual([
      { AttributeName: "id", AttributeType: "S" },
      { AttributeName: "user", AttributeType: "N" },
    ]);
    expect(provisioned.TimeToLiveSpecification).toEqual({ Enabled: true, AttributeName: "expires" });
  });

  test("lets a program at its items and indexes, and at no other action", () => {
    const { access } = sites.second.handles.get("table", "carts");
    const [items] = access;
    expect(items!.actions).not.toContain("dynamodb:DeleteTable");
    expect(items!.resources).toHaveLength(2);
    for (const { actions } of access) expect(actions.join()).not.toContain("*");
  });

  test("has a DAX node in each zone, encrypted both ways, where an accelerator is asked for", () => {
    const fast = shipData([table({ accelerator: true })]);
    fast.template("data").hasResourceProperties("AWS::DAX::Cluster", {
      ReplicationFactor: 3,
      SSESpecification: { SSEEnabled: true },
      ClusterEndpointEncryptionType: "TLS",
    });
    const [cluster] = Object.values(fast.template("data").findResources("AWS::DAX::Cluster"));
    expect(cluster!.Properties.AvailabilityZones).toHaveLength(3);
    expect(fast.first.handles.get("table", "carts").doors).toHaveLength(1);
    const pilot = shipData([table({ accelerator: true })], { recovery: "pilot-light" });
    pilot.template("data", pilot.second).resourceCountIs("AWS::DAX::Cluster", 0);
  });
});
