import type { Socket } from "node:net";
import { type SecureContext, TLSSocket } from "node:tls";
import { abort, carry } from "./abort.ts";

/**
 * Takes TLS off the connections of programs that ask for it, at an endpoint, as the machines of RDS and ElastiCache do;
 * behind it bytes travel in plain text, so that links can look at them. A program that asks for none is served without.
 *
 * Not modelled: faults act on what TLS carries, so a handshake is neither delayed nor swallowed by one.
 */

/** How a protocol asks for TLS: PostgreSQL by a request of eight bytes, the others by just beginning. */
export type Encrypted = "postgres" | "other";

export interface TlsFront {
  readonly protocol: Encrypted;
  readonly context: SecureContext;
}

/** PostgreSQL's requests before a session: each is its own length, 8, and a code (PostgreSQL 18, 54.7). */
const REQUEST_BYTES = 8;
const TLS_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;

/** The first byte of a TLS handshake record (RFC 8446, 5.1). */
const HANDSHAKE = 0x16;

/**
 * Looks at the first bytes of a connection that has just been accepted, paused, and hands on the socket to go on with,
 * paused likewise: the one that takes TLS off, or the same one. A connection that ends before is closed, and never
 * handed on.
 */
export function takeTlsOff(dialer: Socket, front: TlsFront, handOn: (socket: Socket) => void): void {
  const close = (): void => void dialer.destroy();
  dialer.on("error", close);
  dialer.on("end", close);
  const pass = (socket: Socket): void => {
    dialer.off("readable", look);
    dialer.off("end", close);
    socket.pause();
    handOn(socket);
  };
  const look = (): void => {
    const first: Buffer | null = dialer.read(1);
    if (first === null) return;
    dialer.unshift(first);
    if (first[0] === HANDSHAKE) return pass(encrypted(dialer, front));
    if (front.protocol === "other" || first[0] !== 0) return pass(dialer);
    const request: Buffer | null = dialer.read(REQUEST_BYTES);
    if (request === null) return;
    const code = request.readInt32BE(0) === REQUEST_BYTES ? request.readInt32BE(4) : null;
    if (code === GSS_REQUEST) {
      dialer.write("N");
      return;
    }
    if (code === TLS_REQUEST) {
      dialer.write("S");
      return pass(encrypted(dialer, front));
    }
    dialer.unshift(request);
    pass(dialer);
  };
  dialer.on("readable", look);
}

function encrypted(dialer: Socket, { protocol, context }: TlsFront): Socket {
  const socket = new TLSSocket(dialer, {
    isServer: true,
    secureContext: context,
    ...(protocol === "postgres" ? { ALPNProtocols: ["postgresql"] } : {}),
  });
  carry(socket, dialer);
  socket.on("error", () => abort(dialer));
  return socket;
}
