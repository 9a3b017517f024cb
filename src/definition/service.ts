import type { Problem } from "../base/error.ts";
import type { Duration } from "../base/units.ts";
import { ALB, ECS } from "../facts/timing.ts";
import { type Context, reference, usableIn } from "./context.ts";
import { readEnvironment } from "./environment.ts";
import { checkTimeout, withTimeout } from "./patience.ts";
import {
  type Read,
  type ReadField,
  type Reader,
  group,
  isObject,
  mapped,
  oneOf,
  optional,
  orNull,
  required,
  shape,
} from "./schema.ts";
import { duration, listOfAll, text, whole } from "./schema.ts";
import { type Platform, type TaskSize, readTaskSize } from "./size.ts";
import { problem, show } from "./wording.ts";

/**
 * A program of yours, as many tasks of it as the load needs, spread over all zones. With `consumes` it is a queue
 * worker, without it an HTTP service behind a load balancer, or with `protocol: "tcp"` one that clients reach by TCP.
 * ECS on Fargate on AWS unless `platform` says otherwise. It is told where everything is by its environment.
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
   * What carries its tasks on AWS: `fargate`, without servers of yours; `ec2`, an Auto Scaling group of instances;
   * `eks`, Kubernetes. @default "fargate"
   */
  readonly platform?: Platform;
  /**
   * What the load balancer speaks to its tasks. `https`: with a certificate that the program makes itself when it
   * starts, because the balancer verifies none; `tcp`: behind a Network Load Balancer, which asks for no path and only
   * opens a connection. Not for a queue worker.
   *
   * @default "http"
   */
  readonly protocol?: "http" | "https" | "tcp";
  /** What one task has. @default half a processor and 1 GiB */
  readonly size?: TaskSize;
  /**
   * Where a service listens on AWS; locally it is given another one in `PORT`, each task its own. @default 8080
   */
  readonly port?: number;
  /**
   * What the load balancer asks an HTTP service to know that it is well: a path, or a path and how often. @default "/"
   */
  readonly health?: `/${string}` | HealthCheck;
  /** What the program talks to; its environment tells where each one is, most by `<NAME>_URL`. @default nothing */
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

/** How the load balancer watches a task. The defaults are an Application Load Balancer's, but for the interval. */
export interface HealthCheck {
  /** @default "/" */
  readonly path?: `/${string}`;
  /**
   * A path that asks what the program depends on, too. The load balancer never uses it, but in the drill that shows
   * what would come of that. @default none
   */
  readonly deepPath?: `/${string}`;
  /**
   * From 5 to 300 seconds; ALB's own default of 30 would send requests to a lost task for a minute. @default "10
   * seconds"
   */
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
  /**
   * What one task can carry; more of it starts more tasks. Requests under way at once become more when a program is
   * slow, too; requests a minute only when there are more customers. Tasks behind TCP become more as their processors
   * are busy.
   *
   * @default 100 requests under way, or messages that wait
   */
  readonly on?:
    | { readonly concurrentRequests: number }
    | { readonly requestsPerMinute: number }
    | { readonly queueDepth: number };
  /** The least time between two scale-outs. @default "60 seconds" */
  readonly outCooldown?: Duration;
  /** The least time between two scale-ins. @default "300 seconds" */
  readonly inCooldown?: Duration;
}

type Program = {
  readonly [K in keyof ReturnType<typeof programFields>]: ReadField<ReturnType<typeof programFields>[K]>;
};

/**
 * A service as a definition has it, with all that was left out. `protocol` is null for a worker, and so is `port`;
 * `health` is null but for HTTP, and `consumes` but for a worker.
 */
export interface ServiceDefinition extends Program {
  readonly protocol: "http" | "https" | "tcp" | null;
  readonly port: number | null;
  readonly health: Read<typeof readHealth> | null;
  readonly consumes: string | null;
  readonly scale: Read<ReturnType<typeof readScale>>;
}

/** Tasks a zone at most, and load a task, where a definition does not say. */
const MAX_FACTOR = 3;
const TARGET = 100;
const MAX_TARGET = 100_000;
/** Out fast and in slowly; AWS's own default is as slow out as in. */
const OUT_COOLDOWN_MS = 60_000;

/** A lost task is noticed after two of them. */
const HEALTH_INTERVAL_MS = 10_000;

const readPath = text({ max: 256, pattern: /^\/[^\s\p{Cc}]*$/u, form: "a path that begins with a slash" });

