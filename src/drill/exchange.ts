import { createServer } from "node:net";
import { Agent, request } from "undici";
import { messageOf } from "../base/error.ts";
import type { Ms } from "../base/units.ts";
import type { Resolver } from "./resolve.ts";

/** One HTTP request, to be sent to the system's own domain. */
export interface HttpRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** How an exchange ended without an answer. Only after `refused` is it certain that nothing happened. */
export type Failure = "refused" | "timeout" | "reset";

/** How one exchange ended: with an answer or a failure; `address` is what the DNS gave, null where it gave none. */
export type Exchange = { readonly address: string | null } & (
  | { readonly answer: { readonly status: number; readonly setCookies: readonly string[]; readonly body: string } }
  | { readonly failure: Failure; readonly detail: string }
);

/**
 * Sends requests to the system by its domain's addresses, over connections that are kept alive, as one of many
 * customers.
 */
export interface HttpClient {
  /** `turn` chooses among the system's addresses, round and round. Never rejects. */
  send(request: HttpRequest, options: { customer: number; turn: number; timeoutMs: Ms }): Promise<Exchange>;
}

/** Where the system is reached. `domain` goes into the Host header, whatever the address. */
export interface Entry {
  readonly domain: string;
  readonly port: number;
}

/**
 * A client of the system at `entry`, HTTP/1.1 without pipelining. Each customer has one of the resolvers, by their
 * number, connections of their own and, where `ownAddresses`, a source address of their own: a firewall that counts by
 * address sees people, not one flood.
 */
export function createHttpClient(
  entry: Entry,
  resolvers: readonly Resolver[],
  options: { ownAddresses: boolean },
): HttpClient {
  const dispatchers = new Map<number, Agent>();
  const dispatcherOf = (customer: number): Agent => {
    const from = options.ownAddresses ? { localAddress: sourceAddress(customer) } : {};
    const known = dispatchers.get(customer) ?? new Agent({ pipelining: 1, keepAliveTimeout: 4_000, ...from });
    dispatchers.set(customer, known);
    return known;
  };
  return {
    async send({ method, path, headers, body }, { customer, turn, timeoutMs }) {
      let address: string;
      try {
        const home = resolvers[customer % resolvers.length]!; // there is at least one
        const addresses = await home.addresses(entry.domain);
        address = addresses[turn % addresses.length]!; // a resolver gives at least one
      } catch (error) {
        return { address: null, failure: "refused", detail: messageOf(error) };
      }
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const response = await request(`http://${address}:${entry.port}${path}`, {
          dispatcher: dispatcherOf(customer),
          method: method as "GET",
          headers: { ...headers, host: entry.domain },
          body,
          signal,
        });
        const text = await response.body.text();
        const cookies = response.headers["set-cookie"] ?? [];
        const setCookies = typeof cookies === "string" ? [cookies] : cookies;
        return { address, answer: { status: response.statusCode, setCookies, body: text } };
      } catch (error) {
        return { address, failure: signal.aborted ? "timeout" : failureOf(error), detail: messageOf(error) };
      }
    },
  };
}

/** Errors of a connection that was never made: no byte of the request left. */
const NEVER_SENT = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL", "UND_ERR_CONNECT_TIMEOUT"]);

function failureOf(error: unknown): Failure {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  return NEVER_SENT.has(code) ? "refused" : "reset";
}

/** A loopback address that no system of ours listens on. */
function sourceAddress(customer: number): string {
  return `127.254.${(customer >> 8) & 255}.${1 + (customer % 254)}`;
}

/** Whether this machine lets a program choose its address on the loopback network (Linux does, macOS does not). */
export async function hasOwnAddresses(): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(0, sourceAddress(0), () => server.close(() => resolve(true)));
  });
}
