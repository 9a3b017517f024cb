import type { Cancel } from "../../../base/clock.ts";
import type { Ms } from "../../../base/units.ts";
import type { ScalingSpec } from "../../../control/scaling.ts";
import { type Demand, demandAt, mostOf } from "./load.ts";
import type { Blame, Part, Surroundings } from "./part.ts";
import { TasksPart } from "./tasks.ts";
import { Tracking } from "./tracking.ts";

/** What waits in a queue of one region, and who works it off. Rates are messages a second. */
export interface WorkPlan extends Demand {
  readonly kind: "work";
  /** Keys of the parts that must work for a message to get in. */
  readonly sources: ReadonlySet<string>;
  /** The tasks that work it off; null: functions, of which there are always enough. */
  readonly workers: string | null;
  /** What those bear while all is well. */
  readonly usualCapacity: number;
  /** How many of them there are while all is well. */
  readonly usualTasks: number;
  /** Keys of the parts that they need for it. */
  readonly needs: ReadonlySet<string>;
  /** Whether messages come by writes to databases, and whether they lead to some. */
  readonly isWritten: boolean;
  readonly writes: boolean;
  /** How long one message takes. */
  readonly workMs: Ms;
  readonly retentionMs: Ms;
  /** By how many messages wait; null: nothing follows them. */
  readonly scaling: ScalingSpec | null;
  /** Where its messages are put in again once its region is lost and another one writes; null: they wait for it. */
  readonly twin: string | null;
  /** Work that waits for longer is late by the objectives; null: there is none. */
  readonly objectiveMs: Ms | null;
}

/** What became of the work behind a queue, in messages. */
export interface WorkReport {
  readonly beyondObjective: number;
  readonly lost: number;
  readonly longestMs: Ms;
}

/** Messages that came in at about the same time. */
interface Batch {
  readonly at: Ms;
  count: number;
}

/** Less than this is nothing: rates are not exact. */
const TINY = 1e-6;
const SHORTEST_TICK_MS = 1_000;
const USUAL_TICK_MS = 60_000;
/** What has waited for long is looked at the less often. */
const TICK_OF_AGE = 0.1;

/**
 * See {@link WorkPlan}: a queue as a fluid, first in, first out. While it is worked off as it comes in nothing is
 * computed. What is under way is what waits when its workers stop.
 */
export class WorkPart implements Part {
  readonly #plan: WorkPlan;
  readonly #around: Surroundings;
  readonly #tracking: Tracking | null;
  #batches: Batch[] = [];
  #waiting = 0;
  #since: Ms;
  /** Rates from `#since` on. */
  #inflow = 0;
  #outflow = 0;
  /** When it looks again. */
  #tickAt: Ms = 0;
  #cancel: Cancel = () => undefined;
  #blame: Blame | null = null;
  #beyondObjective = 0;
  #lost = 0;
  #longestMs: Ms = 0;

  constructor(plan: WorkPlan, around: Surroundings) {
    this.#plan = plan;
    this.#around = around;
    this.#since = around.time.now();
    const { scaling: spec } = plan;
    this.#tracking =
      spec &&
      new Tracking(
        {
          spec,
          usual: plan.usualTasks,
          metric: () => this.#waiting,
          isBusy: () => this.#waiting > 0,
          scaleTo: (count) => this.#workers()?.scaleTo(count),
        },
        around.time,
      );
  }

  /** Nobody waits for it. */
  share(): number {
    return 1;
  }

  /** What became of the work, so far. */
  report(): WorkReport {
    return { beyondObjective: this.#beyondObjective, lost: this.#lost, longestMs: this.#longestMs };
  }

  strike(): void {
    // what strikes it strikes the queue, or its workers
  }

  zoneChanged(): void {
    // its workers are in zones
  }

  zoneNoticed(): void {
    // its workers are in zones
  }

  look(): boolean {
    this.#pass();
    this.#inflow = this.#comesIn();
    this.#outflow = this.#goesOut();
    const isStuck = this.#outflow === 0 && this.#demand() > 0; // then what is under way waits, too
    if (this.#waiting === 0 && this.#inflow <= this.#outflow && !isStuck) {
      this.#blame = null;
      return this.#plan.twin !== null || mostOf(this.#plan, this.#around) > this.#outflow;
    }
    this.#blame ??= this.#begin();
    this.#handOver();
    this.#tick();
    this.#tracking?.watch();
    return true;
  }

  /** Messages of a region that is lost are put in here. */
  take(batches: readonly Batch[], blame: Blame): void {
    this.#blame ??= blame;
    this.#batches = [...batches, ...this.#batches].toSorted((a, b) => a.at - b.at);
    for (const { count } of batches) this.#waiting += count;
  }

  #begin(): Blame {
    this.#put((this.#demand() * this.#plan.workMs) / 1_000, this.#around.time.now());
    return this.#around.blame();
  }

