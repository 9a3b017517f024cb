import { describe, expect, test } from "vitest";
import { createDatabaseRig } from "../support/database-rig.ts";
import { createFixture } from "../support/fixture.ts";

describe("a copy in another region", () => {
  test("hands on what it copies, and what it lacks after a promotion is found row by row", async () => {
    await using fixture = createFixture();
    const rig = await createDatabaseRig(fixture, 91);
    const { a, b, c } = rig.members;
    await a.initialise();
    await a.start({ role: "primary", standbys: [] });
    const program = await rig.connect("a");
    await program.query("set synchronous_commit = local"); // as a commit whose standbys are in its own region
    await program.query("create table orders (id text primary key, state text)");
    await program.query("create table notes (line text)");
    await program.query("insert into orders values ('kept', 'new'), ('changed', 'new'), ('deleted', 'new')");
    await b.reseed(rig.link("b", "a").listen);
    await c.reseed(rig.link("c", "b").listen);
    expect(await c.follow(rig.direct.c, rig.link("c", "b").listen, "standby")).toBe("streaming");
    await program.query("insert into orders values ('replicated', 'new')");
    await expect.poll(async () => (await c.checksum(rig.direct.c)).rows).toBe(4);

    rig.link("b", "a").cut();
    await program.query("insert into orders values ('lost', 'new')");
    await program.query("update orders set state = 'paid' where id = 'changed'");
    await program.query("delete from orders where id = 'deleted'");
    await program.query("insert into notes values ('lost too')");
    const horizon = await b.horizon(rig.direct.b);
    await b.promote(rig.direct.b, ["database-c"]);
    const other = await rig.connect("b");
    await other.query("insert into orders values ('later', 'new')");

    const different = await a.written(rig.direct.a, rig.direct.b, horizon);
    const [paid, unpaid] = ["paid", "new"].map((state) => ({ id: "changed", state }));
    expect(different.toSorted((one, two) => JSON.stringify(one).localeCompare(JSON.stringify(two)))).toEqual([
      { table: "notes", key: { line: "lost too" }, row: { line: "lost too" }, elsewhere: null },
      { table: "orders", key: { id: "changed" }, row: paid, elsewhere: unpaid },
      { table: "orders", key: { id: "deleted" }, row: null, elsewhere: { id: "deleted", state: "new" } },
      { table: "orders", key: { id: "lost" }, row: { id: "lost", state: "new" }, elsewhere: null },
    ]);
    expect(await a.written(rig.direct.a, rig.direct.a, horizon)).toEqual([]);
  });
});
