import type { LinkEnd } from "../../world/link-rules.ts";
import type { Ms } from "../../base/units.ts";
import type { LinkPurpose, LinkRule } from "../../world/primitive.ts";
import type { Address } from "../address.ts";
import type { LeaseConfig } from "../lease/holder.ts";
import type { Protocol } from "./ipc.ts";

/** Where a link leads now. */
export interface LinkTarget {
  readonly address: Address;
  readonly end: LinkEnd;
}

/** A listener of the zone whose target never changes: to a member for one purpose, or to a regional service. */
export interface FixedLink {
  readonly listen: Address;
  readonly target: LinkTarget;
  readonly purpose: LinkPurpose;
}

/**
 * A listener of the zone whose targets change with failovers: a writer's (one target) or a reader's (several, in turn).
 */
export interface EndpointLink {
  readonly id: string;
  readonly listen: Address;
  /**
   * How long new connections still reach the old target after a change: the DNS TTL of a cluster endpoint, 0 for a
   * proxy.
   */
  readonly ttlMs: Ms;
  /** Drops a PostgreSQL connection that is told of a cancelled synchronous commit. */
  readonly protocol: "postgres" | "other";
  /** What goes over it: programs' own requests, or what a copy in this region gets from another region. */
  readonly purpose: "client" | "replication";
}

export interface BalancerConfig {
  readonly service: string;
  readonly listen: Address;
  /** What it speaks to its targets. */
  readonly protocol: "http" | "https";
  readonly health: {
    readonly path: string;
    readonly intervalMs: Ms;
    readonly timeoutMs: Ms;
    readonly healthyThreshold: number;
    readonly unhealthyThreshold: number;
  };
}

/** How an observer logs in; empty for a beacon. */
export interface Credentials {
  readonly user: string;
  readonly database: string;
  readonly password: string;
}

export interface ObserverConfig {
  readonly instance: string;
  readonly component: string;
  /** A member of a database or cache, or the beacon of another zone. */
  readonly kind: "database" | "cache" | "zone";
  /** The observing zone's own link to it, purpose `observe`. */
  readonly address: Address;
  readonly credentials: Credentials;
  readonly intervalMs: Ms;
  readonly timeoutMs: Ms;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}

/** What an observer looks at, where it has no links there otherwise. */
export interface ObservingConfig {
  readonly links: readonly FixedLink[];
  readonly observers: readonly ObserverConfig[];
}

/** All that a zone process is started with. */
export interface ZoneConfig {
  readonly zone: string;
  /** Where it shows that it is there. */
  readonly beacon: Address;
  readonly links: readonly FixedLink[];
  readonly endpoints: readonly EndpointLink[];
  /** What endpoints present to programs, as PEM. */
  readonly tls: { readonly certificate: string; readonly key: string };
  readonly balancers: readonly BalancerConfig[];
  readonly observers: readonly ObserverConfig[];
  /** How often it reports its metrics. */
  readonly metricsEveryMs: Ms;
  /** The share of a path's delay that health checks feel: what the pace leaves of their time-outs. */
  readonly checkDelay: number;
  /** How it asks for its region's lease, where there is more than one region. */
  readonly lease: LeaseConfig | null;
}

/** What the supervisor and a zone process say to each other. */
export interface ZoneProtocol extends Protocol {
  readonly config: ZoneConfig;
  readonly requests: {
    /** The largest event-loop delay since the last call. */
    readonly eventLoop: { readonly body: null; readonly answer: Ms };
    /** All rules in force; those that are gone are healed. Answered once they have taken effect. */
    readonly rules: { readonly body: readonly LinkRule[]; readonly answer: null };
    /** Arms a trap: the next such call is swallowed and told by `trapped`. */
    readonly trap: { readonly body: Trap; readonly answer: null };
    readonly endpoint: { readonly body: EndpointOrder; readonly answer: null };
    /** Answered once the service's balancer node has nothing under way to this target any more. */
    readonly drained: { readonly body: { readonly service: string; readonly target: string }; readonly answer: null };
    /** The path that health checks ask a service's tasks for from now on; null: the configured one. */
    readonly healthPath: {
      readonly body: { readonly service: string; readonly path: string | null };
      readonly answer: null;
    };
  };
  readonly messages: {
    readonly targets: { readonly service: string; readonly targets: readonly TargetOrder[] };
    /** Zonal shift: the zones whose targets get nothing, in place of those told before. */
    readonly zonesAway: { readonly service: string; readonly zones: readonly string[] };
  };
  readonly events: {
    /** A balancer node's health checks of a task crossed their threshold. */
    readonly health: { readonly service: string; readonly target: string; readonly healthy: boolean };
    /** The observer's health checks of a member crossed their threshold. */
    readonly sight: { readonly instance: string; readonly component: string; readonly ok: boolean };
    readonly metrics: { readonly services: Readonly<Record<string, ServiceMetrics>> };
    readonly trapped: { readonly id: string };
    /** A program's connection was dropped because its commit was cancelled while it waited for a standby. */
    readonly cancelledCommit: { readonly endpoint: string };
    /** As far as this zone knows, the region may acknowledge writes from now on, or may not. It may not at first. */
    readonly lease: { readonly held: boolean };
  };
}

/** A call to a regional service that is to vanish. */
export interface Trap {
  readonly id: string;
  readonly component: string;
  readonly operation: string;
}

/**
 * New targets of an endpoint. `now`: whatever its TTL (a first target, a pinned reader). `reset`: open connections go
 * too. `leased`: they are members of this region that take writes, so the region's lease is asked for, and nothing that
 * they say passes without it.
 */
export interface EndpointOrder {
  readonly id: string;
  readonly targets: readonly LinkTarget[];
  readonly now: boolean;
  readonly reset: boolean;
  readonly leased: boolean;
}

/** A task that a balancer node forwards to, or that drains. */
export interface TargetOrder {
  readonly id: string;
  readonly zone: string;
  readonly address: Address;
  readonly draining: boolean;
}

/** What a balancer node saw since its last report. */
export interface ServiceMetrics {
  /** Requests in flight, averaged over the time since then. */
  readonly concurrent: number;
  readonly requests: number;
  readonly errors: number;
  /** Customers' requests, by the zone of the task that they were sent to. */
  readonly sentTo: Readonly<Record<string, number>>;
}
