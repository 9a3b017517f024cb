import { describe, expect, test } from "vitest";
import { shopTopology } from "../../../test/support/shop-topology.ts";
import { seededRandom } from "../../base/random.ts";
import { compileModel } from "./compile.ts";
import { Incident, type StrikeReport } from "./incident.ts";
import type { Hazard, SystemModel } from "./model.ts";
import type { TakeoverPlan } from "./part/regions.ts";
import { hazardRates } from "./rates.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** At which the shop has as few customers as it ever has. */
const MIDNIGHT = 0;
const NOON = 12 * HOUR;

async function shop(regions: "primary" | "all", changes: Partial<SystemModel> = {}): Promise<SystemModel> {
  const topology = await shopTopology(regions);
  return { ...compileModel(topology, hazardRates(topology, "middle")), ...changes };
}

/** What one strike alone comes to. */
function played(model: SystemModel, hazard: Hazard, { seed = 1, at = MIDNIGHT } = {}): StrikeReport {
  const incident = new Incident(model, at);
  incident.strike(hazard, (name) => seededRandom(`${seed}/${name}`));
  for (let next = incident.nextMs(); next !== null; next = incident.nextMs()) incident.runUntil(next);
  return incident.report().strikes[0]!; // it was struck
}

function lasting(model: SystemModel, key: string, ms: number): Hazard {
  const hazard = model.hazards.find((each) => each.key === key)!; // every model has it
  return { ...hazard, harm: { ...hazard.harm, lastsMs: [ms, ms] } as Hazard["harm"] };
}

const PRIMARY_ZONE = "us-east-1a";

describe("the links of a zone", () => {
  test("cut off, it is failed over from as if it had no power, and takes part again once it is heard", async () => {
    const model = await shop("primary");
    const cut = played(model, lasting(model, `cut/${PRIMARY_ZONE}`, 2 * HOUR));
    const dark = played(model, lasting(model, `zone/${PRIMARY_ZONE}`, 2 * HOUR));
    expect(cut.downMs).toBeGreaterThan(MINUTE / 6);
    expect(cut.downMs / dark.downMs).toBeCloseTo(1, 1);
    const short = played(model, lasting(model, `cut/${PRIMARY_ZONE}`, 1_000));
    expect(short.downMs).toBeGreaterThan(0);
    expect(short.downMs).toBeLessThan(2 * MINUTE);
  });

  test("what reaches nobody is well for its health checks, so that only a person leads customers away", async () => {
    const model = await shop("primary");
    const { downMs } = played(model, lasting(model, `mute/us-east-1b`, 2 * HOUR));
    expect(downMs).toBeGreaterThan(5 * MINUTE);
    expect(downMs).toBeLessThan(17 * MINUTE);
    expect(played(model, lasting(model, `mute/us-east-1b`, MINUTE)).downMs).toBeLessThan(1.2 * MINUTE);
  });

  test("slow links to the zone of a writer slow down all who write: too much only while many ask", async () => {
    const model = await shop("primary");
    const slow = lasting(model, `slow/${PRIMARY_ZONE}`, 2 * HOUR);
    expect(played(model, slow, { at: NOON }).downMs).toBeGreaterThan(MINUTE);
    expect(played(model, slow, { at: MIDNIGHT }).downMs).toBe(0);
  });
});

