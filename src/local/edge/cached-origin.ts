import type { IncomingHttpHeaders } from "node:http";
import type { Ms } from "../../base/units.ts";
import type { CacheRequest, Draft, EdgeCache, Entry } from "./cache.ts";
import type { Exchange, Origin, OriginFailure, OriginRequest, Sink } from "./origin.ts";
import type { Responder } from "./responder.ts";

/**
 * What those who waited for another's request do when it is over: look again, ask for themselves, or fail as it did.
 */
type FlightEnd = "look-again" | "ask-yourself" | OriginFailure;

export interface CachedOriginOptions {
  readonly origin: Origin;
  readonly cache: EdgeCache;
  /** For answers without a time of their own; 0: those are not kept. */
  readonly defaultTtlMs: Ms;
  /**
   * Whether nearly every answer can be kept: then requests wait for one another, and customers' conditions stay at the
   * edge.
   */
  readonly static: boolean;
  /** A stale copy was served in place of an origin that fails; called each time. @default nobody hears */
  readonly onStandIn?: (key: string) => void;
}

/**
 * An origin with the cache before it. Many who want the same at once cause one request. While the origin fails, or
 * answers with a 5xx, a stale copy stands in for as long as is allowed.
 */
export class CachedOrigin {
  readonly options: CachedOriginOptions;
  readonly #flights = new Map<string, Promise<FlightEnd>>();

  constructor(options: CachedOriginOptions) {
    this.options = options;
  }

  /** Answers a GET or HEAD. */
  async answer(request: OriginRequest, asked: CacheRequest, responder: Responder): Promise<void> {
    const { cache } = this.options;
    let alone = false;
    for (;;) {
      const found = cache.find(asked);
      if (found?.fresh) return responder.serve(found.entry, cache, "Hit");
      const flight = alone ? undefined : this.#flights.get(asked.key);
      if (!flight)
        return this.#ask({
          request,
          asked,
          responder,
          stale: found?.entry ?? null,
          collapse: this.options.static || !!found,
        });
      const end = await flight;
      if (end === "ask-yourself") alone = true;
      else if (end !== "look-again") return this.#fail(end, found?.entry ?? null, responder);
    }
  }

  #ask(of: {
    request: OriginRequest;
    asked: CacheRequest;
    responder: Responder;
    stale: Entry | null;
    collapse: boolean;
  }): void {
    const { request, asked, responder, stale, collapse } = of;
    const { cache, origin, defaultTtlMs } = this.options;
    const { promise, resolve } = Promise.withResolvers<FlightEnd>();
    const end = (how: FlightEnd): void => {
      if (this.#flights.get(asked.key) === promise) this.#flights.delete(asked.key);
      resolve(how);
    };
    if (collapse && request.method === "GET" && !this.#flights.has(asked.key)) this.#flights.set(asked.key, promise);
    const validators = stale ? cache.validators(stale) : {};
    const sent =
      stale || this.options.static
        ? { ...request, headers: { ...withoutConditions(request.headers), ...validators } }
        : request;
    const sink = new CachingSink({
      cache,
      asked,
      responder,
      stale,
      defaultTtlMs,
      isGet: request.method === "GET",
      end,
      standIn: (copy) => this.#standIn(copy, responder),
    });
    const exchange = origin.send(sent, sink);
    sink.exchange = exchange;
    responder.follow({
      resume: () => exchange.resume(),
      abort: () => {
        exchange.abort();
        end("look-again");
      },
    });
  }

  #fail(failure: OriginFailure, stale: Entry | null, responder: Responder): void {
    const { cache } = this.options;
    if (stale && cache.mayStandIn(stale)) this.#standIn(stale, responder);
    else responder.onFailure(failure);
  }

  #standIn(stale: Entry, responder: Responder): void {
    responder.serve(stale, this.options.cache, "Hit");
    this.options.onStandIn?.(stale.key);
  }
}

interface CachingSinkOptions {
  readonly cache: EdgeCache;
  readonly asked: CacheRequest;
  readonly responder: Responder;
  readonly stale: Entry | null;
  readonly defaultTtlMs: Ms;
  readonly isGet: boolean;
  readonly end: (how: FlightEnd) => void;
  /** Serves a stale copy in place of the origin's answer. */
  readonly standIn: (copy: Entry) => void;
}

/** Passes an origin's answer to the customer and keeps a copy on the way, or lets the stale one stand in. */
class CachingSink implements Sink {
  exchange: Exchange | null = null;
  readonly #options: CachingSinkOptions;
  #draft: Draft | null = null;
  #refreshed: Entry | null = null;
  #started = false;
  #over = false;

  constructor(options: CachingSinkOptions) {
    this.#options = options;
  }

  onHeaders(status: number, headers: IncomingHttpHeaders): void {
    const { cache, asked, responder, stale, defaultTtlMs, isGet, end, standIn } = this.#options;
    this.#started = true;
    if (stale && status === 304) {
      this.#refreshed = cache.refresh(stale, asked, headers);
    } else if (stale && status >= 500 && cache.mayStandIn(stale)) {
      this.#over = true;
      this.exchange?.abort();
      standIn(stale);
      end({ status: 503, reason: `the origin answered with ${status}` });
    } else {
      this.#draft = isGet ? cache.admit(asked, { status, headers }, defaultTtlMs) : null;
      if (!this.#draft) end("ask-yourself");
      responder.onHeaders(status, headers);
    }
  }

  onData(chunk: Buffer): boolean {
    if (this.#over || this.#refreshed) return true;
    this.#draft?.push(chunk);
    return this.#options.responder.onData(chunk);
  }

  onEnd(): void {
    const { cache, responder, end } = this.#options;
    if (this.#over) return;
    if (this.#refreshed) {
      responder.serve(this.#refreshed, cache, "RefreshHit");
      end("look-again");
    } else {
      end(this.#draft?.commit() ? "look-again" : "ask-yourself");
      responder.onEnd();
    }
  }

  onFailure(failure: OriginFailure): void {
    const { cache, responder, stale, end, standIn } = this.#options;
    if (this.#over) return;
    if (stale && !this.#started && cache.mayStandIn(stale)) standIn(stale);
    else responder.onFailure(failure);
    end(failure);
  }
}

/** The customer's own conditions would get an answer to another question than the cache has. */
function withoutConditions(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const {
    "if-none-match": _noneMatch,
    "if-modified-since": _modified,
    "if-match": _match,
    "if-unmodified-since": _unmodified,
    ...rest
  } = headers;
  return rest;
}
