import type { Ms } from "../base/units.ts";

/**
 * The kinds of component. One kind has one file name in every room: `queue.ts` in definition, local/engine, simulate,
 * aws.
 */
export type Kind = "edge" | "service" | "queue" | "database" | "cache";

/**
 * What one failure takes at once: a zonal component has instances in zones; a regional one dies with its region; a
 * global one with neither.
 */
export type Scope = "zone" | "region" | "global";

export type Layer = "edge" | "compute" | "messaging" | "data";

export type RecoveryStrategy = "backup-restore" | "pilot-light" | "warm-standby" | "active-active";

export interface Zone {
  readonly name: string;
  /** Position in its region, from 0. */
  readonly index: number;
}

export interface Region {
  readonly name: string;
  readonly index: number;
  readonly role: "primary" | "secondary";
  readonly zones: readonly Zone[];
}

/** Times in all settings are AWS's own scale; `timing.ts` brings them to the pace of a run. */
export interface HealthCheckSettings {
  readonly path: string;
  /** A path that asks the dependencies too, used by one drill alone; null where there is none. */
  readonly deepPath: string | null;
  readonly intervalMs: Ms;
  readonly timeoutMs: Ms;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}

export interface ServiceSettings {
  /** Folder of the program, absolute. */
  readonly directory: string;
  /** Folder with a Dockerfile for AWS, as the user wrote it; null: the definition's own. */
  readonly build: string | null;
  readonly run: string;
  /** Where it listens on AWS; null for a queue worker. Locally `PORT` is given by the world. */
  readonly port: number | null;
  /** Null for a worker. */
  readonly health: HealthCheckSettings | null;
  readonly uses: readonly string[];
  /** The queue that it works off; null for an HTTP service. */
  readonly consumes: string | null;
  readonly scale: {
    readonly min: number;
    readonly max: number;
    readonly on: { readonly metric: "concurrentRequests" | "queueDepth"; readonly target: number } | null;
    readonly outCooldownMs: Ms;
    readonly inCooldownMs: Ms;
  };
  /** How long a stopping task may finish what it works on (ECS stopTimeout; target deregistration delay). */
  readonly drainMs: Ms;
  readonly environment: Readonly<Record<string, string>>;
}

export interface QueueSettings {
  readonly maxReceives: number;
  readonly visibilityTimeoutMs: Ms;
  readonly retentionMs: Ms;
  /** Id of the dead-letter queue that comes by itself: `<queue>-dead-letters`. */
  readonly deadLetterQueue: string;
  readonly deadLetterRetentionMs: Ms;
}

export interface DatabaseSettings {
  readonly engine: "aurora-postgresql" | "postgresql";
  /**
   * `cluster`: follows a failover after the DNS TTL, as Aurora's endpoint does; `proxy`: at once, and RDS Proxy is
   * shipped.
   */
  readonly endpoint: "cluster" | "proxy";
  readonly endpointTtlMs: Ms;
  readonly databaseName: string;
  readonly user: string;
  /**
   * How many standbys in other zones must hold a commit before it is acknowledged; 0 is asynchronous, for experiments.
   */
  readonly synchronousStandbys: number;
  /** Health checks of the primary by the observers. */
  readonly detection: { readonly intervalMs: Ms; readonly timeoutMs: Ms; readonly unhealthyThreshold: number };
}

export interface CacheSettings {
  readonly engine: "valkey" | "redis";
  readonly endpointTtlMs: Ms;
  readonly minReplicasToWrite: number;
  readonly detection: { readonly intervalMs: Ms; readonly timeoutMs: Ms; readonly unhealthyThreshold: number };
}

