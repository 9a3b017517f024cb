import type { AttemptOutcome } from "../base/journal.ts";
import type { Clock } from "../base/clock.ts";
import type { Ms } from "../base/units.ts";
import { type Operation, PATIENCE } from "./customer.ts";
import type { Failure, HttpClient, HttpRequest } from "./exchange.ts";
import type { JourneyContext, JourneyRequestInit, JourneyResponse, ReadResult } from "./journey.ts";

/** How one attempt of an operation ended. */
export interface Attempt {
  readonly outcome: AttemptOutcome;
  readonly status: number | null;
  readonly address: string | null;
  readonly tookMs: Ms;
  /** What a read showed; undefined where it was no read of a key, or showed nothing. */
  readonly shown?: ReadResult;
}

/**
 * Makes one attempt, within one second. Never rejects.
 *
 * A status tells what is certain: 2xx acknowledges; 404 to the read of a key says that it is absent; 503, 429 and every
 * other status below 500 reject, so that nothing happened. After 500, 502 and 504 the work may have been done (a
 * balancer says 502 where the program's connection was reset, and 504 where it was silent), so they count as `reset`
 * and `timeout`.
 */
export async function attemptOnce(
  operation: Operation,
  around: { client: HttpClient; clock: Clock; turn: number },
): Promise<Attempt> {
  const { clock } = around;
  const startedAt = clock.now();
  const wire: Wire = { address: null, status: null, failure: null };
  const end = (outcome: AttemptOutcome, shown?: ReadResult): Attempt => {
    const { address, status } = wire;
    return { outcome, status, address, tookMs: clock.now() - startedAt, ...(shown === undefined ? {} : { shown }) };
  };
  const signal = AbortSignal.timeout(PATIENCE.attemptMs);
  try {
    const result = await inTime(walkOnce(operation, createContext(operation, { ...around, wire, signal })), signal);
    if (isResponse(result)) wire.status = result.status;
    return judge(operation, result, end);
  } catch {
    // The exchange says how far it came; a module that threw for reasons of its own may have written before.
    if (wire.failure !== null) return end(wire.failure);
    if (signal.aborted) return end("timeout");
    if (wire.status !== null && wire.status >= 400) return end(byStatus(wire.status));
    return end(operation.action === "write" ? "reset" : "rejected");
  }
}

/** Whether the work of a write may have been done although no one said so. */
export function mayHaveHappened({ outcome }: Pick<Attempt, "outcome">): boolean {
  return outcome === "timeout" || outcome === "reset";
}

/** What the last exchange of an attempt came to. */
interface Wire {
  address: string | null;
  status: number | null;
  failure: Failure | null;
}

type WalkResult = JourneyResponse | ReadResult | void;

function walkOnce({ of, action, key, value }: Operation, ctx: JourneyContext): Promise<WalkResult> {
  const step = action === "write" ? of.walk.write?.(ctx, key, value) : of.walk.read?.(ctx, key);
  return step ?? Promise.reject(new Error(`journey "${of.journey.id}" has no ${action}`));
}

function judge(
  operation: Operation,
  result: WalkResult,
  end: (o: AttemptOutcome, shown?: ReadResult) => Attempt,
): Attempt {
  if (isResponse(result) && !result.ok) {
    return end(isKeyedRead(operation) && result.status === 404 ? "absent" : byStatus(result.status));
  }
  if (!isKeyedRead(operation)) return end("acknowledged", isResponse(result) || !result ? undefined : result);
  const shown = isResponse(result) ? (result.json() as ReadResult) : (result ?? null);
  if (shown === null || (shown.value !== undefined && shown.value !== operation.value)) return end("absent");
  return end("acknowledged", shown);
}

/** A journey without writes reads no key: any 2xx will do. */
function isKeyedRead({ action, of }: Operation): boolean {
  return action === "read" && of.walk.write !== undefined;
}

function byStatus(status: number): AttemptOutcome {
  if (status === 504) return "timeout";
  return status >= 500 && status !== 503 ? "reset" : "rejected";
}

function isResponse(result: WalkResult): result is JourneyResponse {
  return typeof result === "object" && result !== null && "ok" in result && "json" in result;
}

function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const late = Promise.withResolvers<never>();
  const onAbort = (): void => late.reject(new Error("too late"));
  signal.addEventListener("abort", onAbort, { once: true });
  return Promise.race([work, late.promise]).finally(() => signal.removeEventListener("abort", onAbort));
}

interface ContextOptions {
  readonly client: HttpClient;
  readonly clock: Clock;
  readonly turn: number;
  readonly wire: Wire;
  readonly signal: AbortSignal;
}

function createContext({ key, value, customer }: Operation, options: ContextOptions): JourneyContext {
  const { client, clock, turn, wire, signal } = options;
  const endsAt = clock.now() + PATIENCE.attemptMs;
  return {
    key,
    value,
    signal,
    async fetch(path, init = {}) {
      Object.assign(wire, { address: null, status: null, failure: null });
      const timeoutMs = Math.max(1, Math.ceil(endsAt - clock.now()));
      const request = httpRequest(path, key, init, customer.jar.header());
      const exchange = await client.send(request, { customer: customer.id, turn, timeoutMs });
      wire.address = exchange.address;
      if ("failure" in exchange) {
        wire.failure = exchange.failure;
        throw new Error(`${exchange.failure}: ${exchange.detail}`);
      }
      const { status, setCookies, body } = exchange.answer;
      wire.status = status;
      customer.jar.store(setCookies);
      return { status, ok: status >= 200 && status < 300, text: () => body, json: () => JSON.parse(body) as unknown };
    },
  };
}

function httpRequest(path: string, key: string, init: JourneyRequestInit, cookie: string | undefined): HttpRequest {
  const { method = "GET", headers = {}, body } = init;
  const json = body !== undefined && typeof body !== "string";
  return {
    method,
    path,
    body: body === undefined ? null : json ? JSON.stringify(body) : body,
    headers: {
      ...(json ? { "content-type": "application/json" } : {}),
      ...(method === "GET" || method === "HEAD" ? {} : { "idempotency-key": key }),
      ...(cookie === undefined ? {} : { cookie }),
      ...Object.fromEntries(Object.entries(headers).map(([name, text]) => [name.toLowerCase(), text])),
    },
  };
}
