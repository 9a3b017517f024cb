import type { LambdaCode } from "../lambda-code.ts";

const OF_ALL = ["aws-secrets-process", "secret-version", "credentials", "rotation"] as const;
const OF_DATABASE = [
  "rotate-database-user-process",
  "master-rotation",
  "postgres-accounts",
  "mysql-accounts",
  ...OF_ALL,
] as const;
const OF_CACHE = ["rotate-cache-user-process", "cache-accounts", ...OF_ALL] as const;

/**
 * The function that rotates users, by what it speaks to what has them; Valkey speaks Redis's. `pg` and `ioredis` are
 * dependencies of ours; the third driver is only needed for MySQL.
 */
export const ROTATION_CODE = {
  postgres: { files: OF_DATABASE, driver: "pg" },
  mysql: { files: OF_DATABASE, driver: "mysql2" },
  redis: { files: OF_CACHE, driver: "ioredis" },
} as const satisfies Readonly<Record<string, LambdaCode>>;
