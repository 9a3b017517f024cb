import type { IncomingHttpHeaders } from "node:http";
import CachePolicy from "http-cache-semantics";
import type { Clock } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";

/** The library's policy, over a clock that can be put ahead for one entry. */
interface AgingPolicy extends CachePolicy {
  aheadMs: Ms;
}

/** What a cached answer is found by. */
export interface CacheRequest {
  /** What tells objects apart: the path, with the query where the origin looks at it. */
  readonly key: string;
  readonly headers: IncomingHttpHeaders;
}

/** An answer that is kept. */
export interface Entry {
  readonly key: string;
  readonly policy: AgingPolicy;
  readonly status: number;
  readonly body: Buffer;
  /** The request's headers that the answer depends on (Vary), as they were. */
  readonly varies: Readonly<Record<string, unknown>>;
  /** Its time came from the edge's settings, not from the origin. */
  readonly byDefault: boolean;
}

/** An answer that is being taken in. */
export interface Draft {
  push(chunk: Buffer): void;
  /** Keeps what has come; false where it is too large. */
  commit(): boolean;
}

export interface CacheOptions {
  readonly clock: Clock;
  /** How long a stale answer may be served while the origin fails, where the origin does not say. */
  readonly staleIfErrorMs: Ms;
  /** @default 64 MB */
  readonly maxBytes?: number;
  /** @default 10 MB */
  readonly maxObjectBytes?: number;
}

const MEGABYTE = 1_048_576;
/** What an entry takes beside its body, about. */
const ENTRY_BYTES = 1_024;
/** Answers of one key that are kept for different headers (Vary). */
const MAX_VARIANTS = 16;

/**
 * A shared HTTP cache by RFC 9111: freshness, Vary, Age and revalidation are `http-cache-semantics`'s. An answer is
 * kept only where it has a time to live, by its own headers or by the edge's setting; never one with Set-Cookie. What
 * was used least recently goes first once the memory is full.
 */
export class EdgeCache {
  readonly #options: CacheOptions;
  readonly #maxBytes: number;
  readonly #maxObjectBytes: number;
  readonly #Policy: new (...made: ConstructorParameters<typeof CachePolicy>) => AgingPolicy;
  /** In the order of use, the latest last. */
  readonly #entries = new Map<string, Entry[]>();
  #bytes = 0;

