import type { Problem } from "../base/error.ts";
import type { Duration } from "../base/units.ts";
import { ALB, CLOUDFRONT, ROUTE_53, WAF } from "../facts/timing.ts";
import { type Context, reference } from "./context.ts";
import {
  type Read,
  type Reader,
  duration,
  group,
  listOfAll,
  mapOf,
  mapped,
  oneOf,
  optional,
  orNull,
  required,
  shape,
} from "./schema.ts";
import { text, whole } from "./schema.ts";
import { fixFor, keyPath, listOf, problem, show } from "./wording.ts";

/**
 * Where customers come in: DNS, a content delivery network with the static site, and a firewall. CloudFront, WAF and
 * Route 53 on AWS.
 *
 * @example
 * edge: { domain: "shop.example.com", site: "./site", routes: { "/api/*": "api" }, firewall: { rateLimit: 2000 } }
 */
export interface Edge<ServiceName extends string = string> {
  /** The host name that customers use. */
  readonly domain: string;
  /** Folder of the static site, relative to the definition; it answers what no route matches. @default no site */
  readonly site?: string;
  /**
   * Which HTTP service answers which path. `*` stands for any characters, `?` for one, as with CloudFront.
   * The most specific pattern wins, whatever the order. @default no routes
   */
  readonly routes?: { readonly [pattern: `/${string}`]: ServiceName };
  /** What is blocked before it reaches a service. @default the rules below, all on */
  readonly firewall?: Firewall;
  /** How the edge reaches the system behind it. @default CloudFront's own */
  readonly origin?: Origin;
  /**
   * How long the site may be kept at the edge. @default CloudFront's own, and a day of stale copies while the origin
   * fails
   */
  readonly cache?: EdgeCache;
  /** How long resolvers may keep the records of the domain, from 1 second to 1 day. @default "60 seconds" */
  readonly dnsTtl?: Duration;
  /** When the DNS stops giving out an address. @default Route 53's own: every 30 seconds, 3 failures */
  readonly dnsHealthCheck?: DnsHealthCheck;
  /**
   * The Route 53 hosted zone that holds the domain; it exists already, and the registrar delegates to it. Without it
   * customers come by CloudFront's own name, and there can be no second region. @default none
   */
  readonly hostedZoneId?: string;
  /** A certificate for the domain, in us-east-1. @default one is issued, proved by the hosted zone */
  readonly certificateArn?: `arn:${string}`;
}

/** Rules of AWS WAF in front of everything. */
export interface Firewall {
  /** Requests from one address in five minutes before it is blocked, from 10 to 2,000,000,000. @default 2000 */
  readonly rateLimit?: number | "off";
  /** Block requests that look like SQL injection. @default true */
  readonly sqlInjection?: boolean;
  /** AWS Shield Advanced, about $3,000 a month for an account; Shield Standard comes by itself. @default false */
  readonly shieldAdvanced?: boolean;
}

/** Patience of the edge with what is behind it. */
export interface Origin {
  /**
   * From 1 to 10 seconds; CloudFront's own default of 10 would hold customers up. @default "3 seconds"
   */
  readonly connectionTimeout?: Duration;
  /** From 1 to 3. @default 2 */
  readonly connectionAttempts?: number;
  /** From 1 to 120 seconds. @default "30 seconds" */
  readonly responseTimeout?: Duration;
}

/** How long copies live at the edge: of the site where a file does not say, and of which services. */
export interface EdgeCache {
  /** How long a copy is fresh. @default "1 day" */
  readonly defaultTtl?: Duration;
  /** How long a stale copy may be served while the origin fails. @default "1 day" */
  readonly staleIfError?: Duration;
  /**
   * Routes that are only read, by their patterns. An answer is kept for as long as the service says in Cache-Control,
   * and another region's service is asked where one fails. It is the same for everybody: the service gets path and
   * query, and no cookie or other header of a customer's; methods other than GET and HEAD are refused.
   * @default none
   */
  readonly routes?: readonly `/${string}`[];
}

/** Health checks of Route 53 against the balancer's addresses. */
export interface DnsHealthCheck {
  /** Route 53 knows two. @default "30 seconds" */
  readonly interval?: "10 seconds" | "30 seconds";
  /** Consecutive results before the state changes, from 1 to 10. @default 3 */
  readonly threshold?: number;
}

