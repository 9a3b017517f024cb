import type { Ms } from "../../base/units.ts";
import { resolve } from "node:path";
import { DISTRIBUTION } from "../../facts/edge.ts";
import type { EdgeDefinition } from "../../definition/edge.ts";

/** Which service answers the paths of a pattern. */
export interface EdgeRoute {
  readonly pattern: string;
  readonly service: string;
  /** It is only read, and answers are kept for as long as they say; left out where none is. */
  readonly cached?: true;
}

export interface EdgeSettings {
  readonly domain: string;
  /** Folder of the static site, absolute; null where there is none. */
  readonly site: string | null;
  readonly routes: readonly EdgeRoute[];
  readonly firewall: {
    /**
     * Requests from one address in five minutes before it is blocked (AWS WAF's rate-based rule); null: no rate rule.
     */
    readonly rateLimit: number | null;
    readonly managedRules: readonly "sql-injection"[];
    /** AWS Shield Advanced, about $3,000 a month; Shield Standard comes by itself. */
    readonly shieldAdvanced: boolean;
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
  /** An existing, delegated hosted zone that holds `domain`; null: the system is reached by CloudFront's own name. */
  readonly hostedZoneId: string | null;
  /** An existing certificate in us-east-1 for `domain`; null: one is issued, validated in the hosted zone. */
  readonly certificateArn: string | null;
}

/** With which answers of one region the edge asks another one, of those that CloudFront knows. */
export const FAILOVER_CODES = {
  // A bucket that was shut or emptied by mistake says 403 or 404; 400, 416 and 429 are the customer's own doing.
  site: DISTRIBUTION.failoverCodes.value.filter((code) => code === 403 || code === 404 || code >= 500),
  // Of a service its own failures, no customer's doing.
  service: DISTRIBUTION.failoverCodes.value.filter((code) => code >= 500),
} as const;

/** What a definition in `directory` says of its edge. */
export function edgeSettings(edge: EdgeDefinition, directory: string): EdgeSettings {
  return {
    domain: edge.domain,
    site: edge.site === null ? null : resolve(directory, edge.site),
    routes: Object.entries(edge.routes).map(([pattern, service]) => ({
      pattern,
      service,
      ...(edge.cache.routes.includes(pattern) ? { cached: true as const } : {}),
    })),
    firewall: {
      rateLimit: edge.firewall.rateLimit,
      managedRules: edge.firewall.sqlInjection ? ["sql-injection"] : [],
      shieldAdvanced: edge.firewall.shieldAdvanced,
    },
    origin: {
      connectionTimeoutMs: edge.origin.connectionTimeout,
      connectionAttempts: edge.origin.connectionAttempts,
      responseTimeoutMs: edge.origin.responseTimeout,
    },
    cache: { defaultTtlMs: edge.cache.defaultTtl, staleIfErrorMs: edge.cache.staleIfError },
    dnsTtlMs: edge.dnsTtl,
    dnsHealthCheck: { intervalMs: edge.dnsHealthCheck.interval, threshold: edge.dnsHealthCheck.threshold },
    hostedZoneId: edge.hostedZoneId,
    certificateArn: edge.certificateArn,
  };
}
