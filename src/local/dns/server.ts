import { type Socket as UdpSocket, createSocket } from "node:dgram";
import { once } from "node:events";
import { type Server as TcpServer, type Socket as TcpSocket, createServer } from "node:net";
import type { Random } from "../../base/random.ts";
import type { Address } from "../address.ts";
import { type LookUp, respond } from "./packet.ts";
import type { HostedZone } from "./records.ts";
import { answer, indexZones } from "./zone.ts";

/** Tries to find a port that is free for both UDP and TCP, where any will do. */
const PORT_TRIES = 20;

/**
 * An authoritative DNS server over UDP and TCP, with Route 53's routing policies and health.
 * By hand: `dig @127.0.0.1 -p PORT api.shop.internal`.
 */
export class DnsServer {
  readonly #random: Random;
  readonly #regionOf: (address: string) => string | null;
  readonly #unhealthy = new Set<string>();
  readonly #connections = new Set<TcpSocket>();
  #index = indexZones([]);
  #udp: UdpSocket | null = null;
  #tcp: TcpServer | null = null;

  /** `regionOf` tells an asker's region by its address, for latency records. */
  constructor(options: { random: Random; regionOf?: (address: string) => string | null }) {
    this.#random = options.random;
    this.#regionOf = options.regionOf ?? (() => null);
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

  async #listen({ host, port }: Address): Promise<Address> {
    const udp = (this.#udp = createSocket("udp4"));
    udp.bind(port, host);
    await once(udp, "listening");
    const bound = { host, port: udp.address().port };
    udp.on("error", () => undefined); // an ICMP error of an asker that has gone
    udp.on("message", (query, from) => {
      const packet = respond(query, "udp", this.#lookUp(from.address));
      if (packet) udp.send(packet, from.port, from.address, () => undefined);
    });
    const tcp = (this.#tcp = createServer((socket) => this.#serve(socket)));
    tcp.listen(bound.port, host);
    await once(tcp, "listening");
    return bound;
  }

  /** Replaces all that it answers for, at once. What is known of health stays. */
  setRecords(zones: readonly HostedZone[]): void {
    this.#index = indexZones(zones);
  }

  /** A target that nothing was said about is healthy. */
  setHealth(target: string, healthy: boolean): void {
    if (healthy) this.#unhealthy.delete(target);
    else this.#unhealthy.add(target);
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

  #lookUp(asker: string): LookUp {
    return ({ name, type }) =>
      answer(
        this.#index,
        { name, wantsAddress: type === "A" || type === "ANY" },
        { unhealthy: this.#unhealthy, region: this.#regionOf(asker), random: this.#random },
      );
  }

  /** Messages over TCP come after their length in two bytes, any number on one connection. */
  #serve(socket: TcpSocket): void {
    this.#connections.add(socket);
    socket.once("close", () => this.#connections.delete(socket));
    socket.on("error", () => socket.destroy());
    const lookUp = this.#lookUp(socket.remoteAddress ?? "");
    let pending = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const end = 2 + pending.readUInt16BE(0);
        const packet = respond(pending.subarray(2, end), "tcp", lookUp);
        pending = pending.subarray(end);
        if (!packet) return void socket.destroy();
        const length = Buffer.alloc(2);
        length.writeUInt16BE(packet.length);
        socket.write(Buffer.concat([length, packet]));
      }
    });
  }
}
