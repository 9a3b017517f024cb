import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeEdge } from "../../../test/support/edge-rig.ts";
import { cacheControlOf, siteFiles } from "./site-file.ts";

const CACHE = { defaultTtlMs: 86_400_000, staleIfErrorMs: 172_800_000 };

describe("the bucket of a site", () => {
  const made = makeEdge({}, { recovery: "backup-restore" });

  test("is in both regions, also where nothing runs: closed, versioned, encrypted with the region's key", () => {
    for (const site of made.sites) {
      made.template("data", site).hasResource("AWS::S3::Bucket", {
        DeletionPolicy: "RetainExceptOnCreate",
        UpdateReplacePolicy: "Retain",
        Properties: {
          BucketName: {
            "Fn::Join": ["", [`shop-production-site-${site.region.name}-`, { Ref: "AWS::AccountId" }]],
          },
          VersioningConfiguration: { Status: "Enabled" },
          PublicAccessBlockConfiguration: { BlockPublicPolicy: true, RestrictPublicBuckets: true },
        },
      });
      const encryption = made.template("data", site).findResources("AWS::S3::Bucket")["SiteBucket"]?.Properties
        .BucketEncryption.ServerSideEncryptionConfiguration;
      expect(encryption).toMatchObject([
        { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" } },
      ]);
    }
  });

  test("is read by this account's distributions alone, and only over TLS", () => {
    const policy = made.template("data").findResources("AWS::S3::BucketPolicy")["SiteBucketPolicy"];
    const statements: { Sid: string; Effect: string; Action: string; Principal: unknown; Condition: object }[] =
      policy?.Properties.PolicyDocument.Statement;
    const allowed = statements.filter(({ Effect }) => Effect === "Allow");
    expect(allowed.map(({ Action }) => Action)).toEqual(["s3:GetObject", "s3:ListBucket"]);
    for (const { Principal, Condition } of allowed) {
      expect(Principal).toEqual({ Service: "cloudfront.amazonaws.com" });
      expect(JSON.stringify(Condition)).toContain('{"Ref":"AWS::AccountId"},":distribution/*"');
    }
    expect(statements.map(({ Sid }) => Sid)).toContain("TlsOnly");
  });

  test("is not made without a site", () => {
    const without = makeEdge({ site: null });
    without.template("data").resourceCountIs("AWS::S3::Bucket", 0);
  });
});

describe("the secret of the way to an origin", () => {
  test("is made once and copied to the other region under its key, never twice to one region", () => {
    const made = makeEdge();
    made.template("data", made.second).resourceCountIs("AWS::SecretsManager::Secret", 0);
    const { OriginVerifySecret: secret } = made.template("data").findResources("AWS::SecretsManager::Secret");
    expect(secret?.Properties.Name).toBe("shop-production-origin-verify");
    expect(secret?.Properties).not.toHaveProperty("SecretString");
    expect(secret?.Properties.GenerateSecretString).toMatchObject({ GenerateStringKey: "value", PasswordLength: 48 });
    expect(secret?.Properties.ReplicaRegions.map(({ Region }: { Region: string }) => Region)).toEqual(["us-west-2"]);
    expect(JSON.stringify(secret?.Properties.ReplicaRegions)).toContain(":kms:us-west-2:");
  });

  test("is copied to the distribution's region where the system is not there", () => {
    const made = makeEdge({}, { regions: ["eu-west-1", "eu-central-1"] });
    const [secret] = Object.values(made.template("data").findResources("AWS::SecretsManager::Secret"));
    expect(secret?.Properties.ReplicaRegions).toEqual([
      { Region: "eu-central-1", KmsKeyId: expect.anything() },
      { Region: "us-east-1" },
    ]);
  });

  test("is there before what reads it: the balancers of both regions, and the distribution", () => {
    const made = makeEdge();
    for (const { stacks } of made.sites) expect(stacks.compute.dependencies).toContain(made.first.stacks.data);
    expect(made.first.stacks.data.dependencies).toContain(made.second.stacks.network);
  });

  test("is not made for a site alone", () => {
    makeEdge({ routes: [] }).template("data").resourceCountIs("AWS::SecretsManager::Secret", 0);
  });
});

describe("the files of a site", () => {
  let folder: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "site-")));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("are uploaded with their types, pages after what they name", () => {
    mkdirSync(join(folder, "a", "b"), { recursive: true });
    for (const name of ["index.html", "shop.js", "a/page.htm", "a/b/tea.SVG", "a/unknown"]) {
      writeFileSync(join(folder, name), "");
    }
    expect(siteFiles(folder, CACHE).map(({ key, contentType }) => [key, contentType])).toEqual([
      ["a/b/tea.SVG", "image/svg+xml"],
      ["a/unknown", "application/octet-stream"],
      ["shop.js", "text/javascript; charset=utf-8"],
      ["a/page.htm", "text/html; charset=utf-8"],
      ["index.html", "text/html; charset=utf-8"],
    ]);
  });

  test("say how long the edge keeps a copy, and how long it may serve one while its origins fail", () => {
    expect(cacheControlOf(CACHE)).toBe("public, max-age=0, s-maxage=86400, stale-if-error=172800");
  });

  test("are those of the folder: a link out of it, to a folder or to nothing is left out", () => {
    const outside = mkdtempSync(join(tmpdir(), "secret-"));
    writeFileSync(join(outside, "key.txt"), "");
    writeFileSync(join(folder, "real.txt"), "");
    symlinkSync(join(outside, "key.txt"), join(folder, "key.txt"));
    symlinkSync(join(folder, "real.txt"), join(folder, "linked.txt"));
    symlinkSync(folder, join(folder, "again"));
    symlinkSync(join(folder, "gone"), join(folder, "dangling.txt"));
    expect(siteFiles(folder, CACHE).map(({ key }) => key)).toEqual(["linked.txt", "real.txt"]);
    rmSync(outside, { recursive: true });
  });

  test("rejects a path that is too long for an object's name", () => {
    const deep = Array.from({ length: 6 }, () => "d".repeat(200)).join("/");
    mkdirSync(join(folder, deep), { recursive: true });
    writeFileSync(join(folder, deep, "a.txt"), "");
    expect(() => siteFiles(folder, CACHE)).toThrow(expect.objectContaining({ code: "AWS-046" }));
  });
});
