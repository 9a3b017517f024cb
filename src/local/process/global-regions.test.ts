import { once } from "node:events";
import { Agent, type RequestListener, request } from "node:http";
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { eventually } from "../../../test/support/eventually.ts";
import { systemClock } from "../../base/clock.ts";
import type { RecoveryStrategy } from "../../topology/topology.ts";
import { CachingResolver } from "../dns/resolver.ts";
import {
  type GlobalProcess,
  type TestNode,
  freePort,
  lookUp,
  makeSite,
  startGlobal,
  startNode,
  stopNode,
} from "./fixture/global-process.ts";

/** The addresses of two regions with two zones each; those of `static` are an accelerator's. */
const EAST = {
  dns: "127.79.8.53",
  edge: "127.79.8.3",
  links: ["127.79.136.1", "127.79.136.2"],
  static: ["127.79.8.5", "127.79.8.6"],
} as const;
const WEST = {
  dns: "127.79.9.53",
  edge: "127.79.9.3",
  links: ["127.79.137.1", "127.79.137.2"],
  static: ["127.79.9.5", "127.79.9.6"],
} as const;
const NODES: readonly TestNode[] = [
  { region: "east", zone: "east-a", host: "127.79.8.11", link: EAST.links[0] },
  { region: "east", zone: "east-b", host: "127.79.8.12", link: EAST.links[1] },
  { region: "west", zone: "west-a", host: "127.79.9.11", link: WEST.links[0] },
  { region: "west", zone: "west-b", host: "127.79.9.12", link: WEST.links[1] },
];
const within = { within: "20 seconds" } as const;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Run extends GlobalProcess {
  readonly port: number;
  /** Starts the nodes of a region; returns what ends them. */
  begin(region: string, answer?: (region: string) => RequestListener): Promise<() => void>;
  endEast(): void;
  ask(near: "east" | "west", name?: string): Promise<string[]>;
  leads(east: readonly string[], west: readonly string[]): Promise<void>;
  /** By the edge location near a region. */
  send(near: "east" | "west", path: string, method?: string): Promise<string>;
  /** One request to an address, on a connection of its own unless an agent has one; "" where it fails. */
  knock(host: string, agent?: Agent): Promise<string>;
}

const byName =
  (region: string): RequestListener =>
  (_request, response) =>
    void response.end(region);

async function run(recovery: RecoveryStrategy, answer = byName, away: readonly string[] = []): Promise<Run> {
  const port = await freePort(EAST.dns);
  const site = makeSite();
  closing.push(site.remove);
  const begin: Run["begin"] = async (region, answerOf = answer) => {
    const there = NODES.filter((node) => node.region === region);
    const servers = await Promise.all(there.map(({ host }) => startNode(host, port, answerOf(region))));
    const end = (): void => servers.forEach(stopNode);
    closing.push(end);
    return end;
  };
  const endEast = await begin("east");
  await begin("west");
  const at = (hosts: readonly string[]): { host: string; port: number }[] => hosts.map((host) => ({ host, port }));
  const entries = [
    { region: "east", addresses: at(EAST.static) },
    { region: "west", addresses: at(WEST.static) },
  ];
  const locations = { east: EAST, west: WEST };
  const accelerators = [{ id: "front", service: "api", entries }];
  const global = await startGlobal({ recovery, locations, nodes: NODES, site: site.folder, port, accelerators, away });
  closing.push(global.kill);
  const ask: Run["ask"] = (near, name = "api.shop.internal") => lookUp(at([locations[near].dns]), name);
  const leads: Run["leads"] = (east, west) =>
    eventually(async () => expect([await ask("east"), await ask("west")]).toEqual([east, west]), within);
  const send: Run["send"] = async (near, path, method = "GET") => {
    const response = await fetch(`http://${locations[near].edge}:${port}${path}`, { method });
    return `${response.status} ${await response.text()}`;
  };
  if (away.length === 0) await leads(EAST.links, recovery === "active-active" ? WEST.links : EAST.links);
  return { ...global, port, begin, endEast, ask, leads, send, knock: (host, agent) => knock(host, port, agent) };
}

function shifts({ decided }: GlobalProcess, component = "api"): string[] {
  return decided.flatMap((each) =>
    each.what === "traffic-shifted" && each.component === component ? [`${each.subject}: ${each.detail}`] : [],
  );
}

test("customers are led to the second region while the first one is ill, and back when it is well", async () => {
  const shop = await run("warm-standby");
  expect(await shop.ask("west", "api.east.shop.internal")).toEqual(EAST.links);
  expect(await shop.ask("east", "api.west.shop.internal")).toEqual(WEST.links);
  expect(await shop.send("west", "/api/1")).toBe("200 east");
  shop.endEast();
  await shop.leads(WEST.links, WEST.links);
  await eventually(() => expect(shifts(shop)).toContain("west: customers near east and west"), within);
  await shop.begin("east");
  await shop.leads(EAST.links, EAST.links);
  await eventually(() => expect(shifts(shop)).toContain("east: customers near east and west"), within);
});

