import type { Clock } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import { findComponent } from "../../topology/topology.ts";
import { serverTime } from "../backup/base-backup.ts";
import type { Context } from "../context.ts";
import { type SessionTarget, until, withSession } from "../engine/database-session.ts";
import { type BackupsAtHand, limitOfBackups } from "./back-up.ts";
import { type Hand, noProcess } from "./hand.ts";

/** How long the copies may take to lose the rows, too. */
const COPIED_WITHIN_MS: Ms = 5_000;

/** What a mistake did. */
interface Mistake {
  /** The moment before it, by the server's clock. */
  readonly before: Ms;
  readonly tables: number;
}

/**
 * Deletes every row of a database, where it can be restored from a backup; resolves when no copy has them any more.
 * Undone, every database is restored to the moment before.
 */
export function deleteRowsHand(
  backups: BackupsAtHand,
  { clock, events, topology }: Pick<Context, "clock" | "events" | "topology">,
): Hand<"delete-rows"> {
  const mistakes = new Map<string, Mistake>();
  return {
    limit: () => limitOfBackups(backups),
    prepare: async () => void (await backups.leading().backUp()),
    async do({ component }, id) {
      const leading = backups.leading();
      await leading.check(null); // or there would be no way back
      const primary = leading.primary(component);
      const database = findComponent(topology, "database", component)?.settings.databaseName;
      if (primary === null || database === undefined) throw noProcess(component);
      const mistake = await deleteRows({ ...primary, database });
      mistakes.set(id, mistake); // it is done, whatever becomes of the copies
      const copies = await copied(primary, clock).catch(() => null);
      const what = copies === null ? "rows-partly-deleted" : "rows-deleted";
      const detail = copies === null ? "a copy does not follow" : `${mistake.tables} tables, on ${copies} copies`;
      events.emit({ kind: "decision", at: clock.now(), component, what, subject: component, detail });
    },
    async undo(_primitive, id) {
      const mistake = mistakes.get(id);
      if (mistake === undefined) return;
      await backups.restore(mistake.before);
      mistakes.delete(id);
    },
  };
}

/** Empties all tables in one transaction. Nobody else commits between the moment before it and its own commit. */
function deleteRows(primary: SessionTarget): Promise<Mistake> {
  return withSession(primary, async (session) => {
    const found = await session.query<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class c join pg_namespace s on s.oid = c.relnamespace
        where c.relkind = 'r' and s.nspname !~ '^pg_' and s.nspname <> 'information_schema' order by c.oid`,
    );
    const tables = found.map(({ name }) => name);
    await session.query("begin");
    if (tables.length > 0) await session.query(`lock table ${tables.join(", ")} in access exclusive mode`);
    const before = Math.floor(await serverTime(session));
    if (tables.length > 0) await session.query(`truncate ${tables.join(", ")}`);
    await session.query("commit");
    return { before, tables: tables.length };
  });
}

/** Waits until all that follow the primary have replayed its log so far; how many those are, and the primary. */
function copied(primary: SessionTarget, clock: Clock): Promise<number> {
  return withSession({ ...primary, timeoutMs: 2 * COPIED_WITHIN_MS }, async (session) => {
    const [here] = await session.query<{ lsn: string }>("select pg_current_wal_lsn()::text as lsn");
    const look = `select count(*)::int as copies, count(*) filter (where replay_lsn >= '${here?.lsn}')::int as there
      from pg_stat_replication where state = 'streaming'`;
    const all = async (): Promise<number | undefined> => {
      const [row] = await session.query<{ copies: number; there: number }>(look);
      return row !== undefined && row.there === row.copies ? 1 + row.copies : undefined;
    };
    return until(all, { clock, withinMs: COPIED_WITHIN_MS, everyMs: 20, otherwise: "the copies did not follow" });
  });
}
