import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type Server, createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { eventually } from "../../../test/support/eventually.ts";
import { systemClock } from "../../base/clock.ts";
import type { EdgeSettings } from "../../topology/kind/edge.ts";
import { CachingResolver } from "../dns/resolver.ts";
import { connect } from "./ipc.ts";
import type { GlobalConfig, GlobalProtocol } from "./messages-global.ts";

const NODES = { a: "127.79.6.1", b: "127.79.6.2" } as const;
const LINKS = { a: "127.79.134.1", b: "127.79.134.2" } as const;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A port that was free a moment ago on an address of this test's own. */
async function freePort(host: string): Promise<number> {
  const server = createTcpServer().listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

async function startNode(host: string, port: number): Promise<Server> {
  const server = createServer((_request, response) => response.end(host)).listen(port, host);
  await once(server, "listening");
  closing.push(() => (server.closeAllConnections(), server.close()));
  return server;
}

function configOf(site: string, ports: { node: number; dns: number; edge: number }): GlobalConfig {
  const settings: EdgeSettings = {
    domain: "shop.example.com",
    site,
    routes: [{ pattern: "/api/*", service: "api" }],
    firewall: { rateLimit: 2_000, managedRules: ["sql-injection"], shieldAdvanced: false },
    origin: { connectionTimeoutMs: 3_000, connectionAttempts: 1, responseTimeoutMs: 5_000 },
    cache: { defaultTtlMs: 60_000, staleIfErrorMs: 60_000 },
    dnsTtlMs: 10_000,
    dnsHealthCheck: { intervalMs: 1_000, threshold: 2 },
    hostedZoneId: null,
    certificateArn: null,
  };
  return {
    system: "shop",
    paceFactor: 10,
    dns: {
      listen: { host: "127.79.6.53", port: ports.dns },
      ttlMs: settings.dnsTtlMs,
      healthCheck: settings.dnsHealthCheck,
    },
    links: (["a", "b"] as const).map((zone) => ({
      listen: { host: LINKS[zone], port: ports.node },
      target: { address: { host: NODES[zone], port: ports.node }, end: { zone, component: "api", instance: null } },
      purpose: "client",
    })),
    edge: { listen: { host: "127.79.6.3", port: ports.edge }, settings },
  };
}

test("the DNS and the edge follow balancer nodes that die, zonal shifts, cut links and a lost site", async () => {
  const [node, dns, edge] = await Promise.all(["127.79.6.1", "127.79.6.53", "127.79.6.3"].map(freePort));
  const ports = { node: node!, dns: dns!, edge: edge! }; // three were asked for
  const site = mkdtempSync(join(tmpdir(), "holdfast-global-"));
  closing.push(() => rmSync(site, { recursive: true }));
  writeFileSync(join(site, "index.html"), "shop");
  await startNode(NODES.a, ports.node);
  const nodeB = await startNode(NODES.b, ports.node);

  const entry = new URL("./global.ts", import.meta.url).pathname;
  const child: ChildProcess = spawn(process.execPath, [entry], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  closing.push(() => child.kill("SIGKILL"));
  const connection = connect<GlobalProtocol>({ name: "global", handle: child });
  const told: string[] = [];
  const decided: unknown[] = [];
  connection.onMessage("decision", (decision) => decided.push(decision));
  connection.onMessage("health", ({ service, zone, healthy }) => told.push(`${service} ${zone} ${healthy}`));
  await connection.configure(configOf(site, ports));
  const nodes = [
    { zone: "a", host: LINKS.a },
    { zone: "b", host: LINKS.b },
  ];
  connection.send("balancers", { service: "api", port: ports.node, path: "/", nodes });

  const server = { host: "127.79.6.53", port: ports.dns };
  const lookUp = async (name = "api.shop.internal"): Promise<string[]> => {
    const resolver = new CachingResolver({ server, clock: systemClock });
    const addresses = await resolver.resolve(name);
    resolver.close();
    return addresses.toSorted();
  };
  const answers = (addresses: readonly string[]): Promise<void> =>
    eventually(async () => expect(await lookUp()).toEqual(addresses), { within: "5 seconds" });
  const get = async (path: string): Promise<string> => (await fetch(`http://127.79.6.3:${ports.edge}${path}`)).text();

  await answers([LINKS.a, LINKS.b]);
  expect(await lookUp("shop.example.com")).toEqual(["127.79.6.3"]);
  expect(await get("/")).toBe("shop");
  expect(new Set([await get("/api/1"), await get("/api/2")])).toEqual(new Set([NODES.a, NODES.b]));

  nodeB.close();
  nodeB.closeAllConnections();
  await answers([LINKS.a]);
  expect(told).toEqual(["api b false"]);
  await startNode(NODES.b, ports.node);
  await answers([LINKS.a, LINKS.b]);

  connection.send("shift", { service: "api", away: ["a"] });
  await answers([LINKS.b]);
  connection.send("shift", { service: "api", away: [] });
  await answers([LINKS.a, LINKS.b]);

  await connection.request("rules", [{ from: {}, to: { zone: "a" }, effect: { kind: "cut" } }]);
  await answers([LINKS.b]);
  expect(new Set([await get("/api/1"), await get("/api/2")])).toEqual(new Set([NODES.b]));
  await connection.request("rules", []);
  await answers([LINKS.a, LINKS.b]);
  expect(await connection.request("eventLoop", null)).toBeGreaterThanOrEqual(0);

  // The site goes on from stale copies, and that is told once.
  await connection.request("site", { down: true });
  expect([await get("/"), await get("/")]).toEqual(["shop", "shop"]);
  expect((await fetch(`http://127.79.6.3:${ports.edge}/never-asked-for`)).status).toBe(502);
  await eventually(() => expect(decided).toEqual([{ what: "served-stale", subject: "/" }]), { within: "5 seconds" });
  await connection.request("site", { down: false });
  expect((await fetch(`http://127.79.6.3:${ports.edge}/never-asked-for`)).status).toBe(404);
});
