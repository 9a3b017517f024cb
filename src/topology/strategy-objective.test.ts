import { describe, expect, test } from "vitest";
import { strategyObjective } from "./strategy-objective.ts";
import type { Topology } from "./topology.ts";

const MINUTE = 60_000;

function held(
  region: Topology["objectives"]["region"],
  recovery: Topology["recovery"],
): ReturnType<typeof strategyObjective> {
  const topology = { recovery: "warm-standby", objectives: { region } } as unknown as Topology; // it looks at no more
  return strategyObjective(topology, recovery);
}

describe("the objective of a strategy", () => {
  const strict = { rtoMs: 5 * MINUTE, rpoMs: 1_000 };

  test("is the system's own under the definition's strategy, however strict", () => {
    expect(held(strict, "warm-standby")).toEqual(strict);
  });

  test("is what a strategy is there for where the system asks for more than that", () => {
    expect(held(strict, "pilot-light")).toEqual({ rtoMs: 60 * MINUTE, rpoMs: 10 * MINUTE });
    expect(held({ rtoMs: null, rpoMs: null }, "backup-restore").rtoMs).toBe(24 * 60 * MINUTE);
  });

  test("is the system's where that asks for less", () => {
    const lax = { rtoMs: 48 * 60 * MINUTE, rpoMs: 48 * 60 * MINUTE };
    expect(held(lax, "backup-restore")).toEqual(lax);
  });
});
