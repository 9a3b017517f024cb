import { type Server, connect, createServer } from "node:net";
import type { Clock } from "../base/clock.ts";
import type { Address } from "./address.ts";
import type { Probe } from "./engine/member.ts";

/** Shows that a zone is there: answers every connection with one byte and closes it. */
export function openBeacon(listen: Address): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.end(".");
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ ...listen }, () => resolve(server));
  });
}

/** Looks for the beacon at `address`, on a connection of its own each time. */
export function beaconProbe(address: Address, clock: Clock): Probe {
  return {
    check: (timeoutMs) =>
      new Promise((resolve) => {
        const socket = connect({ ...address });
        const end = (seen: boolean): void => {
          cancel();
          socket.destroy();
          resolve(seen);
        };
        const cancel = clock.after(timeoutMs, () => end(false));
        socket.once("data", () => end(true));
        socket.once("error", () => end(false));
        socket.once("close", () => end(false));
      }),
    close: () => undefined,
  };
}
