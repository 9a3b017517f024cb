import type { DrillEvent, DrilledExpectation, JournalEvent, OperationEvent, WorldEvent } from "../base/journal.ts";
import type { Ms } from "../base/units.ts";
import { AS_EVER } from "../fault/fault.ts";
import { claimsAwaited } from "./check/claims.ts";
import { STEADY, latencyLimit, timelineOf } from "../base/steady.ts";
import { leftATrace } from "./check/trace.ts";

/** A window counts once it has been over for this long: an operation that is slower shows later, in the journal. */
const LAG_MS = 500;

type Decision = Extract<WorldEvent, { kind: "decision" }>;

/** What a running drill knows of itself so far. It paces the drill; figures come from the journal alone. */
export interface Live {
  see(event: JournalEvent): void;
  /** Whether every journey was good in the last `windows` windows before `now`, all of them after `from`. */
  steady(options: { windows: number; from: Ms; now: Ms }): boolean;
  /**
   * Whether the fault of `faultAt` left its trace, what it must bring about has come, and no failover that it began is
   * still going on.
   *
   * @default expectation what the drill expects
   */
  played(faultAt: Ms, expectation?: DrilledExpectation): boolean;
  /** The first decision since then that is one of these, of a component or any; undefined where there is none yet. */
  decided(component: string | null, what: readonly string[], since: Ms): Decision | undefined;
  /** The region that customers were led to last; undefined where they were led to no other one so far. */
  ledTo(): string | undefined;
  /** Whether a failover has begun since then, and is still going on. */
  detected(faultAt: Ms): boolean;
  /** Every write so far, the last word on each. */
  writes(journey: string): readonly OperationEvent[];
  /** How many writes of a journey were seen through the public endpoint afterwards. */
  present(journey: string): number;
}

/** A view of the drill over these journeys. */
export function createLive({ journeys, expectation }: Pick<DrillEvent, "journeys" | "expectation">): Live {
  const expected = expectation ?? AS_EVER;
  const operations: OperationEvent[] = [];
  const world: WorldEvent[] = [];
  const present = new Map<string, number>();
  return {
    see(event) {
      if (event.kind === "operation") operations.push(event);
      if (event.kind === "world") world.push(event.event);
      if (event.kind === "read-back" && event.replica === null && event.outcome === "present") {
        present.set(event.journey, (present.get(event.journey) ?? 0) + 1);
      }
    },
    steady({ windows, from, now }) {
      const since = now - LAG_MS - windows * STEADY.windowMs;
      if (since < from) return false;
      const recent = operations.filter(({ dueAt }) => dueAt >= since);
      return journeys.every(({ id, controlP99Ms }) => {
        const own = recent.filter(({ journey }) => journey === id);
        const timeline = timelineOf(own, { limitMs: latencyLimit(controlP99Ms), faultAt: null });
        return Array.from({ length: windows }, (_, index) => timeline.window(since + index * STEADY.windowMs)).every(
          (state) => state === "good",
        );
      });
    },
    played(faultAt, expectation = expected) {
      const known = journeys.map((each) => ({
        ...each,
        operations: operations.filter((one) => one.journey === each.id),
      }));
      const struck = leftATrace({ trace: expectation.trace, world, journeys: known }, faultAt);
      return struck && claimsAwaited(expectation, world, faultAt) && !failingOver(world, faultAt);
    },
    decided: (component, what, since) =>
      world.find(
        (event): event is Decision =>
          event.kind === "decision" &&
          (component === null || event.component === component) &&
          event.at >= since &&
          what.includes(event.what),
      ),
    ledTo: () =>
      world.findLast((event): event is Decision => event.kind === "decision" && event.what === "traffic-shifted")
        ?.subject,
    detected: (faultAt) => failingOver(world, faultAt),
    writes: (journey) => operations.filter((each) => each.action === "write" && each.journey === journey),
    present: (journey) => present.get(journey) ?? 0,
  };
}

/** What begins and ends the failover of a primary, or the plan of a region's recovery. */
const BEGINS_FAILOVER: ReadonlySet<string> = new Set(["detected", "began"]);
const ENDS_FAILOVER: ReadonlySet<string> = new Set(["promoted", "cancelled", "restarted", "rolled-back", "finished"]);

/** Whether a failover was begun at `faultAt` or after it, and has not come to its end. */
export function failingOver(world: readonly WorldEvent[], faultAt: Ms): boolean {
  const open = new Set<string>();
  for (const event of world) {
    if (event.kind !== "decision" || event.at < faultAt) continue;
    if (BEGINS_FAILOVER.has(event.what)) open.add(event.component);
    if (ENDS_FAILOVER.has(event.what)) open.delete(event.component);
  }
  return open.size > 0;
}
