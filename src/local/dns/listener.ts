import { type Socket as UdpSocket, createSocket } from "node:dgram";
import { once } from "node:events";
import { type Server as TcpServer, type Socket as TcpSocket, createServer } from "node:net";
import type { Address } from "../address.ts";

/** Tries to find a port that is free for both UDP and TCP, where any will do. */
const PORT_TRIES = 20;

/** What answers a query: a packet, or null where nothing may be said. */
export type Respond = (query: Buffer, transport: "udp" | "tcp") => Buffer | null;

/** One address of a DNS server, over UDP and TCP. What it answers is handed in. */
export class DnsListener {
  /** While it is silent, queries reach it and nothing comes back. */
  silent = false;
  readonly #respond: Respond;
  readonly #connections = new Set<TcpSocket>();
  #udp: UdpSocket | null = null;
  #tcp: TcpServer | null = null;

  constructor(respond: Respond) {
    this.#respond = (...query) => (this.silent ? null : respond(...query));
  }

  /**
   * Listens on both transports; port 0 takes a free one. Rejects with the system's error where the address is in use.
   */
  async listen(address: Address): Promise<Address> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#listen(address);
      } catch (error) {
        await this.close();
        if (address.port !== 0 || tries === PORT_TRIES) throw error;
      }
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#connections) socket.destroy();
    const { promise, resolve } = Promise.withResolvers<void>();
    const closeTcp = (): void => void (this.#tcp?.listening ? this.#tcp.close(() => resolve()) : resolve());
    if (this.#udp) this.#udp.close(closeTcp);
    else closeTcp();
    await promise;
    this.#udp = this.#tcp = null;
  }

  async #listen({ host, port }: Address): Promise<Address> {
    const udp = (this.#udp = createSocket("udp4"));
    udp.bind(port, host);
    await once(udp, "listening");
    const bound = { host, port: udp.address().port };
    udp.on("error", () => undefined); // an ICMP error of an asker that has gone
    udp.on("message", (query, from) => {
      const packet = this.#respond(query, "udp");
      if (packet) udp.send(packet, from.port, from.address, () => undefined);
    });
    const tcp = (this.#tcp = createServer((socket) => this.#serve(socket)));
    tcp.listen(bound.port, host);
    await once(tcp, "listening");
    return bound;
  }

  /** Messages over TCP come after their length in two bytes, any number on one connection. */
  #serve(socket: TcpSocket): void {
    this.#connections.add(socket);
    socket.once("close", () => this.#connections.delete(socket));
    socket.on("error", () => socket.destroy());
    let pending = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const end = 2 + pending.readUInt16BE(0);
        const packet = this.#respond(pending.subarray(2, end), "tcp");
        pending = pending.subarray(end);
        if (!packet) return void socket.destroy();
        const length = Buffer.alloc(2);
        length.writeUInt16BE(packet.length);
        socket.write(Buffer.concat([length, packet]));
      }
    });
  }
}
