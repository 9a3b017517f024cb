import type { Ms } from "../../base/units.ts";
import { resolve } from "node:path";
import type { ScalingMetric, ServiceDefinition } from "../../definition/service.ts";

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
  /** What carries its tasks on AWS; locally they are processes whatever this says. */
  readonly platform: "fargate" | "ec2" | "eks";
  /**
   * `http` and `https`: what an Application Load Balancer speaks to its tasks; `tcp`: behind a Network Load Balancer;
   * null for a queue worker.
   */
  readonly protocol: "http" | "https" | "tcp" | null;
  /** Where it listens on AWS; null for a queue worker. Locally `PORT` is given by the world. */
  readonly port: number | null;
  /** Null for a worker, and behind TCP, where the balancer opens a connection and asks for nothing. */
  readonly health: HealthCheckSettings | null;
  readonly uses: readonly string[];
  /** The queue that it works off; null for one that listens. */
  readonly consumes: string | null;
  readonly scale: {
    readonly min: number;
    readonly max: number;
    /** Null behind TCP: then AWS starts tasks as processors are busy. */
    readonly on: { readonly metric: ScalingMetric; readonly target: number } | null;
    readonly outCooldownMs: Ms;
    readonly inCooldownMs: Ms;
  };
  /** What one task has: thousandths of a processor, and memory. `instance` is EC2's type on platforms with nodes. */
  readonly size: { readonly cpuMillis: number; readonly memoryMiB: number; readonly instance: string };
  /** How long a stopping task may finish what it works on (ECS stopTimeout; target deregistration delay). */
  readonly drainMs: Ms;
  readonly environment: Readonly<Record<string, string>>;
}

/** Whether a service answers requests of HTTP, by TLS or not: then it has a path that a balancer checks. */
export function answersRequests({ protocol }: Pick<ServiceSettings, "protocol">): boolean {
  return protocol === "http" || protocol === "https";
}

/** What a definition in `directory` says of a service. */
export function serviceSettings(service: ServiceDefinition, directory: string): ServiceSettings {
  const { health, scale } = service;
  return {
    directory: resolve(directory, service.build ?? "."),
    build: service.build,
    run: service.run,
    platform: service.platform,
    protocol: service.protocol,
    port: service.port,
    health: health && {
      path: health.path,
      deepPath: health.deepPath,
      intervalMs: health.interval,
      timeoutMs: health.timeout,
      healthyThreshold: health.healthyThreshold,
      unhealthyThreshold: health.unhealthyThreshold,
    },
    uses: service.uses,
    consumes: service.consumes,
    scale: {
      min: scale.min,
      max: scale.max,
      on: scale.on,
      outCooldownMs: scale.outCooldown,
      inCooldownMs: scale.inCooldown,
    },
    size: service.size,
    drainMs: service.drain,
    environment: { ...service.environment },
  };
}
