import { beforeEach, describe, expect, test, vi } from "vitest";
import { relaySome } from "../../examples/shop/fulfilment/outbox.ts";
import { apply, prepare } from "../../examples/shop/fulfilment/store.ts";
import { books, find } from "../../examples/shop/api/orders.ts";
import { NOT_FORWARDED } from "../../src/facts/aws-list/forwarded-sql.ts";

/** A database that notes what it is asked, and says whether the shop's tables are there. */
const database = vi.hoisted(() => ({ asked: [] as string[], there: true }));

vi.mock("pg", () => ({
  Pool: class {
    on(): this {
      return this;
    }
    async connect(): Promise<this & { release(): void }> {
      return Object.assign(this, { release: () => undefined });
    }
    async query(text: string): Promise<unknown> {
      database.asked.push(text);
      return { rows: [{ there: database.there, some: true }] };
    }
  },
  DatabaseError: class extends Error {},
}));

/** What a text of SQL has that is not forwarded. Comments and quoted texts do not count. */
function notForwarded(sql: string): string[] {
  const bare = sql.replaceAll(/--[^\n]*|'[^']*'/g, " ");
  return bare.split(";").flatMap((statement) => NOT_FORWARDED.names.filter((name) => has(statement, name)));
}

function has(statement: string, name: string): boolean {
  if (name === "SELECT INTO") return /^\s*select\b.*\binto\b/is.test(statement);
  const words = name.replaceAll(" ", String.raw`\s+`);
  const isCall = name === name.toLowerCase();
  return new RegExp(isCall ? String.raw`\b${words}\s*\(` : String.raw`^\s*${words}\b`, "i").test(statement);
}

beforeEach(() => {
  database.asked = [];
  database.there = true;
});

describe("in a region that forwards its writes to another one (active-active), the shop", () => {
  test("asks its database nothing that is not forwarded", async () => {
    await prepare();
    await apply("key", "value");
    await find("key");
    await books();
    await relaySome("us-west-2", async () => undefined);
    expect(database.asked).toHaveLength(8);
    expect(database.asked.flatMap(notForwarded)).toEqual([]);
  });

  test("creates its tables where there are none, which only the region that takes the writes can", async () => {
    database.there = false;
    await prepare();
    expect(database.asked.flatMap(notForwarded)).toEqual(Array(5).fill("CREATE"));
  });
});

test.each([
  ["lock table shelf", "LOCK"],
  ["select 1; savepoint here", "SAVEPOINT"],
  ["insert into ledger (id) values (nextval('ledger_id'))", "nextval"],
  ["select key into kept from ledger", "SELECT INTO"],
  ["PREPARE  TRANSACTION 'a'", "PREPARE TRANSACTION"],
])("%j is found", (sql, name) => {
  expect(notForwarded(sql)).toEqual([name]);
});

test.each(["prepare plan as select 1", "insert into a select key from b", "select 'x; lock table y' -- ; copy z"])(
  "%j is forwarded",
  (sql) => {
    expect(notForwarded(sql)).toEqual([]);
  },
);
