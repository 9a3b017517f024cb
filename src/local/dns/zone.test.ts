import { expect, test } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { type DnsRecord, type Routing, balancerRecords } from "./records.ts";
import { type Asking, answer, indexZones } from "./zone.ts";

const random = seededRandom(7);

function record(address: string, routing: Routing, health: string | null = address): DnsRecord {
  return { name: "api.shop.internal", routing, target: { addresses: [address] }, ttlSeconds: 6, health };
}

function ask(records: readonly DnsRecord[], asking: Partial<Asking> = {}, name = "api.shop.internal"): string[] {
  const index = indexZones([{ origin: "shop.internal", negativeTtlSeconds: 5, records }]);
  const found = answer(index, { name, wantsAddress: true }, { unhealthy: new Set(), region: null, random, ...asking });
  return [...found.addresses].sort();
}

function share(records: readonly DnsRecord[], address: string, unhealthy: readonly string[] = []): number {
  const draws = Array.from({ length: 2_000 }, () => ask(records, { unhealthy: new Set(unhealthy) })[0]);
  return draws.filter((drawn) => drawn === address).length / draws.length;
}

test("a balancer's name answers with the nodes of healthy zones, and with all where none is healthy", () => {
  const nodes = ["a", "b", "c"].map((zone, at) => ({ zone, host: `10.0.0.${at}` }));
  const records = balancerRecords("api.shop.internal", nodes, { ttlSeconds: 6, healthOf: (zone) => `api/${zone}` });
  const unhealthy = (...zones: string[]): string[] =>
    ask(records, { unhealthy: new Set(zones.map((zone) => `api/${zone}`)) });
  expect(unhealthy()).toEqual(["10.0.0.0", "10.0.0.1", "10.0.0.2"]);
  expect(unhealthy("a")).toEqual(["10.0.0.1", "10.0.0.2"]);
  expect(unhealthy("a", "c")).toEqual(["10.0.0.1"]);
  expect(unhealthy("a", "b", "c")).toEqual(["10.0.0.0", "10.0.0.1", "10.0.0.2"]);
});

test("a multi-value answer holds eight records at most, and not always the same", () => {
  const records = Array.from({ length: 12 }, (_, at) => record(`10.0.0.${at}`, { policy: "multivalue" }));
  const seen = Array.from({ length: 50 }, () => ask(records));
  expect(new Set(seen.map(({ length }) => length))).toEqual(new Set([8]));
  expect(new Set(seen.flat()).size).toBe(12);
});

test("failover answers with the secondary only while the primary alone is unhealthy", () => {
  const records = [
    record("2.2.2.2", { policy: "failover", role: "secondary" }),
    record("1.1.1.1", { policy: "failover", role: "primary" }),
  ];
  expect(ask(records)).toEqual(["1.1.1.1"]);
  expect(ask(records, { unhealthy: new Set(["1.1.1.1"]) })).toEqual(["2.2.2.2"]);
  expect(ask(records, { unhealthy: new Set(["1.1.1.1", "2.2.2.2"]) })).toEqual(["1.1.1.1"]);
});

test("weighted records share by weight, and one of weight 0 is picked only where no other is healthy", () => {
  const records = [
    record("1.1.1.1", { policy: "weighted", weight: 30 }),
    record("2.2.2.2", { policy: "weighted", weight: 10 }),
    record("3.3.3.3", { policy: "weighted", weight: 0 }),
  ];
  expect(share(records, "1.1.1.1")).toBeCloseTo(0.75, 1);
  expect(share(records, "3.3.3.3")).toBe(0);
  expect(share(records, "2.2.2.2", ["1.1.1.1"])).toBe(1);
  expect(share(records, "3.3.3.3", ["1.1.1.1", "2.2.2.2"])).toBe(1);
});

test("latency answers with the asker's own region while it is healthy", () => {
  const records = [
    record("1.1.1.1", { policy: "latency", region: "us-east-1" }),
    record("2.2.2.2", { policy: "latency", region: "us-west-2" }),
  ];
  expect(ask(records, { region: "us-west-2" })).toEqual(["2.2.2.2"]);
  expect(ask(records, { region: "us-west-2", unhealthy: new Set(["2.2.2.2"]) })).toEqual(["1.1.1.1"]);
  expect(ask(records, { region: null })).toEqual(["1.1.1.1"]);
});

test("an alias takes the health and the answer of what is behind it, and a loop of aliases ends", () => {
  const alias = (name: string, to: string, role: "primary" | "secondary"): DnsRecord => ({
    name,
    routing: { policy: "failover", role },
    target: { alias: to },
    ttlSeconds: 60,
    health: null,
  });
  const east = { ...record("1.1.1.1", { policy: "multivalue" }), name: "east.shop.internal" };
  const west = { ...record("2.2.2.2", { policy: "multivalue" }), name: "west.shop.internal" };
  const records = [
    alias("api.shop.internal", "east.shop.internal", "primary"),
    alias("api.shop.internal", "west.shop.internal", "secondary"),
    alias("loop.shop.internal", "loop.shop.internal", "primary"),
    east,
    west,
  ];
  expect(ask(records)).toEqual(["1.1.1.1"]);
  expect(ask(records, { unhealthy: new Set(["1.1.1.1"]) })).toEqual(["2.2.2.2"]);
  expect(ask(records, {}, "loop.shop.internal")).toEqual([]);
});

test("tells a name that does not exist from one without such a record, and refuses what is not its own", () => {
  const index = indexZones([
    { origin: "shop.internal", negativeTtlSeconds: 5, records: [record("1.1.1.1", { policy: "simple" })] },
    { origin: "deep.shop.internal", negativeTtlSeconds: 5, records: [] },
  ]);
  const outcome = (name: string, wantsAddress = true): string =>
    answer(index, { name, wantsAddress }, { unhealthy: new Set(), region: null, random }).outcome;
  expect(outcome("API.Shop.Internal")).toBe("answer");
  expect(outcome("api.shop.internal", false)).toBe("no-data");
  expect(outcome("shop.internal")).toBe("no-data");
  expect(outcome("web.shop.internal")).toBe("no-such-name");
  expect(outcome("deep.shop.internal")).toBe("no-data");
  expect(outcome("api.deep.shop.internal")).toBe("no-such-name");
  expect(outcome("notshop.internal")).toBe("refused");
});
