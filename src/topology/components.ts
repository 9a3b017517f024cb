import type { Definition } from "../definition/validate.ts";
import { acceleratorSettings } from "./kind/accelerator.ts";
import { bucketSettings } from "./kind/bucket.ts";
import { busSettings } from "./kind/bus.ts";
import { cacheSettings } from "./kind/cache.ts";
import { databaseSettings } from "./kind/database.ts";
import { edgeSettings } from "./kind/edge.ts";
import { fileSystemSettings } from "./kind/file-system.ts";
import { functionSettings } from "./kind/function.ts";
import { httpApiSettings } from "./kind/http-api.ts";
import { queueSettings } from "./kind/queue.ts";
import { scheduleSettings } from "./kind/schedule.ts";
import { serviceSettings } from "./kind/service.ts";
import { tableSettings } from "./kind/table.ts";
import { topicSettings } from "./kind/topic.ts";
import { volumeSettings } from "./kind/volume.ts";
import type { Component, Kind, Layer, Scope } from "./topology.ts";

/**
 * Where each kind stands and what one failure takes of it. A file system of Lustre is the exception: it stands in one
 * zone.
 */
export const PLACE_OF_KIND: Readonly<Record<Kind, { readonly layer: Layer; readonly scope: Scope }>> = {
  edge: { layer: "edge", scope: "global" },
  accelerator: { layer: "edge", scope: "global" },
  "http-api": { layer: "edge", scope: "region" },
  service: { layer: "compute", scope: "zone" },
  function: { layer: "compute", scope: "region" },
  schedule: { layer: "messaging", scope: "region" },
  queue: { layer: "messaging", scope: "region" },
  topic: { layer: "messaging", scope: "region" },
  bus: { layer: "messaging", scope: "region" },
  database: { layer: "data", scope: "zone" },
  cache: { layer: "data", scope: "zone" },
  table: { layer: "data", scope: "region" },
  bucket: { layer: "data", scope: "region" },
  "file-system": { layer: "data", scope: "region" },
  volume: { layer: "data", scope: "zone" },
};

/** The components of a definition in `directory`, from the edge inwards. */
export function compileComponents(definition: Definition, directory: string): readonly Component[] {
  const { edge, services, functions, httpApis, accelerators, schedules, queues, topics, buses } = definition;
  const { databases, caches, tables, buckets, fileSystems, volumes } = definition;
  return [
    ...(edge === null ? [] : of("edge", { edge }, (found) => edgeSettings(found, directory))),
    ...of("accelerator", accelerators, acceleratorSettings),
    ...of("http-api", httpApis, httpApiSettings),
    ...of("service", services, (service) => serviceSettings(service, directory)),
    ...of("function", functions, (_, id) => functionSettings(definition, id, directory)),
    ...of("schedule", schedules, scheduleSettings),
    ...of("queue", queues, queueSettings),
    ...of("topic", topics, topicSettings),
    ...of("bus", buses, busSettings),
    ...of("database", databases, databaseSettings),
    ...of("cache", caches, cacheSettings),
    ...of("table", tables, tableSettings),
    ...of("bucket", buckets, bucketSettings),
    ...of("file-system", fileSystems, fileSystemSettings).map((component) =>
      component.settings.engine === "fsx-lustre" ? { ...component, scope: "zone" as const } : component,
    ),
    ...of("volume", volumes, volumeSettings),
  ];
}

/** The components of one kind, each with its settings and its place. */
function of<K extends Kind, T>(
  kind: K,
  named: Readonly<Record<string, T>>,
  settings: (value: T, id: string) => Extract<Component, { kind: K }>["settings"],
) {
  return Object.entries(named).map(([id, value]) => ({
    id,
    kind,
    ...PLACE_OF_KIND[kind],
    settings: settings(value, id),
  }));
}
