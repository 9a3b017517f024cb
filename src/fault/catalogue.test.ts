import { expect, test } from "vitest";
import { FAULTS } from "./catalogue.ts";

/** Names that scripts rely on (docs/contract.md): none may go. */
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
  "region-loss",
  "region-isolated",
  "region-partition",
  "region-partition-one-way",
  "region-link-slow",
  "replication-paused",
  "region-flapping",
  "region-queue-lost",
  "region-cache-lost",
  "region-edge-lost",
  "region-dns-lost",
  "standby-region-loss",
  "switchover",
  "failback",
];

test("the catalogue has every fault that was promised, under its name", () => {
  expect(FAULTS.map(({ name }) => name).sort()).toEqual([...PROMISED].sort());
});
