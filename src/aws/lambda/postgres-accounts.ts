import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { Client, escapeIdentifier, escapeLiteral } from "pg";
import type { Credentials } from "./credentials.ts";
import type { Accounts } from "./rotation.ts";

/** Where a database is, and who administers it. */
export interface Administered {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly master: Credentials;
  /** The role that owns what programs create. Both users work as it, so neither owns what the other cannot change. */
  readonly owner: string;
  /** Verified against the certificates that the process trusts; false only in a test of a server without any. */
  readonly tls: boolean;
}

const TIMEOUT_MS = 5_000;
const ITERATIONS = 4_096; // PostgreSQL's own scram_iterations

/** The accounts of a PostgreSQL database. Its master is no superuser on AWS, and need not be: CREATEROLE is enough. */
export async function postgresAccounts(administered: Administered): Promise<Accounts> {
  const { database, owner, master } = administered;
  const client = clientOf(administered, master);
  await client.connect();
  const role = escapeIdentifier(owner);
  const exists = async (name: string): Promise<boolean> =>
    (await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [name])).rowCount === 1;
  return {
    exists,
    async prepare() {
      if (!(await exists(owner))) await client.query(`CREATE ROLE ${role} NOLOGIN`);
      await client.query(`GRANT CONNECT, CREATE, TEMPORARY ON DATABASE ${escapeIdentifier(database)} TO ${role}`);
      await client.query(`GRANT USAGE, CREATE ON SCHEMA public TO ${role}`);
    },
    async set({ username, password }) {
      const user = escapeIdentifier(username);
      const verb = (await exists(username)) ? "ALTER" : "CREATE";
      await client.query(`${verb} ROLE ${user} LOGIN PASSWORD ${escapeLiteral(verifierOf(password))}`);
      await client.query(`GRANT ${role} TO ${user}`);
      await client.query(`ALTER ROLE ${user} SET role TO ${role}`);
    },
    async tryLogin(credentials) {
      const attempt = clientOf(administered, credentials);
      try {
        await attempt.connect();
        await attempt.query("SELECT 1");
      } finally {
        await attempt.end();
      }
    },
    close: () => client.end(),
  };
}

function clientOf({ host, port, database, tls }: Administered, { username, password }: Credentials): Client {
  const client = new Client({
    host,
    port,
    database,
    user: username,
    password,
    ssl: tls ? { rejectUnauthorized: true } : false,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  });
  client.on("error", () => undefined); // a connection that breaks fails the query that needs it, and nothing else
  return client;
}

/**
 * What PostgreSQL keeps of a password. It takes this in place of the password: no log of statements can hold one.
 * RFC 5802, with a password that is ASCII.
 */
function verifierOf(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256");
  const keyed = (text: string): Buffer => createHmac("sha256", salted).update(text).digest();
  const stored = createHash("sha256").update(keyed("Client Key")).digest("base64");
  const server = keyed("Server Key").toString("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${stored}:${server}`;
}
