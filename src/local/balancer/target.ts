import { Pool } from "undici";
import type { Ms } from "../../base/units.ts";
import type { BalancingTarget } from "../../control/balancing.ts";
import type { Gate } from "../link/gate.ts";
import type { TargetOrder } from "../process/messages-zone.ts";

/** What happened at one target since the last report. */
export interface TargetMetrics {
  readonly requests: number;
  /** Requests of customers that were sent there; those of the DNS's health checks are left out. */
  readonly sent: number;
  /** No answer came: refused, reset or timed out. */
  readonly failures: number;
  readonly meanMs: Ms;
  readonly maxMs: Ms;
}

/** A task as one balancer node sees it: its connections, and the counters that the choice of a target rests on. */
export class Target implements BalancingTarget {
  readonly id: string;
  readonly order: TargetOrder;
  readonly gate: Gate;
  /** What health checks go through: the same way, as far as faults are told apart by what a connection is for. */
  readonly checkGate: Gate;
  readonly pool: Pool;
  healthy = false;
  judged = false;
  shiftedAway = false;
  draining: boolean;
  outstanding = 0;
  healthySince: Ms = 0;
  /** Customers' requests since the last report. */
  sent = 0;
  readonly #waiting: (() => void)[] = [];
  #requests = 0;
  #failures = 0;
  #totalMs = 0;
  #maxMs = 0;

  constructor(order: TargetOrder, gates: { readonly client: Gate; readonly check: Gate }, idleTimeoutMs: Ms) {
    this.id = order.id;
    this.order = order;
    this.gate = gates.client;
    this.checkGate = gates.check;
    this.draining = order.draining;
    this.pool = new Pool(originOf(order), {
      connect: this.gate.connector,
      headersTimeout: idleTimeoutMs,
      bodyTimeout: idleTimeoutMs,
      allowH2: false,
    });
  }

  /** A request is sent to it. */
  begin(): void {
    this.outstanding += 1;
  }

  /** A request to it has ended. */
  end(tookMs: Ms, failed: boolean): void {
    this.outstanding -= 1;
    if (this.outstanding === 0) this.#rest();
    this.#requests += 1;
    if (failed) this.#failures += 1;
    this.#totalMs += tookMs;
    if (tookMs > this.#maxMs) this.#maxMs = tookMs;
  }

  takeMetrics(): TargetMetrics {
    const requests = this.#requests;
    const metrics = {
      requests,
      sent: this.sent,
      failures: this.#failures,
      meanMs: requests && this.#totalMs / requests,
      maxMs: this.#maxMs,
    };
    this.sent = this.#requests = this.#failures = this.#totalMs = this.#maxMs = 0;
    return metrics;
  }

  /** Resolves once nothing is under way to it. */
  async idle(): Promise<void> {
    if (this.outstanding === 0) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Ends its connections at once, with whatever is under way on them. */
  async close(): Promise<void> {
    await this.pool.destroy();
    this.gate.close();
    this.#rest();
  }

  #rest(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** Where a target is, as undici names it. That it is spoken to by TLS is the gate's affair. */
export function originOf({ address }: TargetOrder): string {
  return `http://${address.host}:${address.port}`;
}
