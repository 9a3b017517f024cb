import { HTTP_API } from "../facts/serverless.ts";
import { type Context, reference } from "./context.ts";
import { type Read, group, mapOf, optional, required, shape, text, whole } from "./schema.ts";

/** A request that an HTTP API answers: a method and a path, or all that no other route matches. */
export type ApiRoute =
  | `${"ANY" | "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT" | "PATCH" | "DELETE"} /${string}`
  | "$default";

/**
 * A door of its own for programs of others, in front of functions and HTTP services. API Gateway's HTTP API on AWS.
 *
 * @example
 * partners: { routes: { "GET /parcels/{id}": "track", "$default": "api" } }
 */
export interface HttpApi<Name extends string = string> {
  /** Which function or HTTP service answers which request; `{id}` is one part of a path, `{rest+}` are several. */
  readonly routes: { readonly [route in ApiRoute]?: Name };
  /** Requests beyond it are answered with 429. @default 1,000 a second */
  readonly throttle?: Throttle;
}

/** How many requests an HTTP API takes. */
export interface Throttle {
  /** From 1 to 10,000. @default 1000 */
  readonly requestsPerSecond?: number;
  /** At once, from 1 to 5,000. @default 1000 */
  readonly burst?: number;
}

/** An HTTP API as a definition has it, with all that was left out. */
export type HttpApiDefinition = Read<ReturnType<typeof readHttpApi>>;

const METHOD = "(?:ANY|GET|HEAD|OPTIONS|POST|PUT|PATCH|DELETE)";
const PART = String.raw`/(?:[\w.~%-]+|\{\w+\})`;
const REST = String.raw`/\{\w+\+\}`;

const readRoute = text({
  max: 256,
  pattern: new RegExp(`^(?:\\$default|${METHOD} (?:/|(?:${PART})+(?:${REST})?|${REST}))$`),
  form: 'a route such as "GET /parcels/{id}" or "$default"',
});

const readThrottle = shape({
  requestsPerSecond: optional(whole(HTTP_API.requestsPerSecond), HTTP_API.requestsPerSecond.value),
  burst: optional(whole(HTTP_API.burst), HTTP_API.burst.value),
});

/** Reads an HTTP API. */
export function readHttpApi(context: Context) {
  const target = reference(context, [...context.functions, ...context.http], "a function or HTTP service");
  return shape({
    routes: required(mapOf(target, HTTP_API.routes.value, readRoute)),
    throttle: group(readThrottle),
  });
}

/**
 * What answers a request, the most specific route first, as API Gateway chooses: a path in full, then one with parts,
 * then one with a rest, then the default. Undefined where nothing does.
 */
export function apiRouteFor(
  routes: Readonly<Record<string, string>>,
  { method, path }: { readonly method: string; readonly path: string },
): string | undefined {
  const [bare = ""] = path.split("?", 1);
  const rank = (route: string): number => (route.includes("+}") ? 2 : route.includes("{") ? 1 : 0);
  const [found] = Object.entries(routes)
    .filter(([route]) => route !== "$default" && matches(route, method, bare))
    .sort(([a], [b]) => rank(a) - rank(b) || b.length - a.length);
  return found?.[1] ?? routes["$default"];
}

function matches(route: string, method: string, path: string): boolean {
  const [wanted = "", pattern = ""] = route.split(" ");
  if (wanted !== "ANY" && wanted !== method) return false;
  const parts = pattern.split("/");
  const given = path.split("/");
  const rest = parts.at(-1)?.endsWith("+}") === true;
  if (rest ? given.length < parts.length : given.length !== parts.length) return false;
  return parts.every((part, at) => part.startsWith("{") || part === given[at]);
}
