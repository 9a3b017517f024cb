import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { expect, test } from "vitest";
import { systemClock } from "../base/clock.ts";
import { createHttpClient } from "./exchange.ts";
import { createResolver } from "./resolve.ts";

test("customers live in one home or the other by their number, and keep to what it tells them", async () => {
  const server = createServer((_request, response) => void response.end("ok")).listen(0, "0.0.0.0");
  await once(server, "listening");
  const homes = [["127.79.11.1", "127.79.11.2"], ["127.79.12.1"]].map((addresses) =>
    createResolver({ addresses }, systemClock),
  );
  const { port } = server.address() as AddressInfo;
  const client = createHttpClient({ domain: "shop.test", port }, homes, { ownAddresses: false });
  const reached = async (customer: number, turn: number): Promise<string | null> => {
    const request = { method: "GET", path: "/", headers: {}, body: null };
    return (await client.send(request, { customer, turn, timeoutMs: 1_000 })).address;
  };
  try {
    expect([await reached(0, 0), await reached(0, 1)]).toEqual(["127.79.11.1", "127.79.11.2"]);
    expect([await reached(1, 0), await reached(1, 1)]).toEqual(["127.79.12.1", "127.79.12.1"]);
    expect(await reached(2, 0)).toBe("127.79.11.1");
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
