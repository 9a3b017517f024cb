import type { WorldEvent } from "../base/journal.ts";

/** Hands what the world sees, decides and does to everyone who watches. A listener that throws is its own problem. */
export class EventHub {
  readonly #listeners = new Set<(event: WorldEvent) => void>();

  emit(event: WorldEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Calls `listener` for every event from now on, until the returned function is called. */
  watch(listener: (event: WorldEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
