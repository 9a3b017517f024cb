import { describe, expect, test } from "vitest";
import { type Sites, type SitesOptions, makeSites } from "../../../test/support/aws-site.ts";
import type { FileSystemSettings } from "../../topology/kind/file-system.ts";
import type { FileSystemComponent } from "../../topology/topology.ts";
import { lustreCapacity } from "../storage/fsx.ts";
import { shipFileSystem } from "./file-system.ts";

const CREATE_ONLY = ["AvailabilityZoneName", "Encrypted", "KmsKeyId", "PerformanceMode"];

function fileSystem(engine: FileSystemSettings["engine"], sizeGiB = 100): FileSystemComponent {
  const settings = { engine, sizeGiB, directoryId: engine === "fsx-windows" ? "d-1234567890" : null };
  return { id: "files", kind: "file-system", layer: "data", scope: "zone", settings };
}

function shipped(component: FileSystemComponent, options: SitesOptions = {}): Sites {
  const sites = makeSites({ components: [component], ...options });
  for (const site of sites.sites) site.handles.add(shipFileSystem(site, component));
  return sites;
}

function properties(sites: Sites, type: string, side: "first" | "second" = "first") {
  const [found] = Object.values(sites.template("data", sites[side]).findResources(type));
  return found?.Properties;
}

describe("EFS", () => {
  const sites = shipped(fileSystem("efs"));
  const template = sites.template("data");

  test("has a mount target in every zone, behind a door that lets in nobody by itself", () => {
    const targets = Object.values(template.findResources("AWS::EFS::MountTarget"));
    expect(targets).toHaveLength(3);
    expect(new Set(targets.map(({ Properties }) => JSON.stringify(Properties.SubnetId))).size).toBe(3);
    expect(properties(sites, "AWS::EC2::SecurityGroup")).not.toHaveProperty("SecurityGroupIngress");
    const { doors } = sites.first.handles.get("file-system", "files");
    expect(doors.map(({ port }) => port)).toEqual([2_049]);
  });

  test("is encrypted, backed up, kept, and refuses plain text", () => {
    template.hasResource("AWS::EFS::FileSystem", {
      Properties: { Encrypted: true, BackupPolicy: { Status: "ENABLED" }, ThroughputMode: "elastic" },
      DeletionPolicy: "RetainExceptOnCreate",
    });
    const [statement] = properties(sites, "AWS::EFS::FileSystem").FileSystemPolicy.Statement;
    expect(statement).toMatchObject({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } });
    expect(properties(sites, "AWS::EFS::FileSystem")).not.toHaveProperty("AvailabilityZoneName");
  });

  test("is used through an access point alone, by nobody who is root", () => {
    const { access } = sites.first.handles.get("file-system", "files");
    expect(Object.keys(access[0]?.conditions?.["StringEquals"] ?? {})).toEqual(["elasticfilesystem:AccessPointArn"]);
    expect(access[0]?.actions).not.toContain("elasticfilesystem:ClientRootAccess");
    expect(properties(sites, "AWS::EFS::AccessPoint").PosixUser).toEqual({ Uid: "1000", Gid: "1000" });
  });

  test("is copied from the region that serves to the other, which can be overwritten and only it", () => {
    const source = properties(sites, "AWS::EFS::FileSystem");
    const copy = properties(sites, "AWS::EFS::FileSystem", "second");
    const [condition, replication] = source.ReplicationConfiguration["Fn::If"];
    expect(condition).toBe("FilesOfOtherRegionIsThere");
    expect(replication.Destinations[0]).toMatchObject({
      FileSystemId: { Ref: "FilesOfOtherRegion" },
      Region: "us-west-2",
    });
    expect(source.FileSystemProtection).toEqual({ ReplicationOverwriteProtection: "ENABLED" });
    expect(copy.FileSystemProtection).toEqual({ ReplicationOverwriteProtection: "DISABLED" });
    expect(copy).not.toHaveProperty("ReplicationConfiguration");
  });

  test("offers itself as a copy only while it is one", () => {
    sites.template("data").hasOutput("FilesForOtherRegion", { Value: "fs-00000000" });
    sites
      .template("data", sites.second)
      .hasOutput("FilesForOtherRegion", { Value: { "Fn::GetAtt": ["FilesFileSystem", "FileSystemId"] } });
  });

  test.each(["pilot-light", "warm-standby", "active-active"] as const)(
    "is turned round by a failover and replaced by none, with %s",
    (recovery) => {
      const before = shipped(fileSystem("efs"), { recovery });
      const after = shipped(fileSystem("efs"), { recovery, active: "us-west-2" });
      for (const side of ["first", "second"] as const) {
        const [was, is] = [before, after].map((each) => properties(each, "AWS::EFS::FileSystem", side));
        for (const property of CREATE_ONLY) expect(is[property]).toEqual(was[property]);
      }
      expect(properties(after, "AWS::EFS::FileSystem", "second")).toHaveProperty("ReplicationConfiguration");
      expect(properties(after, "AWS::EFS::FileSystem")).not.toHaveProperty("ReplicationConfiguration");
    },
  );

  test("in one region is copied nowhere", () => {
    const alone = properties(shipped(fileSystem("efs"), { regions: ["us-east-1"] }), "AWS::EFS::FileSystem");
    expect(alone).not.toHaveProperty("ReplicationConfiguration");
    expect(alone).not.toHaveProperty("FileSystemProtection");
  });
});

describe("FSx for Windows", () => {
  test("stands in two zones, encrypted, backed up and kept", () => {
    const sites = shipped(fileSystem("fsx-windows"));
    const { SubnetIds, WindowsConfiguration, KmsKeyId } = properties(sites, "AWS::FSx::FileSystem");
    expect(SubnetIds).toHaveLength(2);
    expect(KmsKeyId).toBeDefined();
    expect(WindowsConfiguration).toMatchObject({
      DeploymentType: "MULTI_AZ_1",
      PreferredSubnetId: SubnetIds[0],
      ActiveDirectoryId: "d-1234567890",
      AutomaticBackupRetentionDays: 30,
    });
    sites.template("data").hasResource("AWS::FSx::FileSystem", { DeletionPolicy: "RetainExceptOnCreate" });
  });

  test("has one zone in the cheap profile alone", () => {
    const dev = properties(shipped(fileSystem("fsx-windows"), { stage: "dev" }), "AWS::FSx::FileSystem");
    expect(dev.SubnetIds).toHaveLength(1);
    expect(dev.WindowsConfiguration.DeploymentType).toBe("SINGLE_AZ_2");
  });
});

describe("FSx for Lustre", () => {
  test("is made after the rules that its servers need among themselves, and backed up", () => {
    const sites = shipped(fileSystem("fsx-lustre", 1_300));
    const [found] = Object.values(sites.template("data").findResources("AWS::FSx::FileSystem"));
    expect(found?.DependsOn).toEqual(["FilesLnetFromItself", "FilesLustreFromItself"]);
    expect(found?.Properties).toMatchObject({
      StorageCapacity: 2_400,
      LustreConfiguration: { DeploymentType: "PERSISTENT_2", AutomaticBackupRetentionDays: 30 },
    });
  });

  test.each([
    [1, 1_200],
    [1_200, 1_200],
    [1_201, 2_400],
    [2_401, 4_800],
    [9_600, 9_600],
  ])("of %i GiB gets the next size that AWS has, %i", (asked, given) => {
    expect(lustreCapacity(asked)).toBe(given);
  });
});
