import type { Random } from "../../base/random.ts";
import type { Address } from "../address.ts";
import { DnsListener } from "./listener.ts";
import { respond } from "./packet.ts";
import type { HostedZone } from "./records.ts";
import { answer, indexZones } from "./zone.ts";

/**
 * An authoritative DNS server over UDP and TCP, with Route 53's routing policies and health. A client cannot choose its
 * source address here, so the address that it asks tells in which region it is.
 * By hand: `dig @127.0.0.1 -p PORT api.shop.internal`.
 */
export class DnsServer {
  readonly #random: Random;
  readonly #unhealthy = new Set<string>();
  readonly #listeners: { readonly region: string | null; readonly listener: DnsListener }[] = [];
  #index = indexZones([]);

  constructor(options: { random: Random }) {
    this.#random = options.random;
  }

  /**
   * Listens at one more address, for those who ask in `region` (null: nobody knows where). Port 0 takes a free one.
   * Rejects with the system's error where the address is in use.
   */
  async listen(address: Address, region: string | null = null): Promise<Address> {
    const listener = new DnsListener((query, transport) =>
      respond(query, transport, ({ name, type }) => this.#answer(name, type === "A" || type === "ANY", region)),
    );
    const bound = await listener.listen(address);
    this.#listeners.push({ region, listener });
    return bound;
  }

  /** Whether those who ask in `region` get no answer. */
  setSilent(region: string, silent: boolean): void {
    for (const each of this.#listeners) if (each.region === region) each.listener.silent = silent;
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

  /** The addresses that somebody in `region` is answered with at this moment. */
  addressesOf(name: string, region: string | null): readonly string[] {
    return this.#answer(name, true, region).addresses;
  }

  async close(): Promise<void> {
    await Promise.all(this.#listeners.splice(0).map(({ listener }) => listener.close()));
  }

  #answer(name: string, wantsAddress: boolean, region: string | null): ReturnType<typeof answer> {
    const asking = { unhealthy: this.#unhealthy, region, random: this.#random };
    return answer(this.#index, { name, wantsAddress }, asking);
  }
}
