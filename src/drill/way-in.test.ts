import { expect, test } from "vitest";
import type { Topology } from "../topology/topology.ts";
import type { Status } from "../world/world.ts";
import { fakeTopology } from "./fixture/fake-topology.ts";
import { wayInto } from "./way-in.ts";

const endpoints = { site: "http://127.1.254.1:8080", dns: "127.1.254.53:5353", control: "" };
const region = (name: string, at: number): Status["regions"][number] => ({
  name,
  role: at === 0 ? "primary" : "secondary",
  aws: {},
  entry: {
    dns: `127.1.254.${53 + at}:5353`,
    accelerators: { front: [`127.1.254.${100 + 2 * at}:8080`, `127.1.254.${101 + 2 * at}:8080`] },
  },
});

const accelerated: Topology = {
  ...fakeTopology(),
  components: [{ id: "front", kind: "accelerator", layer: "edge", scope: "global", settings: { to: "api" } }],
};

test("in one region all customers ask the one DNS for the domain of the edge", () => {
  const { entry, homes } = wayInto(fakeTopology(), { endpoints, regions: [] });
  expect(entry).toEqual({ domain: "shop.example.com", port: 8080 });
  expect(homes).toEqual([{ dns: [{ host: "127.1.254.53", port: 5353 }] }]);
});

test("in two regions each home asks the DNS near it first, and then the other one", () => {
  const { homes } = wayInto(fakeTopology(), { endpoints, regions: ["east", "west"].map(region) });
  const hosts = homes.map((home) => ("dns" in home ? home.dns.map(({ host }) => host) : []));
  expect(hosts).toEqual([
    ["127.1.254.53", "127.1.254.54"],
    ["127.1.254.54", "127.1.254.53"],
  ]);
});

test("without an edge customers come in by the static addresses of the accelerator near them", () => {
  const regions = ["east", "west"].map(region);
  const { entry, homes } = wayInto(accelerated, { endpoints: { ...endpoints, site: null }, regions });
  expect(entry).toEqual({ domain: "127.1.254.100", port: 8080 });
  expect(homes).toEqual([
    { addresses: ["127.1.254.100", "127.1.254.101"] },
    { addresses: ["127.1.254.102", "127.1.254.103"] },
  ]);
});

test("rejects a system with neither of them", () => {
  const none = { ...accelerated, components: [] };
  expect(() => wayInto(none, { endpoints: { ...endpoints, site: null }, regions: [] })).toThrow(
    expect.objectContaining({ code: "DRL-003" }),
  );
});
