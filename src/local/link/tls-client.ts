import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { type TLSSocket, connect, createSecureContext } from "node:tls";

/** Asks no authority: none has to vouch for what is taken whatever it is. */
const CONTEXT = createSecureContext({ ca: [] });

/**
 * Begins TLS on a connection, as a balancer does with its targets: with any certificate, be it self-signed or expired.
 * It says "secureConnect" once it is through.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
 */
export function overTls(socket: Socket): TLSSocket {
  const secure = connect({ socket: new Bytes(socket), secureContext: CONTEXT, rejectUnauthorized: false });
  socket.on("error", (error) => secure.destroy(error));
  socket.on("close", () => secure.destroy());
  return secure;
}

/**
 * A socket's bytes, and no more of it: of a `Socket` itself, TLS would read and write those beneath its methods. It
 * never ends or fails by itself. Node says that a TLS socket is closed before it says why where the stream beneath it
 * went first, and undici does not bear that.
 */
class Bytes extends Duplex {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super({ autoDestroy: false });
    this.#socket = socket;
    socket.on("data", (chunk) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.on("end", () => this.push(null));
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.#socket.write(chunk, () => callback());
  }

  override _final(callback: () => void): void {
    this.#socket.end(() => callback());
  }

  override _destroy(_error: Error | null, callback: () => void): void {
    this.#socket.destroy();
    callback();
  }
}
