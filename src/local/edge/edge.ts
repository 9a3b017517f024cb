import { once } from "node:events";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import { type Pace, timeout, timer } from "../../topology/timing.ts";
import { type EdgeRoute, type EdgeSettings, FAILOVER_CODES } from "../../topology/kind/edge.ts";
import type { Address } from "../address.ts";
import type { CachingResolver } from "../dns/resolver.ts";
import { type Body, hasBody, readBody } from "./body.ts";
import { EdgeCache } from "./cache.ts";
import { CachedOrigin } from "./cached-origin.ts";
import { type Rule, rulesOf } from "./firewall-rule.ts";
import { type Firewall, INSPECTED_BODY_BYTES, createFirewall } from "./firewall.ts";
import { forEverybody, toOrigin } from "./headers.ts";
import { OriginGroup } from "./origin-group.ts";
import type { OriginRequest } from "./origin.ts";
import { Responder } from "./responder.ts";
import { routeBy } from "./route.ts";
import { ServiceOrigin } from "./service-origin.ts";
import { SiteOrigin } from "./site.ts";

/**
 * How long a connection to a customer may be idle; longer than clients usually keep one, so that none meets a closed
 * one.
 */
const CLIENT_IDLE_MS: Ms = 65_000;
/** How long CloudFront keeps an idle connection to an origin; less than a balancer does. */
const ORIGIN_KEEP_ALIVE_MS: Ms = 5_000;

/** Something that the edge noticed by itself. */
export interface EdgeDecision {
  /**
   * `blocked`: an address is above the firewall's rate; `served-stale`: the site is served from old copies, told once
   * while its bucket is down.
   */
  readonly what: "blocked" | "served-stale";
  /** The address, or the page. */
  readonly subject: string;
}

/** Where a service is reached. */
export interface ServicePlace {
  /** In the DNS: of its balancer, or of the balancer of whichever region the DNS picks. */
  readonly name: string;
  readonly port: number;
  /** The name in the region that is asked too where a read fails; null where none is. */
  readonly standby: string | null;
}

export interface EdgeOptions {
  /** Times at AWS's scale. */
  readonly settings: EdgeSettings;
  readonly pace: Pace;
  readonly clock: Clock;
  /** One for each machine of the location, at least one. */
  readonly resolvers: readonly CachingResolver[];
  /** Null where there is none yet. */
  readonly placeOf: (service: string) => ServicePlace | null;
  /** The regions that have a bucket of the site, in the order in which they are asked. */
  readonly regions: readonly string[];
  /** Rules before those of the settings. @default none */
  readonly rules?: readonly Rule[];
  /** The country of an address, for geographic rules. @default not known */
  readonly countryOf?: (address: string) => string | null;
  /** @default nobody hears */
  readonly onDecision?: (decision: EdgeDecision) => void;
}

/**
 * One location of the edge before the whole system, as CloudFront and WAF are: firewall, a cache of its own, the static
 * site, and the way to the services. It is several machines: a customer's connection is one machine's, and each knows
 * what the DNS told it, for a TTL of its own. Answers on every host name. Not covered: HTTPS, HTTP/2, WebSockets,
 * compression, ranges of the site's files.
 */
export class Edge {
  readonly #options: EdgeOptions;
  readonly #firewall: Firewall;
  readonly #cache: EdgeCache;
  readonly #buckets: ReadonlyMap<string, SiteOrigin>;
  readonly #site: { readonly group: OriginGroup; readonly cached: CachedOrigin } | null;
  /** By machine, name and port. */
  readonly #origins = new Map<string, ServiceOrigin>();
  /** What may be kept of a service. */
  readonly #cached = new Map<string, CachedOrigin>();
  readonly #route: (path: string) => EdgeRoute | null;
  /** Open connections, and whose of the location's machines each is. */
  readonly #customers = new Map<Socket, number>();
  #turn = 0;
  #server: Server | null = null;
  #address: Address | null = null;
  #toldOfStale = false;

