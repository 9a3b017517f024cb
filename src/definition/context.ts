import type { Problem } from "../base/error.ts";
import { type Reader, isObject, text } from "./schema.ts";
import type { PlainObject } from "./snapshot.ts";
import { fixFor, listOf, problem, show } from "./wording.ts";

/** Kinds that hold data or carry messages. */
const STORES = ["queues", "topics", "buses", "databases", "caches", "tables", "buckets", "fileSystems"] as const;

/** The kinds of component that have names of their own, as the keys of a definition. */
export const KINDS = ["services", "functions", "httpApis", "accelerators", "schedules", ...STORES, "volumes"] as const;

/** One of {@link KINDS}. */
export type KindKey = (typeof KINDS)[number];

/** The names of the components of each kind. */
export type Names = Readonly<Record<KindKey, readonly string[]>>;

/** What a component's reader must know of the rest of the definition. */
export interface Context extends Names {
  /** How many zones the primary region has. */
  readonly zones: number;
  /** How many regions there are. */
  readonly regions: number;
  /** Services behind the load balancer. */
  readonly http: readonly string[];
  /** Services behind a load balancer for TCP. */
  readonly tcp: readonly string[];
  /** Services that work off a queue. */
  readonly workers: readonly string[];
}

/**
 * Collects the names from a snapshot, those of wrong components too: a reference to one of them is no further problem.
 */
export function contextOf(system: unknown, { zones, regions }: Pick<Context, "zones" | "regions">): Context {
  const componentsIn = (kind: string): PlainObject => {
    const components = isObject(system) ? system[kind] : undefined;
    return isObject(components) ? components : {};
  };
  const services = componentsIn("services");
  const roleOf = (name: string): "http" | "tcp" | "worker" => {
    const service = services[name];
    if (!isObject(service)) return "http";
    if (service["consumes"] !== undefined) return "worker";
    return service["protocol"] === "tcp" ? "tcp" : "http";
  };
  const withRole = (role: ReturnType<typeof roleOf>): readonly string[] =>
    Object.keys(services).filter((name) => roleOf(name) === role);
  const names = Object.fromEntries(KINDS.map((kind) => [kind, Object.keys(componentsIn(kind))])) as unknown as Names;
  return { ...names, zones, regions, http: withRole("http"), tcp: withRole("tcp"), workers: withRole("worker") };
}

/** What a program may use wherever it runs. A volume is none of it, because it belongs to an instance. */
export function usableIn(context: Context): readonly string[] {
  return [...context.http, ...context.functions, ...STORES.flatMap((kind) => context[kind])];
}

/** A reference to one of `allowed`; `what` says in words what they are. */
export function reference(context: Context, allowed: readonly string[], what: string): Reader<string> {
  const all = KINDS.flatMap((kind) => context[kind]);
  return (value, at, problems) => {
    if (typeof value !== "string") {
      problems.push(problem("DEF-005", at, `${show(value)} is not the name of ${what}`, `write the name of ${what}`));
      return undefined;
    }
    if (allowed.includes(value)) return value;
    const [code, message] = all.includes(value)
      ? (["DEF-010", `${show(value)} is not ${what} (there are ${listOf(allowed)})`] as const)
      : (["DEF-004", `${show(value)} names nothing (there are ${listOf(allowed)})`] as const);
    problems.push(problem(code, at, message, fixFor(value, allowed, `write the name of ${what}`)));
    return undefined;
  };
}

/** The name of a component, system or journey: part of host names, of variables' names and of what is shipped. */
export const readName: Reader<string> = (value, at, problems) => {
  const form = "a name (1 to 24 lower case letters, digits and single dashes, a letter first)";
  const name = text({ max: 24, pattern: /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, form });
  const own: Problem[] = [];
  const read = name(value, at, own);
  problems.push(...own.map((each) => ({ ...each, code: "DEF-008" })));
  return read;
};

/**
 * The variable that tells a program where `component` is. @example variableName("user-sessions", "URL") //
 * "USER_SESSIONS_URL"
 */
export function variableName(component: string, suffix: string): string {
  return `${component.replaceAll("-", "_").toUpperCase()}_${suffix}`;
}
