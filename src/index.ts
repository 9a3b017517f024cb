/** The published interface of Holdfast: what a `holdfast.config.ts` imports. */
export { defineSystem, type System } from "./definition/define-system.ts";
export type { Accelerator } from "./definition/accelerator.ts";
export type { Alerts } from "./definition/alert.ts";
export type { Backups } from "./definition/backup.ts";
export type { Bucket } from "./definition/bucket.ts";
export type { Bus, BusRule } from "./definition/bus.ts";
export type { Cache } from "./definition/cache.ts";
export type { Database, Detection } from "./definition/database.ts";
export type { DnsHealthCheck, Edge, EdgeCache, Firewall, Origin } from "./definition/edge.ts";
export type { EscapeHatch, HandedStacks } from "./definition/escape.ts";
export type { FileSystem } from "./definition/file-system.ts";
export type { Function, Runtime } from "./definition/function.ts";
export type { ApiRoute, HttpApi, Throttle } from "./definition/http-api.ts";
export type { Journey, ReadRequest, WriteRequest } from "./definition/journey.ts";
export type { ExistingNetwork, Network } from "./definition/network.ts";
export type { Objectives, ScopeObjective } from "./definition/objective.ts";
export type { Queue } from "./definition/queue.ts";
export type { Recovery, Regions } from "./definition/recovery.ts";
export type { Schedule, ScheduleExpression } from "./definition/schedule.ts";
export type { HealthCheck, Scale, Service } from "./definition/service.ts";
export type { Platform, TaskSize } from "./definition/size.ts";
export type { Stage } from "./definition/stage.ts";
export type { Table, TableCapacity, TableIndex, TableKey } from "./definition/table.ts";
export type { Topic } from "./definition/topic.ts";
export type { Volume } from "./definition/volume.ts";
export type { Duration, Percent, Rate, Size } from "./base/units.ts";
export type {
  JourneyContext,
  JourneyModule,
  JourneyRequestInit,
  JourneyResponse,
  ReadResult,
} from "./drill/journey.ts";
