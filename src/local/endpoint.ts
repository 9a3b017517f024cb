import type { SecureContext } from "node:tls";
import type { Clock } from "../base/clock.ts";
import type { Link } from "./link/link.ts";
import type { LinkTable } from "./link/link-table.ts";
import type { Inspect } from "./link/link.ts";
import type { EndpointLink, EndpointOrder, LinkTarget } from "./process/messages-zone.ts";

/** What an endpoint needs besides its configuration. */
export interface EndpointOptions {
  readonly config: EndpointLink;
  readonly links: LinkTable;
  readonly clock: Clock;
  /** Looks at what comes back over each connection, where the protocol has something to look for. */
  readonly inspect?: () => Inspect;
  /** What it presents to programs that ask for TLS. */
  readonly tls?: SecureContext;
  /** Whether the region may acknowledge now; left out where there is one region. */
  readonly holdsLease?: () => boolean;
}

/**
 * A name that programs dial and whose members change: it leads each new connection to the next of its targets. After a
 * change the old ones are still given out until the TTL has passed, as clients keep a DNS answer; open connections are
 * never moved.
 *
 * Where its targets are leased, nothing of what they say reaches a program without the lease: a write that is on a
 * region's disk is not acknowledged while another region may take writes. The lease is looked at as each chunk is sent
 * on; that this process may stand still between the look and the system call is what the lease's clock bound is for.
 */
export class Endpoint {
  readonly #options: EndpointOptions;
  #link: Link | null = null;
  #targets: readonly LinkTarget[] = [];
  #leased = false;
  #turn = 0;
  #change = 0;

  constructor(options: EndpointOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { config, links, tls } = this.#options;
    const inspect = this.#inspect();
    this.#link = await links.open({
      listen: config.listen,
      purpose: config.purpose,
      target: () => this.#next(),
      ...(inspect ? { inspect } : {}),
      ...(tls ? { tls: { protocol: config.protocol, context: tls } } : {}),
    });
  }

  /** Leads to other targets, at once or after the TTL; a later order overtakes an earlier one that still waits. */
  set(order: EndpointOrder): void {
    this.#change += 1;
    const change = this.#change;
    const apply = (): void => {
      if (change !== this.#change) return;
      this.#targets = order.targets;
      this.#leased = order.leased;
      if (order.reset) this.#link?.resetConnections(() => true);
    };
    const { ttlMs } = this.#options.config;
    if (order.now || ttlMs === 0) apply();
    else this.#options.clock.after(ttlMs, apply);
  }

  /** The lease has run out: what is open to leased targets is reset. */
  leaseLost(): void {
    if (this.#leased) this.#link?.resetConnections(() => true);
  }

  /** Looks at each connection's answers as long as it lives, by what its target was when it was opened. */
  #inspect(): (() => Inspect | null) | undefined {
    const { inspect, holdsLease } = this.#options;
    if (!holdsLease) return inspect;
    return () => {
      const inner = inspect?.() ?? null;
      return this.#leased ? (chunk) => !holdsLease() || (inner?.(chunk) ?? false) : inner;
    };
  }

  #next(): LinkTarget | null {
    if (this.#leased && this.#options.holdsLease?.() === false) return null;
    this.#turn += 1;
    return this.#targets[this.#turn % this.#targets.length] ?? null;
  }
}
