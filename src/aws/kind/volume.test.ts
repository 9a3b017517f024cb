import { describe, expect, test } from "vitest";
import { type Sites, type SitesOptions, makeSites } from "../../../test/support/aws-site.ts";
import type { VolumeComponent } from "../../topology/topology.ts";
import { rhythm, shipVolume } from "./volume.ts";

const HOUR_MS = 3_600_000;

const SCRATCH: VolumeComponent = {
  id: "scratch",
  kind: "volume",
  layer: "data",
  scope: "zone",
  settings: { sizeGiB: 50, snapshotEveryMs: 12 * HOUR_MS, keep: 14 },
};

function shipped(options: SitesOptions = {}): Sites {
  const sites = makeSites({ components: [SCRATCH], ...options });
  for (const site of sites.sites) site.handles.add(shipVolume(site, SCRATCH));
  return sites;
}

function policy(sites: Sites) {
  const [found] = Object.values(sites.template("data").findResources("AWS::DLM::LifecyclePolicy"));
  return found?.Properties;
}

describe("the snapshots of a volume", () => {
  const sites = shipped();

  test("are taken of what has the volume's tag, at the definition's rhythm", () => {
    const { tag, path } = sites.first.handles.get("volume", "scratch");
    expect(path).toBe("/mnt/scratch");
    expect(policy(sites)).toMatchObject({
      State: "ENABLED",
      PolicyDetails: {
        ResourceTypes: ["VOLUME"],
        TargetTags: [{ Key: tag.key, Value: tag.value }],
        Schedules: [{ CreateRule: { Interval: 12, IntervalUnit: "HOURS" }, RetainRule: { Count: 14 } }],
      },
    });
  });

  test("are copied to the other region, encrypted with its key, and kept there as long", () => {
    const [rule] = policy(sites).PolicyDetails.Schedules[0].CrossRegionCopyRules;
    expect(rule).toMatchObject({ Target: "us-west-2", Encrypted: true });
    expect(rule.RetainRule).toEqual({ Interval: 7, IntervalUnit: "DAYS" });
    expect(JSON.stringify(rule.CmkArn)).toContain(":kms:us-west-2:");
    const alone = policy(shipped({ regions: ["us-east-1"] }));
    expect(alone.PolicyDetails.Schedules[0]).not.toHaveProperty("CrossRegionCopyRules");
  });

  test("may use the two keys and make grants for AWS's resources alone", () => {
    const [role] = Object.values(sites.template("data").findResources("AWS::IAM::Role"));
    const [use, grant] = role!.Properties.Policies[0].PolicyDocument.Statement; // there is one
    expect(use.Resource).toHaveLength(2);
    expect(grant.Condition).toEqual({ Bool: { "kms:GrantIsForAWSResource": "true" } });
  });
});

test.each([
  [1, 24, { hours: 1, count: 24 }],
  [5, 10, { hours: 4, count: 13 }],
  [24, 7, { hours: 24, count: 7 }],
  [168, 4, { hours: 24, count: 28 }],
  [0.5, 10, { hours: 1, count: 5 }],
  [24, 5_000, { hours: 24, count: 1_000 }],
])("every %d hours, %d kept, is never rarer than asked and reaches as far back", (hours, keep, expected) => {
  expect(rhythm({ sizeGiB: 1, snapshotEveryMs: hours * HOUR_MS, keep })).toEqual(expected);
});
