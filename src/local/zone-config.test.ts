import { expect, test } from "vitest";
import { overTwoZones, shopTopology } from "../../test/support/shop-topology.ts";
import { PACES } from "../topology/timing.ts";
import type { Address } from "./address.ts";
import { planRegions } from "./plan.ts";
import type { ObservingConfig } from "./process/messages-zone.ts";
import { regionVantage } from "./vantage-config.ts";
import { besideObserving } from "./zone-config.ts";

const nobody = { user: "", database: "", password: "" };

/** What the first region of the shop is watched by from beside its zones, and the links of its vantage point. */
async function watching(zones: 2 | 3, regions: "primary" | "all") {
  const topology = await (zones === 2 ? overTwoZones("shop", regions) : shopTopology(regions));
  const plans = planRegions(topology, 7);
  const plan = plans[0]!; // a system has a region
  const context = { topology, plan, plans, pace: PACES.fast, state: { file: (name: string) => name } };
  return { observing: besideObserving(context, () => nobody), toRegions: regionVantage(context, plan)?.links ?? [] };
}

const text = ({ host, port }: Address): string => `${host}:${port}`;
const looksAt = (observing: ObservingConfig | null) => observing?.observers.map(({ instance }) => instance);

test("two zones and all their members are watched from beside them, over links that fault rules know", async () => {
  const { observing } = await watching(2, "primary");
  const members = ["database", "sessions"].flatMap((id) => ["a", "b"].map((zone) => `${id}-us-east-1${zone}`));
  expect(looksAt(observing)).toEqual([...members, "us-east-1a", "us-east-1b"]);
  expect(observing?.observers.map(({ address }) => text(address))).toEqual(
    observing?.links.map(({ listen }) => text(listen)),
  );
  for (const { purpose } of observing?.links ?? []) expect(purpose).toBe("observe");
});

test("three zones are not: their own observers are odd in number", async () => {
  expect((await watching(3, "primary")).observing).toBeNull();
});

test("with two regions the vantage point's links to the zones are used, and none is listened at twice", async () => {
  const { observing, toRegions } = await watching(2, "all");
  const links = [...(observing?.links ?? []), ...toRegions].map(({ listen }) => text(listen));
  expect(new Set(links).size).toBe(links.length);
  for (const { address } of observing?.observers ?? []) expect(links).toContain(text(address));
});
