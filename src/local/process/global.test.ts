import { afterEach, expect, test } from "vitest";
import { eventually } from "../../../test/support/eventually.ts";
import { systemClock } from "../../base/clock.ts";
import { DNS_ASKERS } from "../../topology/region-spec.ts";
import { freePort, lookUp, makeSite, startGlobal, startNode, stopNode } from "./fixture/global-process.ts";

const NODES = { a: "127.79.6.1", b: "127.79.6.2" } as const;
const LINKS = { a: "127.79.134.1", b: "127.79.134.2" } as const;
/** The shortest that DNS has, and some more. */
const TTL_MS = 1_200;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

test("the DNS and the edge follow balancer nodes that die, zonal shifts, cut links and a lost site", async () => {
  const port = await freePort(NODES.a);
  const site = makeSite();
  closing.push(site.remove);
  const begin = async (zone: "a" | "b"): Promise<() => void> => {
    const node = await startNode(NODES[zone], port);
    closing.push(() => stopNode(node));
    return () => stopNode(node);
  };
  await begin("a");
  const endB = await begin("b");
  const zones = (["a", "b"] as const).map((zone) => ({ region: "here", zone, host: NODES[zone], link: LINKS[zone] }));
  const { connection, told, decided, kill } = await startGlobal({
    recovery: "backup-restore",
    locations: { here: { dns: "127.79.6.53", edge: "127.79.6.3" } },
    nodes: zones,
    site: site.folder,
    port,
  });
  closing.push(kill);

  const servers = [{ host: "127.79.6.53", port }];
  const answers = (addresses: readonly string[]): Promise<void> =>
    eventually(async () => expect(await lookUp(servers, "api.shop.internal")).toEqual(addresses), {
      within: "20 seconds",
    });
  const get = async (path: string): Promise<string> => (await fetch(`http://127.79.6.3:${port}${path}`)).text();

  await answers([LINKS.a, LINKS.b]);
  expect(await lookUp(servers, "shop.example.com")).toEqual(["127.79.6.3"]);
  expect(await lookUp(servers, "api.here.shop.internal")).toEqual([]);
  expect(await get("/")).toBe("shop");
  // Each machine of the edge location takes the nodes in turn, and knows them for a TTL.
  const served = async (): Promise<Set<string>> => {
    const by = new Set<string>();
    for (let request = 0; request <= DNS_ASKERS.edgeMachines; request += 1) by.add(await get(`/api/${request}`));
    return by;
  };
  expect(await served()).toEqual(new Set([NODES.a, NODES.b]));

  endB();
  await answers([LINKS.a]);
  expect(told).toContain("api b false");
  await begin("b");
  await answers([LINKS.a, LINKS.b]);

  connection.send("shift", { service: "api", away: ["a"] });
  await answers([LINKS.b]);
  connection.send("shift", { service: "api", away: [] });
  await answers([LINKS.a, LINKS.b]);

  await connection.request("rules", [{ from: {}, to: { zone: "a" }, effect: { kind: "cut" } }]);
  await answers([LINKS.b]);
  await systemClock.sleep(TTL_MS);
  expect(await served()).toEqual(new Set([NODES.b]));
  await connection.request("rules", []);
  await answers([LINKS.a, LINKS.b]);
  expect(await connection.request("eventLoop", null)).toBeGreaterThanOrEqual(0);

  // The site goes on from stale copies, and that is told once.
  await connection.request("site", { down: ["here"] });
  expect([await get("/"), await get("/")]).toEqual(["shop", "shop"]);
  expect((await fetch(`http://127.79.6.3:${port}/never-asked-for`)).status).toBe(502);
  await eventually(() => expect(decided).toEqual([{ what: "served-stale", subject: "/" }]), { within: "20 seconds" });
  await connection.request("site", { down: [] });
  expect((await fetch(`http://127.79.6.3:${port}/never-asked-for`)).status).toBe(404);
});
