import { describe, expect, test } from "vitest";
import { parseHistory, parseLsn, relate, segmentStart } from "./database-history.ts";

const PRIMARY = {
  timeline: 3,
  offset: 900,
  oldest: 100,
  past: [
    { timeline: 1, end: 300 },
    { timeline: 2, end: 500 },
  ],
};

describe("a copy that would follow a primary", () => {
  test.each([
    ["on the same timeline", { timeline: 3, offset: 800 }, "behind"],
    ["exactly where the primary is", { timeline: 3, offset: 900 }, "behind"],
    ["ahead of it on the same timeline", { timeline: 3, offset: 901 }, "diverged"],
    ["at the very end of a past timeline", { timeline: 2, offset: 500 }, "behind"],
    ["one byte past the fork", { timeline: 1, offset: 301 }, "diverged"],
    ["on a timeline that the primary never had", { timeline: 4, offset: 200 }, "diverged"],
    ["older than what the primary keeps", { timeline: 1, offset: 99 }, "expired"],
  ] as const)("%s", (_name, own, relation) => {
    expect(relate(own, PRIMARY)).toBe(relation);
  });

  test("reads PostgreSQL's history files, positions and segment names", () => {
    const text = "1\t0/1C2B190\tno recovery target specified\n\n2\t1/00000A00\tno recovery target specified\n";
    expect(parseHistory(text)).toEqual([
      { timeline: 1, end: 0x1c2b190 },
      { timeline: 2, end: 2 ** 32 + 0xa00 },
    ]);
    expect(parseLsn("16/B374D848")).toBe(0x16 * 2 ** 32 + 0xb374d848);
    expect(segmentStart("000000020000000100000003", 2 ** 22)).toBe(2 ** 32 + 3 * 2 ** 22);
    expect(segmentStart("00000002.history", 2 ** 22)).toBeUndefined();
  });
});
