import { expect, test } from "vitest";
import type { LinkRule } from "../../src/world/primitive.ts";
import { drillSystem } from "../support/drill-system.ts";

/** A drill that cannot find a loss proves nothing: these systems are broken on purpose, and the drills must say so. */

function slowReplication(from: LinkRule["from"], to: LinkRule["to"]): { kind: "link"; rule: LinkRule } {
  const effect = { kind: "slow", delayMs: 100 } as const;
  return { kind: "link", rule: { from, to, purposes: ["replication"], effect } };
}

/** Two writes and a read of three operations: more than five hundred writes a second, or what the machine can bear. */
const atMost = (writesPerSecond: number): number => Math.min(780, Math.round(writesPerSecond / 3));

test("without a quorum and behind a slow link, the loss of a zone is found to lose acknowledged writes", async () => {
  const report = await drillSystem({
    config: "test/support/register/holdfast.config.ts",
    names: ["zone-loss"],
    warmUp: { path: "/entries", writes: 3_000 },
    rate: atMost,
    change: (definition) => {
      const { database } = definition.databases;
      return { ...definition, databases: { database: { ...database!, synchronousStandbys: 0 } } }; // the shop has one
    },
    handicap: [slowReplication({}, { component: "database" }), slowReplication({ component: "database" }, {})],
  });
  const [drill] = report.drills;
  const entry = drill?.journeys["entry"];
  expect(entry?.lost).toBeGreaterThan(0);
  expect(drill?.verdict).toBe("fail");
});

test("with a worker that has no inbox, its crash before the delete is found to apply an order twice", async () => {
  const report = await drillSystem({
    names: ["worker-crash"],
    rate: 50,
    change: (definition) => {
      const { fulfilment } = definition.services;
      const environment = { INBOX: "off" };
      const changed = { ...fulfilment!, environment }; // the shop has one
      return { ...definition, services: { ...definition.services, fulfilment: changed } };
    },
  });
  const [drill] = report.drills;
  expect(drill?.journeys["order"]?.appliedTwice).toBeGreaterThan(0);
  expect(drill?.verdict).toBe("fail");
});
