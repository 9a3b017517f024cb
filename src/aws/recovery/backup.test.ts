import { describe, expect, test } from "vitest";
import { cache, database, shipData, table } from "../../../test/support/aws-data.ts";
import { makeSites } from "../../../test/support/aws-site.ts";
import type { FileSystemComponent } from "../../topology/topology.ts";
import type { ShippingSettings } from "../../topology/shipping.ts";
import { shipFileSystem } from "../kind/file-system.ts";
import { shipBackups } from "./backup.ts";

const DAY_MS = 86_400_000;

/** A region whose backups are set otherwise. */
function vaultOf(backups: Partial<ShippingSettings["backups"]>) {
  const sites = makeSites({ regions: ["us-east-1"] });
  const { topology } = sites.shipment;
  const shipping = { ...topology.shipping, backups: { ...topology.shipping.backups, ...backups } };
  shipBackups({ ...sites.first, shipment: { ...sites.shipment, topology: { ...topology, shipping } } });
  return sites.template("data").findResources("AWS::Backup::BackupVault")["BackupVault"]!.Properties;
}

describe("backups", () => {
  const sites = shipData([database(), cache(), table()]);
  const template = sites.template("data");

  test("go to an encrypted vault that is kept, and locked in a way that can be taken back", () => {
    template.hasResource("AWS::Backup::BackupVault", {
      DeletionPolicy: "RetainExceptOnCreate",
      Properties: {
        BackupVaultName: "shop-production-backups",
        LockConfiguration: { MinRetentionDays: 35 },
      },
    });
    const vault = template.findResources("AWS::Backup::BackupVault")["BackupVault"]!.Properties;
    expect(vault.EncryptionKeyArn).toBeDefined();
    expect(vault.LockConfiguration).not.toHaveProperty("ChangeableForDays");
  });

  test("are locked for good only when that is asked for", () => {
    expect(vaultOf({ lock: "compliance", keepMs: 90 * DAY_MS }).LockConfiguration).toEqual({
      MinRetentionDays: 90,
      ChangeableForDays: 3,
    });
    expect(vaultOf({ lock: "off" })).not.toHaveProperty("LockConfiguration");
  });

  test("hold all that keeps data, and are copied to the other region, where a vault waits under any strategy", () => {
    template.hasResourceProperties("AWS::Backup::BackupSelection", {
      BackupSelection: {
        Resources: [{ "Fn::GetAtt": ["DatabaseCluster", "DBClusterArn"] }, { "Fn::GetAtt": ["CartsTable", "Arn"] }],
      },
    });
    const rule =
      template.findResources("AWS::Backup::BackupPlan")["BackupPlan"]!.Properties.BackupPlan.BackupPlanRule[0];
    expect(rule).toMatchObject({ ScheduleExpression: "cron(0 6 * * ? *)", Lifecycle: { DeleteAfterDays: 35 } });
    expect(JSON.stringify(rule.CopyActions)).toContain(":backup:us-west-2:");
    for (const recovery of ["backup-restore", "pilot-light", "warm-standby", "active-active"] as const) {
      const other = shipData([table()], { recovery });
      other.template("data", other.second).resourceCountIs("AWS::Backup::BackupVault", 1);
      other.template("data", other.second).resourceCountIs("AWS::Backup::BackupPlan", 0);
    }
  });

  test("are made where the writer is", () => {
    const after = shipData([database()], { active: "us-west-2" });
    after.template("data", after.first).resourceCountIs("AWS::Backup::BackupPlan", 0);
    after.template("data", after.second).resourceCountIs("AWS::Backup::BackupPlan", 1);
  });

  test("are restored once a week, a database apart from everything", () => {
    template.hasResourceProperties("AWS::Backup::RestoreTestingPlan", {
      RestoreTestingPlanName: "shop_production_restores",
      RecoveryPointSelection: { Algorithm: "LATEST_WITHIN_WINDOW" },
    });
    const tests = template.findResources("AWS::Backup::RestoreTestingSelection");
    expect(Object.keys(tests).sort()).toEqual(["RestoreTestOfAurora", "RestoreTestOfDynamoDB"]);
    expect(tests["RestoreTestOfAurora"]!.Properties.RestoreMetadataOverrides).toMatchObject({
      dbSubnetGroupName: { Ref: "RestoreTestSubnets" },
    });
  });

  test.each(["fsx-windows", "fsx-lustre"] as const)(
    "are all that reaches the other region of %s, whose file system there stays empty until one is restored",
    (engine) => {
      const settings = { engine, sizeGiB: 1_200, directoryId: engine === "fsx-windows" ? "d-1234567890" : null };
      const files: FileSystemComponent = { id: "files", kind: "file-system", layer: "data", scope: "zone", settings };
      const shipped = makeSites({ components: [files] });
      for (const site of shipped.sites) {
        site.handles.add(shipFileSystem(site, files));
        shipBackups(site);
      }
      const found = (type: string) => Object.values(shipped.template("data").findResources(type));
      const [selection] = found("AWS::Backup::BackupSelection");
      expect(selection!.Properties.BackupSelection.Resources).toEqual([
        { "Fn::GetAtt": ["FilesFileSystem", "ResourceARN"] },
      ]);
      const [rule] = found("AWS::Backup::BackupPlan")[0]!.Properties.BackupPlan.BackupPlanRule;
      expect(JSON.stringify(rule.CopyActions)).toContain(":backup:us-west-2:");
      const there = shipped.template("data", shipped.second).findResources("AWS::FSx::FileSystem");
      expect(Object.keys(there)).toEqual(["FilesFileSystem"]);
    },
  );
});
