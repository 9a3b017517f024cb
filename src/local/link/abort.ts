import type { Socket } from "node:net";

/**
 * Resets a connection (RST): at once, or as soon as a FIN that is on its way is out. Node's own `resetAndDestroy`
 * fails in that moment (EINVAL): the socket then never says "close", and its descriptor stays open.
 */
export function abort(socket: Socket): void {
  const finIsOnItsWay = socket.writableEnded && !socket.writableFinished && socket.writableLength === 0;
  if (finIsOnItsWay && !socket.destroyed) socket.once("finish", () => socket.resetAndDestroy());
  else socket.resetAndDestroy();
}
