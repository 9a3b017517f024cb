import type { NameList } from "./list.ts";

const GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide";

/**
 * What a statement must not begin with (small letters: what it must not call) where Aurora PostgreSQL forwards writes
 * to another member: DDL and cursors by their first words. Functions and procedures of one's own are refused, too.
 */
export const NOT_FORWARDED: NameList = {
  url: `${GUIDE}/aurora-postgresql-write-forwarding-limitations.html`,
  readOn: "2026-11-21",
  names: [
    "ALTER",
    "ANALYZE",
    "CLUSTER",
    "COMMENT",
    "COMMIT PREPARED",
    "COPY",
    "CREATE",
    "DECLARE",
    "DROP",
    "FETCH",
    "GRANT",
    "LISTEN",
    "LOCK",
    "NOTIFY",
    "PREPARE TRANSACTION",
    "REASSIGN OWNED",
    "REVOKE",
    "ROLLBACK PREPARED",
    "SAVEPOINT",
    "SECURITY LABEL",
    "SELECT INTO",
    "SET CONSTRAINTS",
    "TRUNCATE",
    "VACUUM",
    "nextval",
    "setval",
  ],
};
