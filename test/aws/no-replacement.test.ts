import { readFileSync } from "node:fs";
import { ResourceImpact, fullDiff } from "@aws-cdk/cloudformation-diff";
import { describe, expect, test } from "vitest";
import { planStack, refuseLoss } from "../../src/aws/deploy/plan.ts";
import { isStateful, losesDataRemoved } from "../../src/aws/deploy/stateful.ts";
import type { Template } from "../../src/aws/template.ts";
import type { Component } from "../../src/topology/topology.ts";
import { type Change, EXAMPLES, type Example, STRATEGIES, ship } from "./shipped.ts";

const REGIONS = ["us-east-1", "us-west-2"];
const KEPT = ["Retain", "RetainExceptOnCreate", "Snapshot"];

/** What a deploy from one assembly to another does to what keeps data, other than changing it in place. */
async function lost(example: Example, from: Change, to: Change): Promise<readonly string[]> {
  const [before, after] = await Promise.all([ship(example, from), ship(example, to)]);
  const stacks = new Set([...before.templates, ...after.templates].map(({ stack }) => stack));
  return [...stacks].flatMap((stack) =>
    lostInStack(stack, before.assembly.templates[stack] ?? {}, after.assembly.templates[stack] ?? {}),
  );
}

function lostInStack(stack: string, before: Template, after: Template): readonly string[] {
  const found: string[] = [];
  fullDiff({ ...before }, { ...after }).resources.forEachDifference((id, change) => {
    const type = change.oldResourceType ?? "";
    const kept = KEPT.includes(before.Resources?.[id]?.DeletionPolicy ?? "");
    const replaced = [ResourceImpact.WILL_REPLACE, ResourceImpact.MAY_REPLACE].includes(change.changeImpact);
    const isLoss = losesDataRemoved(type, before.Resources?.[id]?.Properties);
    const removed = change.changeImpact === ResourceImpact.WILL_DESTROY && !kept && isLoss;
    const because = Object.entries(change.propertyUpdates).map(([name]) => name);
    if ((isStateful(type) && replaced) || removed) {
      found.push(`${stack} ${id} (${type}): ${change.changeImpact} for ${because.join(", ") || "its removal"}`);
    }
  });
  return found;
}

const strategies = STRATEGIES.flatMap((from) =>
  STRATEGIES.filter((to) => to !== from).map((to) => [from, to] as const),
);

/** Twice the size of everything that has one. */
function larger(component: Component): Component {
  switch (component.kind) {
    case "database":
      return { ...component, settings: { ...component.settings, size: "db.r7g.2xlarge", storageGiB: 500 } };
    case "cache":
      return { ...component, settings: { ...component.settings, size: "cache.r7g.xlarge" } };
    case "queue":
      return { ...component, settings: { ...component.settings, maxReceives: 9, retentionMs: 86_400_000 } };
    case "file-system":
    case "volume":
      return {
        ...component,
        settings: { ...component.settings, sizeGiB: component.settings.sizeGiB * 2 },
      } as Component;
    case "table": {
      const bounds = { min: 100, max: 2_000 };
      return { ...component, settings: { ...component.settings, capacity: { read: bounds, write: bounds } } };
    }
    case "service": {
      const { scale } = component.settings;
      return { ...component, settings: { ...component.settings, scale: { ...scale, min: scale.min + 3 } } };
    }
    default:
      return component;
  }
}

describe.each(EXAMPLES)("%s keeps its data", (example) => {
  test.each(strategies)("from %s to %s", async (from, to) => {
    // From and to backups while the second region serves its database has to be made anew: `deploy` refuses that.
    const copies = [from, to].includes("backup-restore");
    for (const active of copies ? REGIONS.slice(0, 1) : REGIONS) {
      expect(await lost(example, { recovery: from, active }, { recovery: to, active }), active).toEqual([]);
    }
  });

  test.each(STRATEGIES)("after a failover and a failback, with %s", async (recovery) => {
    const [east, west] = REGIONS.map((active) => ({ recovery, active: active! }));
    expect(await lost(example, east!, west!)).toEqual([]);
    expect(await lost(example, west!, east!)).toEqual([]);
  });

  test("when everything becomes larger, and smaller again", async () => {
    const large: Change = { change: (topology) => ({ ...topology, components: topology.components.map(larger) }) };
    expect(await lost(example, {}, large)).toEqual([]);
    expect(await lost(example, large, {})).toEqual([]);
  });

  test("when a second region is added", async () => {
    expect(await lost(example, { regions: "primary" }, {})).toEqual([]);
  });
});

test.each([
  ["backup-restore", "warm-standby"],
  ["warm-standby", "backup-restore"],
] as const)(
  "from %s to %s is refused while the second region serves, and says what to do instead",
  async (from, to) => {
    const [region, name] = ["us-west-2", "parcels-production-data-us-west-2"] as const;
    const [before, after] = await Promise.all(
      [from, to].map(
        async (recovery) => (await ship("everything", { recovery, active: region })).assembly.templates[name]!,
      ),
    );
    const { changes } = planStack({ name, region }, { ...before }, { ...after });
    expect(() => refuseLoss(name, changes, { allowReplacement: false, certain: false })).toThrow(
      expect.objectContaining({
        code: "AWS-027",
        message: expect.stringMatching(/DatabaseCluster[^]*LedgerInstance/),
        fix: expect.stringContaining('"Between strategies" in docs/aws.md'),
      }),
    );
    expect(readFileSync("docs/aws.md", "utf8")).toContain("\n### Between strategies\n");
  },
);

test("a replacement is seen: a database of another name", () => {
  const cluster = (name: string): Template => ({
    Resources: { Database: { Type: "AWS::RDS::DBCluster", Properties: { DBClusterIdentifier: name } } },
  });
  expect(lostInStack("shop", cluster("one"), cluster("two"))).toEqual([
    "shop Database (AWS::RDS::DBCluster): WILL_REPLACE for DBClusterIdentifier",
  ]);
  expect(lostInStack("shop", cluster("one"), {})).toEqual([
    "shop Database (AWS::RDS::DBCluster): WILL_DESTROY for its removal",
  ]);
});
