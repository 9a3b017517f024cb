import { ResourceImpact, fullDiff } from "@aws-cdk/cloudformation-diff";
import { describe, expect, test } from "vitest";
import { isStateful } from "../../src/aws/deploy/stateful.ts";
import type { Component, RecoveryStrategy } from "../../src/topology/topology.ts";
import { cache, database, shipData, table } from "../support/aws-data.ts";
import type { SitesOptions } from "../support/aws-site.ts";

const STRATEGIES: readonly RecoveryStrategy[] = ["backup-restore", "pilot-light", "warm-standby", "active-active"];
const [PRIMARY, SECONDARY] = ["us-east-1", "us-west-2"] as const;

const components: readonly Component[] = [
  database({ endpoint: "proxy" }),
  { ...database({ engine: "postgresql" }), id: "billing" },
  cache(),
  table({ accelerator: true }),
];

interface Shown {
  readonly Resources?: Readonly<Record<string, { readonly Type: string; readonly DeletionPolicy?: string }>>;
}

const made = new Map<string, readonly Shown[]>();

/** The data stacks of both regions, the primary one's first. */
function shipped(options: SitesOptions): readonly Shown[] {
  const key = JSON.stringify(options);
  const known = made.get(key);
  if (known !== undefined) return known;
  const sites = shipData(components, options);
  const templates = sites.sites.map((site) => sites.template("data", site).toJSON() as Shown);
  made.set(key, templates);
  return templates;
}

/** What would be replaced, or go without being kept; what cannot be changed in place comes from AWS's registry. */
function lost(from: SitesOptions, to: SitesOptions): readonly string[] {
  const after = shipped(to);
  return shipped(from).flatMap((before, region) => {
    const found: string[] = [];
    fullDiff({ ...before }, { ...after[region] }).resources.forEachDifference((id, { changeImpact }) => {
      const { Type = "", DeletionPolicy } = before.Resources?.[id] ?? {};
      const replaced = changeImpact === ResourceImpact.WILL_REPLACE || changeImpact === ResourceImpact.MAY_REPLACE;
      const gone = changeImpact === ResourceImpact.WILL_DESTROY && DeletionPolicy !== "RetainExceptOnCreate";
      if (isStateful(Type) && (replaced || gone)) found.push(id);
    });
    return found;
  });
}

describe("nothing that holds data is replaced", () => {
  const pairs = STRATEGIES.flatMap((from) => STRATEGIES.filter((to) => to !== from).map((to) => [from, to] as const));

  test.each(pairs)("from %s to %s", (recovery, next) => {
    expect(lost({ recovery, active: PRIMARY }, { recovery: next, active: PRIMARY })).toEqual([]);
  });

  test.each(pairs.filter((pair) => !pair.includes("backup-restore")))("from %s to %s after a failover", (from, to) => {
    expect(lost({ recovery: from, active: SECONDARY }, { recovery: to, active: SECONDARY })).toEqual([]);
  });

  test.each(STRATEGIES)("by a failover and a failback with %s", (recovery) => {
    expect(lost({ recovery, active: PRIMARY }, { recovery, active: SECONDARY })).toEqual([]);
    expect(lost({ recovery, active: SECONDARY }, { recovery, active: PRIMARY })).toEqual([]);
  });

  test("when a second region is added", () => {
    for (const recovery of STRATEGIES) {
      expect(lost({ regions: [PRIMARY] }, { regions: [PRIMARY, SECONDARY], recovery })).toEqual([]);
    }
  });
});

test("a change from backup-restore while the secondary region serves shows as a replacement", () => {
  const active = SECONDARY;
  for (const [from, to] of [
    ["backup-restore", "warm-standby"],
    ["warm-standby", "backup-restore"],
  ] as const) {
    const replaced = lost({ recovery: from, active }, { recovery: to, active });
    expect(replaced).toEqual(expect.arrayContaining(["DatabaseCluster", "BillingInstance"]));
  }
});
