import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Ms } from "../base/units.ts";
import { isUserError, messageOf } from "../base/error.ts";
import type { Primitive, PrimitiveKind } from "../world/primitive.ts";
import type { RecoveryCommand } from "../world/recovery.ts";
import type { World } from "../world/world.ts";

/** What the control API serves: the running world, its stop, and the address and token that requests must name. */
export interface ControlApi {
  readonly world: World;
  /** `host:port` as clients dial it: any other Host header is refused (DNS rebinding). */
  readonly host: string;
  readonly token: string;
  stop(): void;
}

type Handler = (world: World, body: unknown, name: string) => Promise<unknown>;

const ROUTES: Readonly<Record<string, Handler>> = {
  "GET /status": (world) => world.status(),
  "GET /topology": async (world) => ({ topology: world.topology, paceFactor: world.paceFactor }),
  "POST /limits": (world, body) => world.limits((body as { needed: readonly PrimitiveKind[] }).needed),
  "POST /faults": async (world, body) => ({
    id: await world.inject(body as { name: string; target: string | null; primitives: readonly Primitive[] }),
  }),
  "DELETE /faults/": async (world, _body, name) => ({ healed: await world.heal(name).then(() => name) }),
  "POST /recovery": async (world, body) => {
    await world.recover(body as RecoveryCommand);
    return { told: body };
  },
  "POST /backup": (world) => world.backup(),
  "POST /restore": (world, body) => world.restore(body as { toTime: Ms | null }),
  "GET /footprint": (world) => world.footprint(),
  "POST /saved": (world, body) => world.saved((body as { since: number }).since),
  "POST /settled": async (world, body) => ({ settled: await world.settled((body as { withinMs: number }).withinMs) }),
  "GET /queues": (world) => world.queueDepths(),
  "GET /replicas/": (world, _body, name) => world.replicas(name),
  "POST /pin": async (world, body) => {
    const { component, replica } = body as { component: string; replica: string | null };
    await world.pinReader(component, replica);
    return { component, replica };
  },
  "GET /checksums/": (world, _body, name) => world.checksums(name),
  "GET /event-loop": (world) => world.eventLoopDelays(),
};

/** A request may not be larger than this, in bytes. */
const BODY_LIMIT = 1_000_000;

/**
 * Serves the control API on a server that already listens on loopback. Every request needs the token, this very Host,
 * and, where a browser sends one, this very Origin. Errors are `{ error: { code, message, fix } }`.
 */
export function serveControl(server: Server, api: ControlApi): void {
  server.on("request", (request, response) => {
    const refusal = refuse(request, api);
    if (refusal !== undefined)
      return reply(response, refusal, { error: { code: "RUN-011", message: "refused", fix: "send the token" } });
    if (request.method === "GET" && request.url === "/events") return streamEvents(response, api.world);
    if (request.method === "POST" && request.url === "/stop") {
      reply(response, 202, { stopping: true });
      return api.stop();
    }
    void answer(request, response, api.world);
  });
}

function refuse(request: IncomingMessage, api: ControlApi): number | undefined {
  if (request.headers.host !== api.host) return 421;
  if (request.headers.origin !== undefined && request.headers.origin !== `http://${api.host}`) return 403;
  const given = Buffer.from(request.headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${api.token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? undefined : 401;
}

async function answer(request: IncomingMessage, response: ServerResponse, world: World): Promise<void> {
  const path = (request.url ?? "/").split("?")[0]!; // split gives at least one part
  const at = path.lastIndexOf("/");
  const exact = ROUTES[`${request.method} ${path}`];
  const handler = exact ?? ROUTES[`${request.method} ${path.slice(0, at + 1)}`];
  if (handler === undefined)
    return reply(response, 404, { error: { code: "RUN-011", message: `no ${request.method} ${path}` } });
  try {
    const body = await readJson(request);
    reply(response, 200, await handler(world, body, decodeURIComponent(path.slice(at + 1))));
  } catch (error) {
    const { code, message, fix } = isUserError(error) ? error : { code: "BUG", message: messageOf(error), fix: "" };
    reply(response, isUserError(error) ? 409 : 500, { error: { code, message, fix } });
  }
}

/** One JSON document a line, from now on, for as long as the client listens. */
function streamEvents(response: ServerResponse, world: World): void {
  response.writeHead(200, { "content-type": "application/x-ndjson", "cache-control": "no-store" });
  response.flushHeaders();
  const unwatch = world.watch((event) => response.write(`${JSON.stringify(event)}\n`));
  response.on("close", unwatch);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > BODY_LIMIT) throw new Error("the request is too large");
    chunks.push(chunk as Buffer);
  }
  return size === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}