test("a switch that is thrown keeps customers away from a region that is well, until it is taken back", async () => {
  const shop = await run("pilot-light");
  const thrownAt = systemClock.now();
  shop.connection.send("traffic", { away: ["east"] });
  await shop.leads(WEST.links, WEST.links);
  // At AWS a minute's alarm is between the switch and Route 53; here 70 s by the pace of 50.
  expect(systemClock.now() - thrownAt).toBeGreaterThanOrEqual(1_400);
  await shop.connection.request("eventLoop", null);
  expect(shifts(shop)).toContain("west: customers near east and west");
  await eventually(async () => expect(await shop.send("east", "/api/1")).toBe("200 west"), within);
  shop.connection.send("traffic", { away: [] });
  await shop.leads(EAST.links, EAST.links);
  await eventually(async () => expect(await shop.send("east", "/api/1")).toBe("200 east"), within);
});

test("who has an answer keeps it until its TTL is over, whatever the switch says", async () => {
  const shop = await run("pilot-light");
  let ahead = 0;
  const began = systemClock.now();
  const clock = { ...systemClock, now: () => began + ahead };
  const resolver = new CachingResolver({ servers: [{ host: EAST.dns, port: shop.port }], clock });
  closing.push(() => resolver.close());
  const known = async (): Promise<string[]> => (await resolver.resolve("api.shop.internal")).toSorted();
  expect(await known()).toEqual(EAST.links);
  shop.connection.send("traffic", { away: ["east"] });
  await shop.leads(WEST.links, WEST.links);
  ahead = 999;
  expect(await known()).toEqual(EAST.links);
  ahead = 1_000; // the shortest TTL that there is; that of the definition is shorter at this pace
  expect(await known()).toEqual(WEST.links);
});

test("a process that starts after the switch was thrown leads nobody to the region that was left", async () => {
  const shop = await run("backup-restore", byName, ["east"]);
  await shop.leads(WEST.links, WEST.links);
  expect(await shop.send("east", "/api/1")).toBe("200 west");
  expect(shifts(shop)).not.toContain("west: customers near east and west");
});

test("where nothing is well anywhere, the first region is answered", async () => {
  const shop = await run("warm-standby");
  shop.connection.send("traffic", { away: ["east"] });
  await shop.leads(WEST.links, WEST.links);
  shop.connection.send("shift", { service: "api", away: NODES.map(({ zone }) => zone) });
  await shop.leads(EAST.links, EAST.links);
});

test("where both regions serve, customers and edge locations are led to the nearest one that is well", async () => {
  const shop = await run("active-active");
  expect([await shop.send("east", "/api/1"), await shop.send("west", "/api/1")]).toEqual(["200 east", "200 west"]);
  shop.endEast();
  await shop.leads(WEST.links, WEST.links);
  await eventually(() => expect(shifts(shop)).toContain("west: customers near east"), within);
  await eventually(async () => expect(await shop.send("east", "/api/1")).toBe("200 west"), within);
});

test("a lost edge location resets its customers, and the name leads to the other one until it is back", async () => {
  const shop = await run("active-active");
  const names = async (): Promise<string[][]> => [
    await shop.ask("east", "shop.example.com"),
    await shop.ask("west", "shop.example.com"),
  ];
  expect(await names()).toEqual([[EAST.edge], [WEST.edge]]);
  expect(await shop.send("east", "/")).toBe("200 shop");
  const customer = connect(shop.port, EAST.edge).on("error", () => undefined);
  await once(customer, "connect");
  const reset = once(customer, "error");
  await shop.connection.request("edgeDown", { region: "east", down: true });
  expect(await reset).toMatchObject([{ code: "ECONNRESET" }]);
  await expect(shop.send("east", "/")).rejects.toThrow("fetch failed");
  expect(await shop.send("west", "/")).toBe("200 shop");
  await eventually(async () => expect(await names()).toEqual([[WEST.edge], [WEST.edge]]), within);
  await shop.connection.request("edgeDown", { region: "east", down: false });
  expect(await shop.send("east", "/")).toBe("200 shop");
  await eventually(async () => expect(await names()).toEqual([[EAST.edge], [WEST.edge]]), within);
});

