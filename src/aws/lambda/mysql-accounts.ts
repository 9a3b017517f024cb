import { createRequire } from "node:module";
import type { Credentials } from "./credentials.ts";
import type { Administered } from "./postgres-accounts.ts";
import type { Accounts } from "./rotation.ts";

/** The part of mysql2 that is used; the package is only there where a definition has a MySQL database. */
interface Connection {
  query(sql: string, values?: readonly unknown[]): Promise<readonly [readonly unknown[], unknown]>;
  end(): Promise<void>;
}

interface Driver {
  createConnection(options: Readonly<Record<string, unknown>>): Promise<Connection>;
}

const TIMEOUT_MS = 5_000;

/**
 * The accounts of a MySQL database. Users have their rights of their own there: what one creates, the other may change,
 * so there is no role that owns it.
 */
export async function mysqlAccounts(administered: Administered): Promise<Accounts> {
  const { createConnection } = createRequire(import.meta.url)("mysql2/promise") as Driver;
  const connect = ({ username, password }: Credentials): Promise<Connection> =>
    createConnection({
      host: administered.host,
      port: administered.port,
      database: administered.database,
      user: username,
      password,
      connectTimeout: TIMEOUT_MS,
      // Without `verifyIdentity` the driver takes a certificate of any host.
      ...(administered.tls ? { ssl: { rejectUnauthorized: true, verifyIdentity: true } } : {}),
    });
  const connection = await connect(administered.master);
  return {
    // The driver writes values into the statement, quoted; a server takes no placeholders in these.
    async prepare() {},
    async exists(username) {
      const [rows] = await connection.query("SELECT 1 FROM mysql.user WHERE user = ?", [username]);
      return rows.length > 0;
    },
    async set({ username, password }) {
      await connection.query("CREATE USER IF NOT EXISTS ?@'%' IDENTIFIED BY ? REQUIRE SSL", [username, password]);
      await connection.query("ALTER USER ?@'%' IDENTIFIED BY ?", [username, password]);
      await connection.query("GRANT ALL PRIVILEGES ON ??.* TO ?@'%'", [administered.database, username]);
    },
    async tryLogin(credentials) {
      const attempt = await connect(credentials);
      await attempt.query("SELECT 1").finally(() => attempt.end());
    },
    close: () => connection.end(),
  };
}