  #demand(): number {
    return demandAt(this.#plan, this.#around);
  }

  #comesIn(): number {
    const { region, isWritten, sources } = this.#plan;
    const { isThere, isWritable } = this.#around;
    if (!isThere(region) || (isWritten && !isWritable())) return 0;
    return this.#demand() * this.#shareOf(sources);
  }

  #goesOut(): number {
    const { region, writes, needs, workers, usualCapacity } = this.#plan;
    const { isThere, isWritable } = this.#around;
    if (!isThere(region) || (writes && !isWritable())) return 0;
    const share = this.#shareOf(needs);
    if (workers === null) return share === 0 ? 0 : Infinity;
    return (this.#workers()?.capacity ?? usualCapacity) * share;
  }

  #workers(): TasksPart | undefined {
    const part = this.#plan.workers === null ? undefined : this.#around.part(this.#plan.workers);
    return part instanceof TasksPart ? part : undefined;
  }

  #shareOf(keys: ReadonlySet<string>): number {
    let share = 1;
    for (const key of keys) share *= this.#around.part(key)?.share() ?? 1;
    return share;
  }

  /** What has come in and what was worked off since the last time. */
  #pass(): void {
    const now = this.#around.time.now();
    const passed = (now - this.#since) / 1_000;
    if (passed > 0 && this.#blame !== null) {
      this.#put(this.#inflow * passed, (this.#since + now) / 2);
      this.#expire(now);
      this.#workOff(passed);
    }
    this.#since = now;
  }

  #put(count: number, at: Ms): void {
    if (count <= 0) return;
    this.#batches.push({ at, count });
    this.#waiting += count;
  }

  /** So many seconds of work, the oldest message first. */
  #workOff(seconds: number): void {
    let [left, done] = [this.#outflow * seconds, 0];
    let endsAt = this.#since;
    for (const batch of this.#batches) {
      const count = Math.min(batch.count, left);
      if (count > 0) {
        endsAt += (count / this.#outflow) * 1_000;
        this.#finish(count, Math.max(0, endsAt - batch.at));
      }
      batch.count -= count;
      left -= count;
      if (batch.count > TINY) break;
      done += 1;
    }
    this.#batches.splice(0, done);
    this.#waiting = this.#batches.reduce((sum, { count }) => sum + count, 0);
  }

  #finish(count: number, waitedMs: Ms): void {
    const { objectiveMs } = this.#plan;
    if (objectiveMs !== null && waitedMs > objectiveMs) this.#beyondObjective += count;
    this.#longestMs = Math.max(this.#longestMs, waitedMs);
    this.#blame?.delay(waitedMs);
  }

  /** What has waited for longer than the queue keeps it is gone. */
  #expire(now: Ms): void {
    const { retentionMs } = this.#plan;
    for (let first = this.#batches[0]; first && now - first.at > retentionMs; first = this.#batches[0]) {
      this.#batches.shift();
      this.#waiting -= first.count;
      this.#lost += first.count;
      this.#blame?.lose(now - first.at);
    }
  }

  #handOver(): void {
    const { region, twin } = this.#plan;
    const { isThere, isWritable, part } = this.#around;
    const other = twin === null ? undefined : part(twin);
    if (isThere(region) || !isWritable() || !(other instanceof WorkPart) || this.#blame === null) return;
    other.take(this.#batches, this.#blame);
    this.#batches = [];
    this.#waiting = 0;
  }

  /** Looks again soon, or when it should be worked off. */
  #tick(): void {
    const now = this.#around.time.now();
    const age = now - (this.#batches[0]?.at ?? now);
    const usual = Math.max(USUAL_TICK_MS, TICK_OF_AGE * age);
    const surplus = this.#outflow - this.#inflow;
    const untilDone = surplus > 0 ? Math.max(SHORTEST_TICK_MS, (this.#waiting / surplus) * 1_000) : usual;
    const at = now + Math.min(usual, untilDone);
    if (this.#tickAt > now && this.#tickAt <= at) return;
    this.#cancel();
    this.#tickAt = at;
    this.#cancel = this.#around.time.after(at - now, () => undefined); // after each event there is a look
  }
}
