import { Fn } from "aws-cdk-lib";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { makeSites } from "../../test/support/aws-site.ts";
import type { Component } from "../topology/topology.ts";
import { keyAlias, keyArnIn } from "./key.ts";

const BUS: Component = {
  id: "events",
  kind: "bus",
  layer: "messaging",
  scope: "region",
  settings: { rules: [], archiveMs: null },
};

function statements(sites: ReturnType<typeof makeSites>): readonly Record<string, unknown>[] {
  const [key] = Object.values(sites.template("network").findResources("AWS::KMS::Key"));
  return key?.Properties.KeyPolicy.Statement;
}

describe("the key", () => {
  test("of the primary region is a rotated multi-region key, kept with its stack", () => {
    makeSites()
      .template("network")
      .hasResource("AWS::KMS::Key", {
        Properties: { MultiRegion: true, EnableKeyRotation: true, PendingWindowInDays: 30 },
        DeletionPolicy: "RetainExceptOnCreate",
        UpdateReplacePolicy: "Retain",
      });
  });

  test("of the other region is its replica, whichever region serves", () => {
    for (const active of ["us-east-1", "us-west-2"]) {
      const sites = makeSites({ active });
      const template = sites.template("network", sites.second);
      template.hasResourceProperties("AWS::KMS::ReplicaKey", { PrimaryKeyArn: { Ref: "PrimaryKeyArn" } });
      template.hasParameter("PrimaryKeyArn", { Type: "String" });
      expect(sites.shipment.wires).toEqual([
        {
          from: { stack: "shop-production-network-us-east-1", output: "PrimaryKeyArn" },
          to: { stack: "shop-production-network-us-west-2", parameter: "PrimaryKeyArn" },
        },
      ]);
    }
  });

  test("does not change when a second region is added", () => {
    const one = makeSites({ regions: ["us-east-1"] })
      .template("network")
      .findResources("AWS::KMS::Key");
    const two = makeSites().template("network").findResources("AWS::KMS::Key");
    expect(two).toEqual(one);
  });

  test("has an alias, the same in both regions", () => {
    const sites = makeSites();
    for (const site of sites.sites) {
      const name = keyAlias(sites.shipment);
      expect(name).toBe("alias/shop-production");
      sites.template("network", site).hasResourceProperties("AWS::KMS::Alias", { AliasName: name });
    }
  });

  test("is used by services of AWS only for what is in this account", () => {
    const sites = makeSites({ components: [BUS] });
    for (const { Sid, Principal, Condition } of statements(sites)) {
      if (JSON.stringify(Principal).includes("Service")) expect([Sid, Condition]).not.toEqual([Sid, undefined]);
      expect(JSON.stringify(Condition ?? "AWS::AccountId")).toContain("AWS::AccountId");
    }
  });

  test("opens topics to EventBridge by the topic's context, since it tells no account there", () => {
    const statement = statements(makeSites()).find(({ Sid }) => Sid === "PublishersToTopics");
    expect(JSON.stringify(statement)).toContain("kms:EncryptionContext:aws:sns:topicArn");
    expect(JSON.stringify(statement)).not.toContain("aws:SourceAccount");
  });

  test("opens to buses, trails and distributions only where there are any", () => {
    const sids = (sites: ReturnType<typeof makeSites>) => statements(sites).map(({ Sid }) => Sid);
    expect(sids(makeSites())).not.toContain("BusesAndArchives");
    expect(sids(makeSites({ components: [BUS] }))).toContain("BusesAndArchives");
    expect(sids(makeSites())).not.toContain("Distributions");
    expect(sids(makeSites())).toContain("Trail");
  });

  test("of the cheap profile is not kept", () => {
    makeSites({ stage: "dev" })
      .template("network")
      .hasResource("AWS::KMS::Key", {
        Properties: { PendingWindowInDays: 7 },
        DeletionPolicy: "Delete",
        UpdateReplacePolicy: "Delete",
      });
  });
});

describe("the key of another region", () => {
  test("has the id of one's own", () => {
    const { first, shipment } = makeSites();
    expect(first.stacks.network.resolve(keyArnIn(shipment, "us-west-2", first.keyArn))).toEqual({
      "Fn::Join": [
        "",
        [
          "arn:",
          { Ref: "AWS::Partition" },
          ":kms:us-west-2:",
          { Ref: "AWS::AccountId" },
          ":key/",
          first.stacks.network.resolve(Fn.select(1, Fn.split("/", first.keyArn))),
        ],
      ],
    });
  });
});

describe("keys that exist", () => {
  const arn = (region: string, id: string) => `arn:aws:kms:${region}:123456789012:key/${id}`;

  test("are used as they are", () => {
    const keys = { "us-east-1": arn("us-east-1", "1"), "us-west-2": arn("us-west-2", "2") };
    const { first, second, shipment, template } = makeSites({ keys });
    expect([first.keyArn, second.keyArn]).toEqual([keys["us-east-1"], keys["us-west-2"]]);
    expect(keyArnIn(shipment, "us-west-2", first.keyArn)).toBe(keys["us-west-2"]);
    template("network").resourceCountIs("AWS::KMS::Key", 0);
    template("network", second).resourceCountIs("AWS::KMS::ReplicaKey", 0);
  });

  test("get a replica in the other region where they can have one", () => {
    const sites = makeSites({ keys: { "us-east-1": arn("us-east-1", "mrk-1") } });
    sites
      .template("network", sites.second)
      .hasResourceProperties("AWS::KMS::ReplicaKey", { PrimaryKeyArn: Match.stringLikeRegexp("key/mrk-1$") });
  });

  test.each([{ "us-east-1": arn("us-east-1", "1") }, { "us-west-2": arn("us-west-2", "mrk-1") }])(
    "rejects one that the other region's cannot go with: %o",
    (keys) => {
      expect(() => makeSites({ keys })).toThrow(expect.objectContaining({ code: "AWS-010" }));
    },
  );
});
