import type { IncomingHttpHeaders } from "node:http";

/** A request as an origin gets it: hop-by-hop headers are gone. */
export interface OriginRequest {
  readonly method: string;
  /** Path with its query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The whole body, or what of it streams in; null: none. A stream is read at most once. */
  readonly body: Buffer | AsyncIterable<Buffer> | null;
}

/** Why an origin gave no answer, and the status that the customer gets for it. */
export interface OriginFailure {
  readonly status: 502 | 503 | 504;
  readonly reason: string;
}

/** Takes an origin's answer as it comes: headers, data, and an end; or a failure, before or after the headers. */
export interface Sink {
  onHeaders(status: number, headers: IncomingHttpHeaders): void;
  /** False: wait for `resume` before giving more. */
  onData(chunk: Buffer): boolean;
  onEnd(): void;
  onFailure(failure: OriginFailure): void;
}

/** A request under way. */
export interface Exchange {
  /** Nobody wants the answer any more; the sink is not called again. */
  abort(): void;
  resume(): void;
}

/** Where the edge gets its answers from. `send` never throws; what goes wrong is told to the sink. */
export interface Origin {
  send(request: OriginRequest, sink: Sink): Exchange;
}