/** An edge as a definition has it, with all that was left out. */
export type EdgeDefinition = Read<ReturnType<typeof readEdge>>;

const MAX_ROUTES = 100;
const DAY_MS = 24 * 3_600_000;
const YEAR_MS = 365 * DAY_MS;

const readDomain = text({
  max: 253,
  pattern: /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
  form: 'a host name in lower case such as "shop.example.com"',
});

/** The characters that CloudFront takes in a path pattern. */
const readPattern = text({
  max: 255,
  pattern: /^\/[A-Za-z0-9_\-.*$/~"'@:+&?]*$/,
  form: "a path pattern that begins with a slash",
});

const readRateLimit: Reader<number | null> = (value, at, problems) =>
  value === "off" ? null : whole(WAF.rateLimit)(value, at, problems);

const readFirewall = shape({
  rateLimit: optional(readRateLimit, WAF.rateLimit.value),
  sqlInjection: optional(oneOf(true, false), true),
  shieldAdvanced: optional(oneOf(true, false), false),
});

/** Six seconds until the edge turns to another origin, where CloudFront's own defaults take thirty. */
const CONNECTION_TIMEOUT_MS = 3_000;
const CONNECTION_ATTEMPTS = 2;

const readOrigin = shape({
  connectionTimeout: optional(duration(CLOUDFRONT.connectionTimeout), CONNECTION_TIMEOUT_MS),
  connectionAttempts: optional(whole(CLOUDFRONT.connectionAttempts), CONNECTION_ATTEMPTS),
  responseTimeout: optional(duration(CLOUDFRONT.responseTimeout), CLOUDFRONT.responseTimeout.value),
});

const readEdgeCache = shape({
  defaultTtl: optional(duration({ min: 0, max: YEAR_MS }), CLOUDFRONT.defaultTtl.value),
  staleIfError: optional(duration({ min: 0, max: YEAR_MS }), DAY_MS),
  routes: optional(listOfAll(readPattern, MAX_ROUTES), []),
});

const readInterval = mapped(oneOf("10 seconds", "30 seconds"), (interval) =>
  interval === "10 seconds" ? ROUTE_53.fastHealthInterval.value : ROUTE_53.healthInterval.value,
);

const readDnsHealthCheck = shape({
  interval: optional(readInterval, ROUTE_53.healthInterval.value),
  threshold: optional(whole(ROUTE_53.healthThreshold), ROUTE_53.healthThreshold.value),
});

const readHostedZone = text({ max: 32, pattern: /^Z[A-Z0-9]{5,31}$/, form: 'a hosted zone such as "Z0123456789ABC"' });

const readCertificate = text({
  max: 256,
  pattern: /^arn:aws:acm:us-east-1:\d{12}:certificate\/[\w-]+$/,
  form: 'the ARN of a certificate in us-east-1, such as "arn:aws:acm:us-east-1:111122223333:certificate/…"',
});

/** Reads the edge. */
export function readEdge(context: Context) {
  const fields = {
    domain: required(readDomain),
    site: orNull(text({ max: 256 })),
    routes: optional(mapOf(reference(context, context.http, "an HTTP service"), MAX_ROUTES, readPattern), {}),
    firewall: group(readFirewall),
    origin: group(readOrigin),
    cache: group(readEdgeCache),
    dnsTtl: optional(duration({ min: 1_000, max: DAY_MS }), ALB.dnsTtl.value),
    dnsHealthCheck: group(readDnsHealthCheck),
    hostedZoneId: orNull(readHostedZone),
    certificateArn: orNull(readCertificate),
  };
  return shape(fields, checkCached);
}

/** What is cached is a route. */
function checkCached(
  { routes, cache }: { readonly routes?: object; readonly cache?: { readonly routes: readonly string[] } },
  at: string,
  problems: Problem[],
): void {
  if (routes === undefined || cache === undefined) return;
  const known = Object.keys(routes);
  for (const [index, pattern] of cache.routes.entries()) {
    if (known.includes(pattern)) continue;
    const message = `there is no route ${show(pattern)} (there are ${listOf(known)})`;
    const fix = fixFor(pattern, known, `add it to "routes"`);
    problems.push(problem("DEF-004", `${keyPath(at, "cache")}.routes[${index}]`, message, fix));
  }
}
