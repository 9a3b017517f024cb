import { once } from "node:events";
import { type Server, type Socket, connect, createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { PACES } from "../../topology/timing.ts";
import { Accelerator } from "./accelerator.ts";

const HOSTS = ["127.79.13.1", "127.79.13.2"] as const;
const STATIC = "127.79.13.5";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function node(host: string, port: number, serve: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => undefined);
    serve(socket);
  }).listen(port, host);
  await once(server, "listening");
  closing.push(() => server.close());
  return server;
}

/** An accelerator before two nodes of one region that do `serve`; returns the port that all of them have. */
async function start(serve: (socket: Socket, host: string) => void): Promise<{ port: number; front: Accelerator }> {
  const first = await node(HOSTS[0], 0, (socket) => serve(socket, HOSTS[0]));
  const { port } = first.address() as { port: number };
  await node(HOSTS[1], port, (socket) => serve(socket, HOSTS[1]));
  const entries = [{ region: "here", addresses: [{ host: STATIC, port }] }];
  const front = new Accelerator({
    config: { id: "front", service: "api", entries },
    regions: ["here"],
    serves: () => true,
    clock: systemClock,
    pace: PACES.fast,
    onShift: () => undefined,
  });
  await front.listen();
  closing.push(() => front.close());
  const nodes = HOSTS.map((host) => ({ region: "here", zone: host, host }));
  front.setNodes({ service: "api", port, path: "/", nodes });
  return { port, front };
}

async function converse(port: number, said = ""): Promise<string> {
  const socket = connect({ host: STATIC, port, allowHalfOpen: true });
  socket.end(said);
  let heard = "";
  for await (const chunk of socket) heard += String(chunk);
  return heard;
}

test("connections go to the nodes in turn, and to none of a zone that customers were shifted away from", async () => {
  const { port, front } = await start((socket, host) => socket.end(host));
  expect(new Set([await converse(port), await converse(port)])).toEqual(new Set(HOSTS));
  front.setZonesAway([HOSTS[0]]);
  expect([await converse(port), await converse(port)]).toEqual([HOSTS[1], HOSTS[1]]);
  front.setZonesAway(HOSTS);
  expect(new Set([await converse(port), await converse(port)])).toEqual(new Set(HOSTS));
});

test("bytes pass whole both ways, and who has said all may still listen", async () => {
  const { port } = await start((socket) => {
    let heard = 0;
    socket.on("data", (chunk) => void (heard += chunk.length));
    socket.on("end", () => socket.end(`${heard} `.repeat(100_000)));
  });
  const heard = await converse(port, "x".repeat(1_000_000));
  expect(heard).toBe("1000000 ".repeat(100_000));
});

test("a customer whose node breaks off, or takes no connection, is reset", async () => {
  const { port } = await start((socket) => socket.resetAndDestroy());
  await expect(converse(port)).rejects.toMatchObject({ code: "ECONNRESET" });
  for (const close of closing.splice(0, 2)) await close(); // both nodes
  await expect(converse(port)).rejects.toMatchObject({ code: "ECONNRESET" });
});

test("a node learns that its customer has gone", async () => {
  const gone = Promise.withResolvers<void>();
  const { port } = await start((socket) => {
    socket.resume();
    socket.on("close", () => gone.resolve());
  });
  const socket = connect(port, STATIC);
  await once(socket, "connect");
  socket.write("hello");
  socket.resetAndDestroy();
  await gone.promise;
});
