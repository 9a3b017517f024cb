import { describe, expect, test } from "vitest";
import { validateDefinition } from "../definition/validate.ts";
import { FAILURE } from "../facts/failure.ts";
import { assumptionsOf, callsOf, failureRates, loadOf } from "./assumption.ts";

const HOUR = 3_600_000;

function read(assumptions: unknown) {
  return validateDefinition({
    name: "shop",
    regions: { primary: "us-east-1" },
    services: { api: { run: "node server.js", port: 8080, health: "/healthz" } },
    assumptions,
  });
}

function rates(assumptions: unknown) {
  const { definition, problems } = read(assumptions);
  expect(problems).toEqual([]);
  return failureRates({ assumptions: assumptionsOf(definition!) }); // it has no problems
}

describe("assumptions", () => {
  test("what the definition does not say is as the facts have it", () => {
    expect(rates({})).toEqual(FAILURE);
    expect(failureRates({})).toEqual(FAILURE);
  });

  test("one duration is both ends of a range, two are its ends", () => {
    const { zone, instance } = rates({
      failures: { zone: { between: "365 days" }, instance: { lasts: ["1 hour", "2 hours"] } },
    });
    expect(zone.betweenMs.value).toEqual([365 * 24 * HOUR, 365 * 24 * HOUR]);
    expect(zone.repairMs).toEqual(FAILURE.zone.repairMs);
    expect(instance.repairMs.value).toEqual([HOUR, 2 * HOUR]);
    expect(instance.betweenMs).toEqual(FAILURE.instance.betweenMs);
  });

  test("load is the facts', and what the definition says", () => {
    expect(loadOf({})).toEqual({ requestMs: 100, patienceMs: 1_000, coldFactor: 3, warmMs: 300_000 });
    const { definition } = read({ load: { request: "20 milliseconds" } });
    expect(loadOf({ assumptions: assumptionsOf(definition!) })).toMatchObject({ requestMs: 20, patienceMs: 1_000 });
  });

  test("calls are the shop's, and what the definition says", () => {
    const shops = { timeoutMs: 300, attempts: 2, breakAfter: 5, breakForMs: 500 };
    expect(callsOf({})).toEqual(shops);
    const told = (calls: unknown): unknown => callsOf({ assumptions: assumptionsOf(read({ calls }).definition!) });
    expect(told({})).toEqual(shops);
    expect(told({ timeout: "2 seconds", breakFor: "0 seconds" })).toEqual({
      ...shops,
      timeoutMs: 2_000,
      breakForMs: 0,
    });
  });

  test.each([
    [{ calls: { attempts: 0 } }, "DEF-007", "assumptions.calls.attempts"],
    [{ failures: { comet: {} } }, "DEF-003", "assumptions.failures.comet"],
    [{ failures: { zone: { between: ["2 hours", "1 hour"] } } }, "DEF-011", "assumptions.failures.zone.between"],
    [{ failures: { zone: { between: ["2 hours"] } } }, "DEF-005", "assumptions.failures.zone.between"],
    [{ failures: { zone: { lasts: "soon" } } }, "DEF-019", "assumptions.failures.zone.lasts"],
    [{ load: { request: "2 hours" } }, "DEF-007", "assumptions.load.request"],
  ])("rejects %j", (assumptions, code, at) => {
    expect(read(assumptions).problems).toEqual([expect.objectContaining({ code, at })]);
  });
});
