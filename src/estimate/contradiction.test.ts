import { describe, expect, test } from "vitest";
import { shopTopology } from "../../test/support/shop-topology.ts";
import type { Objectives, RecoveryStrategy } from "../topology/topology.ts";
import { contradictionsIn } from "./contradiction.ts";
import { assess } from "./strategy.ts";

const shop = await shopTopology("all");
const MINUTE = 60_000;
const none = { rtoMs: null, rpoMs: null };

function found(objectives: Partial<Objectives>, recoveries: readonly RecoveryStrategy[] = []): string {
  const whole: Objectives = { availability: null, peak: null, instance: none, zone: none, region: none, ...objectives };
  const strategies = recoveries.map((recovery) => ({ recovery, figures: assess({ ...shop, recovery }).figures }));
  return contradictionsIn(whole, strategies).join("\n");
}

describe("objectives that exclude each other", () => {
  test("a region that is to be back before a zone is", () => {
    const objectives = { zone: { rtoMs: 5 * MINUTE, rpoMs: null }, region: { rtoMs: MINUTE, rpoMs: null } };
    expect(found(objectives)).toBe(
      "the RTO of a region (60 s) is shorter than that of a zone (5 min), which is lost with it",
    );
  });

  test("99.99% with backup and restore, of which one loss takes more than the year allows", () => {
    const text = found({ availability: 0.9999 }, ["backup-restore", "pilot-light", "warm-standby"]);
    expect(text).toBe(
      "99.99% with backup-restore: it allows 52.6 min a year, and one loss of a region can take 41 min–5.3 h",
    );
  });

  test("a region that is to lose nothing, where every copy follows after the answer", () => {
    const region = { rtoMs: null, rpoMs: 0 };
    expect(found({ region }, ["warm-standby"])).toContain("a region's RPO of 0");
  });

  test("are none in the shop's own, and none where nothing is wanted", () => {
    expect(contradictionsIn(shop.objectives, [])).toEqual([]);
    expect(found({})).toBe("");
  });
});
