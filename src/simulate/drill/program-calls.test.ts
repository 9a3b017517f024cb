import { describe, expect, test } from "vitest";
import { shopTopology } from "../../../test/support/shop-topology.ts";
import { seededRandom } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import { type AssumedCalls, callsOf } from "../../topology/assumption.ts";
import { PACES } from "../../topology/timing.ts";
import type { Answer } from "./customers.ts";
import { Programs } from "./program-calls.ts";
import { Scene, settleScene } from "./scene.ts";
import { scenePlan } from "./scene-plan.ts";

const topology = await shopTopology("primary");
const customers = { rate: 50, attempts: 3, attemptMs: 1_000, backoffMs: [200, 400], readShare: 1 / 3 };
const scene = settleScene(scenePlan({ topology, pace: PACES.fast, customers })!); // the shop has a first region

/** What requests see, one every 10 ms, of a program that calls a queue which takes so long. */
function answers(queueMs: Ms, changes: Partial<AssumedCalls> = {}): readonly Answer[] {
  const slow = new Scene(scene, seededRandom("scene"));
  slow.strike([{ kind: "service-fault", queue: "orders", effect: { kind: "slow", delayMs: queueMs } }]);
  const calls = { ...callsOf({}), ...changes };
  const programs = new Programs({
    topology: { ...topology, assumptions: { ...topology.assumptions!, calls } }, // it is compiled from a definition
    history: slow.history,
    writesPerSecond: 10,
    random: seededRandom("calls"),
  });
  const needs = { service: "api", queues: ["orders"], writers: [], readers: [] };
  const ask = (at: Ms): Answer => programs.answer({ task: "api-us-east-1a", zone: "us-east-1a", at, needs });
  return Array.from({ length: 10 }, (_, request) => ask(10 * request));
}

describe("programs that call a slow queue", () => {
  test("give each call up after its time, and do not call for a while after five failures", () => {
    const all = answers(400);
    expect(all.every(({ ok }) => !ok)).toBe(true);
    for (const { tookMs } of all.slice(0, 5)) expect(tookMs).toBeGreaterThanOrEqual(600);
    for (const { tookMs } of all.slice(5)) expect(tookMs).toBeLessThan(10);
  });

  test("wait for as long, call as often and go on calling as the definition says", () => {
    expect(answers(400, { timeoutMs: 1_000 }).every(({ ok }) => ok)).toBe(true);
    expect(answers(400, { attempts: 1 })[0]?.tookMs).toBe(300);
    for (const { tookMs } of answers(400, { breakForMs: 0 })) expect(tookMs).toBeGreaterThanOrEqual(600);
    expect(answers(400, { breakAfter: 2 })[2]?.tookMs).toBeLessThan(10);
  });
});

test("the shop says of its programs what is assumed of others", () => {
  expect(topology.assumptions?.calls).toEqual(callsOf({}));
});
