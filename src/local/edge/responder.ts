import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { STATUS_CODES } from "node:http";
import type { EdgeCache, Entry } from "./cache.ts";
import { EDGE_NAME, endToEnd, isUnchanged } from "./headers.ts";
import type { Exchange, OriginFailure, Sink } from "./origin.ts";

/** How an answer came about, as the header X-Cache tells it. A stale copy that stands in for its origin is a `Hit`. */
export type CacheResult = "Hit" | "Miss" | "RefreshHit" | "Error";

/** Writes one answer to a customer, whether it comes from an origin, the cache, or the edge itself. */
export class Responder implements Sink {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  #exchange: Exchange | null = null;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
    response.on("drain", () => this.#exchange?.resume());
    response.on("close", () => {
      if (!response.writableFinished) this.#exchange?.abort();
    });
  }

  /** The exchange that feeds this answer: it waits for a slow customer, and ends with one that has gone. */
  follow(exchange: Exchange): void {
    this.#exchange = exchange;
    if (this.#response.destroyed) exchange.abort();
  }

  onHeaders(status: number, headers: IncomingHttpHeaders): void {
    this.#head(status, headers, status >= 400 ? "Error" : "Miss");
  }

  onData(chunk: Buffer): boolean {
    return this.#response.write(chunk);
  }

  onEnd(): void {
    this.#response.end();
  }

  /** After the headers there is no way to say so but to break off. */
  onFailure({ status, reason }: OriginFailure): void {
    if (this.#response.headersSent) this.#response.destroy();
    else this.say(status, reason);
  }

  /** The edge's own answer. */
  say(status: number, text: string): void {
    const body = `${STATUS_CODES[status] ?? status}: ${text}\n`;
    const headers = { "content-type": "text/plain; charset=utf-8", "content-length": String(Buffer.byteLength(body)) };
    this.#head(status, headers, "Error");
    this.#response.end(this.#request.method === "HEAD" ? undefined : body);
  }

  /** An answer out of the cache; 304 where the customer's own copy is still good. */
  serve(entry: Entry, cache: EdgeCache, result: CacheResult): void {
    const headers = cache.headersOf(entry);
    if (entry.status === 200 && isUnchanged(this.#request.headers, headers)) {
      delete headers["content-length"];
      this.#head(304, headers, result);
      this.#response.end();
    } else {
      headers["content-length"] = String(entry.body.length);
      this.#head(entry.status, headers, result);
      this.#response.end(this.#request.method === "HEAD" ? undefined : entry.body);
    }
  }

  #head(status: number, headers: IncomingHttpHeaders, result: CacheResult): void {
    const kept: OutgoingHttpHeaders = endToEnd(headers);
    kept.via = kept.via ? `${String(kept.via)}, 1.1 ${EDGE_NAME}` : `1.1 ${EDGE_NAME}`;
    kept["x-cache"] = `${result} from ${EDGE_NAME}`;
    this.#response.writeHead(status, kept);
  }
}
