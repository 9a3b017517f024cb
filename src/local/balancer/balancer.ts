import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock } from "../../base/clock.ts";
import type { Random } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import { pickTarget } from "../../control/balancing.ts";
import { type HealthState, health } from "../../control/health.ts";
import { DNS_HEALTH_CHECK } from "../dns/health-check.ts";
import type { LinkTable } from "../link/link-table.ts";
import type { BalancerConfig, TargetOrder } from "../process/messages-zone.ts";
import { Concurrency } from "./concurrency.ts";
import { type Cause, Exchange, type Ending, answerWith } from "./exchange.ts";
import { forwardedHeaders } from "./headers.ts";
import type { Gate } from "../link/gate.ts";
import { checkHealth } from "./health-check.ts";
import { atOnceAndEvery } from "./repeat.ts";
import { Target, type TargetMetrics, originOf } from "./target.ts";

/** One line of the access log. */
export interface AccessLogEntry {
  readonly at: Ms;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly cause: Cause | null;
  readonly target: string | null;
  readonly tookMs: Ms;
}

export interface BalancerOptions {
  readonly config: BalancerConfig;
  readonly links: LinkTable;
  readonly clock: Clock;
  readonly random: Random;
  /** How long a connection may be silent before it counts as timed out. */
  readonly idleTimeoutMs: Ms;
  /** How long a connection to a target may take. */
  readonly connectTimeoutMs: Ms;
  /** How long the share of a target that became healthy grows; 0: it has its full share at once. */
  readonly slowStartMs: Ms;
  /** This node's health checks of a target crossed their threshold. */
  onHealth(target: string, healthy: boolean): void;
  /** Called for each request, where given. */
  readonly onRequest?: (entry: AccessLogEntry) => void;
}

/** What a balancer node saw since it was last asked. */
export interface BalancerMetrics {
  /** Requests in flight now. */
  readonly concurrent: number;
  /** Requests in flight, averaged over the time since it was last asked. */
  readonly meanConcurrent: number;
  readonly requests: number;
  /** Answers that the node gave itself, by cause. */
  readonly errors: Readonly<Partial<Record<Cause, number>>>;
  /** Answers of 500 and above that targets gave. */
  readonly targetErrors: number;
  /** Requests whose client went away first. */
  readonly abandoned: number;
  readonly targets: Readonly<Record<string, TargetMetrics>>;
  /** Customers' requests, by the zone of the target that they were sent to. */
  readonly sentTo: Readonly<Record<string, number>>;
}

/** Of a request's head; ALB allows 64 KB. A larger one is refused with 431. */
const MAX_HEADER_BYTES = 64 * 1024;

/**
 * One node of an application load balancer: one HTTP service, as seen from one zone, over the targets of all zones.
 * It does what ALB does: it never tries again; a connection that is refused or reset is 502, a time-out 504, no
 * target 503; with all targets unhealthy it fails open. By TLS it takes any certificate of a target's. Node's strict
 * parser refuses what could smuggle a request (400).
 */
export class Balancer {
  readonly #options: BalancerOptions;
  readonly #server: Server;
  readonly #port: string;
  readonly #traceSeed: string;
  /** Changed in place before each choice: no allocation a request. */
  readonly #choice: { now: Ms; slowStartMs: Ms; random: Random };
  readonly #stopChecks = new Map<string, () => void>();
  #targets: Target[] = [];
  #health: HealthState;
  #zonesAway: readonly string[] = [];
  #healthPath: string;
  readonly #concurrency: Concurrency;
  #traces = 0;
  #counts = newCounts();

