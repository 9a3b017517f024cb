import type { Ms } from "../../base/units.ts";
import type { CacheDefinition } from "../../definition/cache.ts";
import { detectionSettings } from "./database.ts";

export interface CacheSettings {
  readonly engine: "valkey" | "redis";
  readonly endpointTtlMs: Ms;
  /** Whom programs log in as; on AWS two users of this name take turns. */
  readonly user: string;
  readonly minReplicasToWrite: number;
  readonly detection: { readonly intervalMs: Ms; readonly timeoutMs: Ms; readonly unhealthyThreshold: number };
  /** What its nodes are on AWS: a node type such as `cache.r7g.large`. */
  readonly size: string;
}

const CACHE_USER = "app";

/** What a definition says of a cache. */
export function cacheSettings({
  engine,
  endpointTtl,
  minReplicasToWrite,
  detection,
  size,
}: CacheDefinition): CacheSettings {
  return {
    engine,
    endpointTtlMs: endpointTtl,
    user: CACHE_USER,
    minReplicasToWrite,
    detection: detectionSettings(detection),
    size,
  };
}
