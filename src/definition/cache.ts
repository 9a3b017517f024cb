import type { Duration } from "../base/units.ts";
import { CACHE } from "../facts/timing.ts";
import type { Context } from "./context.ts";
import { type Detection, checkCopies, readDetection } from "./database.ts";
import { type Read, duration, group, oneOf, optional, shape, text, whole } from "./schema.ts";

/**
 * A cache with a node in every zone, one of which takes writes. ElastiCache on AWS. Replication is asynchronous:
 * a failover may lose the last writes, so a journey that rests on it is `durability: "best-effort"`.
 *
 * @example
 * sessions: {}
 */
export interface Cache {
  /** @default "valkey" */
  readonly engine?: "valkey" | "redis";
  /** Replicas that must be in touch before the primary takes a write, from 0 to 5. @default 1 (0 with a single zone) */
  readonly minReplicasToWrite?: number;
  /** How long clients keep the address of the primary, from 1 to 60 seconds. @default "5 seconds" */
  readonly endpointTtl?: Duration;
  /** How the loss of the primary is noticed. @default see Detection */
  readonly detection?: Detection;
  /** The node type of all members on AWS. @default "cache.r7g.large" */
  readonly size?: `cache.${string}`;
}

/** A cache as a definition has it, with all that was left out. */
export type CacheDefinition = Read<ReturnType<typeof readCache>>;

const readNodeType = text({
  max: 32,
  pattern: /^cache\.[a-z]\d[a-z0-9]*\.[a-z0-9]+$/,
  form: 'a node type such as "cache.r7g.large"',
});

/** Reads a cache; it has a node in each of the zones. */
export function readCache({ zones }: Context) {
  const fields = {
    engine: optional(oneOf("valkey", "redis"), "valkey"),
    minReplicasToWrite: optional(whole({ min: 0, max: CACHE.maxReplicas.value }), zones > 1 ? 1 : 0),
    endpointTtl: optional(duration({ min: 1_000, max: 60_000 }), CACHE.endpointTtl.value),
    detection: group(readDetection),
    size: optional(readNodeType, "cache.r7g.large"),
  };
  return shape(fields, ({ minReplicasToWrite }, at, problems) => {
    checkCopies({ at: `${at}.minReplicasToWrite`, copies: minReplicasToWrite, zones }, problems);
  });
}
