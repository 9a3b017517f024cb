import { once } from "node:events";
import { Agent, request as send } from "node:http";
import { type Socket, createConnection, createServer } from "node:net";
import { expect, test } from "vitest";
import { eventually } from "../../../test/support/eventually.ts";
import { programServer, resetConnection } from "../../../test/support/program-server.ts";
import { systemClock } from "../../base/clock.ts";
import { type Random, seededRandom } from "../../base/random.ts";
import type { LinkEffect, LinkRule, Place } from "../../world/primitive.ts";
import type { Address } from "../address.ts";
import { LinkTable } from "../link/link-table.ts";
import { Balancer } from "./balancer.ts";

const ROUNDS = 150;
const BALANCER: Address = { host: "127.78.12.1", port: 8080 };
const LINK: Address = { host: "127.78.12.1", port: 5432 };

function randomRules(random: Random): LinkRule[] {
  const effect = (): LinkEffect =>
    random.pick<LinkEffect>([
      { kind: "cut" },
      { kind: "black-hole" },
      { kind: "slow", delayMs: random.int(20) },
      { kind: "throttle", bytesPerSecond: 1 + random.int(100_000) },
    ]);
  const place = (): Place => random.pick<Place>([{}, { zone: "a" }, { zone: "b" }, { component: "api" }]);
  return Array.from({ length: random.int(4) }, () => ({ from: place(), to: place(), effect: effect() }));
}

async function listening(server: {
  listen(port: number, host: string): unknown;
  address(): unknown;
}): Promise<Address> {
  const up = once(server as never, "listening");
  server.listen(0, "127.0.0.1");
  await up;
  const { port } = server.address() as { port: number };
  return { host: "127.0.0.1", port };
}

test.each(["http", "https"] as const)(
  "whatever rules come and go and whoever hangs up, in the end all works and no socket is left, by %s",
  async (protocol) => {
    const seed = Math.floor(systemClock.now());
    const random = seededRandom(seed);
    const http = await programServer(protocol, (request, response) => {
      if (request.url !== "/healthz" && random.int(4) === 0) resetConnection(request.socket);
      else request.pipe(response);
    });
    const sockets = new Set<Socket>();
    const echo = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket.on("close", () => sockets.delete(socket)).on("error", () => undefined));
      socket.pipe(socket);
    });
    const table = new LinkTable({ zone: "a", clock: systemClock });
    const health = { path: "/healthz", intervalMs: 20, timeoutMs: 100, healthyThreshold: 1, unhealthyThreshold: 2 };
    const balancer = new Balancer({
      config: { service: "api", listen: BALANCER, protocol, health },
      links: table,
      clock: systemClock,
      random,
      idleTimeoutMs: 100,
      connectTimeoutMs: 100,
      slowStartMs: 0,
      onHealth: () => undefined,
    });
    const address = await listening(http);
    await balancer.listen();
    balancer.setTargets([{ id: "api-1", zone: "b", address, draining: false }]);
    const end = { zone: "b", component: "database", instance: null };
    const link = await table.open({
      listen: LINK,
      purpose: "client",
      target: { address: await listening(echo), end },
      calls: random.int(2) === 0,
    });

    const agent = new Agent({ keepAlive: true });
    const dialers = new Set<Socket>();
    const ask = (): void => {
      const outgoing = send({ ...BALANCER, agent, method: "POST" }, (answer) => {
        answer.on("error", () => undefined).resume();
      });
      outgoing.on("error", () => undefined);
      outgoing.end("x".repeat(random.int(100_000)));
      if (random.int(5) === 0) systemClock.after(random.int(10), () => outgoing.destroy());
    };
    const dial = (): void => {
      const socket = createConnection({ ...LINK, allowHalfOpen: random.int(2) === 0 });
      dialers.add(socket.on("error", () => undefined).on("close", () => dialers.delete(socket)));
      socket.resume().write("x".repeat(random.int(100_000)));
      const leave = random.pick([() => socket.end(), () => socket.destroy(), () => socket.resetAndDestroy(), () => 0]);
      systemClock.after(random.int(30), leave);
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      const settled = table.setRules(randomRules(random));
      for (let each = 0; each < 3; each += 1) random.pick([ask, dial])();
      if (random.int(10) === 0) for (const socket of sockets) socket.resetAndDestroy();
      await settled;
      await new Promise<void>((resolve) => systemClock.after(random.int(10), resolve));
    }
    await table.setRules([]);

    const within = { within: "10 seconds" } as const;
    const still = { healthy: true, open: 0, sockets: 0, concurrent: 0 };
    for (const socket of dialers) socket.destroy();
    await eventually(() => {
      const { open } = link.counts;
      const { concurrent } = balancer.takeMetrics();
      const now = { healthy: balancer.isHealthy("api-1"), open, sockets: sockets.size, concurrent };
      expect(now, `seed ${seed}`).toEqual(still);
    }, within);
    const socket = createConnection(LINK);
    socket.write("still there?");
    expect(String((await once(socket, "data"))[0]), `seed ${seed}`).toBe("still there?");
    socket.destroy();

    agent.destroy();
    await Promise.all([balancer.close(), table.close()]);
    const left = (): Promise<number> =>
      new Promise((resolve) => http.getConnections((_error, count) => resolve(count)));
    await eventually(async () => expect(await left(), `seed ${seed}`).toBe(0), within);
    http.close();
    echo.close();
  },
);