  constructor(options: EdgeOptions) {
    const { settings, pace, clock, rules = [], onDecision } = options;
    this.#options = options;
    this.#firewall = createFirewall([...rules, ...rulesOf(settings.firewall)], {
      clock,
      paceFactor: pace.factor,
      onLimited: (address) => onDecision?.({ what: "blocked", subject: address }),
    });
    this.#cache = new EdgeCache({ clock, staleIfErrorMs: timer(settings.cache.staleIfErrorMs, pace) });
    this.#route = routeBy(settings.routes);
    const { site } = settings;
    this.#buckets = new Map(site === null ? [] : options.regions.map((region) => [region, new SiteOrigin(site)]));
    this.#site = site === null ? null : this.#siteGroup();
  }

  /** Port 0 takes a free one. Rejects with the system's error where the address is in use. */
  async listen({ host, port }: Address): Promise<Address> {
    const server = createServer((request, response) => void this.#serve(request, response));
    this.#server = server;
    server.keepAliveTimeout = CLIENT_IDLE_MS;
    server.on("clientError", (_error, socket) => socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n"));
    server.on("connection", (socket) => {
      this.#customers.set(socket, this.#nextMachine());
      socket.once("close", () => this.#customers.delete(socket));
    });
    server.listen(port, host);
    await once(server, "listening");
    const bound = server.address();
    return (this.#address = { host, port: typeof bound === "object" && bound ? bound.port : port });
  }

  /**
   * While a region's bucket is down, the next one's is asked; where all are, the site is served as far as stale copies
   * reach: those that are there are stale from the first moment on, or a fresh copy's hours would hide what happens
   * when they are over.
   */
  setBucketsDown(regions: readonly string[]): void {
    for (const [region, bucket] of this.#buckets) bucket.setDown(regions.includes(region));
    this.#toldOfStale = false;
    if (regions.length > 0) this.#cache.expire(isOfSite);
  }

  /** A lost location resets its customers' connections and takes no more; its copies are there when it is back. */
  async setLost(lost: boolean): Promise<void> {
    const isLost = this.#server?.listening !== true;
    if (!this.#address || lost === isLost) return;
    if (!lost) return void (await this.listen(this.#address));
    this.#server?.close();
    for (const socket of this.#customers.keys()) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.#server?.close();
    this.#server?.closeAllConnections();
    await Promise.all([...this.#origins.values()].map((origin) => origin.close()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const responder = new Responder(request, response);
    try {
      const body: Body = hasBody(request)
        ? await readBody(request, INSPECTED_BODY_BYTES)
        : { beginning: Buffer.alloc(0), whole: null };
      await this.#answer(request, body, responder);
    } catch {
      // The customer broke off while it sent its request: there is nobody to answer.
      response.destroy();
    }
  }

  async #answer(request: IncomingMessage, body: Body, responder: Responder): Promise<void> {
    const { method = "GET", headers } = request;
    const url = toPath(request.url ?? "/");
    if (url === null) return responder.say(400, "the request has no path");
    const [path = "/", query = ""] = splitOnce(url, "?");
    const address = request.socket.remoteAddress ?? "";
    const country = this.#options.countryOf?.(address) ?? null;
    const verdict = this.#firewall.inspect({ address, country, method, path, query, headers, body: body.beginning });
    if (verdict.action === "block") return responder.say(403, "the request was blocked");

    const route = this.#route(path);
    const forwarded = toOrigin(headers, { address, httpVersion: request.httpVersion });
    const sent: OriginRequest = { method, url, headers: forwarded, body: body.whole };
    const isRead = (method === "GET" || method === "HEAD") && !body.whole;
    if (route === null) {
      if (!this.#site) return responder.say(404, "there is no site");
      // The site's files depend on the path alone.
      if (isRead && !headers.authorization) return this.#site.cached.answer(sent, { key: path, headers }, responder);
      return responder.follow(this.#site.group.send(sent, responder));
    }
    const to = this.#options.placeOf(route.service);
    if (!to) return responder.say(502, `no ${route.service} is running`);
    if (!route.cached) {
      const machine = this.#customers.get(request.socket) ?? 0;
      return responder.follow(this.#origin(to, machine).send(sent, responder));
    }
    if (!isRead) return responder.say(403, "this is only read, by GET and HEAD without a body");
    const same = { ...sent, headers: forEverybody(forwarded) };
    const asked = { key: `${route.service} ${url}`, headers: same.headers };
    return this.#cachedOf(route.service).answer(same, asked, responder);
  }

  #siteGroup(): { group: OriginGroup; cached: CachedOrigin } {
    const { settings, pace } = this.#options;
    const group = new OriginGroup({ members: () => [...this.#buckets.values()], codes: FAILOVER_CODES.site });
    const defaultTtlMs = timer(settings.cache.defaultTtlMs, pace);
    const onStandIn = (page: string): void => {
      if (!this.#toldOfStale) this.#options.onDecision?.({ what: "served-stale", subject: page });
      this.#toldOfStale = true;
    };
    const cached = new CachedOrigin({ origin: group, cache: this.#cache, defaultTtlMs, static: true, onStandIn });
    return { group, cached };
  }

  #cachedOf(service: string): CachedOrigin {
    const known = this.#cached.get(service);
    if (known) return known;
    const members = (): ServiceOrigin[] => {
      const { name, port, standby } = this.#options.placeOf(service)!; // it was there, and places do not go
      const machine = this.#nextMachine(); // what is kept is the whole location's: any of them may fetch it
      return [name, ...(standby === null ? [] : [standby])].map((each) => this.#origin({ name: each, port }, machine));
    };
    const origin = new OriginGroup({ members, codes: FAILOVER_CODES.service });
    // What a service does not say is cacheable is not.
    const made = new CachedOrigin({ origin, cache: this.#cache, defaultTtlMs: 0, static: false });
    this.#cached.set(service, made);
    return made;
  }

  #nextMachine(): number {
    return this.#turn++ % this.#options.resolvers.length;
  }

  #origin({ name, port }: Pick<ServicePlace, "name" | "port">, machine: number): ServiceOrigin {
    const key = `${machine} ${name}:${port}`;
    const known = this.#origins.get(key);
    if (known) return known;
    const { settings, pace, clock, resolvers } = this.#options;
    const resolver = resolvers[machine]!; // one a machine
    const { connectionAttempts, connectionTimeoutMs, responseTimeoutMs } = settings.origin;
    const patience = {
      connectionAttempts,
      connectionTimeoutMs: timeout(connectionTimeoutMs, pace),
      responseTimeoutMs: timeout(responseTimeoutMs, pace),
      keepAliveMs: timer(ORIGIN_KEEP_ALIVE_MS, pace),
    };
    const made = new ServiceOrigin({ name, port, resolver, clock, patience });
    this.#origins.set(key, made);
    return made;
  }
}

/** Whether a copy is of the site: those of services are kept under their names. */
function isOfSite(key: string): boolean {
  return key.startsWith("/");
}

/** The path and query of a request's target; null where it has none (`*`, `host:port`). */
function toPath(target: string): string | null {
  if (target.startsWith("/")) return target;
  const absolute = /^https?:\/\/[^/?#]+(\/[^#]*)?/i.exec(target);
  return absolute ? (absolute[1] ?? "/") : null;
}

function splitOnce(text: string, by: string): [string, string] {
  const at = text.indexOf(by);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
