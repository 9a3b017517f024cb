import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shopTopology } from "../../../test/support/shop-topology.ts";
import { meteredLines } from "./metered.ts";
import { IDLE, type Usage, readUsage } from "./usage.ts";

const shop = await shopTopology("all");
const total = (usage: Usage, topology = shop): number =>
  meteredLines(topology, usage).reduce((sum, { usdPerMonth }) => sum + (usdPerMonth ?? 0), 0);

describe("a usage", () => {
  test("is 0 in what it leaves out", () => {
    expect(readUsage('{ "outGB": 500 }', "usage.json")).toEqual({ ...IDLE, outGB: 500 });
  });

  test.each([
    ["nothing that is JSON", "{", "EST-001"],
    ["a list", "[]", "EST-001"],
    ["null", "null", "EST-001"],
    ["a key that there is not", '{ "requests": 1 }', "EST-002"],
    ["a number below 0", '{ "outGB": -1 }', "EST-002"],
    ["a text", '{ "outGB": "500" }', "EST-002"],
  ])("fails for %s", (_what, text, code) => {
    expect(() => readUsage(text, "usage.json")).toThrow(expect.objectContaining({ code }));
  });
});

describe("what is metered", () => {
  test("is nothing where nobody uses it", () => {
    expect(meteredLines(shop, IDLE)).toEqual([]);
  });

  test("is what the price list says of it, by component", () => {
    const lines = meteredLines(shop, { requestsPerMonth: 30e6, writesPerMonth: 2e6, outGB: 500, storedGB: 100 });
    const found = lines.map(({ component, what, usdPerMonth }) => [component, what, usdPerMonth]);
    expect(found).toEqual([
      ["edge", "requests at the edge", 30], // 3,000 × $0.01
      ["edge", "requests at the firewall", 18], // 30 × $0.60
      ["edge", "data to customers", 42.5], // 500 × $0.085
      ["edge", "capacity units", 4], // 500 × $0.008
      ["orders", "messages", 2.4], // 6 × $0.40
      ["database", "storage", 20], // 200 × $0.10
      ["database", "I/O", 0.4], // 2 × $0.20
      ["database", "replicated writes", 0.4],
    ]);
  });

  test("never falls as more is used", () => {
    const amount = fc.nat({ max: 1_000_000_000 });
    const usage = fc.record({ requestsPerMonth: amount, writesPerMonth: amount, outGB: amount, storedGB: amount });
    fc.assert(
      fc.property(
        usage,
        fc.constantFrom("requestsPerMonth", "writesPerMonth", "outGB", "storedGB"),
        amount,
        (less, key, by) => {
          expect(total({ ...less, [key]: less[key] + by })).toBeGreaterThanOrEqual(total(less) - 0.001);
        },
      ),
    );
  });

  test("costs less where only backups are in the other region", () => {
    const usage = { ...IDLE, storedGB: 1_000, writesPerMonth: 1_000_000 };
    expect(total(usage, { ...shop, recovery: "backup-restore" })).toBeLessThan(total(usage));
  });
});
