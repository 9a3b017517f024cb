import { type IncomingHttpHeaders, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UserError } from "../base/error.ts";
import type { World } from "../world/world.ts";
import { serveControl } from "./control-api.ts";

const world = {
  status: async () => ({ state: "healthy" }),
  queueDepths: async () => {
    throw new Error("the queue service is gone");
  },
  heal: async (id: string) => {
    throw new UserError({ code: "RUN-008", message: `no fault "${id}"`, fix: "name another" });
  },
} as unknown as World;

const server = createServer();
let port = 0;
let stops = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
  serveControl(server, { world, host: `127.0.0.1:${port}`, token: "secret", stop: () => void stops++ });
});
afterAll(() => server.close());

function ask(
  method: string,
  path: string,
  headers: IncomingHttpHeaders = {},
): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, method, path, headers, agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
    });
    sent.on("error", reject);
    sent.end();
  });
}

const token = { authorization: "Bearer secret" };

describe("the control API", () => {
  test("answers who names its host and its token", async () => {
    expect(await ask("GET", "/status", token)).toEqual({ status: 200, body: { state: "healthy" } });
  });

  test("rejects a request without the token, with a wrong one, and with a longer one", async () => {
    for (const authorization of [undefined, "Bearer wrong!", "Bearer secret-and-more"]) {
      const { status } = await ask("GET", "/status", authorization === undefined ? {} : { authorization });
      expect(status).toBe(401);
    }
  });

  test("rejects another Host, as a rebound name would send it", async () => {
    expect((await ask("GET", "/status", { ...token, host: "evil.example.com" })).status).toBe(421);
  });

  test("rejects a page of another origin", async () => {
    expect((await ask("POST", "/stop", { ...token, origin: "http://evil.example.com" })).status).toBe(403);
    expect(stops).toBe(0);
  });

  test("tells the user's errors by code, and a bug as one", async () => {
    const missing = await ask("DELETE", "/faults/zone-loss-9", token);
    expect(missing).toEqual({
      status: 409,
      body: { error: { code: "RUN-008", message: 'no fault "zone-loss-9"', fix: "name another" } },
    });
    expect((await ask("GET", "/queues", token)).status).toBe(500);
    expect((await ask("GET", "/nothing", token)).status).toBe(404);
  });

  test("stops when it is asked to", async () => {
    expect((await ask("POST", "/stop", token)).status).toBe(202);
    expect(stops).toBe(1);
  });
});
