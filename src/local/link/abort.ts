import type { Socket } from "node:net";

/** What a socket without a connection of its own travels over: a TLS socket, and the TCP socket beneath it. */
const CARRIERS = new WeakMap<Socket, Socket>();

/** From now on to abort `socket` is to abort `carrier`. */
export function carry(socket: Socket, carrier: Socket): void {
  CARRIERS.set(socket, carrier);
}

/**
 * Resets a connection (RST): at once, or as soon as a FIN that is on its way is out. Node's own `resetAndDestroy`
 * fails in that moment (EINVAL): the socket then never says "close", and its descriptor stays open.
 */
export function abort(socket: Socket): void {
  const carrier = CARRIERS.get(socket);
  if (carrier) {
    abort(carrier);
    socket.destroy();
    return;
  }
  const finIsOnItsWay = socket.writableEnded && !socket.writableFinished && socket.writableLength === 0;
  if (finIsOnItsWay && !socket.destroyed) socket.once("finish", () => socket.resetAndDestroy());
  else socket.resetAndDestroy();
}
