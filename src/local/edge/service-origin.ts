import type { IncomingHttpHeaders } from "node:http";
import { type Socket, connect } from "node:net";
import { type Dispatcher, Pool } from "undici";
import type { Cancel, Clock } from "../../base/clock.ts";
import { messageOf } from "../../base/error.ts";
import type { Ms } from "../../base/units.ts";
import type { CachingResolver } from "../dns/resolver.ts";
import type { Exchange, Origin, OriginFailure, OriginRequest, Sink } from "./origin.ts";

/** How patient the edge is with an origin, at the pace of the run. */
export interface Patience {
  /** Connections that are tried at one address before the next one. */
  readonly connectionAttempts: number;
  readonly connectionTimeoutMs: Ms;
  /** Longest wait for the first byte of an answer, and between two parts of it. */
  readonly responseTimeoutMs: Ms;
  /** How long an idle connection is kept; less than the balancer keeps it, or requests would meet a closed one. */
  readonly keepAliveMs: Ms;
}

export interface ServiceOriginOptions {
  /** Name of its balancer in the DNS. */
  readonly name: string;
  readonly port: number;
  readonly resolver: CachingResolver;
  readonly clock: Clock;
  readonly patience: Patience;
}

const CONNECT_TIMEOUT = "the origin did not accept a connection in time";
const RESPONSE_TIMEOUT = "the origin did not answer in time";

/**
 * A service behind its balancer, found by the DNS; behaves as CloudFront does towards a custom origin. A request that
 * could not be sent goes on to the next address; one that was sent is tried again only where it is a GET or HEAD and
 * nothing has come back. Connections to addresses that have left the DNS end when they are idle.
 */
export class ServiceOrigin implements Origin {
  readonly options: ServiceOriginOptions;
  readonly #pools = new Map<string, Pool>();
  #closed = false;

  constructor(options: ServiceOriginOptions) {
    this.options = options;
  }

  send(request: OriginRequest, sink: Sink): Exchange {
    const attempts = new Attempts(request, sink, this.options);
    void this.#addresses().then((pools) => attempts.start(pools));
    return attempts;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  /** Pools in the order in which to try them. */
  async #addresses(): Promise<Pool[]> {
    const { resolver, name } = this.options;
    const addresses = await resolver.resolve(name);
    // Where the DNS fails there is no answer, and no reason to drop what works.
    if (addresses.length > 0 && this.#pools.size > 0) this.#drain(addresses);
    return this.#closed ? [] : addresses.map((address) => this.#pool(address));
  }

  #pool(address: string): Pool {
    const known = this.#pools.get(address);
    if (known) return known;
    const { port, patience } = this.options;
    const pool = new Pool(`http://${address}:${port}`, {
      connect: (_options, callback) => dial({ host: address, port }, this.options, callback),
      keepAliveTimeout: patience.keepAliveMs,
      keepAliveMaxTimeout: patience.keepAliveMs,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#pools.set(address, pool);
    return pool;
  }

  #drain(addresses: readonly string[]): void {
    for (const [address, pool] of this.#pools) {
      if (addresses.includes(address)) continue;
      this.#pools.delete(address);
      void pool.close().catch(() => undefined);
    }
  }
}

/** Connects within the patience: so many attempts, each so long. A refusal counts as an attempt. */
function dial(
  to: { host: string; port: number },
  { clock, patience }: ServiceOriginOptions,
  callback: (...result: [null, Socket] | [Error, null]) => void,
): void {
  const attempt = (left: number): void => {
    const socket = connect({ ...to, noDelay: true });
    const cancel = clock.after(patience.connectionTimeoutMs, () => socket.destroy(new Error(CONNECT_TIMEOUT)));
    const onError = (error: Error): void => {
      cancel();
      if (left > 1) attempt(left - 1);
      else callback(error, null);
    };
    socket.once("error", onError);
    socket.once("connect", () => {
      cancel();
      socket.off("error", onError);
      callback(null, socket);
    });
  };
  attempt(patience.connectionAttempts);
}

/** One request on its way through the addresses; takes what undici reports. */
class Attempts implements Exchange, Dispatcher.DispatchHandler {
  readonly #request: OriginRequest;
  readonly #sink: Sink;
  readonly #options: ServiceOriginOptions;
  #left: Pool[] = [];
  #controller: Dispatcher.DispatchController | null = null;
  #cancel: Cancel = () => undefined;
  #lastSign: Ms = 0;
  #answered = false;
  #over = false;

  constructor(request: OriginRequest, sink: Sink, options: ServiceOriginOptions) {
    this.#request = request;
    this.#sink = sink;
    this.#options = options;
  }

  start(pools: Pool[]): void {
    this.#left = pools;
    if (pools.length === 0) this.#fail({ status: 502, reason: `the DNS has no address for ${this.#options.name}` });
    else this.#next();
  }

  abort(): void {
    if (this.#over) return;
    this.#finish();
    this.#controller?.abort(new Error("the customer has gone"));
  }

  resume(): void {
    this.#lastSign = this.#options.clock.now();
    this.#controller?.resume();
  }

  #next(): void {
    const pool = this.#left.shift();
    if (this.#over || !pool) return;
    const { method, url, headers, body } = this.#request;
    this.#controller = null;
    // undici's types leave out the iterables that it takes.
    const dispatched = body as Buffer | null;
    try {
      pool.dispatch({ method: method as Dispatcher.HttpMethod, path: url, headers, body: dispatched }, this);
    } catch (error) {
      this.#fail({ status: 502, reason: messageOf(error) });
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#over) return controller.abort(new Error("the customer has gone"));
    this.#controller = controller;
    this.#lastSign = this.#options.clock.now();
    this.#watch(this.#options.patience.responseTimeoutMs);
  }

  onBodySent(): void {
    this.#lastSign = this.#options.clock.now();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (this.#over || status < 200) return;
    this.#lastSign = this.#options.clock.now();
    this.#answered = true;
    this.#sink.onHeaders(status, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return;
    this.#lastSign = this.#options.clock.now();
    if (!this.#sink.onData(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#over) return;
    this.#finish();
    this.#sink.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#over) return;
    this.#cancel();
    const sent = this.#controller !== null;
    const safe = this.#request.method === "GET" || this.#request.method === "HEAD";
    const timedOut = error.message === RESPONSE_TIMEOUT;
    if (this.#left.length > 0 && (!sent || (safe && !this.#answered))) return this.#next();
    const slow = timedOut || error.message === CONNECT_TIMEOUT;
    this.#fail({ status: slow ? 504 : 502, reason: error.message });
  }

  /** Ends the request where the origin has been silent for too long; a customer that reads slowly does not count. */
  #watch(ms: Ms): void {
    this.#cancel = this.#options.clock.after(ms, () => {
      const { clock, patience } = this.#options;
      const silentMs = this.#controller?.paused ? 0 : clock.now() - this.#lastSign;
      if (silentMs < patience.responseTimeoutMs) this.#watch(patience.responseTimeoutMs - silentMs);
      else this.#controller?.abort(new Error(RESPONSE_TIMEOUT));
    });
  }

  #finish(): void {
    this.#over = true;
    this.#cancel();
  }

  #fail(failure: OriginFailure): void {
    if (this.#over) return;
    this.#finish();
    this.#sink.onFailure(failure);
  }
}
