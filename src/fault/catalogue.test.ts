import { expect, test } from "vitest";
import { FAULTS } from "./catalogue.ts";

/** Names that scripts rely on (docs/contract.md): none may go. Those of two regions come with the second region. */
const PROMISED = [
  "task-crash",
  "zone-tasks-crash",
  "worker-crash",
  "task-hang",
  "bad-deploy",
  "database-crash",
  "database-zombie",
  "database-isolated",
  "cache-crash",
  "queue-down",
  "queue-throttled",
  "queue-slow",
  "zone-loss",
  "zone-partition",
  "zone-partition-one-way",
  "zone-black-hole",
  "zone-slow",
  "zonal-shift",
  "dependency-slow",
  "dependency-down-deep-check",
  "stale-writer",
  "observers-blind",
  "load-spike",
  "poison-message",
  "origin-lost",
  "firewall-flood",
  "firewall-injection",
  "disk-full",
  "clock-skew",
  "double-fault",
];

test("the catalogue has every fault that one region can suffer, under the name that was promised", () => {
  expect(FAULTS.map(({ name }) => name).sort()).toEqual([...PROMISED].sort());
});
