import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { type RowDataPacket, createConnection } from "mysql2/promise";
import { afterEach, expect, test } from "vitest";
import { isRefusal } from "../../src/aws/lambda/credentials.ts";
import { mysqlAccounts } from "../../src/aws/lambda/mysql-accounts.ts";
import { type Rotation, rotate } from "../../src/aws/lambda/rotation.ts";
import { type Fixture, createFixture } from "../support/fixture.ts";
import { type MysqlProgram, type MysqlServer, findMysql, startMysql } from "../support/mysql-server.ts";
import { SecretsFake } from "../support/secrets-fake.ts";

const program = await findMysql();
const NONE = "there is no mysqld and no mariadbd on this machine";
// The reporter tells no reasons of tests that were skipped.
if (program === null) process.stderr.write(`rotation of MySQL's users: skipped, ${NONE}\n`);
const MASTER = { username: "administrator", password: "the master's" };

/**
 * What RDS gives the master of a MySQL, on everything and to pass on; no SUPER.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html
 */
const MASTER_MAY =
  "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES, " +
  "CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW, " +
  "CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER";

const trusted = getCACertificates("default");
afterEach(() => setDefaultCACertificates(trusted));

/** A server as RDS gives it, which this process trusts as the function trusts Amazon's. */
async function start(fixture: Fixture, found: MysqlProgram): Promise<MysqlServer> {
  const server = await startMysql(fixture, found);
  const root = await server.connect();
  // All that there is to pass on for a database; MariaDB has one privilege more, which RDS's MySQL has not.
  const may = found.flavour === "mariadb" ? `${MASTER_MAY}, DELETE HISTORY` : MASTER_MAY;
  await root.query("CREATE USER ?@'%' IDENTIFIED BY ?", [MASTER.username, MASTER.password]);
  await root.query(`GRANT ${may} ON *.* TO ?@'%' WITH GRANT OPTION`, [MASTER.username]);
  await root.query("CREATE DATABASE orders");
  await root.end();
  setDefaultCACertificates([...trusted, server.certificate]);
  return server;
}

function administered({ port }: MysqlServer, host = "localhost") {
  return { host, port, database: "orders", owner: "shop", master: MASTER, tls: true };
}

test("users of a real MySQL alternate, and a program that started before can still log in", async (context) => {
  if (program === null) return context.skip(NONE);
  await using fixture = createFixture();
  const server = await start(fixture, program);
  const secrets = new SecretsFake();
  secrets.add("app", { username: "shop_a", password: "made by CloudFormation", dbname: "orders" });
  let made = 0;
  const newPassword = (): string => `it's made ${++made}`;
  const turn = async (version: string): Promise<void> => {
    for (const event of secrets.begin("app", version)) {
      const accounts = await mysqlAccounts(administered(server));
      const rotation: Rotation = { secrets, accounts, users: ["shop_a", "shop_b"], ofUser: {}, newPassword };
      await rotate(rotation, event);
      await rotate(rotation, event); // a step may be done again
      await accounts.close();
    }
  };
  const login = async ({ username, password }: Record<string, string>, sql: string, tls = true) => {
    const options = { host: "localhost", port: server.port, database: "orders", user: username!, password: password! };
    const client = await createConnection({ ...options, ...(tls ? { ssl: {} } : {}) });
    try {
      return (await client.query<RowDataPacket[]>(sql))[0];
    } finally {
      await client.end();
    }
  };

  const wrong = { ...administered(server), master: { ...MASTER, password: "another" } };
  expect(isRefusal(await mysqlAccounts(wrong).catch((error: unknown) => error))).toBe(true);

  // The first rotation makes both users: a task may have started with the password that nobody had set yet.
  const first = secrets.value("app")!;
  await turn("second");
  const second = secrets.value("app")!;
  expect(second).toMatchObject({ username: "shop_b", dbname: "orders" });
  expect(await login(first, "SELECT CURRENT_USER() AS name")).toEqual([{ name: "shop_a@%" }]);

  // What one user made, the other may change; and neither may make users.
  await login(first, "CREATE TABLE parcels (id int)");
  await login(second, "ALTER TABLE parcels ADD COLUMN at datetime");
  await expect(login(second, "CREATE USER thief")).rejects.toThrow(/Access denied/);

  await turn("third");
  const third = secrets.value("app")!;
  expect(third.username).toBe("shop_a");
  expect(await login(second, "SELECT count(*) AS n FROM parcels")).toEqual([{ n: 0 }]);
  expect(await login(third, "INSERT INTO parcels (id) VALUES (1)")).toMatchObject({ affectedRows: 1 });
  await expect(login(first, "SELECT 1")).rejects.toThrow(/Access denied/);
  expect(secrets.value("app", "AWSPREVIOUS")).toEqual(second);
  await expect(login(third, "SELECT 1", false)).rejects.toThrow(/Access denied/); // without TLS

  const log = readFileSync(server.log, "utf8");
  expect(log).toContain("shop_b");
  // MariaDB logs statements as they come. https://dev.mysql.com/doc/refman/8.4/en/password-logging.html
  if (program.flavour === "mariadb") return;
  for (const { password } of [first, second, third]) expect(log).not.toContain(password);
});

test("fails to log in to a server whose certificate is another's, or nobody's", async (context) => {
  if (program === null) return context.skip(NONE);
  await using fixture = createFixture();
  const server = await start(fixture, program);
  const sameAddress = "127.1"; // a name to Node, and not the one in the certificate
  await expect(mysqlAccounts(administered(server, sameAddress))).rejects.toThrow(/does not match certificate/);
  setDefaultCACertificates(trusted);
  await expect(mysqlAccounts(administered(server))).rejects.toThrow(/self-signed certificate/);
});
