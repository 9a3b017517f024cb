/** How a name with several records picks among those that are healthy: Route 53's routing policies. */
export type Routing =
  /** One record set; all its values are answered. */
  | { readonly policy: "simple" }
  /** Up to eight of the healthy records. */
  | { readonly policy: "multivalue" }
  | { readonly policy: "failover"; readonly role: "primary" | "secondary" }
  /** One record, by its share of the weights; 0 is only picked where nothing else is healthy. */
  | { readonly policy: "weighted"; readonly weight: number }
  /** The record of the asker's own region; else the first one in order. */
  | { readonly policy: "latency"; readonly region: string };

/** A record set of type A. All records of one name have the same policy. */
export interface DnsRecord {
  /** Without the last dot. Case does not matter. */
  readonly name: string;
  readonly routing: Routing;
  /** IPv4 addresses, or another name of the server whose answer is taken (Route 53's alias, with its health). */
  readonly target: { readonly addresses: readonly string[] } | { readonly alias: string };
  readonly ttlSeconds: number;
  /** The health target that it is tied to; null: it is always healthy. */
  readonly health: string | null;
}

/** A domain that the server answers for. */
export interface HostedZone {
  /** Without the last dot. */
  readonly origin: string;
  /** How long a resolver may remember that a name does not exist. */
  readonly negativeTtlSeconds: number;
  readonly records: readonly DnsRecord[];
}

/**
 * The records of a balancer's name: one a zone, so that a zone whose node is unhealthy or shifted away is left out.
 * `healthOf` names the health target of a zone's node.
 */
export function balancerRecords(
  name: string,
  nodes: readonly { readonly zone: string; readonly host: string }[],
  options: { readonly ttlSeconds: number; readonly healthOf: (zone: string) => string },
): DnsRecord[] {
  return nodes.map(({ zone, host }) => ({
    name,
    routing: { policy: "multivalue" },
    target: { addresses: [host] },
    ttlSeconds: options.ttlSeconds,
    health: options.healthOf(zone),
  }));
}

/**
 * The records of a service's name in a system of several regions: each region's own name, taken with its health. So a
 * region is left where no node of it is well, and where customers are kept away from it (`healthOf`), as Route 53's
 * calculated checks have it.
 */
export function regionRecords(
  name: string,
  regions: readonly { readonly name: string; readonly role: "primary" | "secondary" }[],
  options: {
    readonly policy: "failover" | "latency";
    readonly ttlSeconds: number;
    readonly nameIn: (region: string) => string;
    readonly healthOf: (region: string) => string;
  },
): DnsRecord[] {
  return regions.map(({ name: region, role }) => ({
    name,
    routing: options.policy === "failover" ? { policy: "failover", role } : { policy: "latency", region },
    target: { alias: options.nameIn(region) },
    ttlSeconds: options.ttlSeconds,
    health: options.healthOf(region),
  }));
}
