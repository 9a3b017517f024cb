import { literal } from "./database-config.ts";
import type { Session } from "./database-session.ts";

/** A row, by its table and key, as JSON. */
export interface Row {
  readonly table: string;
  /** The columns of the primary key; the whole row where there is none. */
  readonly key: Readonly<Record<string, unknown>>;
  readonly row: Readonly<Record<string, unknown>> | null;
}

/** A row that one copy of a database has otherwise than another. */
export interface DifferentRow extends Row {
  /** The same row in the other copy; null where it has none. */
  readonly elsewhere: Readonly<Record<string, unknown>> | null;
}

interface Table {
  readonly name: string;
  readonly key: readonly string[];
}

/** The oldest transaction that had not ended for this copy: all that it lacks has this number or a later one. */
export async function horizonOf(session: Session): Promise<string> {
  const [row] = await session.query<{ horizon: string }>(
    "select pg_snapshot_xmin(pg_current_snapshot())::text as horizon",
  );
  if (row === undefined) throw new Error("the server does not say which transactions it has");
  return row.horizon;
}

/**
 * What `lost` wrote in transactions from `horizon` on that `kept` has not, or has otherwise: rows that were inserted or
 * changed, and those that were deleted (`row` null). Rows are matched by their primary key. A row that both have
 * changed since is among them, with both: a person decides.
 *
 * Not covered: sequences, large objects, and changes of the schema.
 */
export async function differentRows(lost: Session, kept: Session, horizon: string): Promise<readonly DifferentRow[]> {
  const found: DifferentRow[] = [];
  for (const table of await tablesOf(lost)) {
    const written = await rowsSince(lost, table, horizon);
    const known = new Map((await allRows(kept, table)).map((row) => [keyText(row.key), row]));
    for (const { key, row } of written) {
      const elsewhere = known.get(keyText(key))?.row ?? null;
      if (JSON.stringify(elsewhere) !== JSON.stringify(row))
        found.push({ table: plainName(table.name), key, row, elsewhere });
    }
    found.push(...(await deletedRows({ lost, kept }, table, horizon)));
  }
  return found;
}

async function tablesOf(session: Session): Promise<readonly Table[]> {
  return session.query<{ name: string; key: string[] }>(
    `select format('%I.%I', n.nspname, c.relname) as name,
       coalesce((select json_agg(a.attname order by array_position(i.indkey::int2[], a.attnum))
         from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
         where i.indrelid = c.oid and i.indisprimary), '[]'::json) as key
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1`,
  );
}

function rowsSince(session: Session, table: Table, horizon: string): Promise<readonly Row[]> {
  // A row's own number is of 32 bits; an age is the same for both.
  return rowsWhere(session, table, `age(t.xmin) <= age(xid(${literal(horizon)}::xid8))`);
}

function allRows(session: Session, table: Table): Promise<readonly Row[]> {
  return rowsWhere(session, table, "true");
}

/** Rows that were there before, are still in `kept`, and are gone from `lost`. */
async function deletedRows(
  { lost, kept }: { readonly lost: Session; readonly kept: Session },
  table: Table,
  horizon: string,
): Promise<readonly DifferentRow[]> {
  if (table.key.length === 0) return []; // nobody can say which row it was
  const before = await rowsWhere(kept, table, `age(t.xmin) > age(xid(${literal(horizon)}::xid8))`);
  const there = new Set((await allRows(lost, table)).map(({ key }) => keyText(key)));
  return before
    .filter(({ key }) => !there.has(keyText(key)))
    .map(({ key, row }) => ({ table: plainName(table.name), key, row: null, elsewhere: row }));
}

async function rowsWhere(session: Session, { name, key }: Table, condition: string): Promise<readonly Row[]> {
  const rows = await session.query<{ row: Record<string, unknown> }>(
    `select to_jsonb(t) as row from ${name} t where ${condition}`,
  );
  return rows.map(({ row }) => ({
    table: name,
    key: key.length === 0 ? row : Object.fromEntries(key.map((column) => [column, row[column]])),
    row,
  }));
}

function keyText(key: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(key);
}

/** Ends every session that is not the control plane's own; what was under way in one is not acknowledged. */
export async function endSessions(session: Session, controlRole: string): Promise<void> {
  await session.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where backend_type = 'client backend' and usename <> ${literal(controlRole)} and pid <> pg_backend_pid()`,
  );
}

/** A table's name for people: without the schema where it is the usual one. */
function plainName(table: string): string {
  return table.startsWith("public.") ? table.slice("public.".length) : table;
}