describe("a failover that goes wrong", () => {
  const always = { share: 1, mendMs: [30 * MINUTE, 30 * MINUTE] as const };
  const never = { ...always, share: 0 };

  test("of a member lasts until a person has mended it", async () => {
    const topology = await shopTopology("primary");
    const rates = hazardRates(topology, "middle");
    const downMs = (promotion: typeof always): number => {
      const model = compileModel(topology, { ...rates, mishaps: { ...rates.mishaps, promotion } });
      return played(
        model,
        model.hazards.find(({ key }) => key === "instance/database-us-east-1a")!,
      ).downMs; // it has one
    };
    expect(downMs(never)).toBeLessThan(2 * MINUTE);
    expect(downMs(always)).toBeGreaterThan(30 * MINUTE);
    expect(downMs(always)).toBeLessThan(33 * MINUTE);
  });

  test("of a region lasts until a person has mended it", async () => {
    const topology = await shopTopology("all");
    const rates = hazardRates(topology, "middle");
    const downMs = (takeover: typeof always): number => {
      const model = compileModel(topology, { ...rates, mishaps: { ...rates.mishaps, takeover } });
      return played(model, lasting(model, "region/us-east-1", 8 * HOUR)).downMs;
    };
    const adds = downMs(always) - downMs(never);
    expect(adds).toBeGreaterThan(30 * MINUTE);
    expect(adds).toBeLessThan(50 * MINUTE);
  });
});

describe("the way back to the first region", () => {
  test("costs customers a pause in which nobody writes, and is no part of the recovery", async () => {
    const model = await shop("all");
    const { takeover } = model;
    const wayBack = { afterMs: [HOUR, HOUR] as const, pauseMs: [4 * MINUTE, 4 * MINUTE] as const };
    const lost = lasting(model, "region/us-east-1", 2 * HOUR);
    const under = (plan: TakeoverPlan): StrikeReport => played({ ...model, takeover: plan }, lost);
    const { wayBack: _, ...oneWay } = takeover!; // there are two regions
    const [going, staying] = [under({ ...oneWay, wayBack }), under(oneWay)];
    expect(going.downMs).toBe(staying.downMs);
    expect(going.lostMs).toBe(staying.lostMs);
    expect((going.unservedMs - staying.unservedMs) / (4 * MINUTE)).toBeCloseTo(1, 1);
  });

  test("is the fault of what the region was left for, whatever has struck since", async () => {
    const model = await shop("all");
    const incident = new Incident(model, MIDNIGHT);
    const strike = (hazard: Hazard): void => incident.strike(hazard, (name) => seededRandom(`${hazard.key}/${name}`));
    strike(lasting(model, "region/us-east-1", 2 * HOUR));
    incident.runUntil(3 * HOUR);
    strike(model.hazards.find(({ key }) => key === "instance/fulfilment-us-east-1b")!); // the shop has it
    for (let next = incident.nextMs(); next !== null; next = incident.nextMs()) incident.runUntil(next);
    const [region, worker] = incident.report().strikes;
    expect(worker).toMatchObject({ unservedMs: 0, downMs: 0 });
    expect(region!.unservedMs).toBeGreaterThan(region!.downMs); // both were struck
  });
});

describe("what a zone keeps", () => {
  test("is lost as far as its copy lacks it, where it is made again before its zone is back", async () => {
    const topology = await shopTopology("primary");
    const model = compileModel(topology, hazardRates(topology, "middle"));
    const instances = [{ id: "disk", zone: PRIMARY_ZONE }];
    const restoring = { takesMs: [[HOUR, HOUR]] as const, lacksMs: [[0, 24 * HOUR]] as const };
    const plan = { kind: "plain", instances, needed: 1, repairMs: [1, 1], restoring } as const;
    const [region] = model.regions;
    const zonal = { ...region!, zonal: [...region!.zonal, "disk"] }; // it has one
    const needs = model.journeys.map((each) => ({
      ...each,
      needs: each.needs.map((keys) => new Set([...keys, "disk"])),
    }));
    const changed = { ...model, parts: new Map([...model.parts, ["disk", plan]]), regions: [zonal], journeys: needs };
    const lost = (ms: number) => played(changed, lasting(changed, `zone/${PRIMARY_ZONE}`, ms));
    expect(lost(30 * MINUTE)).toMatchObject({ lostMs: 0 });
    expect(lost(30 * MINUTE).downMs / (30 * MINUTE)).toBeCloseTo(1, 1);
    expect(lost(4 * HOUR).lostMs).toBeGreaterThan(0);
    expect(lost(4 * HOUR).downMs / HOUR).toBeCloseTo(1, 1);
  });
});
