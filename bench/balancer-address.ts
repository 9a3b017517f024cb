import type { Address } from "../src/local/address.ts";

/** Reads `HOST:PORT`. */
export function parseAddress(text: string): Address {
  const colon = text.lastIndexOf(":");
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}
