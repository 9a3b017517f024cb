import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import { BrokenCircuitError } from "cockatiel";
import { generate } from "selfsigned";
import * as cart from "./cart.ts";
import * as orders from "./orders.ts";

/** The customers' door. It keeps nothing to itself: any task answers any request, and a crash loses no promise. */
async function route(request: IncomingMessage): Promise<Reply> {
  const [, root, collection, key = ""] = (request.url ?? "").split(/[/?]/);
  // Shallow on purpose: a check that asks the database takes every task out whenever that fails. A drill shows it.
  if (request.url === "/healthz/deep") await Promise.all([cart.get("", ""), orders.find(""), orders.ping()]);
  if (root === "healthz") return { status: 200 };
  const session = /(?:^|; )session=([\w.-]{1,100})/.exec(request.headers.cookie ?? "")?.[1] ?? randomUUID();
  switch (`${request.method} ${root}/${collection}${key && "/:key"}`) {
    case "POST api/orders": {
      const order = await itemOf(request);
      if (request.headers["idempotency-key"] !== order.key)
        throw new BadRequest("Idempotency-Key must be the order's key");
      await orders.accept(order);
      return { status: 202, body: { key: order.key } }; // safe in the queue; applied once, however often it is sent
    }
    case "GET api/orders/:key":
      return found(await orders.find(key));
    case "GET api/stock":
      return found(await orders.books());
    case "POST api/cart": {
      const item = await itemOf(request);
      await cart.put(session, item);
      const secure = request.headers["x-forwarded-proto"] === "https" ? "; Secure" : "";
      return { status: 200, body: item, cookie: `session=${session}; Path=/api; HttpOnly; SameSite=Lax${secure}` };
    }
    case "GET api/cart/:key":
      return found(await cart.get(session, key));
    default:
      return { status: 404 };
  }
}

interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly cookie?: string;
}

class BadRequest extends Error {}

function found(body: unknown): Reply {
  return body === undefined ? { status: 404 } : { status: 200, body };
}

async function itemOf(request: IncomingMessage): Promise<{ key: string; value: string }> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > 10_000) throw new BadRequest("the body is too long");
  }
  const { key, value } = Object(parse(text));
  const named = typeof key === "string" && /^[\w.-]{1,100}$/.test(key);
  // No control characters: neither the queue nor the database takes all of them.
  if (named && typeof value === "string" && /^\P{C}{1,500}$/u.test(value)) return { key, value };
  throw new BadRequest('the body must be {"key": "…", "value": "…"}');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequest("the body is not JSON");
  }
}

// The balancer asks for TLS and verifies no certificate. So each task makes its own, whose key never leaves its memory.
const name = [{ name: "commonName", value: "shop-api" }];
const { private: key, cert } = await generate(name, { keyType: "ec", algorithm: "sha256" });

const server = createServer({ key, cert }, async (request, response) => {
  const reply = await route(request).catch((error: Error): Reply => {
    if (error instanceof BadRequest) return { status: 400, body: { error: error.message } };
    console.error(`${request.method} ${request.url}: ${error.message}`);
    // 503: nothing was done, an open breaker saw to that. 504: nobody knows; the same key makes another try safe.
    return { status: error instanceof BrokenCircuitError ? 503 : 504, body: { error: "try again" } };
  });
  response.statusCode = reply.status;
  response.setHeader("content-type", "application/json").setHeader("cache-control", "no-store");
  if (reply.cookie) response.setHeader("set-cookie", reply.cookie);
  if (!server.listening) response.setHeader("connection", "close");
  response.end(JSON.stringify(reply.body ?? {}));
});

server.keepAliveTimeout = 65_000; // longer than a balancer keeps an idle connection, so that the balancer closes first
server.requestTimeout = 10_000;
server.listen(Number(process.env.PORT ?? 8080), process.env.HOST);
// Accept nothing new, finish what is in flight, and go.
process.once("SIGTERM", () => server.close(() => process.exit(0)));
