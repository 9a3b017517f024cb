import { type Server as PlainServer, type RequestListener, createServer } from "node:http";
import { type Server as TlsServer, createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import { generate } from "selfsigned";

const PAST = { notBeforeDate: new Date("2001-01-01"), notAfterDate: new Date("2002-01-01") };

/** A certificate that the program made itself, and that expired long ago: balancers take it. */
const made = generate([{ name: "commonName", value: "program" }], { keyType: "ec", algorithm: "sha256", ...PAST });

/** What carries a connection, by the port that it comes from. */
const carriers = new Map<number | undefined, Socket>();

/** The server of a program behind a balancer, which is yet to listen. */
export async function programServer(
  protocol: "http" | "https",
  listener: RequestListener,
): Promise<PlainServer | TlsServer> {
  const { private: key, cert } = await made;
  const server = protocol === "https" ? createTlsServer({ key, cert }, listener) : createServer(listener);
  return server.on("connection", (socket: Socket) => carriers.set(socket.remotePort, socket));
}

/** Resets a connection of such a server. Node does not reset one that is encrypted, so what carries it is reset. */
export function resetConnection({ remotePort }: Socket): void {
  carriers.get(remotePort)?.resetAndDestroy();
}
