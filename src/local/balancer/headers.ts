import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { HOP_BY_HOP } from "../hop-by-hop.ts";

/** What a balancer adds to a request on its way, beside the client's own headers. */
export interface Forwarding {
  readonly clientAddress: string;
  readonly port: string;
  /** A fresh identifier, used where the client brought none. */
  readonly traceId: string;
}

/**
 * Headers that are not passed on: those of one connection alone, and those that the balancer answers or sets itself.
 * Looked up for each header of each request: by length first, so that most are passed on without being lower-cased.
 */
const NOT_PASSED_ON = new Set<string>([
  ...HOP_BY_HOP,
  "expect",
  "x-amzn-trace-id",
  "x-forwarded-for",
  "x-forwarded-port",
  "x-forwarded-proto",
]);
const LENGTHS = new Set([...NOT_PASSED_ON].map((name) => name.length));

/** The headers of a request as a target gets them: a flat list of names and values. */
export function forwardedHeaders(request: IncomingMessage, forwarding: Forwarding): string[] {
  const { rawHeaders, headers } = request;
  const named = namedByConnection(headers.connection);
  const passed: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!; // names and values alternate
    if (LENGTHS.has(name.length) && NOT_PASSED_ON.has(name.toLowerCase())) continue;
    if (named?.has(name.toLowerCase())) continue;
    passed.push(name, rawHeaders[index + 1]!); // names and values alternate
  }
  const before = headers["x-forwarded-for"];
  const traceId = headers["x-amzn-trace-id"];
  passed.push(
    "X-Forwarded-For",
    before === undefined ? forwarding.clientAddress : `${String(before)}, ${forwarding.clientAddress}`,
    "X-Forwarded-Proto",
    "http",
    "X-Forwarded-Port",
    forwarding.port,
    "X-Amzn-Trace-Id",
    traceId === undefined ? `Root=${forwarding.traceId}` : `Self=${forwarding.traceId};${String(traceId)}`,
  );
  return passed;
}

/** The headers of an answer as the client gets them: a flat list of names and values. */
export function answeredHeaders(headers: IncomingHttpHeaders): string[] {
  const named = namedByConnection(headers.connection);
  const passed: string[] = [];
  for (const name in headers) {
    if (HOP_BY_HOP_IN_ANSWERS.has(name) || named?.has(name)) continue;
    const value = headers[name];
    if (typeof value === "string") passed.push(name, value);
    else for (const each of value ?? []) passed.push(name, each);
  }
  return passed;
}

const HOP_BY_HOP_IN_ANSWERS = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** A Connection header can name more headers that are not passed on. Nearly always it does not. */
function namedByConnection(connection: string | string[] | undefined): ReadonlySet<string> | null {
  if (connection === undefined || connection === "keep-alive" || connection === "close") return null;
  return new Set(
    String(connection)
      .toLowerCase()
      .split(",")
      .map((name) => name.trim()),
  );
}
