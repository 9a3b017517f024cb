import { once } from "node:events";
import { type ServerResponse, createServer } from "node:http";
import type { Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { eventually } from "../../../test/support/eventually.ts";
import { type Clock, systemClock } from "../../base/clock.ts";
import { seededRandom } from "../../base/random.ts";
import { CachingResolver } from "../dns/resolver.ts";
import { DnsServer } from "../dns/server.ts";
import { ServiceOrigin } from "./service-origin.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

test("once an address has left the DNS, its idle connections end, and what is under way is finished", async () => {
  let ahead = 0;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + ahead };
  const sockets = new Set<Socket>();
  const held: ServerResponse[] = [];
  const server = createServer(
    (request, response) => void (request.url === "/held" ? held.push(response) : response.end("done")),
  );
  server.on("connection", (socket) => void sockets.add(socket.on("close", () => sockets.delete(socket))));
  server.listen(0, "127.79.7.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const other = createServer((_request, response) => response.end("other")).listen(port, "127.79.7.2");
  await once(other, "listening");

  const dns = new DnsServer({ random: seededRandom(5) });
  const resolver = new CachingResolver({ servers: [await dns.listen({ host: "127.79.7.53", port: 0 })], clock });
  // Connections are kept for a minute: only the DNS can end them within this test.
  const patience = {
    connectionAttempts: 1,
    connectionTimeoutMs: 1_000,
    responseTimeoutMs: 60_000,
    keepAliveMs: 60_000,
  };
  server.keepAliveTimeout = 120_000;
  const origin = new ServiceOrigin({ name: "api.shop.internal", port, resolver, clock, patience });
  closing.push(
    () => server.close(),
    () => other.close(),
    () => dns.close(),
    () => resolver.close(),
    () => origin.close(),
  );

  const answerWith = (address: string): void => {
    const routing = { policy: "simple" } as const;
    const record = {
      name: "api.shop.internal",
      routing,
      target: { addresses: [address] },
      ttlSeconds: 6,
      health: null,
    };
    dns.setRecords([{ origin: "shop.internal", negativeTtlSeconds: 1, records: [record] }]);
  };
  const get = (url: string): Promise<string> => {
    const { promise, resolve } = Promise.withResolvers<string>();
    let text = "";
    origin.send(
      { method: "GET", url, headers: {}, body: null },
      {
        onHeaders: () => undefined,
        onData: (chunk) => ((text += String(chunk)), true),
        onEnd: () => resolve(text),
        onFailure: ({ reason }) => resolve(reason),
      },
    );
    return promise;
  };

  answerWith("127.79.7.1");
  const slow = get("/held");
  await eventually(() => held.length === 1, { within: "2 seconds" });
  expect(await get("/")).toBe("done");
  expect(sockets.size).toBe(2);

  answerWith("127.79.7.2");
  ahead = 6_000;
  expect(await get("/")).toBe("other");
  await eventually(() => sockets.size === 1, { within: "2 seconds" });
  held[0]?.end("finished");
  expect(await slow).toBe("finished");
  await eventually(() => sockets.size === 0, { within: "2 seconds" });
});
