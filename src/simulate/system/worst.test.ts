import { describe, expect, test } from "vitest";
import { shopTopology } from "../../../test/support/shop-topology.ts";
import { designOf } from "./design.ts";
import { simpleModel } from "./fixture.ts";
import type { Hazard } from "./model.ts";
import { worstSchedules } from "./worst.ts";

const HOUR = 3_600_000;

const pair = { id: "pair", zones: ["a", "b"], needed: 1, perYear: 1, repairMs: [HOUR, HOUR] as const };
const alone = { id: "alone", zones: [null], needed: 1, perYear: 1, repairMs: [2 * HOUR, 2 * HOUR] as const };

describe("the worst schedules", () => {
  test("are those first whose strikes make each other worse, and then what is bad by itself", () => {
    const [worst, second, ...others] = worstSchedules(simpleModel([pair, alone]), 1);
    expect(worst!.strikes.map(({ target }) => target).toSorted()).toEqual(["pair-0", "pair-1"]); // two kinds of them
    expect(worst).toMatchObject({ strikes: [{ harm: "crash", atMs: 0, lastsMs: null }, { harm: "crash" }] });
    expect(worst!.addsMinutes).toBe(worst!.minutes); // one by one they cost nothing
    expect(worst!.minutes).toBeGreaterThan(55); // of the hour that they could overlap for
    expect(second).toMatchObject({ strikes: [{ target: "alone-0" }], minutes: 120, addsMinutes: 0 });
    expect(others).toEqual([]);
  });

  test("of the shop's cache are two of its three members gone at once", async () => {
    const model = designOf(await shopTopology("primary")).modelAt("middle");
    const hazards = model.hazards.filter(({ harm }) => harm.kind === "crash");
    const [worst] = worstSchedules({ ...model, hazards }, 1, 80);
    const struck = worst!.strikes.map(({ target }) => target); // something befalls it
    expect(struck.map((id) => id.split("-")[0])).toEqual(["sessions", "sessions"]);
    expect(new Set(struck).size).toBe(2);
    expect(worst!.addsMinutes).toBeGreaterThan(1); // it takes no write until one of them is replaced
  });

  test("follow from the seed", () => {
    const model = simpleModel([pair, alone]);
    expect(worstSchedules(model, 1, 50)).toEqual(worstSchedules(model, 1, 50));
    expect(worstSchedules(model, 2, 50)).not.toEqual(worstSchedules(model, 1, 50));
  });

  test("name a component as a whole, where it fails, and for how long", () => {
    const model = simpleModel([alone]);
    const harm = {
      kind: "fail",
      component: "alone",
      parts: ["alone"],
      lastsMs: [HOUR, HOUR],
      region: "region",
    } as const;
    const outage: Hazard = { key: "outage", cause: "outage: alone", perYear: 1, harm };
    expect(worstSchedules({ ...model, hazards: [outage] }, 1)).toEqual([
      {
        strikes: [{ cause: "outage: alone", harm: "fail", target: "alone", region: "region", atMs: 0, lastsMs: HOUR }],
        minutes: 60,
        addsMinutes: 0,
      },
    ]);
  });

  test("are none where nothing ever fails", () => {
    expect(worstSchedules(simpleModel([{ ...pair, perYear: 0 }]), 1)).toEqual([]);
  });
});
