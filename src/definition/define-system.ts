import type { Cache } from "./cache.ts";
import type { Database } from "./database.ts";
import type { Edge } from "./edge.ts";
import type { Journey } from "./journey.ts";
import type { Objectives } from "./objective.ts";
import type { Queue } from "./queue.ts";
import type { Recovery, Regions } from "./recovery.ts";
import type { Service } from "./service.ts";

/**
 * A whole system as plain data: the keys are the names. `S` are the names of services, `Q` of queues, `X` of everything
 * else; they are inferred, so that a reference that names nothing is a compile error at that very string. A name is
 * used once in the whole system; it is lower case letters, digits and dashes, 24 at most.
 */
export interface System<S extends string = string, Q extends string = string, X extends string = string> {
  /** What the system is called; part of the names of everything that is shipped. */
  readonly name: string;
  readonly regions: Regions;
  /** What it must hold. @default none */
  readonly objectives?: Objectives;
  /** How the second region stands ready. @default "warm-standby" with two regions, "backup-restore" with one */
  readonly recovery?: Recovery;
  /** Where customers come in. @default none: they reach the only HTTP service directly */
  readonly edge?: Edge<NoInfer<S>>;
  readonly services?: { readonly [K in S]?: Service<NoInfer<S | Q | X>, NoInfer<Q>> };
  readonly queues?: { readonly [K in Q]?: Queue };
  readonly databases?: { readonly [K in X]?: Database };
  readonly caches?: { readonly [K in X]?: Cache };
  /** What customers do. @default none, and then there is nothing to drill */
  readonly journeys?: { readonly [name: string]: Journey };
}

/**
 * Declares a system; the default export of `holdfast.config.ts`. It returns what it is given: the types are checked by
 * the compiler, everything else by `holdfast check`.
 *
 * @example
 * import { defineSystem } from "holdfast";
 *
 * export default defineSystem({
 *   name: "shop",
 *   regions: { primary: "us-east-1" },
 *   services: { api: { run: "node server.js", uses: ["database"] } },
 *   databases: { database: {} },
 * });
 */
export function defineSystem<const S extends string, const Q extends string = never, const X extends string = never>(
  system: System<S, Q, X>,
): System<S, Q, X> {
  return system;
}
