import { stripVTControlCharacters } from "node:util";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { drawPlan } from "./plan-output.ts";
import { loadShipment, regionOf } from "./shipment.ts";

const SHOP = "examples/shop/holdfast.config.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("what is shipped", () => {
  test("has all regions, the strategy that was asked for, and its folder", async () => {
    const out = join(folder, "out");
    const { topology, outdir } = await loadShipment({ config: SHOP, recovery: "pilot-light", out });
    expect(topology).toMatchObject({ system: "shop", recovery: "pilot-light", regions: [{ role: "primary" }, {}] });
    expect(outdir).toBe(out);
  });

  test("has two zones in the stage dev, though the definition is of production", async () => {
    const { topology } = await loadShipment({ config: SHOP, stage: "dev", out: join(folder, "out") });
    expect(topology.shipping.stage).toBe("dev");
    expect(topology.regions.map(({ zones }) => zones.length)).toEqual([2, 2]);
  });

  test("fails where the folder holds something that is no assembly, and leaves it alone", async () => {
    writeFileSync(join(folder, "thesis.txt"), "years of work");
    await expect(loadShipment({ config: SHOP, out: folder })).rejects.toMatchObject({ code: "AWS-041" });
  });

  test("takes a folder that holds an older assembly", async () => {
    writeFileSync(join(folder, "manifest.json"), "{}");
    writeFileSync(join(folder, "holdfast.json"), "{}");
    await expect(loadShipment({ config: SHOP, out: folder })).resolves.toMatchObject({ outdir: folder });
  });

  test("fails for a region that is none of its own", async () => {
    const { topology } = await loadShipment({ config: SHOP, out: join(folder, "out") });
    expect(regionOf(topology, "us-west-2")).toBe("us-west-2");
    const message = expect.stringContaining("no region of shop (it has us-east-1, us-west-2)");
    expect(() => regionOf(topology, "eu-west-1")).toThrow(expect.objectContaining({ code: "AWS-038", message }));
  });
});

describe("a plan in words", () => {
  const base = { region: "us-east-1", otherChanges: false };
  const change = { logicalId: "Orders", type: "AWS::SQS::Queue", properties: ["QueueName"] };

  test("says of each stack what is done to it, and of each resource why", () => {
    const text = stripVTControlCharacters(
      drawPlan({
        account: { id: "123456789012", alias: "tea" },
        active: "us-east-1",
        zone: { id: "Z1", acceleratedRecovery: "turn-on" },
        troubles: [{ stack: "shop-a", text: "it was never executed", fix: "aws …" }],
        stacks: [
          { ...base, stack: "shop-a", action: "create", changes: [{ ...change, what: "add", losesData: false }] },
          { ...base, stack: "shop-b", action: "unchanged", changes: [] },
          { ...base, stack: "shop-c", action: "update", changes: [{ ...change, what: "replace", losesData: true }] },
        ],
      }),
    );
    expect(text).toContain("account tea (123456789012), in us-east-1\nus-east-1 serves");
    expect(text).toMatch(/shop-a +new, 1 resources/);
    expect(text).toMatch(/shop-b +unchanged/);
    expect(text).toMatch(/shop-c +1 REPLACED\n +Orders \(AWS::SQS::Queue\) REPLACED: QueueName; it keeps data/);
    expect(text).toContain("it was never executed");
    expect(text).toContain("hosted zone Z1, which is yours: accelerated recovery is turned on");
  });
});
