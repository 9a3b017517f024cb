import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { componentCosts } from "../../src/aws/cost/component-cost.ts";
import { floorOf } from "../../src/aws/cost/floor.ts";
import { partOf } from "../../src/aws/deploy/active-region.ts";
import type { EstimateDocument } from "../../src/base/estimate-document.ts";
import { estimateCommand } from "../../src/cli/estimate.ts";
import { EXAMPLES, STRATEGIES, ship, topologyOf } from "./shipped.ts";

describe.each(EXAMPLES.flatMap((example) => STRATEGIES.map((recovery) => [example, recovery] as const)))(
  "what an estimate says that %s costs under %s",
  (example, recovery) => {
    test("is what synth says, in a cent a line", async () => {
      const { assembly } = await ship(example, { recovery });
      const stacks = assembly.manifest.stacks.map(({ name, region }) => {
        return { name, region, part: partOf(assembly.manifest, name), template: assembly.templates[name] ?? {} };
      });
      const floor = floorOf(stacks);
      const lines = componentCosts(await topologyOf(example, { recovery }), stacks);
      expect(floor.unpriced).toEqual([]);
      const total = lines.reduce((sum, { usdPerMonth }) => sum + (usdPerMonth ?? 0), 0);
      expect(Math.abs(total - floor.usdPerMonth)).toBeLessThan(0.01 * lines.length);
    });
  },
);

describe("holdfast estimate", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "holdfast-test-"));
    vi.spyOn(process.stdout, "write").mockReturnValue(true); // the table, beside the file
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true, force: true });
  });

  async function estimated(config: string, ...args: readonly string[]): Promise<EstimateDocument> {
    const file = join(folder, "estimate.json");
    await estimateCommand().parseAsync(["--config", config, "--json", file, ...args], { from: "user" });
    return JSON.parse(readFileSync(file, "utf8")) as EstimateDocument;
  }

  const SHOP = "examples/shop/holdfast.config.ts";

  test("writes what the contract says of the strategy that was asked for", async () => {
    const { holdfast, strategies } = await estimated(SHOP, "--recovery", "warm-standby");
    expect(holdfast).toBe(1);
    expect(strategies).toMatchObject([
      {
        recovery: "warm-standby",
        availability: expect.any(Number),
        rtoMs: { instance: expect.any(Number), zone: expect.any(Number), region: expect.any(Number) },
        rpoMs: { instance: 0, zone: 0, region: 5_000 },
        meetsObjectives: "unknown",
      },
    ]);
    const [{ costUsdPerMonth, costLines, reasons } = { costUsdPerMonth: 0, costLines: [], reasons: [] }] = strategies;
    expect(costUsdPerMonth).toBeGreaterThan(1_000);
    expect(costLines.map(({ component }) => component)).toEqual(expect.arrayContaining(["database", "api", "network"]));
    expect(reasons).not.toEqual([]);
  });

  test("is the same, twice", async () => {
    const one = await estimated(SHOP, "--recovery", "pilot-light");
    expect(await estimated(SHOP, "--recovery", "pilot-light")).toEqual(one);
  });

  test("adds what is metered to what runs idle", async () => {
    const usage = join(folder, "usage.json");
    writeFileSync(usage, '{ "requestsPerMonth": 30000000 }');
    const cost = (document: EstimateDocument): number => document.strategies[0]?.costUsdPerMonth ?? 0;
    const idle = cost(await estimated(SHOP, "--recovery", "pilot-light"));
    expect(cost(await estimated(SHOP, "--recovery", "pilot-light", "--usage", usage)) - idle).toBeCloseTo(48, 2);
  });

  test("takes a second region for a definition that has none, and says so", async () => {
    const config = join(folder, "holdfast.config.ts");
    const definition = {
      name: "tiny",
      regions: { primary: "us-west-2" },
      services: { api: { run: "node server.js", uses: ["database"] } },
      databases: { database: {} },
      journeys: { order: { write: "POST /orders" } },
    };
    writeFileSync(config, `export default ${JSON.stringify(definition)};`);
    const { strategies, assumes } = await estimated(config);
    expect(strategies).toHaveLength(4);
    expect(assumes[0]).toBe("the definition has no second region: us-east-1 is taken for it");
    const [restore = 0, ...others] = strategies.map(({ rtoMs }) => rtoMs.region);
    expect(restore).toBeGreaterThan(Math.max(...others));
  });

  test("says what it can of a system that cannot be shipped as it is, and why it has no price", async () => {
    const config = join(folder, "holdfast.config.ts");
    const definition = {
      name: "doorless",
      regions: { primary: "us-east-1", secondary: "us-west-2" },
      services: { api: { run: "node server.js" } },
      journeys: { order: { write: "POST /orders" } },
    };
    writeFileSync(config, `export default ${JSON.stringify(definition)};`);
    const { strategies, assumes } = await estimated(config);
    expect(strategies.map(({ costUsdPerMonth }) => costUsdPerMonth)).toEqual([null, null, null, null]);
    expect(strategies.every(({ availability }) => availability > 0.99)).toBe(true);
    expect(assumes.join()).toContain("AWS-050");
  });

  test("fails for a usage that is not there, with the file's name", async () => {
    const asked = estimated(SHOP, "--usage", join(folder, "nothing.json"));
    await expect(asked).rejects.toMatchObject({ code: "EST-001", at: expect.stringContaining("nothing.json") });
  });
});
