import { type Socket, createSocket } from "node:dgram";
import { type DecodedPacket, decode, encode } from "dns-packet";
import type { Cancel, Clock } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import type { Address } from "../address.ts";

/** How long one query is waited for, and how many are sent. Not AWS's: the servers are on this machine. */
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
 * The resolver of a busy machine: it remembers an answer for exactly as long as its TTL says, so that a change in the
 * DNS reaches its user after the TTL and no sooner, and then asks again at once, as somebody always waits for it. Asks
 * its server over UDP, and the next one where that is silent. A name that does not exist is remembered for the time in
 * the SOA record. Not covered: answers too large for UDP, aliases (CNAME).
 */
export class CachingResolver {
  readonly #servers: readonly Address[];
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<Known>>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #sockets = new Map<Address, Promise<Socket>>();
  /** By name: its next question, which is due when the answer runs out. */
  readonly #due = new Map<string, Cancel>();
  #lastId = 0;

  /** `servers` in the order in which they are asked; at least one. */
  constructor(options: { servers: readonly Address[]; clock: Clock }) {
    this.#servers = options.servers;
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
    for (const cancel of this.#due.values()) cancel();
    this.#due.clear();
    for (const socket of this.#sockets.values()) void socket.then((open) => open.close());
    this.#sockets.clear();
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
          this.#due.get(name)?.();
          if (known.addresses.length > 0) this.#due.set(name, this.#askAt(name, known.until));
          return known;
        });
    this.#asking.set(name, asking);
    return asking;
  }

  #askAt(name: string, at: Ms): Cancel {
    return this.#clock.after(at - this.#clock.now(), () => void this.#refresh(name));
  }

  async #ask(name: string): Promise<DecodedPacket | null> {
    const sockets = await Promise.all(this.#servers.map((server) => this.#socketTo(server)));
    const id = (this.#lastId = (this.#lastId + 1) % 65_536);
    const query = encode({ type: "query", id, questions: [{ type: "A", name }] });
    const { promise, resolve } = Promise.withResolvers<DecodedPacket | null>();
    let cancel: Cancel = () => undefined;
    const send = (sent: number): void => {
      if (sent === QUERIES) return resolve(null);
      sockets[sent % sockets.length]?.send(query, () => undefined);
      cancel = this.#clock.after(QUERY_TIMEOUT_MS, () => send(sent + 1));
    };
    this.#waiting.set(id, { name, done: resolve });
    send(0);
    try {
      return await promise;
    } finally {
      cancel();
      this.#waiting.delete(id);
    }
  }

  #socketTo(server: Address): Promise<Socket> {
    const known = this.#sockets.get(server) ?? this.#open(server);
    this.#sockets.set(server, known);
    return known;
  }

  /** Connected, so that only the server can answer. Where nothing listens, the retries run out. */
  async #open({ host, port }: Address): Promise<Socket> {
    const socket = createSocket("udp4");
    socket.unref();
    socket.on("error", () => undefined);
    socket.on("message", (message) => this.#hear(message));
    const { promise, resolve } = Promise.withResolvers<Socket>();
    socket.connect(port, host, () => resolve(socket));
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
