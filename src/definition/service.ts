import type { Duration } from "../base/units.ts";
import { ALB, ECS } from "../facts/timing.ts";
import { type Context, reference } from "./context.ts";
import { readEnvironment } from "./environment.ts";
import { checkTimeout, withTimeout } from "./patience.ts";
import {
  type Read,
  type ReadField,
  type Reader,
  group,
  isObject,
  mapped,
  optional,
  orNull,
  required,
  shape,
} from "./schema.ts";
import { duration, listOfAll, text, whole } from "./schema.ts";
import { problem } from "./wording.ts";

/**
 * A program of yours, as many tasks of it as the load needs, spread over all zones. With `consumes` it is a queue
 * worker, without it an HTTP service behind a load balancer. ECS on Fargate on AWS. It is told where everything is by
 * its environment.
 *
 * @example
 * api: { build: "./api", run: "node server.js", health: "/healthz", uses: ["orders", "database"], scale: { min: 3, max:
 * 30 } }
 * @example
 * fulfilment: { build: "./fulfilment", run: "node worker.js", consumes: "orders", uses: ["database"] }
 */
export interface Service<Name extends string = string, QueueName extends string = string> {
  /**
   * Folder of the program, relative to the definition; for AWS it holds a Dockerfile. @default the definition's own
   * folder
   */
  readonly build?: string;
  /** The command that starts the program in that folder; a shell is not involved. */
  readonly run: string;
  /**
   * Where an HTTP service listens on AWS; locally it is given another one in `PORT`, each task its own. @default 8080
   */
  readonly port?: number;
  /**
   * What the load balancer asks an HTTP service to know that it is well: a path, or a path and how often. @default "/"
   */
  readonly health?: `/${string}` | HealthCheck;
  /** What the program talks to; for each one its environment gets `<NAME>_URL`. @default nothing */
  readonly uses?: readonly Name[];
  /** The queue that this worker works off. */
  readonly consumes?: QueueName;
  /** How many tasks there are. @default one a zone at least, three a zone at most */
  readonly scale?: Scale;
  /** How long a stopping task may finish what it works on, up to 120 seconds. @default "30 seconds" */
  readonly drain?: Duration;
  /** Further variables of the program's environment. No place for secrets: this file is committed. @default none */
  readonly environment?: { readonly [name: string]: string };
}

/** How the load balancer watches a task. The defaults are those of an Application Load Balancer. */
export interface HealthCheck {
  /** @default "/" */
  readonly path?: `/${string}`;
  /**
   * A path that asks what the program depends on, too. The load balancer never uses it, but in the drill that shows
   * what would come of that. @default none
   */
  readonly deepPath?: `/${string}`;
  /** From 5 to 300 seconds. @default "30 seconds" */
  readonly interval?: Duration;
  /** From 2 to 120 seconds, and at most the interval. @default "5 seconds" */
  readonly timeout?: Duration;
  /** Successes in a row until it is healthy again, from 2 to 10. @default 5 */
  readonly healthyThreshold?: number;
  /** Failures in a row until it gets no more requests, from 2 to 10. @default 2 */
  readonly unhealthyThreshold?: number;
}

/** How many tasks there are, and what makes them more. */
export interface Scale {
  /** Tasks that always run. Where it is no multiple of the zones, some zones hold one more. @default one a zone */
  readonly min?: number;
  /** @default three times `min` */
  readonly max?: number;
  /** What one task can carry; more of it starts more tasks. @default 100 of either */
  readonly on?: { readonly concurrentRequests: number } | { readonly queueDepth: number };
  /** The least time between two scale-outs. @default "60 seconds" */
  readonly outCooldown?: Duration;
  /** The least time between two scale-ins. @default "300 seconds" */
  readonly inCooldown?: Duration;
}

type Program = {
  readonly [K in keyof ReturnType<typeof programFields>]: ReadField<ReturnType<typeof programFields>[K]>;
};

/**
 * A service as a definition has it, with all that was left out. `consumes` null: an HTTP service; else `port` and
 * `health` are null.
 */
