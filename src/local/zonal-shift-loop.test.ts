import { expect, test } from "vitest";
import type { Clock } from "../base/clock.ts";
import type { WorldEvent } from "../base/journal.ts";
import type { Context } from "./context.ts";
import { EventHub } from "./event-hub.ts";
import { ZonalShiftLoop } from "./zonal-shift-loop.ts";

interface Rig {
  readonly loop: ZonalShiftLoop;
  /** What was told to the data plane. */
  readonly told: [string, readonly string[]][];
  decided(): string[];
  /** One report of each zone's node, with what it sent to each zone. */
  report(sent: Readonly<Record<string, Readonly<Record<string, number>>>>): void;
}

function rig(): Rig {
  const events = new EventHub();
  const seen: WorldEvent[] = [];
  events.watch((event) => seen.push(event));
  const clock: Clock = { now: () => 0, after: () => () => undefined, sleep: async () => undefined };
  const zones = ["a", "b", "c"].map((name, index) => ({ name, index }));
  const context = { clock, events, plan: { region: { zones } }, pace: { name: "fast", factor: 10 } };
  const told: [string, readonly string[]][] = [];
  const loop = new ZonalShiftLoop(context as unknown as Context, ["api"], (...away) => told.push(away));
  return {
    loop,
    told,
    decided: () => seen.flatMap((event) => (event.kind === "decision" ? [`${event.what} ${event.subject}`] : [])),
    report(sent) {
      for (const [zone, sentTo] of Object.entries(sent)) {
        loop.seeMetrics(zone, { api: { concurrent: 0, requests: 0, errors: 0, sentTo } });
      }
    },
  };
}

const QUIET = { a: { a: 5, b: 0, c: 5 }, b: { a: 0, b: 0, c: 0 }, c: { a: 5, b: 0, c: 5 } };

test("a shift keeps customers away from its zone, and the end of it brings them back", () => {
  const { loop, told, decided } = rig();
  loop.shift("b");
  loop.shift("b");
  loop.cancel("b");
  expect(told).toEqual([
    ["api", ["b"]],
    ["api", []],
  ]);
  expect(decided()).toEqual(["shifted-away b", "shifted-back b"]);
});

test("a zone is empty when neither its node nor the others' sent anything for two reports in a row", () => {
  const { loop, report, decided } = rig();
  loop.shift("b");
  report(QUIET);
  report({ ...QUIET, b: { a: 1, b: 0, c: 0 } }); // somebody came to the node there
  report({ ...QUIET, a: { a: 5, b: 1, c: 5 } }); // somebody was sent to a task there
  report(QUIET);
  expect(decided()).toEqual(["shifted-away b"]);
  report(QUIET);
  report(QUIET);
  expect(decided()).toEqual(["shifted-away b", "emptied b"]);
});

test("a request to a zone that was empty is noticed", () => {
  const { loop, report, decided } = rig();
  loop.shift("b");
  for (let round = 0; round < 2; round += 1) report(QUIET);
  report({ ...QUIET, c: { a: 5, b: 1, c: 5 } });
  expect(decided().slice(1)).toEqual(["emptied b", "reached-again b"]);
});

test("a shift yields while no other zone's node is healthy", () => {
  const { loop, told } = rig();
  loop.shift("b");
  for (const zone of ["a", "c"]) loop.seeNode("api", zone, false);
  loop.seeNode("api", "a", true);
  expect(told.map(([, zones]) => zones)).toEqual([["b"], [], ["b"]]);
});

test("a zone that falls ill first and is shifted away from then stays away when it is well again", () => {
  const { loop, told } = rig();
  loop.seeNode("api", "b", false);
  loop.shift("b");
  loop.seeNode("api", "b", true);
  expect(told.at(-1)).toEqual(["api", ["b"]]);
});
