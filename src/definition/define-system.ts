import type { Accelerator } from "./accelerator.ts";
import type { Alerts } from "./alert.ts";
import type { Assumptions } from "./assumption.ts";
import type { Backups } from "./backup.ts";
import type { Bucket } from "./bucket.ts";
import type { Bus } from "./bus.ts";
import type { Cache } from "./cache.ts";
import type { Database } from "./database.ts";
import type { Edge } from "./edge.ts";
import type { HandedStacks } from "./escape.ts";
import type { Failover } from "./failover.ts";
import type { FileSystem } from "./file-system.ts";
import type { Function } from "./function.ts";
import type { HttpApi } from "./http-api.ts";
import type { Journey } from "./journey.ts";
import type { Network } from "./network.ts";
import type { Objectives } from "./objective.ts";
import type { Queue } from "./queue.ts";
import type { Recovery, Regions } from "./recovery.ts";
import type { Schedule } from "./schedule.ts";
import type { Service } from "./service.ts";
import type { Stage } from "./stage.ts";
import type { Table } from "./table.ts";
import type { Topic } from "./topic.ts";
import type { Volume } from "./volume.ts";

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
  /** Who gives a region up, and what may be lost by it. @default a majority of the vantage points, whatever is lost */
  readonly failover?: Failover;
  /** What estimates and simulations rest on, where you know better. @default the ranges of docs/model.md */
  readonly assumptions?: Assumptions;
  /** Where customers come in. @default none: they reach the only HTTP API, accelerator or HTTP service directly */
  readonly edge?: Edge<NoInfer<S>>;

  readonly services?: { readonly [K in S]?: Service<NoInfer<S | Q | X>, NoInfer<Q>> };
  readonly functions?: { readonly [K in X]?: Function<NoInfer<S | Q | X>, NoInfer<Q>> };
  readonly httpApis?: { readonly [K in X]?: HttpApi<NoInfer<S | X>> };
  readonly accelerators?: { readonly [K in X]?: Accelerator<NoInfer<S>> };
  readonly schedules?: { readonly [K in X]?: Schedule<NoInfer<Q | X>> };
  readonly queues?: { readonly [K in Q]?: Queue };
  readonly topics?: { readonly [K in X]?: Topic<NoInfer<Q | X>> };
  readonly buses?: { readonly [K in X]?: Bus<NoInfer<Q | X>> };
  readonly databases?: { readonly [K in X]?: Database };
  readonly caches?: { readonly [K in X]?: Cache };
  readonly tables?: { readonly [K in X]?: Table };
  readonly buckets?: { readonly [K in X]?: Bucket };
  readonly fileSystems?: { readonly [K in X]?: FileSystem };
  readonly volumes?: { readonly [K in X]?: Volume };

  /** What customers do. @default none, and then there is nothing to drill */
  readonly journeys?: { readonly [name: string]: Journey };

  /** `dev` is cheap and not highly available. @default "production" */
  readonly stage?: Stage;
  /** @default a network of its own in each region */
  readonly network?: Network;
  /** @default every day, kept 35 days, also in the second region */
  readonly backups?: Backups;
  /** @default a topic in each region, and nobody is told */
  readonly alerts?: Alerts;
  /** The name or ARN of a CloudTrail trail that exists and covers all regions. @default a trail of its own */
  readonly trail?: string;
  /** KMS keys that exist already, by region, and that encrypt everything there. @default a key of its own in each */
  readonly keys?: { readonly [region: string]: `arn:${string}` };
  /**
   * Whether instances for the whole are paid for in the second region before they are needed: AWS promises none to who
   * asks for them on the day. Of services on `ec2` and `eks` alone: nobody can reserve Fargate. @default false
   */
  readonly reserveCapacity?: boolean;
  /**
   * Changes the CDK stacks before they become templates, for what Holdfast has no word for. Annotate the parameter with
   * `ShippedStacks` of `holdfast/aws`. @default nothing is changed
   */
  aws?(stacks: HandedStacks): void;
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
