import { describe, expect, test } from "vitest";
import type { Catalogue, Manifest, Mark } from "./catalogue.ts";
import { expectedLog, ownSegments, restorable, segmentHolding, wayTo, wayToLatest } from "./coverage.ts";

/** Segments of a hundred bytes would not have names of PostgreSQL's; these have the size that ours have. */
const SIZE = 4 * 2 ** 20;

const at = (segments: number): number => segments * SIZE;

function base(id: string, times: readonly [number, number], more: Partial<Manifest> = {}): Manifest {
  const [startedAt, finishedAt] = times;
  const empty = { keyId: null, folders: [], files: [] };
  const place = { timeline: 1, startLsn: at(1) + 40, stopLsn: at(1) + 400 };
  return { holdfast: 1, id, startedAt, completeAt: finishedAt - 1, finishedAt, ...place, ...empty, ...more };
}

const mark = (time: number, lsn: number, timeline = 1): Mark => ({ kind: "mark", at: time, timeline, lsn });

const restored = (time: number): Mark => ({ kind: "restored", at: time, toTime: null });

function log(timeline: number, first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, i) => segmentHolding(timeline, at(first + i), SIZE));
}

function catalogue(of: Partial<Catalogue>): Catalogue {
  const nothing = { bases: [], log: new Set<string>(), histories: new Map(), marks: [], unreadable: [] };
  return { segmentBytes: SIZE, ...nothing, ...of };
}

describe("what an archive can bring back", () => {
  const whole = catalogue({
    bases: [base("b1", [10, 20])],
    log: new Set(log(1, 1, 4)),
    marks: [mark(30, at(2) + 7), mark(40, at(3) + 7), mark(50, at(4) + 7)],
  });

  test("is all from the end of a backup to the last mark that its log leads up to", () => {
    expect(restorable(whole)).toEqual([{ from: 20, to: 50 }]);
    expect(wayTo(whole, 35)).toMatchObject({ toTime: 35, timeline: 1, isSnapshot: false, segments: log(1, 1, 3) });
    expect(wayToLatest(whole)).toMatchObject({ toTime: null, completeAt: 50, segments: log(1, 1, 4), missing: null });
    for (const time of [9, 19.5, 51]) expect(wayTo(whole, time), String(time)).toBeUndefined();
  });

  test("is the backup itself alone where there is no more: a snapshot", () => {
    const snapshot = { ...whole, log: new Set(log(1, 1, 1)), marks: [] };
    expect(restorable(snapshot)).toEqual([{ from: 19, to: 19 }]);
    expect(wayTo(snapshot, 19)).toMatchObject({ toTime: null, isSnapshot: true, segments: log(1, 1, 1) });
    expect(wayToLatest(snapshot)).toMatchObject({ toTime: null, completeAt: 19, segments: log(1, 1, 1) });
    expect(expectedLog(snapshot)).toEqual(log(1, 1, 1));
  });

  test("ends before a segment that is missing, and begins again with the next backup", () => {
    const holed = { ...whole, log: new Set([...log(1, 1, 2), ...log(1, 4, 6)]) };
    expect(restorable(holed).at(-1)).toEqual({ from: 20, to: 30 });
    expect(wayToLatest(holed)).toMatchObject({ segments: log(1, 1, 2), completeAt: 30, missing: log(1, 3, 3)[0] });
    const again = {
      ...holed,
      bases: [...whole.bases, base("b2", [60, 70], { startLsn: at(5) + 40, stopLsn: at(5) + 99 })],
      marks: [...whole.marks, mark(80, at(6) + 1)],
    };
    expect(restorable(again)).toEqual([
      { from: 20, to: 30 },
      { from: 70, to: 80 },
    ]);
    expect(wayToLatest(again)).toMatchObject({ base: { id: "b2" }, segments: log(1, 5, 6), missing: null });
    expect(expectedLog(again).filter((name) => !again.log.has(name))).toEqual(log(1, 3, 3));
  });

  test("is nothing where the log of the backup itself is missing", () => {
    const bare = { ...whole, log: new Set(log(1, 2, 4)) };
    expect(restorable(bare)).toEqual([]);
    expect(wayToLatest(bare)).toBeUndefined();
    expect(wayTo(bare, 30)).toBeUndefined();
  });

  test("goes on over a failover, without what only the lost primary had", () => {
    const failedOver = {
      ...whole,
      log: new Set([...log(1, 1, 4), ...log(2, 3, 5)]),
      histories: new Map([[2, [{ timeline: 1, end: at(3) + 50 }]]]),
      marks: [...whole.marks, mark(60, at(5) + 7, 2)],
    };
    expect(restorable(failedOver).at(-1)).toEqual({ from: 20, to: 60 });
    const way = wayTo(failedOver, 55);
    expect(way).toMatchObject({ timeline: 2, segments: [...log(1, 1, 2), ...log(2, 3, 5)] });
    expect(wayToLatest(failedOver)).toMatchObject({ timeline: 2, missing: null });
    expect(expectedLog(failedOver)).toEqual([...log(1, 1, 2), ...log(2, 3, 5)]);
    // What the old primary reached alone, after it was given up, is on no way to the new one.
    const alone = { ...failedOver, marks: [...whole.marks.slice(0, 2), mark(45, at(3) + 60, 2), mark(50, at(4) + 7)] };
    expect(restorable(alone).at(-1)).toEqual({ from: 20, to: 45 });
    const unknown = { ...failedOver, histories: new Map() };
    expect(restorable(unknown).at(-1)).toEqual({ from: 19, to: 19 });
    expect(wayToLatest(unknown)).toMatchObject({ timeline: 1, missing: expect.any(String) });
    const unarchived = { ...failedOver, log: new Set(log(1, 1, 4)) };
    expect(wayToLatest(unarchived)).toMatchObject({ segments: log(1, 1, 2), missing: log(2, 3, 3)[0] });
  });

  test("has two histories after a restore, and a time means the one that was in force then", () => {
    const back = {
      ...whole,
      log: new Set([...log(1, 1, 4), ...log(2, 2, 3)]),
      histories: new Map([[2, [{ timeline: 1, end: at(2) + 50 }]]]),
      marks: [...whole.marks, restored(55), restored(60), mark(70, at(3) + 7, 2)],
    };
    expect(restorable(back)).toEqual([
      { from: 20, to: 50 },
      { from: 60, to: 70 },
    ]);
    expect(wayTo(back, 45)).toMatchObject({ timeline: 1, segments: log(1, 1, 4) });
    expect(wayTo(back, 65)).toMatchObject({ timeline: 2, segments: [...log(1, 1, 1), ...log(2, 2, 3)] });
    expect(wayTo(back, 57)).toBeUndefined();
  });
});

test("segments are named as PostgreSQL names them", () => {
  expect(segmentHolding(0x1f, 0x16_b374d848, SIZE)).toBe("0000001F00000016000002CD");
  expect(ownSegments(base("b", [0, 1], { startLsn: at(2) + 9, stopLsn: at(4) }), SIZE)).toEqual(log(1, 2, 3));
});