export interface EdgeSettings {
  readonly domain: string;
  /** Folder of the static site, absolute; null where there is none. */
  readonly site: string | null;
  readonly routes: readonly { readonly pattern: string; readonly service: string }[];
  readonly firewall: {
    /**
     * Requests from one address in five minutes before it is blocked (AWS WAF's rate-based rule); null: no rate rule.
     */
    readonly rateLimit: number | null;
    readonly managedRules: readonly "sql-injection"[];
  };
  readonly origin: {
    readonly connectionTimeoutMs: Ms;
    readonly connectionAttempts: number;
    readonly responseTimeoutMs: Ms;
  };
  /** How long the site is fresh at the edge, and how long a stale copy may be served while the origin fails. */
  readonly cache: { readonly defaultTtlMs: Ms; readonly staleIfErrorMs: Ms };
  /** TTL of the records that the edge and customers resolve. */
  readonly dnsTtlMs: Ms;
  readonly dnsHealthCheck: { readonly intervalMs: Ms; readonly threshold: number };
}

interface ComponentOf<K extends Kind, Settings> {
  /** The user's own name for it. */
  readonly id: string;
  readonly kind: K;
  readonly layer: Layer;
  readonly scope: Scope;
  readonly settings: Settings;
}

export type EdgeComponent = ComponentOf<"edge", EdgeSettings>;
export type ServiceComponent = ComponentOf<"service", ServiceSettings>;
export type QueueComponent = ComponentOf<"queue", QueueSettings>;
export type DatabaseComponent = ComponentOf<"database", DatabaseSettings>;
export type CacheComponent = ComponentOf<"cache", CacheSettings>;
export type Component = EdgeComponent | ServiceComponent | QueueComponent | DatabaseComponent | CacheComponent;

/**
 * One running thing of a component. A regional component has one a region with zone null; the edge one in all, with
 * region null.
 */
export interface Instance {
  /** `<component>-<zone>`; the second and later ones of a zone end in `-2`, `-3` … */
  readonly id: string;
  readonly component: string;
  readonly region: string | null;
  readonly zone: string | null;
}

export interface Link {
  readonly from: string;
  readonly to: string;
  readonly mode: "synchronous" | "asynchronous" | "replication";
}

/** A request that a journey makes: `{key}` in the path stands for the operation's key. */
export interface JourneyRequest {
  readonly method: string;
  readonly path: string;
}

export interface Journey {
  readonly id: string;
  readonly durability: "acknowledged" | "best-effort";
  readonly write: JourneyRequest | null;
  readonly read: JourneyRequest | null;
  /** A module with `write`, `read` and `effects`, absolute; null where the short form is enough. */
  readonly module: string | null;
  /** Share of the arrivals, relative to the other journeys'. */
  readonly weight: number;
  /** Components whose loss stops it: what its requests reach synchronously. */
  readonly needs: readonly string[];
}

export interface ScopeObjective {
  readonly rtoMs: Ms | null;
  readonly rpoMs: Ms | null;
}

export interface Objectives {
  /** From 0 to 1; null where none is set. */
  readonly availability: number | null;
  /** Requests a second at the peak; null where none is set. */
  readonly peak: number | null;
  readonly instance: ScopeObjective;
  readonly zone: ScopeObjective;
  readonly region: ScopeObjective;
}

/** Where everything is: a frozen, JSON-serialisable graph, the same for every world. */
export interface Topology {
  readonly system: string;
  readonly recovery: RecoveryStrategy;
  readonly regions: readonly Region[];
  readonly components: readonly Component[];
  readonly instances: readonly Instance[];
  readonly links: readonly Link[];
  readonly journeys: readonly Journey[];
  readonly objectives: Objectives;
}

/** The component named `id` of this `kind`; undefined where there is none. */
export function findComponent<K extends Kind>(
  topology: Topology,
  kind: K,
  id: string,
): Extract<Component, { kind: K }> | undefined {
  return componentsOf(topology, kind).find((component) => component.id === id);
}

/** All components of one kind, in the order of the definition. */
export function componentsOf<K extends Kind>(topology: Topology, kind: K): readonly Extract<Component, { kind: K }>[] {
  return topology.components.filter(
    (component): component is Extract<Component, { kind: K }> => component.kind === kind,
  );
}
