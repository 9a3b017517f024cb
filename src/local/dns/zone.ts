import type { Random } from "../../base/random.ts";
import type { DnsRecord, HostedZone } from "./records.ts";

/** Most records that a multi-value answer holds, as Route 53 has it. */
const MULTIVALUE_MAX = 8;
/** Aliases that are followed one after the other before a loop is suspected. */
const ALIAS_DEPTH = 8;

/** What an answer depends on beside the question. */
export interface Asking {
  /** Targets that are down; all others are healthy. */
  readonly unhealthy: ReadonlySet<string>;
  /** The asker's region; null where it is not known. */
  readonly region: string | null;
  readonly random: Random;
}

/** What a question comes to, before it is a packet. `zone` null: the name is none of ours. */
export interface Answer {
  readonly outcome: "answer" | "no-data" | "no-such-name" | "refused";
  readonly zone: HostedZone | null;
  readonly addresses: readonly string[];
  readonly ttlSeconds: number;
}

/** Records by name, for answering quickly. Made once for each change of the records. */
export interface ZoneIndex {
  readonly zones: readonly HostedZone[];
  readonly byName: ReadonlyMap<string, readonly DnsRecord[]>;
  /** Names that exist: those with records, and all between them and the origin. */
  readonly names: ReadonlySet<string>;
}

/** Builds the index. Where zones nest, the longest origin answers. */
export function indexZones(zones: readonly HostedZone[]): ZoneIndex {
  const byName = new Map<string, DnsRecord[]>();
  const names = new Set<string>();
  const sorted = zones
    .map((zone) => ({ ...zone, origin: zone.origin.toLowerCase() }))
    .sort((a, b) => b.origin.length - a.origin.length);
  for (const zone of sorted) {
    names.add(zone.origin);
    for (const record of zone.records) {
      const name = record.name.toLowerCase();
      byName.set(name, [...(byName.get(name) ?? []), record]);
      for (let at = name; at !== zone.origin && at.includes("."); at = at.slice(at.indexOf(".") + 1)) names.add(at);
    }
  }
  return { zones: sorted, byName, names };
}

/** Answers a question of type A (`wantsAddress`) or of another type, of which there are no records. */
export function answer(index: ZoneIndex, question: { name: string; wantsAddress: boolean }, asking: Asking): Answer {
  const name = question.name.toLowerCase();
  const zone = index.zones.find(({ origin }) => name === origin || name.endsWith(`.${origin}`)) ?? null;
  const none = { zone, addresses: [], ttlSeconds: 0 };
  if (!zone) return { outcome: "refused", ...none };
  if (!index.names.has(name)) return { outcome: "no-such-name", ...none };
  if (!question.wantsAddress) return { outcome: "no-data", ...none };
  const { addresses, ttlSeconds } = addressesOf(index, name, asking, 0);
  return addresses.length === 0
    ? { outcome: "no-data", ...none }
    : { outcome: "answer", zone, addresses: shuffle(addresses, asking.random), ttlSeconds };
}

/**
 * Picks by the name's policy among its healthy records; among all of them where none is healthy (Route 53 fails open).
 */
function addressesOf(
  index: ZoneIndex,
  name: string,
  asking: Asking,
  depth: number,
): { addresses: string[]; ttlSeconds: number } {
  const records = index.byName.get(name) ?? [];
  const healthy = records.filter((record) => isHealthy(index, record, asking.unhealthy, depth));
  const picked = pick(healthy.length > 0 ? healthy : records, asking);
  const found = picked.flatMap(({ target, ttlSeconds }) => {
    if ("addresses" in target) return [{ addresses: target.addresses, ttlSeconds }];
    return depth < ALIAS_DEPTH ? [addressesOf(index, target.alias.toLowerCase(), asking, depth + 1)] : [];
  });
  return {
    addresses: [...new Set(found.flatMap(({ addresses }) => addresses))],
    // Records of one set may not differ in TTL on the wire.
    ttlSeconds: Math.min(...found.map(({ ttlSeconds }) => ttlSeconds)),
  };
}

/** An alias is healthy while any record behind it is. */
function isHealthy(index: ZoneIndex, record: DnsRecord, unhealthy: ReadonlySet<string>, depth: number): boolean {
  if (record.health !== null && unhealthy.has(record.health)) return false;
  if ("addresses" in record.target) return true;
  if (depth >= ALIAS_DEPTH) return false;
  const behind = index.byName.get(record.target.alias.toLowerCase()) ?? [];
  return behind.some((each) => isHealthy(index, each, unhealthy, depth + 1));
}

function pick(records: readonly DnsRecord[], { region, random }: Asking): readonly DnsRecord[] {
  const first = records[0];
  if (!first) return [];
  switch (first.routing.policy) {
    case "simple":
      return records;
    case "multivalue":
      return records.length > MULTIVALUE_MAX ? shuffle(records, random).slice(0, MULTIVALUE_MAX) : records;
    case "failover":
      return [records.find(({ routing }) => routing.policy === "failover" && routing.role === "primary") ?? first];
    case "latency":
      return [records.find(({ routing }) => routing.policy === "latency" && routing.region === region) ?? first];
    case "weighted":
      return [byWeight(records, random)];
  }
}

function byWeight(records: readonly DnsRecord[], random: Random): DnsRecord {
  const weights = records.map(({ routing }) => (routing.policy === "weighted" ? routing.weight : 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return random.pick(records);
  let draw = random.next() * total;
  return records.find((_, at) => (draw -= weights[at] ?? 0) < 0) ?? random.pick(records);
}

function shuffle<T>(items: readonly T[], random: Random): T[] {
  const shuffled = [...items];
  for (let at = shuffled.length - 1; at > 0; at--) {
    const other = random.int(at + 1);
    [shuffled[at], shuffled[other]] = [shuffled[other]!, shuffled[at]!]; // both are in range
  }
  return shuffled;
}