export interface ServiceDefinition extends Program {
  readonly port: number | null;
  readonly health: Read<typeof readHealth> | null;
  readonly consumes: string | null;
  readonly scale: Read<ReturnType<typeof readScale>>;
}

/** Tasks a zone at most, and load a task, where a definition does not say. */
const MAX_FACTOR = 3;
const TARGET = 100;
/** Out fast and in slowly; AWS's own default is as slow out as in. */
const OUT_COOLDOWN_MS = 60_000;

const readPath = text({ max: 256, pattern: /^\/[^\s\p{Cc}]*$/u, form: "a path that begins with a slash" });

const healthFields = {
  path: optional(readPath, ALB.healthPath.value),
  deepPath: orNull(readPath),
  interval: optional(duration(ALB.healthInterval), ALB.healthInterval.value),
  timeout: orNull(duration(ALB.healthTimeout)),
  healthyThreshold: optional(whole(ALB.healthyThreshold), ALB.healthyThreshold.value),
  unhealthyThreshold: optional(whole(ALB.unhealthyThreshold), ALB.unhealthyThreshold.value),
};

const readHealthCheck = mapped(shape(healthFields, checkTimeout), (check) =>
  withTimeout(check, ALB.healthTimeout.value),
);

/** A path alone stands for a health check with that path. */
const readHealth: typeof readHealthCheck = (value, at, problems) => {
  if (typeof value !== "string") return readHealthCheck(value, at, problems);
  const path = readPath(value, at, problems);
  return path === undefined ? undefined : readHealthCheck({ path }, at, problems);
};

/** Reads a service; it runs in each of the zones. What it may say depends on whether it consumes a queue. */
export function readService(context: Context): Reader<ServiceDefinition> {
  const http = shape({
    ...programFields(context),
    port: optional(whole({ min: 1, max: 65_535 }), 8080),
    health: group(readHealth),
    scale: group(readScale(context, "concurrentRequests")),
  });
  const worker = shape({
    ...programFields(context),
    consumes: required(reference(context, context.queues, "a queue")),
    scale: group(readScale(context, "queueDepth")),
  });
  const readHttp = mapped(http, (service) => ({ ...service, consumes: null }));
  const readWorker = mapped(worker, (service) => ({ ...service, port: null, health: null }));
  return (value, at, problems) => {
    const isWorker = isObject(value) && value["consumes"] !== undefined;
    return isWorker ? readWorker(value, at, problems) : readHttp(value, at, problems);
  };
}

function programFields(context: Context) {
  const { http, queues, databases, caches } = context;
  const usable = [...http, ...queues, ...databases, ...caches];
  return {
    build: orNull(text({ max: 256 })),
    run: required(text({ max: 1_000 })),
    uses: optional(listOfAll(reference(context, usable, "a component that can be used"), 50), []),
    drain: optional(duration(ECS.stopTimeout), ECS.stopTimeout.value),
    environment: optional(readEnvironment(context), {}),
  };
}

function readScale(context: Context, metric: "concurrentRequests" | "queueDepth") {
  const target = shape({ [metric]: required(whole({ min: 1, max: 100_000 })) });
  const fields = {
    min: optional(whole({ min: 1, max: 100 }), context.zones),
    max: orNull(whole({ min: 1, max: 1_000 })),
    on: optional(
      mapped(target, (on) => on[metric] ?? TARGET),
      TARGET,
    ),
    outCooldown: optional(duration(ECS.scaleOutCooldown), OUT_COOLDOWN_MS),
    inCooldown: optional(duration(ECS.scaleInCooldown), ECS.scaleInCooldown.value),
  };
  const consistent = shape(fields, ({ min, max }, at, problems) => {
    if (min === undefined || max === undefined || max === null || min <= max) return;
    problems.push(problem("DEF-011", at, `min (${min}) is more than max (${max})`, `write ${min} or more as "max"`));
  });
  return mapped(consistent, (scale) => ({
    ...scale,
    max: scale.max ?? MAX_FACTOR * scale.min,
    on: { metric, target: scale.on },
  }));
}
