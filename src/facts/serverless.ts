import { assumed, documented, setting } from "./fact.ts";

const DOCS = "https://docs.aws.amazon.com";
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const lambdaLimits = `${DOCS}/lambda/latest/dg/gettingstarted-limits.html`;
const lambdaRuntimes = `${DOCS}/lambda/latest/dg/lambda-runtimes.html`;
const lambdaSqs = `${DOCS}/lambda/latest/dg/services-sqs-configure.html`;
const lambdaVariables = `${DOCS}/lambda/latest/dg/configuration-envvars.html`;
const lambdaTimeout = `${DOCS}/lambda/latest/dg/configuration-timeout.html`;

/** Lambda: what a function may be. */
export const LAMBDA = {
  /** Those that AWS supports and that outlive the next year. */
  runtimes: documented(
    [
      "nodejs24.x",
      "nodejs22.x",
      "python3.14",
      "python3.13",
      "python3.12",
      "java25",
      "java21",
      "dotnet10",
      "ruby3.4",
      "provided.al2023",
    ] as const,
    "text",
    lambdaRuntimes,
  ),
  timeout: setting(
    assumed(10 * SECOND, "ms", lambdaLimits, "AWS's own default of 3 seconds is too short for a cold start"),
    SECOND,
    15 * MINUTE,
  ),
  /** What a function is given that says nothing. */
  timeoutUnset: documented(3 * SECOND, "ms", lambdaTimeout),
  memoryMiB: setting(
    assumed(512, "count", lambdaLimits, "AWS's own default of 128 MiB has a thirteenth of a processor"),
    128,
    10_240,
  ),
  batchSize: setting(documented(10, "count", lambdaSqs, "more than 10 need a batching window"), 1, 10),
  reservedConcurrency: setting(
    assumed(100, "count", lambdaLimits, "there is no default; an account has 1,000 and keeps 100 unreserved"),
    1,
    900,
  ),
  /** A queue hides a message for at least as many times the function's time-out. */
  visibilityFactor: documented(6, "count", lambdaSqs),
  /** Names that Lambda keeps for itself, beside those that begin with `AWS_`. */
  reservedVariables: documented(
    ["_HANDLER", "_X_AMZN_TRACE_ID", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR", "LAMBDA_RUNTIME_LOAD_TIME"] as const,
    "text",
    lambdaVariables,
  ),
} as const;

const httpApiQuotas = `${DOCS}/apigateway/latest/developerguide/http-api-quotas.html`;
const apiThrottling = `${DOCS}/apigateway/latest/developerguide/http-api-throttling.html`;

/** API Gateway's HTTP APIs. */
export const HTTP_API = {
  /** How long it waits for what answers a route; it cannot be raised. */
  timeout: documented(30 * SECOND, "ms", httpApiQuotas),
  routes: documented(300, "count", httpApiQuotas),
  requestsPerSecond: setting(
    assumed(1_000, "requests", apiThrottling, "a tenth of what an account has, so that one API cannot take it all"),
    1,
    10_000,
  ),
  burst: setting(assumed(1_000, "requests", apiThrottling, "a fifth of what an account has"), 1, 5_000),
} as const;

const restApiQuotas = `${DOCS}/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html`;

/** API Gateway's REST APIs. */
export const REST_API = {
  /** How long it waits for what answers a request. */
  timeout: documented(29 * SECOND, "ms", restApiQuotas, "can be raised for regional and private APIs"),
} as const;

const eventBridgeQuotas = `${DOCS}/eventbridge/latest/userguide/eb-quota.html`;
const eventBridgeArchive = `${DOCS}/eventbridge/latest/userguide/eb-archive-event.html`;

/** EventBridge: buses, their rules and their archives. */
export const EVENT_BUS = {
  rules: documented(300, "count", eventBridgeQuotas, "in the larger regions; 100 in the others"),
  targets: documented(5, "count", eventBridgeQuotas, "of one rule"),
  patternLength: documented(2_048, "count", eventBridgeQuotas, "characters"),
  archive: setting(
    assumed(30 * DAY, "ms", eventBridgeArchive, "AWS keeps them for ever unless told; a month outlives a fault"),
    DAY,
    3_650 * DAY,
  ),
} as const;

const keySchema = `${DOCS}/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html`;
const tableQuotas = `${DOCS}/amazondynamodb/latest/developerguide/ServiceQuotas.html`;

/** DynamoDB: tables, their indexes and their capacity. */
export const TABLE = {
  indexes: documented(20, "count", tableQuotas, "global secondary indexes of a table"),
  capacity: documented(40_000, "count", tableQuotas, "units a second of a table, read and write each"),
  keyLength: documented(255, "count", keySchema, "characters of an attribute's name"),
} as const;

const s3Lifecycle = `${DOCS}/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html`;

/** S3: when objects may move to a colder storage class. */
export const BUCKET = {
  archiveAfter: documented(30 * DAY, "ms", s3Lifecycle, "the soonest for the infrequent access classes"),
} as const;

const rdsBackups = `${DOCS}/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html`;
const backupPlan = `${DOCS}/aws-backup/latest/devguide/plan-options-and-configuration.html`;

const pointInTime = `${DOCS}/AmazonRDS/latest/UserGuide/USER_PIT.html`;

/** How far back, how often and how long backups go. */
export const BACKUP = {
  logUpload: documented(
    5 * MINUTE,
    "ms",
    pointInTime,
    "RDS uploads the log that often, so the latest restorable time is at most that far behind",
  ),
  databaseRetention: setting(
    assumed(14 * DAY, "ms", rdsBackups, "AWS's own default is 1 or 7 days; a fault that is found late needs more"),
    DAY,
    35 * DAY,
  ),
  hours: documented(
    [1, 2, 3, 4, 6, 8, 12, 24] as const,
    "count",
    backupPlan,
    "AWS takes any hours; these divide a day",
  ),
  keep: setting(
    assumed(35 * DAY, "ms", backupPlan, "AWS keeps them for ever unless told; as far as point-in-time recovery goes"),
    DAY,
    36_500 * DAY,
  ),
} as const;
