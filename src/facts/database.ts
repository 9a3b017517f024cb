import { documented } from "./fact.ts";

const DOCS = "https://docs.aws.amazon.com";
const DAY = 86_400_000;

const auroraPostgres = `${DOCS}/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/AuroraPostgreSQL.Updates.html`;
const auroraMysql = `${DOCS}/AmazonRDS/latest/AuroraMySQLReleaseNotes/AuroraMySQL.Updates.30Updates.html`;
const postgres = `${DOCS}/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-versions.html`;
const mysql = `${DOCS}/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html`;

/** The versions of the engines that are shipped; AWS raises the last part by itself. */
export const ENGINE_VERSION = {
  "aurora-postgresql": documented("17.7", "text", auroraPostgres),
  "aurora-mysql": documented("8.0.mysql_aurora.3.10.3", "text", auroraMysql),
  postgresql: documented("17.7", "text", postgres),
  mysql: documented("8.4.7", "text", mysql),
} as const;

const globalNeeds = `${DOCS}/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.configuration.requirements.html`;
const globalClasses = `${DOCS}/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-getting-started.html`;
const globalFailover = `${DOCS}/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html`;
const monitoring = `${DOCS}/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html`;
const insights = `${DOCS}/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.cost.html`;
const rotation = `${DOCS}/secretsmanager/latest/userguide/rotate-secrets_schedule.html`;

/** RDS and Aurora: what they take, and what costs nothing more. */
export const RDS = {
  identifierLength: documented(63, "count", `${DOCS}/AmazonRDS/latest/UserGuide/CHAP_Limits.html`, "characters"),
  postgresPort: documented(5_432, "count", globalClasses),
  mysqlPort: documented(3_306, "count", globalClasses),
  smallestClass: documented(
    "db.t4g.medium",
    "text",
    `${DOCS}/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.Types.html`,
    "the smallest that both engines of Aurora take",
  ),
  smallestGlobalClass: documented(
    "db.r7g.large",
    "text",
    globalNeeds,
    "a global database takes classes that are made for memory alone, and no db.t…; of db.serverless, which it takes, " +
      "8 ACUs at least are recommended where the writer is (aurora-serverless-v2.setting-capacity), at some $0.12 each",
  ),
  regionLagMetric: documented(
    "AuroraGlobalDBRPOLag",
    "text",
    globalFailover,
    "of PostgreSQL, and of MySQL from 3.04 on: what a failover would lose; told by the region that follows, in ms",
  ),
  leftBehindPrefix: documented(
    "rds:unplanned-global-failover-",
    "text",
    globalFailover,
    "of the snapshot that Aurora tries to make of the old volume before a cluster that was given up gets a new one; " +
      "it is deleted with the backups of that cluster, and its copies are not",
  ),
  monitoringSeconds: documented(60, "count", monitoring, "the longest interval, and the cheapest"),
  insightsDays: documented(7, "count", insights, "what is kept for nothing"),
  rotation: documented(30 * DAY, "ms", rotation, "a version of the secret works for twice as long"),
} as const;

const cacheEngines = `${DOCS}/AmazonElastiCache/latest/dg/engine-versions.html`;
const cacheQuotas = `${DOCS}/AmazonElastiCache/latest/dg/quota-limits.html`;

/** ElastiCache: engines and ports. */
export const ELASTICACHE = {
  valkeyVersion: documented("8.1", "text", cacheEngines),
  valkeyFamily: documented("valkey8", "text", cacheEngines),
  redisVersion: documented("7.1", "text", cacheEngines),
  redisFamily: documented("redis7", "text", cacheEngines),
  port: documented(6_379, "count", cacheEngines),
  nodes: documented(6, "count", cacheQuotas, "of a replication group: a primary and five replicas"),
  smallestNode: documented(
    "cache.t4g.small",
    "text",
    `${DOCS}/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html`,
  ),
} as const;

const dax = `${DOCS}/amazondynamodb/latest/developerguide/DAX.concepts.cluster.html`;
const daxTls = `${DOCS}/amazondynamodb/latest/developerguide/DAXEncryptionInTransit.html`;

/** DAX: its nodes and its port. */
export const DAX = {
  encryptedPort: documented(9_111, "count", daxTls),
  nodes: documented(3, "count", dax, "at least, over as many zones, to live through the loss of one"),
  node: documented("dax.r5.large", "text", dax),
  smallestNode: documented("dax.t3.small", "text", dax),
} as const;

const lockPeriod = `${DOCS}/aws-backup/latest/devguide/vault-lock.html`;

/** AWS Backup: its vaults. */
export const BACKUP_VAULT = {
  coolingDays: documented(3, "count", lockPeriod, "the least until a compliance lock cannot be taken back"),
  nameLength: documented(
    50,
    "count",
    `${DOCS}/aws-backup/latest/devguide/API_CreateBackupVault.html`,
    "characters, of a plan of restore tests too",
  ),
} as const;