  constructor(options: CacheOptions) {
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? 64 * MEGABYTE;
    this.#maxObjectBytes = options.maxObjectBytes ?? 10 * MEGABYTE;
    const { clock } = options;
    // The library asks itself for the time; a method of that name replaces it.
    this.#Policy = class extends CachePolicy {
      aheadMs = 0;
      now(): Ms {
        return clock.now() + (this.aheadMs ?? 0); // asked for within the constructor too, before it is set
      }
    };
  }

  /** The answer for `request`, and whether it may be served as it is. */
  find(request: CacheRequest): { entry: Entry; fresh: boolean } | null {
    const variants = this.#entries.get(request.key);
    const entry = variants?.find((each) => matches(each, request));
    if (!variants || !entry) return null;
    this.#entries.delete(request.key);
    this.#entries.set(request.key, variants);
    return { entry, fresh: !entry.policy.stale() };
  }

  /** Headers that ask the origin whether a stale entry still holds. */
  validators(entry: Entry): IncomingHttpHeaders {
    const { etag, "last-modified": modified } = entry.policy.responseHeaders() as IncomingHttpHeaders;
    if (etag) return { "if-none-match": etag };
    return modified ? { "if-modified-since": modified } : {};
  }

  /**
   * Begins to keep an answer; null where it may not be kept. `defaultTtlMs` counts where the origin gives no time, 0
   * for none.
   */
  admit(
    request: CacheRequest,
    answer: { status: number; headers: IncomingHttpHeaders },
    defaultTtlMs: Ms,
  ): Draft | null {
    const { status, headers } = answer;
    if (headers["set-cookie"] || headers.vary === "*") return null;
    const byDefault = defaultTtlMs > 0 && status === 200 && !headers["cache-control"] && !headers.expires;
    const kept = byDefault ? { ...headers, "cache-control": `max-age=${Math.ceil(defaultTtlMs / 1_000)}` } : headers;
    const policy = this.#policy(status, kept);
    if (!policy.storable() || policy.stale()) return null;
    const chunks: Buffer[] = [];
    let bytes = 0;
    return {
      push: (chunk) => {
        bytes += chunk.length;
        if (bytes <= this.#maxObjectBytes) chunks.push(chunk);
        else chunks.length = 0;
      },
      commit: () => {
        if (bytes > this.#maxObjectBytes) return false;
        const varies = variesOf(headers.vary, request);
        this.#keep({ key: request.key, policy, status, body: Buffer.concat(chunks), varies, byDefault }, request);
        return true;
      },
    };
  }

  /** The entry after the origin has said that it still holds (304): its headers are brought up to date. */
  refresh(entry: Entry, request: CacheRequest, headers: IncomingHttpHeaders): Entry {
    const { age: _age, date: _date, ...known } = entry.policy.responseHeaders() as IncomingHttpHeaders;
    const { "content-length": _length, "content-encoding": _encoding, "content-type": _type, ...told } = headers;
    const refreshed = { ...entry, policy: this.#policy(entry.status, { ...known, ...told }) };
    this.#keep(refreshed, request);
    return refreshed;
  }

  /** Headers to serve an entry with, its Age among them. */
  headersOf(entry: Entry): IncomingHttpHeaders {
    const headers = entry.policy.responseHeaders() as IncomingHttpHeaders;
    if (entry.byDefault) delete headers["cache-control"];
    return headers;
  }

  /**
   * Whether a stale entry may stand in for an origin that fails: not for longer than allowed, and not against its
   * will.
   */
  mayStandIn(entry: Entry): boolean {
    const directives = String(entry.policy.responseHeaders()["cache-control"] ?? "");
    if (/(?:must|proxy)-revalidate|no-cache|s-maxage/i.test(directives)) return false;
    const own = /stale-if-error=(\d+)/i.exec(directives)?.[1];
    const boundMs = own === undefined ? this.#options.staleIfErrorMs : 1_000 * Number(own);
    return 1_000 * (entry.policy.age() - entry.policy.maxAge()) <= boundMs;
  }

  /** Makes the entries whose key fits stale at once, as though their time to live had run out in this moment. */
  expire(fits: (key: string) => boolean): void {
    const fitting = [...this.#entries].flatMap(([key, variants]) => (fits(key) ? variants : []));
    for (const { policy } of fitting) policy.aheadMs += Math.max(0, 1_000 * (policy.maxAge() - policy.age()));
  }

  #policy(status: number, headers: IncomingHttpHeaders): AgingPolicy {
    const request = { method: "GET", headers: {} };
    return new this.#Policy(request, { status, headers: headers as CachePolicy.Headers }, { cacheHeuristic: 0 });
  }

  #keep(entry: Entry, request: CacheRequest): void {
    const others = (this.#entries.get(entry.key) ?? []).filter((other) => !matches(other, request));
    this.#drop(entry.key);
    const variants = [entry, ...others].slice(0, MAX_VARIANTS);
    this.#entries.set(entry.key, variants);
    this.#bytes += sizeOf(variants);
    for (const key of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#drop(key);
    }
  }

  #drop(key: string): void {
    this.#bytes -= sizeOf(this.#entries.get(key) ?? []);
    this.#entries.delete(key);
  }
}

function sizeOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { body }) => sum + body.length + ENTRY_BYTES, 0);
}

function variesOf(vary: string | undefined, { headers }: CacheRequest): Record<string, unknown> {
  const names = (vary ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  return Object.fromEntries(names.map((name) => [name, headers[name]]));
}

function matches(entry: Entry, { headers }: CacheRequest): boolean {
  for (const name in entry.varies) if (entry.varies[name] !== headers[name]) return false;
  return true;
}
