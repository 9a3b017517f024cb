import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { Address } from "../../src/local/address.ts";

/** A port that was free a moment ago, on an address of the test's own. */
export async function freeAddress(host = "127.0.0.1"): Promise<Address> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return { host, port };
}