const healthFields = {
  path: optional(readPath, ALB.healthPath.value),
  deepPath: orNull(readPath),
  interval: optional(duration(ALB.healthInterval), HEALTH_INTERVAL_MS),
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

/** Reads a service; it runs in each of the zones. What it may say depends on what clients it has. */
export function readService(context: Context): Reader<ServiceDefinition> {
  const port = optional(whole({ min: 1, max: 65_535 }), 8080);
  const programFor = (value: unknown) => programFields(context, platformOf(value));
  const readHttp: Reader<ServiceDefinition> = (value, at, problems) => {
    const protocol = optional(oneOf("http", "https", "tcp"), "http");
    const scale = group(readScale(context, ["concurrentRequests", "requestsPerMinute"]));
    const read = shape(
      { ...programFor(value), protocol, port, health: group(readHealth), scale },
      checkVolumes(context),
    );
    return mapped(read, (service) => ({ ...service, consumes: null }))(value, at, problems);
  };
  const readTcp: Reader<ServiceDefinition> = (value, at, problems) => {
    const protocol = required(oneOf("tcp"));
    const fields = { ...programFor(value), protocol, port, scale: group(readScale(context, [])) };
    const read = shape(fields, checkVolumes(context));
    return mapped(read, (service) => ({ ...service, health: null, consumes: null }))(value, at, problems);
  };
  const readWorker: Reader<ServiceDefinition> = (value, at, problems) => {
    const consumes = required(reference(context, context.queues, "a queue"));
    const fields = { ...programFor(value), consumes, scale: group(readScale(context, ["queueDepth"])) };
    const read = shape(fields, checkVolumes(context));
    return mapped(read, (service) => ({ ...service, protocol: null, port: null, health: null }))(value, at, problems);
  };
  return (value, at, problems) => {
    if (isObject(value) && value["consumes"] !== undefined) return readWorker(value, at, problems);
    return isObject(value) && value["protocol"] === "tcp"
      ? readTcp(value, at, problems)
      : readHttp(value, at, problems);
  };
}

const PLATFORMS = ["fargate", "ec2", "eks"] as const;

function platformOf(value: unknown): Platform {
  const platform = isObject(value) ? value["platform"] : undefined;
  return PLATFORMS.find((each) => each === platform) ?? "fargate";
}

function programFields(context: Context, platform: Platform) {
  const usable = [...usableIn(context), ...context.volumes];
  return {
    build: orNull(text({ max: 256 })),
    run: required(text({ max: 1_000 })),
    platform: optional(oneOf(...PLATFORMS), "fargate"),
    size: group(readTaskSize(platform)),
    uses: optional(listOfAll(reference(context, usable, "a component that can be used"), 50), []),
    drain: optional(duration(ECS.stopTimeout), ECS.stopTimeout.value),
    environment: optional(readEnvironment(context), {}),
  };
}

/** A volume belongs to an instance, and tasks have instances on `ec2` alone. */
function checkVolumes({ volumes }: Context) {
  return (
    { platform, uses = [] }: { readonly platform?: Platform; readonly uses?: readonly string[] },
    at: string,
    problems: Problem[],
  ): void => {
    if (platform === undefined || platform === "ec2") return;
    for (const volume of uses.filter((name) => volumes.includes(name))) {
      const message = `volume ${show(volume)} belongs to an instance, and tasks on ${platform} have none of their own`;
      const fix = 'write platform: "ec2", or use a file system';
      problems.push(problem("DEF-011", `${at}.uses[${uses.indexOf(volume)}]`, message, fix));
    }
  };
}

/**
 * What a number of tasks may follow: requests under way at once, requests a minute, or messages that wait; each of all
 * tasks together, while a target is of one.
 */
export type ScalingMetric = "concurrentRequests" | "requestsPerMinute" | "queueDepth";

/** What of a service's scale there is to say, where its tasks may follow these; the first unless it says another. */
function readScale(context: Context, metrics: readonly ScalingMetric[]) {
  const [usual] = metrics;
  const fields = {
    min: optional(whole({ min: 1, max: 100 }), context.zones),
    max: orNull(whole({ min: 1, max: 1_000 })),
    ...(usual === undefined ? {} : { on: optional(readTarget(usual, metrics), { metric: usual, target: TARGET }) }),
    outCooldown: optional(duration(ECS.scaleOutCooldown), OUT_COOLDOWN_MS),
    inCooldown: optional(duration(ECS.scaleInCooldown), ECS.scaleInCooldown.value),
  };
  const consistent = shape(fields, ({ min, max }, at, problems) => {
    if (min === undefined || max === undefined || max === null || min <= max) return;
    problems.push(problem("DEF-011", at, `min (${min}) is more than max (${max})`, `write ${min} or more as "max"`));
  });
  return mapped(consistent, ({ min, max, on, outCooldown, inCooldown }) => ({
    min,
    max: max ?? MAX_FACTOR * min,
    on: on ?? null,
    outCooldown,
    inCooldown,
  }));
}

function readTarget(usual: ScalingMetric, metrics: readonly ScalingMetric[]) {
  return (value: unknown, at: string, problems: Problem[]) => {
    const metric = metrics.find((each) => isObject(value) && value[each] !== undefined) ?? usual;
    const read = shape({ [metric]: required(whole({ min: 1, max: MAX_TARGET })) });
    return mapped(read, (on) => ({ metric, target: on[metric] ?? TARGET }))(value, at, problems);
  };
}
