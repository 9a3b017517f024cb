import { resolve } from "node:path";
import type { Definition } from "../definition/validate.ts";
import { SQS } from "../facts/timing.ts";
import { instancesOf } from "./placement.ts";
import { compileJourneys, linksOf } from "./reach.ts";
import type { Component, EdgeSettings, Region, ServiceSettings, Topology } from "./topology.ts";

export interface CompileOptions {
  /** `primary`: as if the second region were not there. */
  readonly regions: "primary" | "all";
  /** Folder of the definition, absolute; the folders and modules that it names are relative to it. */
  readonly directory: string;
}

/**
 * Where everything of a definition is: a deeply frozen graph that survives JSON. The same definition gives the same
 * graph.
 */
export function compileTopology(definition: Definition, options: CompileOptions): Topology {
  const regions = definition.regions
    .filter(({ role }) => options.regions === "all" || role === "primary")
    .map(compileRegion);
  const components = compileComponents(definition, options.directory);
  const { recovery } = definition;
  const placed = { regions, recovery, components };
  const instances = components.flatMap((component) => instancesOf(component, placed));
  const links = linksOf(components);
  return freeze({
    system: definition.name,
    recovery,
    regions,
    components,
    instances,
    links,
    journeys: compileJourneys(definition, { components, directory: options.directory }),
    objectives: compileObjectives(definition),
  });
}

function compileRegion(region: Definition["regions"][number], index: number): Region {
  const zones = region.zones.map((name, index) => ({ name, index }));
  return { name: region.name, index, role: region.role, zones };
}

/** The components, from the edge inwards. */
function compileComponents(definition: Definition, directory: string): readonly Component[] {
  const { edge, services, queues, databases, caches } = definition;
  const each = <T, C>(named: Readonly<Record<string, T>>, compile: (id: string, value: T) => C): C[] =>
    Object.entries(named).map(([id, value]) => compile(id, value));
  return [
    ...(edge === null
      ? []
      : [
          {
            id: "edge",
            kind: "edge",
            layer: "edge",
            scope: "global",
            settings: edgeSettings(edge, directory),
          } as const,
        ]),
    ...each(services, (id, service) => {
      const settings = serviceSettings(service, directory);
      return { id, kind: "service", layer: "compute", scope: "zone", settings } as const;
    }),
    ...each(queues, (id, queue) => {
      const settings = {
        maxReceives: queue.maxReceives,
        visibilityTimeoutMs: queue.visibilityTimeout,
        retentionMs: queue.retention,
        deadLetterQueue: `${id}-dead-letters`,
        deadLetterRetentionMs: SQS.retention.max,
      };
      return { id, kind: "queue", layer: "messaging", scope: "region", settings } as const;
    }),
    ...each(databases, (id, database) => {
      const { engine, endpoint, endpointTtl, synchronousStandbys } = database;
      const detection = detectionSettings(database.detection);
      const names = { databaseName: DATABASE_NAME, user: DATABASE_USER };
      const settings = { engine, endpoint, endpointTtlMs: endpointTtl, ...names, synchronousStandbys, detection };
      return { id, kind: "database", layer: "data", scope: "zone", settings } as const;
    }),
    ...each(caches, (id, cache) => {
      const { engine, endpointTtl, minReplicasToWrite } = cache;
      const detection = detectionSettings(cache.detection);
      const settings = { engine, endpointTtlMs: endpointTtl, minReplicasToWrite, detection };
      return { id, kind: "cache", layer: "data", scope: "zone", settings } as const;
    }),
  ];
}

/** What a program finds in its `…_URL`: `postgres://app@host:5432/app`. */
const DATABASE_NAME = "app";
const DATABASE_USER = "app";

function edgeSettings(edge: NonNullable<Definition["edge"]>, directory: string): EdgeSettings {
  return {
    domain: edge.domain,
    site: edge.site === null ? null : resolve(directory, edge.site),
    routes: Object.entries(edge.routes).map(([pattern, service]) => ({ pattern, service })),
    firewall: {
      rateLimit: edge.firewall.rateLimit,
      managedRules: edge.firewall.sqlInjection ? ["sql-injection"] : [],
    },
    origin: {
      connectionTimeoutMs: edge.origin.connectionTimeout,
      connectionAttempts: edge.origin.connectionAttempts,
      responseTimeoutMs: edge.origin.responseTimeout,
    },
    cache: { defaultTtlMs: edge.cache.defaultTtl, staleIfErrorMs: edge.cache.staleIfError },
    dnsTtlMs: edge.dnsTtl,
    dnsHealthCheck: { intervalMs: edge.dnsHealthCheck.interval, threshold: edge.dnsHealthCheck.threshold },
  };
}

function serviceSettings(service: Definition["services"][string], directory: string): ServiceSettings {
  const { health, scale } = service;
  return {
    directory: resolve(directory, service.build ?? "."),
    build: service.build,
    run: service.run,
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
    drainMs: service.drain,
    environment: { ...service.environment },
  };
}

function detectionSettings(detection: Definition["databases"][string]["detection"]) {
  const { interval, timeout, unhealthyThreshold } = detection;
  return { intervalMs: interval, timeoutMs: timeout, unhealthyThreshold };
}

function compileObjectives({ objectives }: Definition): Topology["objectives"] {
  const scope = ({ rto, rpo }: { rto: number | null; rpo: number | null }) => ({ rtoMs: rto, rpoMs: rpo });
  const { availability, peak, instance, zone, region } = objectives;
  return { availability, peak, instance: scope(instance), zone: scope(zone), region: scope(region) };
}

function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const each of Object.values(value)) freeze(each);
  return Object.freeze(value);
}
