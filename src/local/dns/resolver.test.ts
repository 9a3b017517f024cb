import { createSocket } from "node:dgram";
import { once } from "node:events";
import { decode, encode } from "dns-packet";
import { afterEach, expect, test } from "vitest";
import type { Clock } from "../../base/clock.ts";
import { systemClock } from "../../base/clock.ts";
import { seededRandom } from "../../base/random.ts";
import { CachingResolver } from "./resolver.ts";
import { DnsServer } from "./server.ts";

const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Real timers, with a `now` that the test moves on. */
function movableClock(): Clock & { moveOn(ms: number): void } {
  let ahead = 0;
  return { ...systemClock, now: () => systemClock.now() + ahead, moveOn: (ms) => void (ahead += ms) };
}

async function start(): Promise<{
  server: DnsServer;
  resolver: CachingResolver;
  clock: ReturnType<typeof movableClock>;
}> {
  const server = new DnsServer({ random: seededRandom(3) });
  const clock = movableClock();
  const resolver = new CachingResolver({ servers: [await server.listen({ host: "127.79.1.2", port: 0 })], clock });
  closing.push(
    () => server.close(),
    () => resolver.close(),
  );
  return { server, resolver, clock };
}

function setAddresses(server: DnsServer, addresses: readonly string[]): void {
  const name = "api.shop.internal";
  const record = { name, routing: { policy: "simple" } as const, target: { addresses }, ttlSeconds: 6, health: null };
  const records = addresses.length > 0 ? [record] : [];
  server.setRecords([{ origin: "shop.internal", negativeTtlSeconds: 2, records }]);
}

test("remembers an answer until its TTL has passed, and no longer", async () => {
  const { server, resolver, clock } = await start();
  setAddresses(server, ["10.0.0.1"]);
  expect(await resolver.resolve("api.shop.internal")).toEqual(["10.0.0.1"]);
  setAddresses(server, ["10.0.0.2"]);
  clock.moveOn(5_000);
  expect(await resolver.resolve("api.shop.internal")).toEqual(["10.0.0.1"]);
  clock.moveOn(1_000);
  expect(await resolver.resolve("api.shop.internal")).toEqual(["10.0.0.2"]);
});

test("asks again by itself as soon as an answer has run out, until it is closed", async () => {
  const due: number[] = [];
  let runOut: () => void = () => undefined;
  const clock: Clock = {
    ...systemClock,
    now: () => 0,
    after: (ms, run) => {
      if (ms < 6_000) return systemClock.after(ms, run); // how long it waits for an answer
      due.push(ms);
      runOut = run;
      return () => void (runOut = () => undefined);
    },
  };
  const server = new DnsServer({ random: seededRandom(3) });
  const resolver = new CachingResolver({ servers: [await server.listen({ host: "127.79.1.4", port: 0 })], clock });
  closing.push(() => server.close());
  setAddresses(server, ["10.0.0.1"]);
  await resolver.resolve("api.shop.internal");
  setAddresses(server, ["10.0.0.2"]);
  runOut();
  await expect.poll(() => resolver.resolve("api.shop.internal")).toEqual(["10.0.0.2"]);
  expect(due).toEqual([6_000, 6_000]);
  resolver.close();
  setAddresses(server, ["10.0.0.3"]);
  runOut();
  expect(await resolver.resolve("api.shop.internal")).toEqual(["10.0.0.2"]);
});

test("each call starts at the next address", async () => {
  const { server, resolver } = await start();
  setAddresses(server, ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
  const firsts = [];
  for (let call = 0; call < 6; call++) firsts.push((await resolver.resolve("api.shop.internal"))[0]);
  expect(new Set(firsts.slice(0, 3)).size).toBe(3);
  expect(firsts.slice(3)).toEqual(firsts.slice(0, 3));
});

test("remembers that a name does not exist for as long as the SOA says", async () => {
  const { server, resolver, clock } = await start();
  setAddresses(server, []);
  expect(await resolver.resolve("api.shop.internal")).toEqual([]);
  setAddresses(server, ["10.0.0.1"]);
  clock.moveOn(1_900);
  expect(await resolver.resolve("api.shop.internal")).toEqual([]);
  clock.moveOn(100);
  expect(await resolver.resolve("api.shop.internal")).toEqual(["10.0.0.1"]);
});

test("serves nothing while the server is gone, then what it says again", async () => {
  const { server, resolver, clock } = await start();
  setAddresses(server, ["10.0.0.1"]);
  await resolver.resolve("api.shop.internal");
  await server.close();
  clock.moveOn(6_000);
  expect(await resolver.resolve("api.shop.internal")).toEqual([]);
});

test("asks again where an answer was lost, and once for many callers", async () => {
  const socket = createSocket("udp4");
  socket.bind(0, "127.79.1.3");
  await once(socket, "listening");
  let queries = 0;
  socket.on("message", (query, from) => {
    queries += 1;
    const { id = 0, questions = [] } = decode(query);
    const answers = [{ type: "A" as const, name: "x.internal", ttl: 1, data: "10.0.0.9" }];
    if (queries > 1) socket.send(encode({ type: "response", id, questions, answers }), from.port, from.address);
    else socket.send("not a packet", from.port, from.address);
  });
  const server = { host: "127.79.1.3", port: socket.address().port };
  const resolver = new CachingResolver({ servers: [server], clock: systemClock });
  closing.push(
    () => void socket.close(),
    () => resolver.close(),
  );
  const all = await Promise.all([1, 2, 3].map(() => resolver.resolve("x.internal")));
  expect(all).toEqual([["10.0.0.9"], ["10.0.0.9"], ["10.0.0.9"]]);
  expect(queries).toBe(2);
});
