import { once } from "node:events";
import { type Server, createServer } from "node:http";
import { afterEach, expect, test } from "vitest";
import { eventually } from "../../../test/support/eventually.ts";
import { systemClock } from "../../base/clock.ts";
import type { Address } from "../address.ts";
import { isHealthyByDns } from "../../topology/region-spec.ts";
import { HealthChecker } from "./health-check.ts";

const closing: (() => unknown)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** A target that answers with a status, or with nothing at all (0). */
async function target(host: string): Promise<{ address: Address; set(status: number): void; server: Server }> {
  let status = 200;
  const server = createServer((_request, response) => void (status === 0 || response.writeHead(status).end()));
  server.listen(0, host);
  await once(server, "listening");
  closing.push(() => (server.closeAllConnections(), server.close()));
  return {
    address: { host, port: (server.address() as { port: number }).port },
    set: (next) => void (status = next),
    server,
  };
}

function check(targets: Readonly<Record<string, Address>>): string[] {
  const told: string[] = [];
  const checker = new HealthChecker({
    clock: systemClock,
    intervalMs: 60,
    timeoutMs: 50,
    threshold: 3,
    onChange: (target, healthy) => told.push(`${target} ${healthy ? "healthy" : "unhealthy"}`),
  });
  closing.push(() => checker.close());
  checker.setTargets(Object.entries(targets).map(([id, address]) => ({ id, address, path: "/healthz" })));
  return told;
}

test("a target that hangs, refuses or answers with 5xx is unhealthy after the threshold, and comes back", async () => {
  const [hangs, fails] = [await target("127.79.5.1"), await target("127.79.5.2")];
  const [refuses, fine] = [await target("127.79.5.3"), await target("127.79.5.4")];
  const told = check({
    hangs: hangs.address,
    fails: fails.address,
    refuses: refuses.address,
    fine: fine.address,
  });
  hangs.set(0);
  fails.set(503);
  fine.set(301);
  refuses.server.close();
  await eventually(() => told.length >= 3, { within: "5 seconds" });
  expect(told.toSorted()).toEqual(["fails unhealthy", "hangs unhealthy", "refuses unhealthy"]);
  hangs.set(200);
  fails.set(200);
  await eventually(() => told.length >= 5, { within: "5 seconds" });
  expect(told.slice(3).toSorted()).toEqual(["fails healthy", "hangs healthy"]);
});

test("fewer failures in a row than the threshold say nothing", async () => {
  const { address, server } = await target("127.79.5.5");
  let looks = 0;
  server.removeAllListeners("request");
  // Six failures are two for each of the three vantage points; all three would need three to change the verdict.
  server.on("request", (_request, response) => void response.writeHead(looks++ < 6 ? 500 : 200).end());
  const told = check({ flaps: address });
  await eventually(() => looks >= 18, { within: "5 seconds" });
  expect(told).toEqual([]);
});

test("a target is healthy while more than 18% of the vantage points say so", () => {
  const views = (good: number, all: number): boolean[] => Array.from({ length: all }, (_, at) => at < good);
  expect([isHealthyByDns(views(3, 3)), isHealthyByDns(views(1, 3)), isHealthyByDns(views(0, 3))]).toEqual([
    true,
    true,
    false,
  ]);
  expect([isHealthyByDns(views(2, 12)), isHealthyByDns(views(3, 12))]).toEqual([false, true]);
});
