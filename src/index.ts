/** The published interface of Holdfast: what a `holdfast.config.ts` imports. */
export { defineSystem, type System } from "./definition/define-system.ts";
export type { Cache } from "./definition/cache.ts";
export type { Database, Detection } from "./definition/database.ts";
export type { DnsHealthCheck, Edge, EdgeCache, Firewall, Origin } from "./definition/edge.ts";
export type { Journey, ReadRequest, WriteRequest } from "./definition/journey.ts";
export type { Objectives, ScopeObjective } from "./definition/objective.ts";
export type { Queue } from "./definition/queue.ts";
export type { Recovery, Regions } from "./definition/recovery.ts";
export type { HealthCheck, Scale, Service } from "./definition/service.ts";
export type { Duration, Percent, Rate } from "./base/units.ts";
export type {
  JourneyContext,
  JourneyModule,
  JourneyRequestInit,
  JourneyResponse,
  ReadResult,
} from "./drill/journey.ts";
