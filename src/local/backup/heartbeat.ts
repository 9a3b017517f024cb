import { parseLsn } from "../engine/database-history.ts";
import { type SessionTarget, withSession } from "../engine/database-session.ts";
import type { Mark } from "./catalogue.ts";
import { serverTime } from "./base-backup.ts";

/**
 * Has the primary hand its log over up to now, and says what it then reaches: all that was acknowledged before `at`.
 * The commit that it makes, of nothing, lets replay find an end also where nobody writes; RDS beats like this, too. It
 * waits for no standby.
 */
export async function beat(primary: SessionTarget): Promise<Mark & { readonly kind: "mark" }> {
  return withSession(primary, async (session) => {
    const at = Math.floor(await serverTime(session));
    await session.query("select pg_current_xact_id()");
    const [row] = await session.query<{ lsn: string; timeline: number }>(
      `select pg_current_wal_insert_lsn()::text as lsn,
        ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int as timeline`,
    );
    if (row === undefined) throw new Error("the server does not say where its log is");
    await session.query("select pg_switch_wal()");
    return { kind: "mark", at, timeline: row.timeline, lsn: parseLsn(row.lsn) };
  });
}
