import { describe, expect, test } from "vitest";
import type { Clock } from "../../base/clock.ts";
import { CLEAR, type DirectionEffect } from "../../world/link-rules.ts";
import { type Parcel, Valve } from "./valve.ts";

/** A clock that stands still until it is told to go on. */
function manualClock(): Clock & { advance(ms: number): void } {
  let now = 0;
  let timers: { at: number; run: () => void }[] = [];
  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => (timers = timers.filter((each) => each !== timer));
    },
    sleep: () => Promise.reject(new Error("nothing sleeps here")),
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers = timers.filter((each) => each !== next);
        now = Math.max(now, next.at);
        next.run();
      }
      now = end;
    },
  };
}

function rig(options: { congested?: () => boolean } = {}) {
  const clock = manualClock();
  const got: string[] = [];
  const rooms: number[] = [];
  const deliver = (parcel: Parcel): boolean => {
    got.push(String(parcel));
    return !options.congested?.();
  };
  const valve = new Valve({ clock, pacer: { freeAt: 0 }, deliver, onRoom: () => rooms.push(clock.now()) });
  return { clock, got, rooms, valve };
}

const effect = (of: Partial<DirectionEffect>): DirectionEffect => ({ ...CLEAR, ...of });

describe("one direction of a connection", () => {
  test("without a rule hands parcels on at once", () => {
    const { valve, got } = rig();
    expect(valve.push(Buffer.from("one"))).toBe(true);
    valve.push("end");
    expect(got).toEqual(["one", "end"]);
    expect(valve.starved).toBe(false);
  });

  test("delays each parcel and keeps their order, the end included", () => {
    const { valve, got, clock } = rig();
    valve.setEffect(effect({ delayMs: 100 }));
    valve.push(Buffer.from("one"));
    clock.advance(60);
    valve.push(Buffer.from("two"));
    valve.push("end");
    clock.advance(39);
    expect(got).toEqual([]);
    clock.advance(1);
    expect(got).toEqual(["one"]);
    clock.advance(60);
    expect(got).toEqual(["one", "two", "end"]);
  });

  test("hands on what waits, in order, when the delay is lifted", () => {
    const { valve, got } = rig();
    valve.setEffect(effect({ delayMs: 100 }));
    valve.push(Buffer.from("one"));
    valve.setEffect(CLEAR);
    valve.push(Buffer.from("two"));
    expect(got).toEqual(["one", "two"]);
  });

  test("a black hole swallows what comes and what is under way, and remembers it", () => {
    const { valve, got, clock } = rig();
    valve.setEffect(effect({ delayMs: 100 }));
    valve.push(Buffer.from("under way"));
    valve.setEffect(effect({ delayMs: 100, blocked: "black-hole" }));
    expect(valve.starved).toBe(true);
    valve.push(Buffer.from("new"));
    valve.setEffect(CLEAR);
    clock.advance(1_000);
    expect(got).toEqual([]);
  });

  test("a black hole that nothing fell into leaves the stream whole", () => {
    const { valve } = rig();
    valve.setEffect(effect({ blocked: "black-hole" }));
    valve.setEffect(CLEAR);
    expect(valve.starved).toBe(false);
  });

  test("a throttle lets through as many bytes a second as it says, in portions", () => {
    const { valve, got, clock } = rig();
    valve.setEffect(effect({ bytesPerSecond: 1_000 }));
    valve.push(Buffer.alloc(2_000, "x"));
    clock.advance(1_000);
    const afterOneSecond = got.join("").length;
    expect(afterOneSecond).toBeGreaterThanOrEqual(950);
    expect(afterOneSecond).toBeLessThanOrEqual(1_050);
    clock.advance(1_100);
    expect(got.join("")).toHaveLength(2_000);
  });

  test("asks the sender to wait for a congested far side, and tells it when there is room", () => {
    let congested = true;
    const { valve, got, rooms } = rig({ congested: () => congested });
    expect(valve.push(Buffer.from("one"))).toBe(false);
    expect(valve.push(Buffer.from("two"))).toBe(true);
    expect(got).toEqual(["one"]);
    congested = false;
    valve.drained();
    expect(got).toEqual(["one", "two"]);
    expect(rooms).toHaveLength(1);
  });

  test("asks the sender to wait once a window's worth is under way", () => {
    const { valve, rooms, clock } = rig();
    valve.setEffect(effect({ delayMs: 100 }));
    expect(valve.push(Buffer.alloc(600_000))).toBe(true);
    expect(valve.push(Buffer.alloc(600_000))).toBe(false);
    clock.advance(100);
    expect(rooms).toHaveLength(1);
  });

  test("a reset does not wait for a far side that takes no bytes", () => {
    const { valve, got } = rig({ congested: () => true });
    valve.push(Buffer.from("one"));
    valve.push(Buffer.from("two"));
    valve.push("reset");
    expect(got).toEqual(["one", "reset"]);
  });

  test("delivers nothing more once it is closed", () => {
    const { valve, got, clock } = rig();
    valve.setEffect(effect({ delayMs: 100 }));
    valve.push(Buffer.from("one"));
    valve.close();
    clock.advance(1_000);
    expect(got).toEqual([]);
  });
});
