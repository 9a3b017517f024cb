import type { IncomingHttpHeaders } from "node:http";
import { expect, test } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { EdgeCache } from "./cache.ts";

let now = 0;
const clock = { ...systemClock, now: () => now };

function make(options: { maxBytes?: number; maxObjectBytes?: number } = {}): EdgeCache {
  now = 1_000_000;
  return new EdgeCache({ clock, staleIfErrorMs: 30_000, ...options });
}

function keep(cache: EdgeCache, key: string, headers: IncomingHttpHeaders, body = "body"): boolean {
  const draft = cache.admit({ key, headers: {} }, { status: 200, headers }, 0);
  draft?.push(Buffer.from(body));
  return draft?.commit() ?? false;
}

const find = (cache: EdgeCache, key: string, headers: IncomingHttpHeaders = {}): ReturnType<EdgeCache["find"]> =>
  cache.find({ key, headers });

test("what was used least recently goes first once the memory is full", () => {
  const cache = make({ maxBytes: 3 * 11_024 });
  const body = "x".repeat(10_000);
  for (const key of ["a", "b", "c"]) keep(cache, key, { "cache-control": "max-age=60" }, body);
  find(cache, "a");
  keep(cache, "d", { "cache-control": "max-age=60" }, body);
  expect(["a", "b", "c", "d"].map((key) => find(cache, key) !== null)).toEqual([true, false, true, true]);
});

test("replacing an object does not use up the memory", () => {
  const cache = make({ maxBytes: 3 * 11_024 });
  keep(cache, "a", { "cache-control": "max-age=60" }, "x".repeat(10_000));
  for (let time = 0; time < 20; time++) keep(cache, "b", { "cache-control": "max-age=60" }, "x".repeat(10_000));
  expect(find(cache, "a")?.fresh).toBe(true);
});

test("an object that is too large is not kept", () => {
  const cache = make({ maxObjectBytes: 10 });
  expect(keep(cache, "a", { "cache-control": "max-age=60" }, "x".repeat(11))).toBe(false);
  expect(find(cache, "a")).toBeNull();
});

test.for([
  [{ "cache-control": "max-age=60" }, true],
  [{ "cache-control": "public, s-maxage=60, max-age=0" }, true],
  [{ expires: "Thu, 01 Jan 1970 00:20:00 GMT" }, true],
  [{}, false],
  [{ "last-modified": "Thu, 01 Jan 1970 00:00:00 GMT" }, false],
  [{ "cache-control": "max-age=0" }, false],
  [{ "cache-control": "no-store, max-age=60" }, false],
  [{ "cache-control": "private, max-age=60" }, false],
  [{ "cache-control": "no-cache" }, false],
  [{ "cache-control": "max-age=60", vary: "*" }, false],
  [{ "cache-control": "public, max-age=60", "set-cookie": ["a=1"] }, false],
] as const)("keeps an answer with %j: %s", ([headers, kept]) => {
  expect(keep(make(), "a", { ...headers } as IncomingHttpHeaders)).toBe(kept);
});

test("an answer is stale after its time, and stands in for a failing origin no longer than allowed", () => {
  const cache = make();
  keep(cache, "default", { "cache-control": "max-age=60" });
  keep(cache, "own", { "cache-control": "max-age=60, stale-if-error=5" });
  keep(cache, "strict", { "cache-control": "max-age=60, must-revalidate" });
  const look = (key: string): readonly boolean[] => {
    const { entry, fresh } = find(cache, key)!; // it was kept
    return [fresh, cache.mayStandIn(entry)];
  };
  now += 59_000;
  expect(["default", "own", "strict"].map(look).map(([fresh]) => fresh)).toEqual([true, true, true]);
  now += 5_000;
  expect(["default", "own", "strict"].map(look)).toEqual([
    [false, true],
    [false, true],
    [false, false],
  ]);
  now += 3_000;
  expect(["default", "own"].map(look)).toEqual([
    [false, true],
    [false, false],
  ]);
  now += 24_000;
  expect(look("default")).toEqual([false, false]);
});

test("a confirmed answer is fresh again, with the headers that came with the confirmation", () => {
  const cache = make();
  keep(cache, "a", { "cache-control": "max-age=60", etag: '"1"', "x-was": "old", age: "10" });
  now += 60_000;
  const { entry } = find(cache, "a")!; // it was kept
  expect(cache.validators(entry)).toEqual({ "if-none-match": '"1"' });
  cache.refresh(entry, { key: "a", headers: {} }, { "x-was": "new", "content-length": "0" });
  const found = find(cache, "a")!; // it was kept
  expect(found.fresh).toBe(true);
  expect(cache.headersOf(found.entry)).toMatchObject({ "x-was": "new", age: "0", etag: '"1"' });
  expect(found.entry.body.toString()).toBe("body");
});
