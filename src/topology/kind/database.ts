import type { Ms } from "../../base/units.ts";
import type { DatabaseDefinition } from "../../definition/database.ts";

export interface DatabaseSettings {
  /** Aurora keeps six copies over three zones; the plain engines are RDS Multi-AZ, with a synchronous standby. */
  readonly engine: "aurora-postgresql" | "aurora-mysql" | "postgresql" | "mysql";
  /**
   * `cluster`: follows a failover after the DNS TTL, as Aurora's endpoint does; `proxy`: at once, and RDS Proxy is
   * shipped.
   */
  readonly endpoint: "cluster" | "proxy";
  readonly endpointTtlMs: Ms;
  readonly databaseName: string;
  readonly user: string;
  /**
   * How many standbys in other zones must hold a commit before it is acknowledged; 0 is asynchronous, for experiments.
   */
  readonly synchronousStandbys: number;
  /** Health checks of the primary by the observers. */
  readonly detection: { readonly intervalMs: Ms; readonly timeoutMs: Ms; readonly unhealthyThreshold: number };
  /** What its members are on AWS, writer and readers alike: an instance class such as `db.r7g.large`. */
  readonly size: string;
  /** Storage of the plain engines; Aurora's grows by itself. */
  readonly storageGiB: number;
  /** How far back point-in-time recovery reaches. */
  readonly backupRetentionMs: Ms;
}

/** What a program finds in its `…_URL`: `postgres://host:5432/app`. */
const DATABASE_NAME = "app";
const DATABASE_USER = "app";

/** What a definition says of a database. */
export function databaseSettings(database: DatabaseDefinition): DatabaseSettings {
  const { engine, endpoint, endpointTtl, synchronousStandbys, detection, size, storageGiB, backupRetention } = database;
  return {
    engine,
    endpoint,
    endpointTtlMs: endpointTtl,
    databaseName: DATABASE_NAME,
    user: DATABASE_USER,
    synchronousStandbys,
    detection: detectionSettings(detection),
    size,
    storageGiB,
    backupRetentionMs: backupRetention,
  };
}

/** What a definition says of how the loss of a writer or primary is noticed. */
export function detectionSettings(detection: DatabaseDefinition["detection"]): DatabaseSettings["detection"] {
  const { interval, timeout, unhealthyThreshold } = detection;
  return { intervalMs: interval, timeoutMs: timeout, unhealthyThreshold };
}
