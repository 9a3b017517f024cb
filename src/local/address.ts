/** An address on the loopback network. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * The plan of one `up`'s loopback addresses. Each `up` owns the slot `127.s.0.0/16`:
 *
 * - `127.s.(16 × region + zone).n` is instance number n, where its process listens;
 * - `127.s.(128 + 16 × region + zone).n` is the link to number n *as seen from* that zone: a client cannot choose its
 * source
 *   address, so the listener that it dials tells which zone it is in;
 * - `127.s.254.n` is what stands outside of all regions: the edge (1), the DNS (53), the control API (2), and what is
 *   near the other regions (`location.ts`).
 *
 * A number n (1–254) belongs to one instance or endpoint of a region. At most 8 regions and 15 zones a region: the
 * sixteenth index is the outside.
 */
export interface AddressPlan {
  instance(region: number, zone: number, number: number): string;
  link(region: number, fromZone: number, number: number): string;
  global(number: number): string;
}

/** The plan of one slot, from 1 to 250. */
export function addressPlan(slot: number): AddressPlan {
  return {
    instance: (region, zone, number) => `127.${slot}.${16 * region + zone}.${number}`,
    link: (region, fromZone, number) => `127.${slot}.${128 + 16 * region + fromZone}.${number}`,
    global: (number) => `127.${slot}.254.${number}`,
  };
}

/** Well-known ports; a link to an instance listens on one port a purpose. */
export const PORT = {
  postgres: 5432,
  cache: 6379,
  queue: 9324,
  http: 8080,
  beacon: 7946,
  witness: 7947,
  dns: 5353,
  control: 7070,
} as const;

/** On a link, the port for `purpose` is the engine's own port plus this, so that clients dial the usual one. */
export const PURPOSE_OFFSET = { client: 0, replication: 1000, observe: 2000, control: 3000 } as const;
