import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { Client, DatabaseError, Pool, type PoolConfig } from "pg";

/**
 * `POST /entries` writes a row and answers once it is committed; `GET /entries/KEY` reads it from any replica.
 * CONNECTION=kept: a bad program, which writes over one connection for as long as that answers, be it with an error.
 */
const patience: PoolConfig = { connectionTimeoutMillis: 600, query_timeout: 600, max: 10 };
const writer = new Pool({ connectionString: process.env["DATABASE_URL"], ...patience });
const reader = new Pool({ connectionString: process.env["DATABASE_READER_URL"], ...patience });
for (const pool of [writer, reader]) pool.on("error", () => undefined);

type Write = (text: string, values: unknown[]) => Promise<unknown>;
const write: Write =
  process.env["CONNECTION"] === "kept" ? overOneConnection() : (text, values) => writer.query(text, values);

function overOneConnection(): Write {
  let kept: Promise<Client> | undefined;
  const connect = async (): Promise<Client> => {
    const client = new Client({ connectionString: process.env["DATABASE_URL"], ...patience });
    client.on("error", () => (kept = undefined)).on("end", () => (kept = undefined));
    await client.connect();
    return client;
  };
  return async (text, values) => {
    kept ??= connect();
    try {
      return await (await kept).query(text, values);
    } catch (error) {
      if (!(error instanceof DatabaseError)) kept = undefined;
      throw error;
    }
  };
}

let ready = false;

async function prepare(): Promise<void> {
  while (!ready) {
    try {
      await writer.query("select pg_advisory_lock(1)");
      await writer.query("create table if not exists entries (key text primary key, value text not null)");
      await writer.query("select pg_advisory_unlock_all()");
      ready = true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100)); // the database is not there yet
    }
  }
}

async function answer(method: string, path: string, body: string): Promise<[number, unknown]> {
  if (path === "/healthz") return [ready ? 200 : 503, {}];
  if (method === "POST") {
    const { key, value } = JSON.parse(body) as { key: string; value: string };
    await write("insert into entries values ($1, $2) on conflict (key) do nothing", [key, value]);
    return [201, { key }];
  }
  const { rows } = await reader.query<{ value: string }>("select value from entries where key = $1", [path.slice(9)]);
  return rows[0] ? [200, { value: rows[0].value, applied: 1 }] : [404, {}];
}

const server = createServer((request, response) => {
  const reply = ([status, body]: [number, unknown]): void => {
    response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(JSON.stringify(body));
  };
  void text(request)
    .then((body) => answer(request.method ?? "GET", request.url ?? "/", body))
    .then(reply, () => reply([504, {}]));
});
server.listen(Number(process.env["PORT"]), process.env["HOST"]);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
void prepare();
