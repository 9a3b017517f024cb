import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import { loadDefinition } from "../../src/definition/load.ts";
import { assess } from "../../src/estimate/strategy.ts";
import { compileModel } from "../../src/simulate/system/compile.ts";
import { Incident, type StrikeReport } from "../../src/simulate/system/incident.ts";
import type { Hazard, SystemModel } from "../../src/simulate/system/model.ts";
import { hazardRates } from "../../src/simulate/system/rates.ts";
import { compileTopology } from "../../src/topology/compile.ts";
import type { RecoveryStrategy } from "../../src/topology/topology.ts";

const STRATEGIES: readonly RecoveryStrategy[] = ["backup-restore", "pilot-light", "warm-standby", "active-active"];
const SEEDS = 60;

/** What one strike alone comes to, under so many seeds. */
function strikesOf(model: SystemModel, hazard: Hazard): readonly StrikeReport[] {
  return Array.from({ length: SEEDS }, (_, seed) => {
    const incident = new Incident(model, 0);
    incident.strike(hazard, (name) => seededRandom(`${seed}/${hazard.key}/${name}`));
    for (let next = incident.nextMs(); next !== null; next = incident.nextMs()) incident.runUntil(next);
    return incident.report().strikes[0]!; // it was struck
  });
}

describe.each(STRATEGIES)("the shop under %s, simulated and estimated", (recovery) => {
  const given = async () => {
    const { definition, directory } = await loadDefinition("examples/shop/holdfast.config.ts");
    const topology = compileTopology({ ...definition, recovery }, { regions: "all", directory });
    const rates = hazardRates(topology, "middle");
    const never = { ...rates.mishaps.promotion, share: 0 }; // an estimate takes failovers to do what they should
    const model = compileModel(topology, { ...rates, mishaps: { promotion: never, takeover: never } });
    return { model, figures: assess(topology).figures };
  };

  test("no recovery is longer than the estimate's worst, and none of a region quicker than its best", async () => {
    const { model, figures } = await given();
    // of regions the one that writes
    const scopes = { "instance/": "instance", "zone/": "zone", "region/us-east-1": "region" } as const;
    for (const [prefix, scope] of Object.entries(scopes)) {
      const hazards = model.hazards.filter(({ key }) => key.startsWith(prefix));
      const times = hazards.flatMap((hazard) => strikesOf(model, hazard)).map(({ downMs }) => downMs);
      const felt = times.filter((ms) => ms > 0);
      const { low, high } = figures.rtoMs[scope];
      expect(felt.length, scope).toBeGreaterThan(0);
      expect(Math.max(...felt), scope).toBeLessThanOrEqual(high);
      expect(Math.max(...felt), scope).toBeGreaterThan(low + 0.6 * (high - low)); // the range is none too wide
      if (scope === "region") expect(Math.min(...felt)).toBeGreaterThanOrEqual(low);
    }
  });

  test("a lost region leaves behind no more than the estimate's recovery point", async () => {
    const { model, figures } = await given();
    const hazards = model.hazards.filter(({ key }) => key.startsWith("region/"));
    const lost = hazards.flatMap((hazard) => strikesOf(model, hazard)).map(({ lostMs }) => lostMs);
    const { low, high } = figures.rpoMs.region;
    expect(Math.max(...lost)).toBeLessThanOrEqual(high);
    expect(Math.max(...lost)).toBeGreaterThan(low);
  });
});
