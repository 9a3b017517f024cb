import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { connect } from "node:net";
import { type Packet, decode, encode, streamDecode, streamEncode } from "dns-packet";
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { seededRandom } from "../../base/random.ts";
import type { Address } from "../address.ts";
import { respond } from "./packet.ts";
import { type HostedZone, balancerRecords } from "./records.ts";
import { DnsServer } from "./server.ts";
import { answer, indexZones } from "./zone.ts";

const zone: HostedZone = {
  origin: "shop.internal",
  negativeTtlSeconds: 5,
  records: [
    ...balancerRecords(
      "api.shop.internal",
      ["a", "b", "c"].map((zone, at) => ({ zone, host: `10.0.0.${at + 1}` })),
      { ttlSeconds: 6, healthOf: (zone) => zone },
    ),
    {
      name: "many.shop.internal",
      routing: { policy: "simple" },
      target: { addresses: Array.from({ length: 100 }, (_, at) => `10.0.1.${at}`) },
      ttlSeconds: 6,
      health: null,
    },
  ],
};

let server: DnsServer;
let address: Address;
beforeEach(async () => {
  server = new DnsServer({ random: seededRandom(1) });
  address = await server.listen({ host: "127.79.1.1", port: 0 });
  server.setRecords([zone]);
});
afterEach(() => server.close());

/** Its types leave out the response code. */
type Reply = ReturnType<typeof decode> & { rcode?: string };

async function overUdp(packet: Packet | Buffer): Promise<Reply> {
  const socket = createSocket("udp4");
  socket.send(Buffer.isBuffer(packet) ? packet : encode(packet), address.port, address.host);
  const [message] = (await once(socket, "message")) as [Buffer];
  socket.close();
  return decode(message);
}

async function overTcp(packet: Packet): Promise<Reply> {
  const socket = connect(address.port, address.host);
  const query = streamEncode(packet);
  socket.write(query.subarray(0, 1)); // a length that arrives in two parts
  socket.write(query.subarray(1));
  let received = Buffer.alloc(0);
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk as Buffer]);
    if (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) break;
  }
  return streamDecode(received) as Reply;
}

const query = (name: string, type: "A" | "AAAA" | "SOA" | "NS" = "A"): Packet => ({
  type: "query",
  id: 77,
  flags: 0x100,
  questions: [{ name, type }],
});
const opt = (udpPayloadSize: number, ednsVersion = 0): Packet => ({
  additionals: [
    { type: "OPT", name: ".", udpPayloadSize, extendedRcode: 0, ednsVersion, flags: 0, flag_do: false, options: [] },
  ],
});

test("Node's own resolver gets the healthy nodes with their TTL", async () => {
  const resolver = new Resolver();
  resolver.setServers([`${address.host}:${address.port}`]);
  expect((await resolver.resolve4("api.shop.internal")).sort()).toEqual(["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
  server.setHealth("b", false);
  expect((await resolver.resolve4("api.shop.internal", { ttl: true })).map(({ ttl }) => ttl)).toEqual([6, 6]);
  server.setHealth("b", true);
  expect(await resolver.resolve4("api.shop.internal")).toHaveLength(3);
  await expect(resolver.resolve4("none.shop.internal")).rejects.toMatchObject({ code: "ENOTFOUND" });
  await expect(resolver.resolve6("api.shop.internal")).rejects.toMatchObject({ code: "ENODATA" });
  await expect(resolver.resolve4("example.com")).rejects.toMatchObject({ code: "EREFUSED" });
});

test("answers with authority, and names its SOA where there is nothing", async () => {
  const found = await overUdp(query("API.shop.internal"));
  expect(found).toMatchObject({ id: 77, flag_aa: true, flag_rd: true, flag_ra: false, rcode: "NOERROR" });
  expect(found.questions?.[0]?.name).toBe("API.shop.internal");
  const absent = await overUdp(query("none.shop.internal"));
  expect(absent).toMatchObject({ flag_aa: true, rcode: "NXDOMAIN" });
  expect(absent.authorities).toMatchObject([{ type: "SOA", name: "shop.internal", ttl: 5, data: { minimum: 5 } }]);
  const noData = await overUdp(query("api.shop.internal", "AAAA"));
  expect(noData).toMatchObject({ rcode: "NOERROR", answers: [], authorities: [{ type: "SOA" }] });
  const refused = await overUdp(query("example.com"));
  expect(refused).toMatchObject({ rcode: "REFUSED", flag_aa: false, answers: [], authorities: [] });
  expect((await overUdp(query("shop.internal", "SOA"))).answers).toMatchObject([{ type: "SOA" }]);
  expect((await overUdp(query("shop.internal", "NS"))).answers).toMatchObject([{ type: "NS" }]);
});

test("an answer too large for UDP is truncated, and whole over TCP", async () => {
  const cut = await overUdp(query("many.shop.internal"));
  expect(cut).toMatchObject({ flag_tc: true, flag_aa: true, answers: [] });
  const whole = await overTcp(query("many.shop.internal"));
  expect(whole.flag_tc).toBe(false);
  expect(whole.answers).toHaveLength(100);
});

test("takes EDNS as it comes, and refuses a version that it does not know", async () => {
  const found = await overUdp({ ...query("api.shop.internal"), ...opt(4096) });
  expect(found.answers).toHaveLength(3);
  expect(found.additionals).toMatchObject([{ type: "OPT", udpPayloadSize: 1232 }]);
  const refused = await overUdp({ ...query("api.shop.internal"), ...opt(4096, 1) });
  expect(refused.answers).toHaveLength(0);
  expect(refused.additionals).toMatchObject([{ type: "OPT", extendedRcode: 1 }]);
});

test("rejects what is no plain question, and goes on serving", async () => {
  const twice: Packet = {
    ...query("api.shop.internal"),
    questions: [...query("a").questions!, ...query("b").questions!],
  };
  expect((await overUdp(twice)).rcode).toBe("FORMERR");
  expect((await overUdp({ ...query("api.shop.internal"), flags: 0x2800 })).rcode).toBe("NOTIMP");
  expect((await overUdp(encode(query("api.shop.internal")).subarray(0, 20))).rcode).toBe("FORMERR");
  expect((await overUdp(query("api.shop.internal"))).answers).toHaveLength(3);
});

test("no packet makes it throw, and no answer is answered", () => {
  const index = indexZones([zone]);
  const asking = { unhealthy: new Set<string>(), region: null, random: seededRandom(1) };
  const lookUp = ({ name }: { name: string }): ReturnType<typeof answer> =>
    answer(index, { name, wantsAddress: true }, asking);
  const good = encode(query("api.shop.internal"));
  const mangled = fc
    .tuple(fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }))), fc.nat(good.length))
    .map(([changes, length]) => {
      const packet = Buffer.from(good);
      for (const [at, byte] of changes) packet[at] = byte;
      return packet.subarray(0, length);
    });
  const anything = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(fc.oneof(mangled, anything), fc.constantFrom("udp", "tcp"), (packet, transport) => {
      const reply = respond(packet, transport, lookUp);
      const isQuery = packet.length >= 12 && packet[2]! < 128;
      expect(reply !== null).toBe(isQuery);
      if (reply) expect([reply.readUInt16BE(0), reply[2]! >> 7]).toEqual([packet.readUInt16BE(0), 1]);
    }),
    { numRuns: 5_000 },
  );
});
