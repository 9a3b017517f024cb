import { type ClientRequest, request } from "node:http";
import { type Socket, connect } from "node:net";
import { type Cancel, type Clock, every } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import { type HealthState, health } from "../../control/health.ts";
import { DNS_VANTAGE_POINTS, isHealthyByDns } from "../../topology/region-spec.ts";
import type { Address } from "../address.ts";

/** Whom these health checks say they come from. */
export const DNS_HEALTH_CHECK = "holdfast-dns-health-check";

/** Something that is looked at, under the name that the records use. */
export interface HealthTarget {
  readonly id: string;
  readonly address: Address;
  /** Of the GET that is sent to it; null: it is enough that it takes a connection. */
  readonly path: string | null;
}

export interface HealthCheckerOptions {
  readonly clock: Clock;
  /** Each vantage point looks this often, independently of the others; at the pace of the run. */
  readonly intervalMs: Ms;
  /** For connecting and answering together. */
  readonly timeoutMs: Ms;
  /** Looks in a row that change a vantage point's mind, either way. */
  readonly threshold: number;
  /** Called when a target becomes healthy or unhealthy. All are healthy in the beginning. */
  onChange(target: string, healthy: boolean): void;
}

/**
 * Health checks as Route 53 makes them: HTTP or TCP, from several vantage points, each on a connection of its own. What
 * answers with 2xx or 3xx is healthy, or what takes the connection.
 */
export class HealthChecker {
  readonly #options: HealthCheckerOptions;
  readonly #views: HealthState[];
  readonly #cancels: Cancel[] = [];
  #targets: readonly HealthTarget[] = [];
  #believed = new Map<string, boolean>();

  constructor(options: HealthCheckerOptions) {
    const { clock, intervalMs } = options;
    this.#options = options;
    this.#views = Array.from({ length: DNS_VANTAGE_POINTS }, () => health.start(this.#spec, clock.now()));
    for (const point of this.#views.keys()) {
      const first = (point * intervalMs) / DNS_VANTAGE_POINTS;
      this.#cancels.push(
        clock.after(first, () => this.#cancels.push(every(clock, intervalMs, () => this.#lookFrom(point)))),
      );
    }
  }

  /** All targets from now on; what is believed of those that stay is kept. */
  setTargets(targets: readonly HealthTarget[]): void {
    this.#targets = targets;
    this.#believed = new Map(targets.map(({ id }) => [id, this.#believed.get(id) ?? true]));
    for (const point of this.#views.keys()) {
      this.#see(point, { kind: "targets", targets: targets.map(({ id }) => id) });
    }
  }

  close(): void {
    for (const cancel of this.#cancels) cancel();
  }

  get #spec(): Parameters<typeof health.step>[0] {
    const { threshold } = this.#options;
    return { healthyThreshold: threshold, unhealthyThreshold: threshold, initiallyHealthy: true };
  }

  async #lookFrom(point: number): Promise<void> {
    await Promise.all(
      this.#targets.map(async (target) => {
        const ok = await look(target, this.#options);
        this.#see(point, { kind: "probe", target: target.id, ok });
        this.#judge(target.id);
      }),
    );
  }

  #see(point: number, seen: Parameters<typeof health.step>[3][number]): void {
    const view = this.#views[point];
    if (view) this.#views[point] = health.step(this.#spec, view, this.#options.clock.now(), [seen]).state;
  }

  #judge(target: string): void {
    const healthy = isHealthyByDns(this.#views.map(({ targets }) => targets[target]?.healthy === true));
    if (!this.#believed.has(target) || this.#believed.get(target) === healthy) return;
    this.#believed.set(target, healthy);
    this.#options.onChange(target, healthy);
  }
}

/** One look; false where there is no answer in time, or a bad one. */
function look({ address, path }: HealthTarget, { clock, timeoutMs }: HealthCheckerOptions): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const sent = path === null ? knock(address, resolve) : get(address, path, resolve);
  sent.on("error", () => resolve(false));
  const cancel = clock.after(timeoutMs, () => sent.destroy(new Error("no answer in time")));
  return promise.finally(cancel);
}

function get(address: Address, path: string, judge: (ok: boolean) => void): ClientRequest {
  const headers = { "user-agent": DNS_HEALTH_CHECK, connection: "close" };
  const sent = request({ ...address, path, headers, agent: false }, (response) => {
    judge((response.statusCode ?? 500) < 400);
    response.destroy();
  });
  sent.end();
  return sent;
}

function knock(address: Address, judge: (ok: boolean) => void): Socket {
  const socket = connect(address, () => {
    judge(true);
    socket.destroy();
  });
  return socket;
}
