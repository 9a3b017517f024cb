import type { Clock } from "../base/clock.ts";
import type { Ms } from "../base/units.ts";

/** Time that jumps from event to event. Events at the same instant happen in the order in which they were asked for. */
export interface VirtualTime extends Pick<Clock, "now" | "after"> {
  /** Lets everything happen that is due up to and at `until`, and calls `check` after each event. */
  runUntil(until: Ms, check?: () => void): void;
  /** How many events have happened. */
  readonly events: number;
  /** When the next is due; null: nothing more will happen. */
  next(): Ms | null;
}

interface Event {
  readonly at: Ms;
  readonly order: number;
  run: (() => void) | null;
}

/** A new time that begins at 0, with nothing in it. */
export function virtualTime(): VirtualTime {
  const heap: Event[] = [];
  let now = 0;
  let asked = 0;
  let events = 0;
  return {
    now: () => now,
    after(ms, run) {
      const event: Event = { at: now + Math.max(0, ms), order: asked, run };
      asked += 1;
      push(heap, event);
      return () => {
        event.run = null;
      };
    },
    runUntil(until, check) {
      for (let next = heap[0]; next && next.at <= until; next = heap[0]) {
        pop(heap);
        if (!next.run) continue; // cancelled
        now = next.at;
        events += 1;
        next.run();
        check?.();
      }
      now = Math.max(now, until);
    },
    get events() {
      return events;
    },
    next() {
      while (heap[0]?.run === null) pop(heap);
      return heap[0]?.at ?? null;
    },
  };
}

function isBefore(a: Event, b: Event): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at;
}

function push(heap: Event[], event: Event): void {
  let index = heap.push(event) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent]!; // a parent is in the heap
    if (!isBefore(event, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = event;
}

function pop(heap: Event[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1; // both are within its length
    if (!isBefore(heap[child]!, last)) break; // within its length
    heap[index] = heap[child]!; // within its length
    index = child;
  }
  heap[index] = last;
}
