import { type Socket, createSocket } from "node:dgram";
import { type DecodedPacket, decode, encode } from "dns-packet";
import type { Cancel, Clock } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import type { Address } from "../address.ts";

/** How long one query is waited for, and how many are sent. Not AWS's: the server is on this machine. */
const QUERY_TIMEOUT_MS: Ms = 500;
const QUERIES = 3;
/** How long a failure of the server is remembered, so that a busy client does not flood it. */
const FAILURE_TTL_MS: Ms = 100;

interface Known {
  readonly addresses: readonly string[];
  readonly until: Ms;
  turn: number;
}

interface Waiting {
  readonly name: string;
  done(packet: DecodedPacket): void;
}

/**
 * A resolver that remembers answers for exactly as long as their TTL says, as a careful client does; so a change in
 * the DNS reaches its user after the TTL and no sooner. Asks one server over UDP, with retries. A name that does not
 * exist is remembered for the time in the SOA record. Not covered: answers too large for UDP, aliases (CNAME).
 */
export class CachingResolver {
  readonly #server: Address;
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<Known>>();
  readonly #waiting = new Map<number, Waiting>();
  #socket: Promise<Socket> | null = null;
  #lastId = 0;

  constructor(options: { server: Address; clock: Clock }) {
    this.#server = options.server;
    this.#clock = options.clock;
  }

  /**
   * The addresses of `name`, each call starting at the next one; empty where there are none or the server fails. Never
   * rejects.
   */
  async resolve(name: string): Promise<readonly string[]> {
    let known = this.#known.get(name);
    if (!known || this.#clock.now() >= known.until) known = await this.#refresh(name);
    const { addresses } = known;
    if (addresses.length < 2) return addresses;
    const first = known.turn++ % addresses.length;
    return [...addresses.slice(first), ...addresses.slice(0, first)];
  }

  close(): void {
    void this.#socket?.then((socket) => socket.close());
    this.#socket = null;
    this.#waiting.clear();
  }

  /** Asks once, however many wait for it. */
  #refresh(name: string): Promise<Known> {
    const asking =
      this.#asking.get(name) ??
      this.#ask(name)
        .catch(() => null)
        .then((packet) => {
          const known = { ...read(packet, this.#clock.now()), turn: 0 };
          this.#known.set(name, known);
          this.#asking.delete(name);
          return known;
        });
    this.#asking.set(name, asking);
    return asking;
  }

  async #ask(name: string): Promise<DecodedPacket | null> {
    const socket = await (this.#socket ??= this.#open());
    const id = (this.#lastId = (this.#lastId + 1) % 65_536);
    const query = encode({ type: "query", id, questions: [{ type: "A", name }] });
    const { promise, resolve } = Promise.withResolvers<DecodedPacket | null>();
    let cancel: Cancel = () => undefined;
    const send = (left: number): void => {
      if (left === 0) return resolve(null);
      socket.send(query, () => undefined);
      cancel = this.#clock.after(QUERY_TIMEOUT_MS, () => send(left - 1));
    };
    this.#waiting.set(id, { name, done: resolve });
    send(QUERIES);
    try {
      return await promise;
    } finally {
      cancel();
      this.#waiting.delete(id);
    }
  }

  /** Connected, so that only the server can answer. Where nothing listens, the retries run out. */
  async #open(): Promise<Socket> {
    const socket = createSocket("udp4");
    socket.unref();
    socket.on("error", () => undefined);
    socket.on("message", (message) => this.#hear(message));
    const { promise, resolve } = Promise.withResolvers<Socket>();
    socket.connect(this.#server.port, this.#server.host, () => resolve(socket));
    return promise;
  }

  #hear(message: Buffer): void {
    try {
      const packet = decode(message);
      const waiting = this.#waiting.get(packet.id ?? -1);
      const asked = packet.questions?.[0]?.name.toLowerCase();
      if (packet.type === "response" && waiting && asked === waiting.name.toLowerCase()) waiting.done(packet);
    } catch {
      // Not a DNS message: what was asked is asked again.
    }
  }
}

/** What a packet teaches, and until when; null: the server failed. */
function read(packet: DecodedPacket | null, now: Ms): { addresses: readonly string[]; until: Ms } {
  const records = packet?.answers?.flatMap((record) => (record.type === "A" ? [record] : [])) ?? [];
  if (records.length > 0) {
    const ttlSeconds = Math.min(...records.map(({ ttl }) => ttl ?? 0));
    return { addresses: records.map(({ data }) => data), until: now + 1_000 * ttlSeconds };
  }
  const soa = packet?.authorities?.find((record) => record.type === "SOA");
  const negativeMs = soa ? 1_000 * Math.min(soa.ttl ?? 0, soa.data.minimum ?? 0) : FAILURE_TTL_MS;
  return { addresses: [], until: now + negativeMs };
}
