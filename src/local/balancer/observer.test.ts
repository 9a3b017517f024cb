import { afterEach, describe, expect, test } from "vitest";
import { eventually } from "../../../test/support/eventually.ts";
import { systemClock } from "../../base/clock.ts";
import type { Probe } from "../engine/member.ts";
import { Observer, type Sighting } from "./observer.ts";

const within = { within: "5 seconds" } as const;
const SIGHTING: Sighting = {
  instance: "database-a",
  component: "database",
  intervalMs: 5,
  timeoutMs: 50,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
};

let observer: Observer | undefined;
afterEach(() => observer?.close());

function rig(answer: (number: number) => Promise<boolean>) {
  const told: string[] = [];
  const state = { checks: 0, closed: false };
  const probe: Probe = {
    check: (timeoutMs) => {
      expect(timeoutMs).toBe(SIGHTING.timeoutMs);
      state.checks += 1;
      return answer(state.checks);
    },
    close: () => (state.closed = true),
  };
  const watcher = new Observer({
    clock: systemClock,
    onSight: ({ instance }, ok) => told.push(`${instance} ${ok ? "seen" : "lost"} after ${state.checks}`),
  });
  observer = watcher;
  watcher.watch(SIGHTING, probe);
  return { told, state, watcher };
}

describe("an observer", () => {
  test("tells what it first sees, and each crossing of a threshold once", async () => {
    // Seen; two misses are not enough; then lost at the third in a row; seen again after two answers.
    const answers = [true, false, false, true, false, false, false, false, true, true, true];
    const { told, state } = rig(async (number) => answers[number - 1] ?? true);
    await eventually(() => state.checks > answers.length, within);
    expect(told).toEqual(["database-a seen after 1", "database-a lost after 7", "database-a seen after 10"]);
  });

  test("never has two probes of a member under way", async () => {
    let underWay = 0;
    let most = 0;
    const { state } = rig(async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise<void>((resolve) => systemClock.after(20, resolve));
      underWay -= 1;
      return true;
    });
    await eventually(() => state.checks >= 4, within);
    expect(most).toBe(1);
  });

  test("tells nothing more once it is closed, and closes its probes", async () => {
    let answer: (ok: boolean) => void = () => undefined;
    const { told, state, watcher } = rig(() => new Promise((resolve) => (answer = resolve)));
    await eventually(() => state.checks === 1, within);
    watcher.close();
    answer(true);
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
    expect(told).toEqual([]);
    expect(state).toEqual({ checks: 1, closed: true });
  });
});
