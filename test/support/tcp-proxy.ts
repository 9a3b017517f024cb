import { type Socket, createConnection, createServer } from "node:net";
import type { Address } from "../../src/local/address.ts";

/** A link for tests: everything that dials `listen` is led to `target`. */
export interface TcpProxy {
  readonly listen: Address;
  /** Resets all connections and those to come. */
  cut(): void;
  /** Lets the bytes of all connections vanish, those that are open and those to come. Nobody is told. */
  blackHole(): void;
  /** Whole again; connections that were starved are reset. */
  heal(): void;
  close(): Promise<void>;
}

/** Starts a link from `listen` to `target`. */
export async function startTcpProxy(listen: Address, target: Address): Promise<TcpProxy> {
  let state: "whole" | "cut" | "black hole" = "whole";
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  };
  const resetAll = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const forward = (from: Socket, to: Socket): void => {
    from.on("data", (chunk) => {
      if (state === "whole") to.write(chunk);
    });
    from.on("close", () => to.destroy());
  };
  // Without noDelay each commit waits 40 ms: Nagle against delayed acknowledgement.
  const server = createServer({ noDelay: true }, (client) => {
    keep(client);
    if (state === "cut") return void client.resetAndDestroy();
    if (state === "black hole") return void client.resume();
    const upstream = createConnection({ ...target, noDelay: true });
    keep(upstream);
    forward(client, upstream);
    forward(upstream, client);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(listen.port, listen.host, resolve);
  });
  return {
    listen,
    cut() {
      state = "cut";
      resetAll();
    },
    blackHole: () => void (state = "black hole"),
    heal() {
      if (state === "black hole") resetAll();
      state = "whole";
    },
    close() {
      resetAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
