import { ENGINE_VERSION, RDS } from "../../facts/database.ts";
import type { DatabaseSettings } from "../../topology/kind/database.ts";

/** An engine in RDS's own words. */
export interface Engine {
  readonly isAurora: boolean;
  readonly language: "postgres" | "mysql";
  /** RDS's name for it. */
  readonly name: string;
  readonly version: string;
  /** Of its parameter groups. */
  readonly family: string;
  readonly port: number;
  /** TLS is asked of every connection, and what is worth a log goes to one. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The logs that go to CloudWatch. */
  readonly logs: readonly string[];
}

const ENGINES: Readonly<Record<DatabaseSettings["engine"], Engine>> = {
  "aurora-postgresql": {
    isAurora: true,
    language: "postgres",
    name: "aurora-postgresql",
    version: ENGINE_VERSION["aurora-postgresql"].value,
    family: "aurora-postgresql17",
    port: RDS.postgresPort.value,
    parameters: { "rds.force_ssl": "1", ssl_min_protocol_version: "TLSv1.2" },
    logs: ["postgresql"],
  },
  "aurora-mysql": {
    isAurora: true,
    language: "mysql",
    name: "aurora-mysql",
    version: ENGINE_VERSION["aurora-mysql"].value,
    family: "aurora-mysql8.0",
    port: RDS.mysqlPort.value,
    parameters: {
      require_secure_transport: "ON",
      tls_version: "TLSv1.2,TLSv1.3",
      slow_query_log: "1",
      server_audit_logging: "1",
      // Not QUERY_DCL: passwords of users are set by such statements.
      server_audit_events: "CONNECT,QUERY_DDL",
      // A session that forwards its writes reads them back. Without this nothing is forwarded.
      aurora_replica_read_consistency: "SESSION",
    },
    logs: ["audit", "error", "slowquery"],
  },
  postgresql: {
    isAurora: false,
    language: "postgres",
    name: "postgres",
    version: ENGINE_VERSION.postgresql.value,
    family: "postgres17",
    port: RDS.postgresPort.value,
    parameters: { "rds.force_ssl": "1", ssl_min_protocol_version: "TLSv1.2" },
    logs: ["postgresql", "upgrade"],
  },
  mysql: {
    isAurora: false,
    language: "mysql",
    name: "mysql",
    version: ENGINE_VERSION.mysql.value,
    family: "mysql8.4",
    port: RDS.mysqlPort.value,
    parameters: {
      require_secure_transport: "1",
      tls_version: "TLSv1.2,TLSv1.3",
      slow_query_log: "1",
      log_output: "FILE",
    },
    logs: ["error", "slowquery"],
  },
};

/** What RDS is told of an engine of the definition. */
export function engineOf({ engine }: DatabaseSettings): Engine {
  return ENGINES[engine];
}
