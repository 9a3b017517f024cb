import { shipCache } from "../../src/aws/kind/cache.ts";
import { shipDatabase } from "../../src/aws/kind/database.ts";
import { shipTable } from "../../src/aws/kind/table.ts";
import { shipBackups } from "../../src/aws/recovery/backup.ts";
import type { Site } from "../../src/aws/ship.ts";
import type { CacheSettings } from "../../src/topology/kind/cache.ts";
import type { DatabaseSettings } from "../../src/topology/kind/database.ts";
import type { TableSettings } from "../../src/topology/kind/table.ts";
import type { CacheComponent, Component, DatabaseComponent, TableComponent } from "../../src/topology/topology.ts";
import { type Sites, type SitesOptions, makeSites } from "./aws-site.ts";

const DAY_MS = 86_400_000;
const detection = { intervalMs: 5_000, timeoutMs: 2_000, unhealthyThreshold: 2 };

/** A database named `database`, as a definition that says nothing of it has it. */
export function database(settings: Partial<DatabaseSettings> = {}): DatabaseComponent {
  const defaults: DatabaseSettings = {
    engine: "aurora-postgresql",
    endpoint: "cluster",
    endpointTtlMs: 5_000,
    databaseName: "app",
    user: "app",
    synchronousStandbys: 1,
    detection,
    size: "db.r7g.large",
    storageGiB: 100,
    backupRetentionMs: 14 * DAY_MS,
  };
  return { id: "database", kind: "database", layer: "data", scope: "zone", settings: { ...defaults, ...settings } };
}

/** A cache named `sessions`. */
export function cache(settings: Partial<CacheSettings> = {}): CacheComponent {
  const defaults: CacheSettings = {
    engine: "valkey",
    endpointTtlMs: 5_000,
    user: "app",
    minReplicasToWrite: 1,
    detection,
    size: "cache.r7g.large",
  };
  return { id: "sessions", kind: "cache", layer: "data", scope: "zone", settings: { ...defaults, ...settings } };
}

/** A table named `carts`. */
export function table(settings: Partial<TableSettings> = {}): TableComponent {
  const defaults: TableSettings = {
    partitionKey: { name: "id", type: "text" },
    sortKey: null,
    indexes: [],
    timeToLive: null,
    capacity: null,
    accelerator: false,
  };
  return { id: "carts", kind: "table", layer: "data", scope: "region", settings: { ...defaults, ...settings } };
}

/** Ships databases, caches, tables and backups, in the order of a system; other components are only there. */
export function shipData(components: readonly Component[], options: SitesOptions = {}): Sites {
  const sites = makeSites({ ...options, components });
  for (const site of sites.sites) {
    if (site.presence.deployed) for (const each of components) shipOne(site, each);
    shipBackups(site);
  }
  return sites;
}

function shipOne(site: Site, component: Component): void {
  if (component.kind === "database") site.handles.add(shipDatabase(site, component));
  if (component.kind === "cache") site.handles.add(shipCache(site, component));
  if (component.kind === "table") site.handles.add(shipTable(site, component));
}
