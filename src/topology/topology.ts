import type { Ms } from "../base/units.ts";
import type { AcceleratorSettings } from "./kind/accelerator.ts";
import type { BucketSettings } from "./kind/bucket.ts";
import type { BusSettings } from "./kind/bus.ts";
import type { CacheSettings } from "./kind/cache.ts";
import type { DatabaseSettings } from "./kind/database.ts";
import type { EdgeSettings } from "./kind/edge.ts";
import type { FileSystemSettings } from "./kind/file-system.ts";
import type { FunctionSettings } from "./kind/function.ts";
import type { HttpApiSettings } from "./kind/http-api.ts";
import type { QueueSettings } from "./kind/queue.ts";
import type { ScheduleSettings } from "./kind/schedule.ts";
import type { ServiceSettings } from "./kind/service.ts";
import type { TableSettings } from "./kind/table.ts";
import type { TopicSettings } from "./kind/topic.ts";
import type { VolumeSettings } from "./kind/volume.ts";
import type { Assumptions } from "./assumption.ts";
import type { ShippingSettings } from "./shipping.ts";

/**
 * The kinds of component. One kind has one file name in every room: `queue.ts` in definition, local/engine, simulate,
 * aws; what each is set to is in `kind/`.
 */
export type Kind = Component["kind"];

/**
 * What one failure takes at once: a zonal component has instances in zones; a regional one dies with its region; a
 * global one with neither.
 */
export type Scope = "zone" | "region" | "global";

export type Layer = "edge" | "compute" | "messaging" | "data";

export type RecoveryStrategy = "backup-restore" | "pilot-light" | "warm-standby" | "active-active";

export interface Zone {
  readonly name: string;
  /** Position in its region, from 0. */
  readonly index: number;
}

export interface Region {
  readonly name: string;
  readonly index: number;
  readonly role: "primary" | "secondary";
  readonly zones: readonly Zone[];
}

interface ComponentOf<K extends string, Settings> {
  /** The user's own name for it. */
  readonly id: string;
  readonly kind: K;
  readonly layer: Layer;
  readonly scope: Scope;
  readonly settings: Settings;
}

export type EdgeComponent = ComponentOf<"edge", EdgeSettings>;
export type ServiceComponent = ComponentOf<"service", ServiceSettings>;
export type FunctionComponent = ComponentOf<"function", FunctionSettings>;
export type HttpApiComponent = ComponentOf<"http-api", HttpApiSettings>;
export type AcceleratorComponent = ComponentOf<"accelerator", AcceleratorSettings>;
export type ScheduleComponent = ComponentOf<"schedule", ScheduleSettings>;
export type QueueComponent = ComponentOf<"queue", QueueSettings>;
export type TopicComponent = ComponentOf<"topic", TopicSettings>;
export type BusComponent = ComponentOf<"bus", BusSettings>;
export type DatabaseComponent = ComponentOf<"database", DatabaseSettings>;
export type CacheComponent = ComponentOf<"cache", CacheSettings>;
export type TableComponent = ComponentOf<"table", TableSettings>;
export type BucketComponent = ComponentOf<"bucket", BucketSettings>;
export type FileSystemComponent = ComponentOf<"file-system", FileSystemSettings>;
export type VolumeComponent = ComponentOf<"volume", VolumeSettings>;
export type Component =
  | EdgeComponent
  | ServiceComponent
  | FunctionComponent
  | HttpApiComponent
  | AcceleratorComponent
  | ScheduleComponent
  | QueueComponent
  | TopicComponent
  | BusComponent
  | DatabaseComponent
  | CacheComponent
  | TableComponent
  | BucketComponent
  | FileSystemComponent
  | VolumeComponent;

/**
 * One running thing of a component. A regional component has one a region with zone null; the edge one in all, with
 * region null.
 */
export interface Instance {
  /** `<component>-<zone>`; the second and later ones of a zone end in `-2`, `-3` … */
  readonly id: string;
  readonly component: string;
  readonly region: string | null;
  readonly zone: string | null;
}

export interface Link {
  readonly from: string;
  readonly to: string;
  readonly mode: "synchronous" | "asynchronous" | "replication";
}

/** A request that a journey makes: `{key}` in the path stands for the operation's key. */
export interface JourneyRequest {
  readonly method: string;
  readonly path: string;
}

export interface Journey {
  readonly id: string;
  readonly durability: "acknowledged" | "best-effort";
  readonly write: JourneyRequest | null;
  readonly read: JourneyRequest | null;
  /** A module with `write`, `read` and `effects`, absolute; null where the short form is enough. */
  readonly module: string | null;
  /** Share of the arrivals, relative to the other journeys'. */
  readonly weight: number;
  /** Components whose loss stops it: what its requests reach synchronously. */
  readonly needs: readonly string[];
}

export interface ScopeObjective {
  readonly rtoMs: Ms | null;
  readonly rpoMs: Ms | null;
}

export interface Objectives {
  /** From 0 to 1; null where none is set. */
  readonly availability: number | null;
  /** Requests a second at the peak; null where none is set. */
  readonly peak: number | null;
  readonly instance: ScopeObjective;
  readonly zone: ScopeObjective;
  readonly region: ScopeObjective;
}

/** Who gives a region up, and what may be lost by it. */
export interface FailoverPolicy {
  /** `approval`: a person says yes before. */
  readonly mode: "automatic" | "approval";
  /** What a failover may lose without asking; null: whatever it is. */
  readonly onLag: { readonly mostMs: Ms; readonly waitMs: Ms; readonly afterwards: "ask" | "promote" } | null;
}

/** Where everything is: a frozen, JSON-serialisable graph, the same for every world. */
export interface Topology {
  readonly system: string;
  readonly recovery: RecoveryStrategy;
  readonly failover: FailoverPolicy;
  readonly regions: readonly Region[];
  readonly components: readonly Component[];
  readonly instances: readonly Instance[];
  readonly links: readonly Link[];
  readonly journeys: readonly Journey[];
  readonly objectives: Objectives;
  readonly shipping: ShippingSettings;
  /** What estimates and simulations rest on; left out: the facts alone. */
  readonly assumptions?: Assumptions;
}

/** The component named `id` of this `kind`; undefined where there is none. */
export function findComponent<K extends Kind>(
  topology: Topology,
  kind: K,
  id: string,
): Extract<Component, { kind: K }> | undefined {
  return componentsOf(topology, kind).find((component) => component.id === id);
}

/** All components of one kind, in the order of the definition. */
export function componentsOf<K extends Kind>(topology: Topology, kind: K): readonly Extract<Component, { kind: K }>[] {
  return topology.components.filter(
    (component): component is Extract<Component, { kind: K }> => component.kind === kind,
  );
}

/** How often these journeys are walked, on a scale that all of a system's share. */
export function weightOf(journeys: readonly Journey[]): number {
  return journeys.reduce((sum, { weight }) => sum + weight, 0);
}
