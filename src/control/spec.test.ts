import { expect, test } from "vitest";
import { failoverSpec } from "./failover/spec.ts";
import { replacementSpec } from "./replacement/spec.ts";

test("a failover is patient for longer than its observers need to notice, at the pace of the run", () => {
  const detection = { intervalMs: 5_000, timeoutMs: 2_000, unhealthyThreshold: 2 };
  const members = [
    { id: "db-b", zone: "b" },
    { id: "db-a", zone: "a" },
  ];
  const spec = failoverSpec({
    component: "db",
    members,
    observers: ["a", "b", "c"],
    acknowledging: 1,
    detection,
    timer: (ms) => ms / 10,
  });
  expect(spec).toMatchObject({ first: "db-b", acknowledging: 1, patienceMs: 3_100 });
  expect(spec.members).toEqual(members);
});

test("a replacement drains and backs off by timers, and gives the program its own time to start", () => {
  const spec = replacementSpec({
    service: "api",
    zones: ["a", "b"],
    count: 2,
    revision: "node server.js",
    drainMs: 30_000,
    checked: true,
    backoffMaxMs: 600_000,
    startTimeoutMs: 15_000,
    healthGraceMs: 10_000,
    timer: (ms) => ms / 10,
  });
  expect(spec).toMatchObject({ desired: 2, min: 2, drainMs: 3_000, startTimeoutMs: 15_000, healthGraceMs: 10_000 });
  expect(spec.backoff).toEqual({ firstMs: 100, maxMs: 60_000, resetAfterMs: 6_000 });
});