  constructor(options: BalancerOptions) {
    const { clock, random, slowStartMs, config } = options;
    this.#options = options;
    this.#port = String(config.listen.port);
    this.#choice = { now: 0, slowStartMs, random };
    this.#traceSeed = Array.from({ length: 12 }, () => random.int(16).toString(16)).join("");
    this.#health = health.start(config.health, clock.now());
    this.#healthPath = config.health.path;
    this.#concurrency = new Concurrency(clock.now());
    this.#server = createServer({
      keepAliveTimeout: options.idleTimeoutMs,
      headersTimeout: options.idleTimeoutMs,
      requestTimeout: 0,
      maxHeaderSize: MAX_HEADER_BYTES,
      insecureHTTPParser: false,
      noDelay: true,
    });
    // For a client that stalls in the middle of its request; twice as long, so that a target's time-out comes first.
    this.#server.timeout = 2 * options.idleTimeoutMs;
    this.#server.on("request", (request, response) => this.#forward(request, response));
    this.#server.on("clientError", (error: NodeJS.ErrnoException, socket) => this.#refuse(error, socket));
  }

  /** Rejects with the system's error where its address cannot be listened at. */
  async listen(): Promise<void> {
    const { host, port } = this.#options.config.listen;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ host, port }, resolve);
    });
    // Such as one accept too many for the process's limit of open files: that connection alone is lost.
    this.#server.on("error", () => undefined);
  }

  /**
   * All targets from now on. A new one gets requests after its first good health check; one that drains gets no new
   * ones and finishes what it has; one that is gone loses what is under way to it, so leave it draining for the
   * deregistration delay.
   */
  setTargets(orders: readonly TargetOrder[]): void {
    const gone = new Map(this.#targets.map((target) => [target.id, target]));
    const stayed: string[] = [];
    this.#targets = orders.map((order) => {
      const known = gone.get(order.id);
      if (!known || originOf(known.order) !== originOf(order)) return this.#add(order);
      gone.delete(order.id);
      stayed.push(order.id);
      known.draining = order.draining;
      return known;
    });
    for (const target of gone.values()) this.#remove(target);
    // In two steps, so that nothing is believed of a new target because an old one had its name.
    this.#observe({ kind: "targets", targets: stayed });
    this.#observe({ kind: "targets", targets: orders.map(({ id }) => id) });
    for (const target of this.#targets) this.#startChecks(target);
    this.setZonesAway(this.#zonesAway);
  }

  /** Resolves once nothing is under way to this target, or it is gone. Let it drain first. */
  async drained(id: string): Promise<void> {
    const target = this.#targets.find((each) => each.id === id);
    await target?.idle();
  }

  /** A zonal shift: from now on the targets in these zones get requests only where no other is healthy. */
  setZonesAway(zones: readonly string[]): void {
    this.#zonesAway = zones;
    for (const target of this.#targets) target.shiftedAway = zones.includes(target.order.zone);
  }

  /** From now on health checks ask for this path, or (null) for the configured one again. What is believed is kept. */
  setHealthPath(path: string | null): void {
    this.#healthPath = path ?? this.#options.config.health.path;
  }

  /** Whether this node's own health checks hold a target to be healthy. */
  isHealthy(target: string): boolean {
    return this.#targets.some(({ id, healthy }) => id === target && healthy);
  }

  /** What happened since the last call. */
  takeMetrics(): BalancerMetrics {
    const taken = this.#targets.map((target) => ({ target, metrics: target.takeMetrics() }));
    const targets = Object.fromEntries(taken.map(({ target, metrics }) => [target.id, metrics]));
    const sentTo: Record<string, number> = {};
    for (const { target, metrics } of taken)
      sentTo[target.order.zone] = (sentTo[target.order.zone] ?? 0) + metrics.sent;
    const concurrent = this.#concurrency.current;
    const meanConcurrent = this.#concurrency.takeMean(this.#options.clock.now());
    const metrics = { ...this.#counts, concurrent, meanConcurrent, targets, sentTo };
    this.#counts = newCounts();
    return metrics;
  }

  /** Stops listening and checking, and resets what is under way. Resolves when no socket is left. */
  async close(): Promise<void> {
    for (const stop of this.#stopChecks.values()) stop();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await Promise.all([closed, ...this.#targets.map((target) => target.close())]);
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const now = this.#options.clock.now();
    this.#counts.requests += 1;
    this.#choice.now = now;
    const target = pickTarget(this.#targets, this.#choice);
    if (target === null) {
      answerWith(response, "no-target", request.complete);
      this.#record(request, { status: 503, cause: "no-target", abandoned: false }, { target: null, startedAt: now });
      return;
    }
    this.#concurrency.add(1, now);
    target.begin();
    if (request.headers["user-agent"] !== DNS_HEALTH_CHECK) target.sent += 1;
    const exchange = new Exchange({ request, response, target, startedAt: now, onEnd: this.#onEnd });
    const { headers, method, url } = request;
    const hasBody = headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
    target.pool.dispatch(
      {
        path: url ?? "/",
        method: method ?? "GET",
        headers: forwardedHeaders(request, {
          clientAddress: request.socket.remoteAddress ?? "",
          port: this.#port,
          traceId: this.#nextTrace(now),
        }),
        body: hasBody ? request : null,
      },
      exchange,
    );
  }

  readonly #onEnd = (exchange: Exchange, ending: Ending): void => {
    const { target, request, startedAt } = exchange;
    const now = this.#options.clock.now();
    this.#concurrency.add(-1, now);
    target.end(now - startedAt, ending.cause !== null);
    if (ending.abandoned) this.#counts.abandoned += 1;
    else if (ending.cause === null && ending.status >= 500) this.#counts.targetErrors += 1;
    this.#record(request, ending, { target: target.id, startedAt });
  };

  #record(request: IncomingMessage, ending: Ending, at: { target: string | null; startedAt: Ms }): void {
    const { status, cause } = ending;
    if (cause !== null) this.#counts.errors[cause] = (this.#counts.errors[cause] ?? 0) + 1;
    const { onRequest, clock } = this.#options;
    if (onRequest === undefined) return;
    const tookMs = clock.now() - at.startedAt;
    const { method = "GET", url = "/" } = request;
    onRequest({ at: at.startedAt, method, path: url, status, cause, target: at.target, tookMs });
  }

  #refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
    if (error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    this.#counts.errors["bad-request"] = (this.#counts.errors["bad-request"] ?? 0) + 1;
    const status = error.code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request";
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }

  #add(order: TargetOrder): Target {
    const { links, connectTimeoutMs, idleTimeoutMs, config } = this.#options;
    const end = { zone: order.zone, component: config.service, instance: order.id };
    const tls = config.protocol === "https";
    const gate = (purpose: "client" | "observe"): Gate => links.openGate(end, purpose, { connectTimeoutMs, tls });
    return new Target(order, { client: gate("client"), check: gate("observe") }, idleTimeoutMs);
  }

  #remove(target: Target): void {
    this.#stopChecks.get(target.id)?.();
    this.#stopChecks.delete(target.id);
    const { links } = this.#options;
    links.closeGate(target.checkGate);
    void target.close().finally(() => links.closeGate(target.gate));
  }

  #startChecks(target: Target): void {
    if (this.#stopChecks.has(target.id)) return;
    const { clock, config } = this.#options;
    const { timeoutMs, intervalMs } = config.health;
    const check = async (): Promise<void> => {
      const path = this.#healthPath;
      const ok = await checkHealth({ clock, gate: target.checkGate, origin: originOf(target.order), path, timeoutMs });
      if (this.#targets.includes(target)) this.#observe({ kind: "probe", target: target.id, ok });
    };
    this.#stopChecks.set(target.id, atOnceAndEvery(clock, intervalMs, check));
  }

  #observe(seen: Parameters<typeof health.step>[3][number]): void {
    const now = this.#options.clock.now();
    const { state, act } = health.step(this.#options.config.health, this.#health, now, [seen]);
    this.#health = state;
    for (const { target: id, healthy } of act) {
      const target = this.#targets.find((each) => each.id === id);
      if (target === undefined) continue;
      target.healthy = healthy;
      target.judged = true;
      if (healthy) target.healthySince = now;
      this.#options.onHealth(id, healthy);
    }
  }

  /** An identifier in the form of X-Amzn-Trace-Id: the second, and what is unique in it. */
  #nextTrace(now: Ms): string {
    this.#traces += 1;
    const second = Math.floor(now / 1_000).toString(16);
    return `1-${second}-${this.#traceSeed}${this.#traces.toString(16).padStart(12, "0")}`;
  }
}

function newCounts(): {
  requests: number;
  errors: Partial<Record<Cause, number>>;
  targetErrors: number;
  abandoned: number;
} {
  return { requests: 0, errors: {}, targetErrors: 0, abandoned: 0 };
}
