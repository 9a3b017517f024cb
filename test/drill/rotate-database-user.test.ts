import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client, escapeLiteral } from "pg";
import { expect, test } from "vitest";
import { type Credentials, isRefusal } from "../../src/aws/lambda/credentials.ts";
import { logInAsMaster, rotateMaster } from "../../src/aws/lambda/master-rotation.ts";
import { postgresAccounts } from "../../src/aws/lambda/postgres-accounts.ts";
import { type Accounts, type Rotation, rotate } from "../../src/aws/lambda/rotation.ts";
import { createDatabaseRig } from "../support/database-rig.ts";
import { type Fixture, createFixture } from "../support/fixture.ts";
import { SecretsFake } from "../support/secrets-fake.ts";

const MASTER = { username: "administrator", password: "the master's" };

/** A PostgreSQL as RDS gives it: a master who is no superuser and owns an empty database. Everything is logged. */
async function startServer(fixture: Fixture): Promise<{ readonly host: string; readonly port: number }> {
  const { members, direct } = await createDatabaseRig(fixture, 41);
  await members.a.initialise();
  await members.a.start({ role: "primary", standbys: [] });
  const control = new Client({ ...direct.a, user: "holdfast", database: "postgres", password: "con:tr'ol\\" });
  await control.connect();
  const { rows } = await control.query<{ hba_file: string }>("SHOW hba_file");
  writeFileSync(rows[0]!.hba_file, "host all all 127.0.0.0/8 scram-sha-256\n");
  await control.query("ALTER SYSTEM SET synchronous_standby_names = ''"); // it is alone here
  await control.query("ALTER SYSTEM SET log_statement = 'all'");
  await control.query("SELECT pg_reload_conf()");
  await control.query(`CREATE ROLE ${MASTER.username} LOGIN CREATEDB CREATEROLE PASSWORD 'the master''s'`);
  await control.query(`CREATE DATABASE orders OWNER ${MASTER.username}`);
  await control.end();
  return direct.a;
}

test("the master of a real PostgreSQL gets another password, and who rotates users always comes in", async () => {
  await using fixture = createFixture();
  const server = await startServer(fixture);
  const secrets = new SecretsFake();
  secrets.add("master", MASTER);
  const rds = new Client({ ...server, user: "holdfast", database: "postgres", password: "con:tr'ol\\" });
  await rds.connect();
  const logIn = async (master: Credentials): Promise<Accounts | null> => {
    try {
      return await postgresAccounts({ ...server, database: "orders", owner: "shop", master, tls: false });
    } catch (error) {
      if (isRefusal(error)) return null;
      throw error;
    }
  };
  const reset = async (password: string): Promise<void> => {
    await rds.query(`ALTER ROLE ${MASTER.username} PASSWORD ${escapeLiteral(password)}`);
  };
  const pause = () => Promise.reject(new Error("there is nothing to wait for"));
  const rotation = { secrets, secret: "master", master: { logIn, reset }, newPassword: () => "it's another", pause };
  for (const event of secrets.begin("master", "second")) {
    await rotateMaster(rotation, event);
    const accounts = await logInAsMaster(rotation);
    expect(await accounts.exists(MASTER.username)).toBe(true);
    await accounts.close();
  }
  expect(secrets.value("master")).toEqual({ ...MASTER, password: "it's another" });
  expect(await logIn(MASTER)).toBeNull();
  await reset("nobody's");
  await (await logInAsMaster(rotation)).close();
  await rds.end();
});

test("users of a real PostgreSQL alternate, and a program that started before can still log in", async () => {
  await using fixture = createFixture();
  const server = await startServer(fixture);
  const secrets = new SecretsFake();
  secrets.add("app", { username: "shop_a", password: "made by CloudFormation", dbname: "orders" });
  let made = 0;
  const newPassword = (): string => `it's made ${++made}`;
  const turn = async (version: string): Promise<void> => {
    const administered = { ...server, database: "orders", owner: "shop", master: MASTER, tls: false };
    for (const event of secrets.begin("app", version)) {
      const accounts = await postgresAccounts(administered);
      const rotation: Rotation = { secrets, accounts, users: ["shop_a", "shop_b"], ofUser: {}, newPassword };
      await rotate(rotation, event);
      await rotate(rotation, event); // a step may be done again
      await accounts.close();
    }
  };
  const login = async ({ username, password }: Record<string, string>, sql: string) => {
    const client = new Client({ ...server, database: "orders", user: username!, password: password! });
    try {
      await client.connect();
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  // The first rotation makes both users: a task may have started with the password that nobody had set yet.
  const first = secrets.value("app")!;
  await turn("second");
  const second = secrets.value("app")!;
  expect(second).toMatchObject({ username: "shop_b", dbname: "orders" });
  expect(await login(first, "SELECT session_user, current_user")).toEqual([
    { session_user: "shop_a", current_user: "shop" },
  ]);

  // What one user made belongs to both.
  await login(first, "CREATE TABLE parcels (id int)");
  await login(second, "ALTER TABLE parcels ADD COLUMN at timestamptz");

  await turn("third");
  const third = secrets.value("app")!;
  expect(third.username).toBe("shop_a");
  expect(await login(second, "SELECT count(*) FROM parcels")).toHaveLength(1);
  expect(await login(third, "INSERT INTO parcels VALUES (1) RETURNING id")).toEqual([{ id: 1 }]);
  await expect(login(first, "SELECT 1")).rejects.toThrow("password authentication failed");
  expect(secrets.value("app", "AWSPREVIOUS")).toEqual(second);

  const log = readFileSync(join(fixture.directory, "a.log"), "utf8");
  expect(log).toContain("shop_b");
  for (const { password } of [first, second, third]) expect(log).not.toContain(password);
});