test("each edge location keeps copies of its own", async () => {
  let asked = 0;
  const counts = (): RequestListener => (received, response) => {
    if (received.url === "/api/items") asked += 1;
    response.writeHead(200, { "cache-control": "max-age=60" }).end("items");
  };
  const shop = await run("warm-standby", counts);
  for (const near of ["east", "east", "west", "west"] as const) await shop.send(near, "/api/items");
  expect(asked).toBe(2);
});

test("where the DNS near a region is silent, its edge location goes on by another one's", async () => {
  const shop = await run("active-active");
  await shop.connection.request("dnsDown", { region: "west", down: true });
  expect([await shop.ask("east"), await shop.ask("west")]).toEqual([EAST.links, []]);
  expect(await shop.send("west", "/api/1")).toBe("200 east");
  await shop.connection.request("dnsDown", { region: "west", down: false });
  expect(await shop.ask("west")).toEqual(WEST.links);
});

/** What fails answers everything with `status`, but the health checks. */
function failing(status: number, fails: (region: string) => boolean): (region: string) => RequestListener {
  return (region) => (received, response) => {
    response.writeHead(fails(region) && received.url !== "/" ? status : 200).end(`${received.method} ${region}`);
  };
}

test("what is only read is asked for in the other region where the first one fails; a write never is", async () => {
  let ill = "east";
  const answer = failing(503, (region) => region === ill);
  const shop = await run("warm-standby", answer);
  expect(await shop.send("east", "/api/items")).toBe("200 GET west");
  expect(await shop.send("east", "/api/orders")).toBe("503 GET east");
  expect(await shop.send("east", "/api/orders", "POST")).toBe("503 POST east");
  // Once the second region serves, the first one is the other one.
  shop.connection.send("traffic", { away: ["east"] });
  // Not so often that the firewall takes it for a flood.
  const seldom = { ...within, every: "100 milliseconds" } as const;
  await eventually(async () => expect(await shop.send("west", "/api/orders")).toBe("200 GET west"), seldom);
  ill = "west";
  expect(await shop.send("west", "/api/items")).toBe("200 GET east");
});

test("a customer's own mistake is no reason to ask the other region, and a pilot light has nobody to ask", async () => {
  const refusing = await run(
    "warm-standby",
    failing(404, (region) => region === "east"),
  );
  expect(await refusing.send("east", "/api/items")).toBe("404 GET east");
  refusing.kill();
  for (const close of closing.splice(0).toReversed()) await close();
  const pilot = await run(
    "pilot-light",
    failing(503, (region) => region === "east"),
  );
  expect(await pilot.send("east", "/api/items")).toBe("503 GET east");
});

test("the site is served from the second region's bucket, and from old copies where both are gone", async () => {
  const shop = await run("pilot-light");
  await shop.connection.request("site", { down: ["east"] });
  expect(await shop.send("west", "/")).toBe("200 shop");
  await shop.connection.request("site", { down: ["east", "west"] });
  expect(await shop.send("west", "/")).toBe("200 shop");
  expect((await shop.send("east", "/")).slice(0, 3)).toBe("502");
  await eventually(() => expect(shop.decided).toEqual([{ what: "served-stale", subject: "/" }]), within);
});

function knock(host: string, port: number, agent = new Agent({ keepAlive: false })): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const sent = request({ host, port, path: "/", agent }, (response) => {
    let text = "";
    response.on("data", (chunk) => (text += String(chunk)));
    response.on("end", () => resolve(text));
  });
  sent.on("error", () => resolve(""));
  sent.end();
  return promise;
}

test("static addresses lead new connections to the region that serves, and elsewhere while it is ill", async () => {
  const shop = await run("pilot-light");
  const all = [...EAST.static, ...WEST.static];
  const answers = (): Promise<string[]> => Promise.all(all.map((host) => shop.knock(host)));
  const lead = (region: string): Promise<void> =>
    eventually(async () => expect(await answers()).toEqual(all.map(() => region)), within);
  await lead("east");
  shop.endEast();
  expect(await shop.knock(EAST.static[0])).toBe("");
  await lead("west");
  await eventually(() => expect(shifts(shop, "front")).toContain("west: customers near east and west"), within);
  await shop.begin("east");
  await lead("east");
  shop.connection.send("traffic", { away: ["east"] });
  await lead("west");
});

test("static addresses lead to the nearest region where both serve, and move no open connection", async () => {
  const shop = await run("active-active");
  expect([await shop.knock(EAST.static[1]), await shop.knock(WEST.static[0])]).toEqual(["east", "west"]);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  closing.push(() => agent.destroy());
  expect(await shop.knock(EAST.static[0], agent)).toBe("east");
  shop.connection.send("traffic", { away: ["east"] });
  await eventually(async () => expect(await shop.knock(EAST.static[0])).toBe("west"), within);
  expect(await shop.knock(EAST.static[0], agent)).toBe("east");
});
