import type { IncomingHttpHeaders } from "node:http";
import { HOP_BY_HOP } from "../hop-by-hop.ts";

/** What the edge calls itself in Via and X-Cache. */
export const EDGE_NAME = "holdfast";

/** The headers without those for one connection: the known ones, and those that `Connection` names. */
export function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const kept = { ...headers };
  for (const name of headers.connection?.split(",") ?? []) delete kept[name.trim().toLowerCase()];
  for (const name of HOP_BY_HOP) delete kept[name];
  return kept;
}

/** A customer's headers as an origin gets them: with where it came from, and the edge's name on the way. */
export function toOrigin(
  headers: IncomingHttpHeaders,
  client: { address: string; httpVersion: string },
): IncomingHttpHeaders {
  const kept = endToEnd(headers);
  // The edge has answered it with 100 already.
  delete kept.expect;
  const via = `${client.httpVersion} ${EDGE_NAME}`;
  kept.via = kept.via ? `${kept.via}, ${via}` : via;
  const before = kept["x-forwarded-for"];
  kept["x-forwarded-for"] = before ? `${String(before)}, ${client.address}` : client.address;
  return kept;
}

/**
 * The headers that a service gets where its answer is kept for everybody: nothing in them tells customers apart.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html
 */
export function forEverybody({ host, via }: IncomingHttpHeaders): IncomingHttpHeaders {
  return { ...(host === undefined ? {} : { host }), ...(via === undefined ? {} : { via }), "user-agent": EDGE_NAME };
}

/**
 * Whether a customer's copy is still good: its conditional headers against those of the answer (RFC 9110, section 13).
 */
export function isUnchanged(asked: IncomingHttpHeaders, answer: IncomingHttpHeaders): boolean {
  const { etag, "last-modified": modified } = answer;
  const tags = asked["if-none-match"];
  if (tags !== undefined) return tags.trim() === "*" || (etag !== undefined && tagsOf(tags).includes(weak(etag)));
  const since = asked["if-modified-since"];
  return since !== undefined && modified !== undefined && Date.parse(modified) <= Date.parse(since);
}

function tagsOf(list: string): string[] {
  return list.split(",").map((tag) => weak(tag.trim()));
}

function weak(tag: string): string {
  return tag.replace(/^W\//, "");
}
