import type { Part } from "./part/part.ts";

/** A part at which not every attempt succeeds. */
export interface Short {
  readonly key: string;
  readonly share: number;
}

interface Entry {
  readonly key: string;
  readonly part: Part;
  /** How many were there before it. */
  readonly at: number;
  /** What it was when it was looked at last. */
  share: number;
  /** It is to be looked at after the event that happens now. */
  isDue: boolean;
}

/**
 * The parts of an incident. After an event only those are looked at to which it happened, and those that change as time
 * goes by, so that what an event costs does not grow with the parts that are merely there.
 */
export class Roster {
  readonly #entries = new Map<string, Entry>();
  #due: Entry[] = [];
  /** In the order in which the parts came. */
  readonly #short: Entry[] = [];
  #isChanged = false;

  get(key: string): Part | undefined {
    return this.#entries.get(key)?.part;
  }

  /** Something happens to a part for the first time. */
  add(key: string, part: Part): void {
    this.#entries.set(key, { key, part, at: this.#entries.size, share: 1, isDue: false });
    this.touch(key);
  }

  /** Something happens to a part, if it is there. */
  touch(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.isDue) return;
    entry.isDue = true;
    this.#due.push(entry);
  }

  /** Something happens that concerns all of them. */
  touchAll(): void {
    this.#isChanged = true;
    for (const key of this.#entries.keys()) this.touch(key);
  }

  /** Looks at those that something has happened to. Tells whether customers may lack something else than before. */
  look(): boolean {
    const due = this.#due.sort((a, b) => a.at - b.at);
    let isChanged = this.#isChanged;
    this.#isChanged = false;
    this.#due = [];
    for (const entry of due) entry.isDue = entry.part.look();
    for (const entry of due) {
      if (entry.isDue) this.#due.push(entry);
      const share = entry.part.share();
      if (share === entry.share) continue;
      isChanged = true;
      if (entry.share < 1) this.#short.splice(this.#short.indexOf(entry), 1);
      entry.share = share;
      if (share < 1) this.#insert(entry);
    }
    return isChanged;
  }

  /** Those at which not every attempt succeeds, as they were when they were looked at last. */
  get short(): readonly Short[] {
    return this.#short;
  }

  /** All of them, in the order in which they came. */
  get all(): readonly (readonly [key: string, part: Part])[] {
    return [...this.#entries.values()].map(({ key, part }) => [key, part]);
  }

  #insert(entry: Entry): void {
    const next = this.#short.findIndex(({ at }) => at > entry.at);
    this.#short.splice(next < 0 ? this.#short.length : next, 0, entry);
  }
}
