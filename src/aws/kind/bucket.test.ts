import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { type Sites, type SitesOptions, makeSites } from "../../../test/support/aws-site.ts";
import type { BucketSettings } from "../../topology/kind/bucket.ts";
import type { BucketComponent } from "../../topology/topology.ts";
import { shipBucket } from "./bucket.ts";

const DAY_MS = 86_400_000;

function bucket(settings: Partial<BucketSettings> = {}, id = "uploads"): BucketComponent {
  const defaults = {
    replication: "other-region",
    keepFormerMs: 90 * DAY_MS,
    archiveAfterMs: null,
    expireAfterMs: null,
  } as const;
  return { id, kind: "bucket", layer: "data", scope: "region", settings: { ...defaults, ...settings } };
}

function shipped(component = bucket(), options: SitesOptions = {}): Sites {
  const sites = makeSites({ components: [component], ...options });
  for (const site of sites.sites) if (site.presence.deployed) shipBucket(site, component);
  return sites;
}

/** The properties of the bucket with this logical id, in the first region unless said. */
function bucketIn(sites: Sites, id = "UploadsBucket", site = sites.first) {
  return sites.template("data", site).findResources("AWS::S3::Bucket")[id]?.Properties;
}

describe("a bucket", () => {
  const sites = shipped();
  const template = sites.template("data");

  test("is versioned, encrypted with the region's key, closed to the public, owned by the account, and logged", () => {
    expect(bucketIn(sites)).toMatchObject({
      VersioningConfiguration: { Status: "Enabled" },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" } },
        ],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LoggingConfiguration: { DestinationBucketName: { Ref: "AccessLogsBucket" } },
    });
  });

  test("is kept, and its logs too", () => {
    for (const each of Object.values(template.findResources("AWS::S3::Bucket"))) {
      expect(each).toMatchObject({ DeletionPolicy: "RetainExceptOnCreate", UpdateReplacePolicy: "Retain" });
    }
  });

  test("refuses plain text and old TLS, in every bucket", () => {
    const policies = Object.values(template.findResources("AWS::S3::BucketPolicy"));
    expect(policies).toHaveLength(2);
    for (const { Properties } of policies) {
      const [plain, old] = Properties.PolicyDocument.Statement;
      expect(plain.Condition).toEqual({ Bool: { "aws:SecureTransport": "false" } });
      expect(old.Condition).toEqual({ NumericLessThan: { "s3:TlsVersion": "1.2" } });
    }
  });

  test("removes former versions and unfinished uploads in time, and objects only when told to", () => {
    const rules = bucketIn(sites).LifecycleConfiguration.Rules as Record<string, unknown>[];
    expect(rules.map(({ Id }) => Id)).toEqual(["unfinished-uploads", "former-versions"]);
    const told = shipped(bucket({ archiveAfterMs: 30 * DAY_MS, expireAfterMs: 400 * DAY_MS }));
    expect(bucketIn(told).LifecycleConfiguration.Rules.slice(2)).toEqual([
      { Id: "archive", Status: "Enabled", Transitions: [{ StorageClass: "GLACIER_IR", TransitionInDays: 30 }] },
      { Id: "expire", Status: "Enabled", ExpirationInDays: 400 },
    ]);
  });

  test("rejects a name that S3 would refuse", () => {
    const long = bucket({}, "a-name-of-24-characters-");
    expect(() => shipped({ ...long, id: `${long.id}and-more-than-that` })).toThrow(
      expect.objectContaining({ code: "AWS-011" }),
    );
  });
});

