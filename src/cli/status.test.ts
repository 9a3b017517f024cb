import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import type { RecoveryStatus } from "../world/recovery.ts";
import type { InstanceStatus, Status } from "../world/world.ts";
import { statusText } from "./status.ts";

function instance(id: string, region: string | null): InstanceStatus {
  const component = id.slice(0, 3);
  return { id, component, region, zone: region && `${region}a`, pid: 7, state: "healthy", role: null };
}

const STATUS: Status = {
  state: "healthy",
  since: "2026-11-21T18:00:00.000Z",
  endpoints: { site: "http://127.1.254.1:8080", dns: "127.1.254.53:5353", control: "http://127.1.254.2:7070" },
  regions: [],
  recovery: null,
  instances: [instance("api-us-east-1a", "us-east-1"), instance("global", null)],
  faults: [],
};

const RECOVERY: RecoveryStatus = {
  active: "us-east-1",
  plan: null,
  asked: false,
  regions: [
    { name: "us-east-1", role: "active", seen: true, data: "leads", services: "full", lagMs: { database: null } },
    { name: "us-west-2", role: "standby", seen: true, data: "follows", services: "reduced", lagMs: { database: 12 } },
  ],
  saved: [],
};

function draw(recovery: RecoveryStatus | null): readonly string[] {
  const west = instance("api-us-west-2a", "us-west-2");
  const text = statusText("shop", { ...STATUS, recovery, instances: [west, ...STATUS.instances] });
  return stripVTControlCharacters(text).split("\n");
}

describe("the status in words", () => {
  test("with one region has one list", () => {
    const lines = draw(null);
    expect(lines[0]).toBe("shop is healthy since 2026-11-21T18:00:00.000Z");
    expect(lines[1]).toMatch(/^ {2}● api-us-west-2a +us-west-2a +healthy/);
    expect(lines.join("\n")).not.toContain("outside of all regions");
  });

  test("with several has the instances of each under what it is, what it runs, and how far behind", () => {
    const lines = draw(RECOVERY);
    expect(lines.slice(1, 7).map((line) => line.replace(/(● \S+).*/, "$1"))).toEqual([
      "  us-east-1 active: its databases take writes, all services",
      "  ● api-us-east-1a",
      "  us-west-2 standby: its databases copy the other region's, services at half size, database 12 ms behind",
      "  ● api-us-west-2a",
      "  outside of all regions",
      "  ● global",
    ]);
  });

  test("tells a region that is not seen, the plan under way, what is asked, and what was saved", () => {
    const [east, west] = RECOVERY.regions;
    const text = draw({
      ...RECOVERY,
      plan: { kind: "failover", from: "us-east-1", to: "us-west-2", stage: "promote" },
      asked: true,
      regions: [
        { ...east!, role: "given-up", seen: false },
        { ...west!, lagMs: { database: null } },
      ],
      saved: ["/state/reconciliation/x.jsonl"],
    }).join("\n");
    for (const said of [
      "us-east-1 given up: not seen, its databases take writes",
      "database behind by nobody knows how much",
      "⇄ failover from us-east-1 to us-west-2: promote",
      "? is us-east-1 given up? yes: holdfast failover --local; no: holdfast failover --local --decline",
      "saved    /state/reconciliation/x.jsonl",
    ]) {
      expect(text).toContain(said);
    }
  });
});
