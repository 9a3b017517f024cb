import { type Server, connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { systemClock } from "../base/clock.ts";
import { eventually } from "../../test/support/eventually.ts";
import { Endpoint } from "./endpoint.ts";
import { LinkTable } from "./link/link-table.ts";
import type { LinkTarget } from "./process/messages-zone.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listenAnd(answer: string): Promise<LinkTarget> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.write(answer);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { address: { host: "127.0.0.1", port }, end: { zone: "a", component: "db", instance: answer } };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function whoAnswers(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const end = (answer: string): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("data", (data) => end(data.toString()));
    socket.once("error", () => end("nobody"));
    socket.once("close", () => end("nobody"));
  });
}

test("new connections follow a change once the TTL has passed, and a pin at once", async () => {
  const links = new LinkTable({ zone: "a", clock: systemClock });
  const port = await freePort();
  const config = { id: "db.writer", listen: { host: "127.0.0.1", port }, ttlMs: 150, protocol: "other" } as const;
  const endpoint = new Endpoint({ config, links, clock: systemClock });
  await endpoint.open();
  try {
    expect(await whoAnswers(port)).toBe("nobody");
    const [one, two] = [await listenAnd("one"), await listenAnd("two")];
    endpoint.set({ id: "db.writer", targets: [one], now: true, reset: false });
    expect(await whoAnswers(port)).toBe("one");
    const changedAt = systemClock.now();
    endpoint.set({ id: "db.writer", targets: [two], now: false, reset: false });
    expect(await whoAnswers(port)).toBe("one");
    await eventually(async () => (await whoAnswers(port)) === "two", { within: "5 seconds" });
    expect(systemClock.now() - changedAt).toBeGreaterThanOrEqual(149);
    // A pin overtakes a change that still waits.
    endpoint.set({ id: "db.writer", targets: [one], now: false, reset: false });
    endpoint.set({ id: "db.writer", targets: [two], now: true, reset: true });
    expect(await whoAnswers(port)).toBe("two");
  } finally {
    await links.close();
  }
});
