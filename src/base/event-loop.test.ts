import { expect, test } from "vitest";
import { systemClock } from "./clock.ts";
import { monitorEventLoop } from "./event-loop.ts";

function block(ms: number): void {
  for (const until = systemClock.now() + ms; systemClock.now() < until;);
}

test("a stall is told once, also where it begins right after a look, or has not ended", () => {
  const monitor = monitorEventLoop(systemClock);
  try {
    monitor.takeMaxMs();
    block(300);
    expect(monitor.takeMaxMs()).toBeGreaterThan(250); // the timer has not fired yet
    block(600);
    const second = monitor.takeMaxMs();
    expect(second).toBeGreaterThan(550);
    expect(second).toBeLessThan(850); // the first stall is not told again
  } finally {
    monitor.close();
  }
});
