import { expect, test } from "vitest";
import { failoverDuringBackup } from "./failover-during-backup.ts";
import { shopInOneRegion } from "./fixture/shop.ts";
import { restore } from "./restore.ts";

const topology = shopInOneRegion();

test("rows are deleted of a database by its name, and all databases are away while they go back", () => {
  const two = { ...topology, components: [...topology.components, { id: "books", kind: "database" }] };
  const both = two as unknown as typeof topology;
  expect(restore.targets(both)).toEqual(["db", "books"]);
  expect(restore.primitives(both, "books")).toEqual([{ kind: "delete-rows", component: "books" }]);
  expect(restore.expects?.(both, "books")).toMatchObject({ unavailable: ["db", "books"], rewinds: true });
});

test("a backup is under way before its primary dies", () => {
  expect(failoverDuringBackup.targets(topology)).toEqual(["primary of db"]);
  expect(failoverDuringBackup.primitives(topology, "db-z2")).toEqual([
    { kind: "back-up", component: "db" },
    { kind: "kill", instance: "db-z2" },
  ]);
  const claims = failoverDuringBackup.expects?.(topology, "db-z2").claims.map(({ claim }) => claim);
  expect(claims).toContainEqual({ kind: "decided", what: "backup-broken-off", component: "db" });
  expect(claims).toContainEqual({ kind: "decided", what: "backup-proved", component: "db", after: "heal" });
});
