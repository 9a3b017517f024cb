import { describe, expect, test } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { loadOf } from "../../topology/assumption.ts";
import type {
  TemplateAssumptions,
  TemplateComponent,
  TemplateSystem,
  Working,
} from "../../topology/template-system.ts";
import { Incident } from "../system/incident.ts";
import type { SystemModel } from "../system/model.ts";
import { hazardRates } from "../system/rates.ts";
import { compileTemplate } from "./compile.ts";

const NOON = 12 * 3_600_000;
const MINUTE = 60_000;

const NOTHING_SAID: TemplateAssumptions = {
  region: null,
  entries: [],
  zones: {},
  tasks: {},
  needs: {},
  peak: null,
  failures: {},
  load: loadOf({}),
};

const ZONES = ["a", "b"];
const PROBE = { intervalMs: 5_000, timeoutMs: 2_000, healthyThreshold: 2, unhealthyThreshold: 2 };

function component(id: string, works: Working, kind = "service"): TemplateComponent {
  return { id, name: id, kind, scope: works.kind === "whole" ? "region" : "zone", works };
}

function tasks(changes: Partial<Working & { kind: "tasks" }> = {}): TemplateComponent {
  const works = {
    kind: "tasks",
    on: "containers",
    zones: ZONES,
    count: 2,
    most: 2,
    probe: PROBE,
    bears: null,
  } as const;
  return component("Api", { ...works, ...changes });
}

function modelOf(components: readonly TemplateComponent[], told: Partial<TemplateAssumptions> = {}): SystemModel {
  const system: TemplateSystem = {
    region: { name: "r", index: 0, role: "primary", zones: ZONES.map((name, index) => ({ name, index })) },
    components,
    waits: [],
    journeys: [{ id: "all", needs: components.map(({ id }) => id) }],
    assumes: [],
  };
  return compileTemplate(system, { rates: hazardRates({}, "middle"), told: { ...NOTHING_SAID, ...told } });
}

/** What one strike of a hazard costs customers, in milliseconds, by whom. */
function costOf(model: SystemModel, key: string): ReadonlyMap<string, number> {
  const hazard = model.hazards.find((each) => each.key === key);
  if (hazard === undefined) throw new Error(`no ${key} in ${model.hazards.map((each) => each.key).join(", ")}`);
  const incident = new Incident(model, NOON);
  incident.strike(hazard, (name) => seededRandom(`1/${name}`));
  for (let next = incident.nextMs(); next !== null; next = incident.nextMs()) incident.runUntil(next);
  return incident.report().unservedMsOf;
}

function sumOf(costs: ReadonlyMap<string, number>): number {
  return [...costs.values()].reduce((sum, each) => sum + each, 0);
}

describe("what templates tell, played", () => {
  test("a zone takes what stands in it alone until it is back, and one of two for moments", () => {
    const alone = component("Db", { kind: "nodes", zones: ["a"], mends: "member" }, "database");
    const pair = component("Db", { kind: "members", engine: "rds", zones: ZONES, isProxied: true }, "database");
    expect(sumOf(costOf(modelOf([alone]), "zone/a"))).toBeGreaterThan(30 * MINUTE);
    expect(sumOf(costOf(modelOf([alone]), "zone/b"))).toBe(0);
    const failedOver = sumOf(costOf(modelOf([pair]), "zone/a"));
    expect(failedOver).toBeGreaterThan(MINUTE / 2);
    expect(failedOver).toBeLessThan(3 * MINUTE);
  });

  test("programs that leave through another zone stop with it, by the fault of what they leave by", () => {
    const way = { kind: "way-out", zones: ZONES, through: ["b"], by: "a" } as const;
    const model = modelOf([tasks(), { ...component("out", way), scope: "region", name: "Gateway" }]);
    expect(costOf(model, "zone/a").get("Gateway")).toBeGreaterThan(20 * MINUTE);
    expect(costOf(model, "zone/b").get("Gateway")).toBeUndefined();
    const sparse = modelOf([tasks({ zones: ["a"] })]);
    expect(sumOf(costOf(sparse, "zone/b"))).toBe(0);
  });

  test("what is left bears all customers unless the load is told, and then as scaling lets it", () => {
    const lost = (changes: Parameters<typeof tasks>[0], peak: number | null): number =>
      sumOf(costOf(modelOf([tasks({ on: "machines", ...changes })], { peak }), "instance/Api-a"));
    const untold = lost({}, null);
    expect(lost({ bears: 60 }, 100)).toBeGreaterThan(untold + MINUTE);
    expect(lost({ bears: 60, count: 4, most: 4, zones: ZONES }, 100)).toBeLessThanOrEqual(untold);
  });

  test("what AWS runs for a region goes on without a zone, unless it is in that zone alone", () => {
    const lambda = (zones: readonly string[]): SystemModel =>
      modelOf([component("Fn", { kind: "whole", zones }, "function")]);
    expect(sumOf(costOf(lambda(ZONES), "zone/a"))).toBe(0);
    expect(sumOf(costOf(lambda(["a"]), "zone/a"))).toBeGreaterThan(30 * MINUTE);
    expect(sumOf(costOf(lambda([]), "outage/Fn@r"))).toBeGreaterThan(15 * MINUTE);
  });

  test("balancers and ways out fail by nothing but their zones, and nobody errs on them", () => {
    const front = component("Balancer", { kind: "balancer", zones: ZONES }, "balancer");
    const keys = modelOf([tasks(), { ...front, scope: "region" }]).hazards.map(({ key }) => key);
    expect(keys.filter((key) => key.includes("Balancer"))).toEqual([]);
    expect(keys).toContain("operator's error/Api");
  });

  test("an instance that nobody replaces hangs for as long as it does", () => {
    const server = component("Server", { kind: "nodes", zones: ["a"], mends: "instance" });
    expect(sumOf(costOf(modelOf([server]), "hang/Server-a"))).toBeGreaterThan(10 * MINUTE);
  });
});
