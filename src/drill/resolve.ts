import { type Socket, createSocket } from "node:dgram";
import { type DecodedPacket, decode, encode } from "dns-packet";
import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/error.ts";
import type { Ms } from "../base/units.ts";

/** Where a server listens. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * How customers near one region find the system: by DNS servers, of which the next one is asked where one is silent; or
 * by addresses that never change.
 */
export type Home = { readonly dns: readonly ServerAddress[] } | { readonly addresses: readonly string[] };

/** Finds the addresses of a name, as the resolver of a customer's provider does: it asks once a TTL. */
export interface Resolver {
  /** IPv4 addresses in the order of the answer, at least one. Rejects where the server does not answer or has none. */
  addresses(name: string): Promise<readonly string[]>;
  close(): void;
}

/** How long one question waits for its answer, and how often it is asked. */
const PATIENCE = { answerMs: 400, questions: 2 } as const;

interface Cached {
  readonly until: Ms;
  readonly addresses: readonly string[];
}

/**
 * A stub resolver of a home, with a cache: it asks the home's DNS servers by UDP. It honours the TTL to the
 * millisecond, asks once for any number of callers, and caches no failure. Where addresses never change there is nobody
 * to ask. Not covered: TCP after a truncated answer, IPv6, search domains.
 */
export function createResolver(home: Home, clock: Clock): Resolver {
  if ("addresses" in home) return { addresses: async () => home.addresses, close: () => undefined };
  const cache = new Map<string, Cached>();
  const asking = new Map<string, Promise<Cached>>();
  const lookUp = async (name: string): Promise<Cached> => {
    const { addresses, ttlMs } = await askRepeatedly(home.dns, name, clock);
    const found = { addresses, until: clock.now() + ttlMs };
    cache.set(name, found);
    return found;
  };
  return {
    async addresses(name) {
      const known = cache.get(name);
      if (known && clock.now() < known.until) return known.addresses;
      const question = asking.get(name) ?? lookUp(name).finally(() => asking.delete(name));
      asking.set(name, question);
      return (await question).addresses;
    },
    close: () => cache.clear(),
  };
}

interface Answer {
  readonly addresses: readonly string[];
  readonly ttlMs: Ms;
}

/** Asks the servers in turn. */
async function askRepeatedly(servers: readonly ServerAddress[], name: string, clock: Clock): Promise<Answer> {
  let complaint = "";
  for (let question = 0; question < PATIENCE.questions; question++) {
    const server = servers[question % servers.length]!; // a home has one
    try {
      return await ask(server, { name, id: question }, clock);
    } catch (error) {
      complaint = messageOf(error);
    }
  }
  throw new Error(`no address of ${name}: ${complaint}`);
}

function ask(server: ServerAddress, query: { name: string; id: number }, clock: Clock): Promise<Answer> {
  const socket: Socket = createSocket("udp4");
  return new Promise<Answer>((resolve, reject) => {
    const cancel = clock.after(PATIENCE.answerMs, () => reject(new Error("no answer in time")));
    const end = (settle: () => void): void => {
      cancel();
      settle();
    };
    socket.on("error", (error) => end(() => reject(error)));
    socket.on("message", (bytes) => end(() => settle(bytes, resolve, reject)));
    // A connected socket takes answers from this server alone, and hears of a closed port at once.
    socket.connect(server.port, server.host, () => {
      const questions = [{ type: "A", name: query.name } as const];
      socket.send(encode({ type: "query", id: query.id, flags: 0x0100, questions }));
    });
  }).finally(() => socket.close());
}

function settle(bytes: Buffer, resolve: (answer: Answer) => void, reject: (error: Error) => void): void {
  try {
    resolve(read(decode(bytes)));
  } catch (error) {
    reject(new Error(messageOf(error)));
  }
}

/**
 * The A records of an answer, those at the end of a CNAME chain included; the chain lives as long as its shortest link.
 */
function read(packet: DecodedPacket): Answer {
  const records = packet.answers ?? [];
  const addresses = records.flatMap((record) => (record.type === "A" ? [record.data] : []));
  if (addresses.length === 0) throw new Error(`the answer holds none (code ${(packet.flags ?? 0) & 15})`);
  const ttls = records.flatMap((record) => ("ttl" in record && record.ttl !== undefined ? [record.ttl] : []));
  return { addresses, ttlMs: Math.min(...ttls) * 1_000 };
}