describe("replication to the other region", () => {
  const sites = shipped();

  test.each(["first", "second"] as const)("goes both ways, once the other side is there: %s", (side) => {
    const condition = "UploadsOfOtherRegionIsThere";
    const replication = bucketIn(sites, "UploadsBucket", sites[side]).ReplicationConfiguration["Fn::If"];
    expect(replication[0]).toBe(condition);
    expect(replication[2]).toEqual({ Ref: "AWS::NoValue" });
    sites.template("data", sites[side]).hasParameter("UploadsOfOtherRegion", { Default: "none" });
    sites.template("data", sites[side]).hasOutput("UploadsForOtherRegion", { Value: { Ref: "UploadsBucket" } });
    expect(replication[1].Rules[0]).toMatchObject({
      Status: "Enabled",
      DeleteMarkerReplication: { Status: "Enabled" },
      SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: "Enabled" } },
    });
    const destination = JSON.stringify(replication[1].Rules[0].Destination);
    expect(destination).toContain(side === "first" ? "uploads-us-west-2" : "uploads-us-east-1");
    expect(destination).toContain("ReplicaKmsKeyID");
  });

  test("is carried over late, each side needing the other", () => {
    const late = sites.shipment.wires.filter((wire) => wire.late);
    expect(late.map(({ from, to }) => [from.stack, to.stack])).toEqual([
      ["shop-production-data-us-west-2", "shop-production-data-us-east-1"],
      ["shop-production-data-us-east-1", "shop-production-data-us-west-2"],
    ]);
  });

  test("is on the clock only where the objective is that short", () => {
    const destination = (regionRpoMs: number | null) =>
      bucketIn(shipped(bucket(), { regionRpoMs })).ReplicationConfiguration["Fn::If"][1].Rules[0].Destination;
    expect(destination(30_000)).toMatchObject({
      ReplicationTime: { Status: "Enabled", Time: { Minutes: 15 } },
      Metrics: { Status: "Enabled", EventThreshold: { Minutes: 15 } },
    });
    expect(destination(3_600_000)).not.toHaveProperty("ReplicationTime");
    expect(destination(null).Metrics).toEqual({ Status: "Enabled" });
  });

  test("may read here and write there, and nothing else", () => {
    sites.template("data").hasResourceProperties("AWS::IAM::Role", {
      Policies: [
        Match.objectLike({
          PolicyDocument: Match.objectLike({
            Statement: Match.arrayWith([
              Match.objectLike({
                Sid: "Copies",
                Action: ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"],
              }),
            ]),
          }),
        }),
      ],
    });
    expect(JSON.stringify(sites.template("data").findResources("AWS::IAM::Role"))).not.toContain('"Resource":"*"');
  });

  test("does not depend on which region serves", () => {
    const flipped = shipped(bucket(), { active: "us-west-2" });
    expect(flipped.template("data").toJSON()).toEqual(sites.template("data").toJSON());
  });

  test("is not there where the other region only keeps backups, nor in a system of one region", () => {
    for (const options of [{ recovery: "backup-restore" }, { regions: ["us-east-1"] }] as const) {
      const alone = shipped(bucket(), options);
      expect(bucketIn(alone)).not.toHaveProperty("ReplicationConfiguration");
      expect(bucketIn(alone).BucketName).toEqual(bucketIn(sites).BucketName);
    }
  });
});

test("a bucket that nobody copies has no name of its own, which a retained one would keep from the next", () => {
  expect(bucketIn(shipped(bucket({ replication: "none" })))).not.toHaveProperty("BucketName");
});

test("replication within the region copies to a bucket that is as closed as the first", () => {
  const sites = shipped(bucket({ replication: "same-region" }), { regions: ["us-east-1"] });
  const [rule] = bucketIn(sites).ReplicationConfiguration.Rules;
  expect(rule.Destination.Bucket).toEqual({ "Fn::GetAtt": ["UploadsCopyBucket", "Arn"] });
  const copy = bucketIn(sites, "UploadsCopyBucket");
  expect(copy.VersioningConfiguration).toEqual({ Status: "Enabled" });
  expect(copy).not.toHaveProperty("ReplicationConfiguration");
  expect(copy).not.toHaveProperty("BucketName");
});
