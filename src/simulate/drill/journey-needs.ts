import type { Action } from "../../base/journal.ts";
import { type Journey, type Topology, componentsOf } from "../../topology/topology.ts";

/** What one request of a journey waits for. */
export interface RequestNeeds {
  /** The service that answers it; null where the edge does so by itself. */
  readonly service: string | null;
  readonly queues: readonly string[];
  /** Databases and caches that must take a write. */
  readonly writers: readonly string[];
  /** Databases that are read from whichever copy answers. */
  readonly readers: readonly string[];
}

/**
 * What a journey's request waits for, as far as a definition tells. It says what a service uses, and not for which
 * request, so this is what a well-made program does: a write that can be handed to a queue is, and what the queue's
 * workers keep in a database is read from its readers; what must not be lost waits for no cache; what is kept as well
 * as may be rests on caches alone.
 */
export function needsOf(topology: Topology, journey: Journey, action: Action): RequestNeeds {
  const own = (ids: readonly string[]): string[] => ids.filter((id) => journey.needs.includes(id));
  const services = componentsOf(topology, "service");
  const service = services.find(({ id, settings }) => settings.protocol !== null && journey.needs.includes(id))?.id;
  const [queues, databases, caches] = (["queue", "database", "cache"] as const).map((kind) =>
    own(componentsOf(topology, kind).map(({ id }) => id)),
  ) as [string[], string[], string[]]; // one for each kind
  const nothing = { service: service ?? null, queues: [], writers: [], readers: [] };
  if (service === undefined) return nothing;
  if (journey.durability === "best-effort" && caches.length > 0) return { ...nothing, writers: caches };
  const later = services
    .filter(({ settings: { consumes } }) => consumes !== null && queues.includes(consumes))
    .flatMap(({ settings: { uses } }) => uses);
  const readers = databases.filter((id) => later.includes(id));
  const writers = databases.filter((id) => !later.includes(id));
  return action === "write" ? { ...nothing, queues, writers } : { ...nothing, readers, writers };
}
