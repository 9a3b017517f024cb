import type { Action } from "../../base/journal.ts";
import type { Random } from "../../base/random.ts";
import { timelineOf } from "../../base/steady.ts";
import type { Ms } from "../../base/units.ts";
import { type Journey, weightOf } from "../../topology/topology.ts";
import { type VirtualTime, virtualTime } from "../virtual-time.ts";

/** How the customers of a drill behave; the drill says so, since it plays them. */
export interface DrillCustomers {
  /** Operations that arrive in a second. */
  readonly rate: number;
  readonly attempts: number;
  /** How long an attempt is waited for. */
  readonly attemptMs: Ms;
  /** The longest pause after each attempt but the last; what is drawn is uniform from 0 to it. */
  readonly backoffMs: readonly Ms[];
  /** Of the operations on what can be written: the share that reads what was written. */
  readonly readShare: number;
}

/** One attempt of an operation. */
export interface AttemptAt {
  readonly journey: Journey;
  readonly action: Action;
  /** When it is sent; the fault strikes at 0. */
  readonly at: Ms;
  /** Who sends it: a number that the operation's attempts share, and no others. */
  readonly customer: number;
  /** How many addresses were given up before: each refusal or time-out leads to the next one. */
  readonly turn: number;
}

/** How the modelled world answers. What takes longer than customers wait is a time-out, whatever `ok` says. */
export interface Answer {
  readonly ok: boolean;
  readonly tookMs: Ms;
  /** Nobody answered, not even with an error, so that the next address is tried. @default false */
  readonly silent?: boolean;
}

/** One drill, as it is played in virtual time. */
export interface Play {
  readonly journeys: readonly Journey[];
  readonly customers: DrillCustomers;
  /** Until when customers arrive; the last three seconds show whether it is steady. */
  readonly untilMs: Ms;
  /** An operation that takes longer makes its second a slow one. */
  readonly slowAfterMs: Ms;
  readonly random: Random;
  /** How many times as often as usual customers arrive at this moment. @default once */
  crowd?(at: Ms): number;
  /**
   * From when on a journey can be steady: the heal, where it needs what cannot work before. @default the fault
   */
  steadyFrom?(journey: Journey): Ms;
  attempt(attempt: AttemptAt): Answer;
}

/** How a journey fared. */
export interface Played {
  /** As drills count it: 0 where every operation ended well, null where it never became steady. */
  readonly recoveryTimeMs: Ms | null;
  readonly operations: number;
  /** Operations that did not end well. */
  readonly failed: number;
}

/** Customers come for so long before the fault: some operations are on their way when it strikes. */
const BEFORE_MS = 1_000;
const FAULT_AT = 0;

interface Operation {
  readonly dueAt: Ms;
  readonly at: Ms;
  readonly outcome: "ok" | "failed";
}

/**
 * Plays the customers of a drill against a modelled world: they arrive at the drill's rate whether or not earlier ones
 * were served, try up to so many times with full jitter between, and what they saw is judged by the drill's own rule.
 * The world is told of attempts in the order in which they are sent.
 */
export function playCustomers(play: Play): ReadonlyMap<string, Played> {
  const { journeys, customers, untilMs, random } = play;
  const operations = new Map(journeys.map(({ id }) => [id, [] as Operation[]]));
  const gaps = random.fork("gaps");
  const choice = random.fork("journeys");
  const jitter = random.fork("jitter");
  const time = virtualTime();
  let customer = 0;
  const arrive = (before: Ms): void => {
    const dueAt = before + gaps.exponential(1_000 / (customers.rate * (play.crowd?.(before - BEFORE_MS) ?? 1)));
    if (dueAt >= untilMs + BEFORE_MS) return;
    time.after(dueAt - time.now(), () => {
      const journey = drawJourney(journeys, choice);
      const action = actionOf(journey, customers.readShare, choice);
      customer += 1;
      const first = { journey, action, at: dueAt - BEFORE_MS, customer, turn: 0 };
      operate(first, { play, time, jitter, done: (operation) => operations.get(journey.id)?.push(operation) });
      arrive(dueAt);
    });
  };
  arrive(0);
  time.runUntil(Number.POSITIVE_INFINITY);
  return new Map(journeys.map((journey) => [journey.id, judge(operations.get(journey.id) ?? [], play, journey)]));
}

function drawJourney(journeys: readonly Journey[], random: Random): Journey {
  let at = random.next() * weightOf(journeys);
  return journeys.find(({ weight }) => (at -= weight) < 0) ?? journeys[0]!; // a drill has a journey at least
}

function actionOf({ write, read, module }: Journey, readShare: number, random: Random): Action {
  const drawn = random.next() < readShare;
  if (write === null && module === null) return "read";
  return read === null && module === null ? "write" : drawn ? "read" : "write";
}

interface Walking {
  readonly play: Play;
  readonly time: VirtualTime;
  readonly jitter: Random;
  done(operation: Operation): void;
}

function operate(first: AttemptAt, { play, time, jitter, done }: Walking): void {
  const { attempts, attemptMs, backoffMs } = play.customers;
  const attempt = (number: number, turn: number): void => {
    const sentAt = time.now() - BEFORE_MS;
    const answer = play.attempt({ ...first, at: sentAt, turn });
    const isLate = answer.tookMs >= attemptMs;
    const at = sentAt + Math.min(answer.tookMs, attemptMs);
    if (answer.ok && !isLate) return done({ dueAt: first.at, at, outcome: "ok" });
    if (number >= attempts) return done({ dueAt: first.at, at, outcome: "failed" });
    const pause = jitter.next() * (backoffMs[number - 1] ?? 0);
    time.after(at - sentAt + pause, () => attempt(number + 1, turn + (isLate || answer.silent ? 1 : 0)));
  };
  attempt(1, first.turn);
}

function judge(operations: readonly Operation[], play: Play, journey: Journey): Played {
  const counted = operations.filter(({ at }) => at >= FAULT_AT);
  const failed = counted.filter(({ outcome }) => outcome !== "ok").length;
  const common = { operations: counted.length, failed };
  if (failed === 0) return { ...common, recoveryTimeMs: 0 };
  const timeline = timelineOf(operations, { limitMs: play.slowAfterMs, faultAt: FAULT_AT });
  return { ...common, recoveryTimeMs: timeline.steadySince(play.steadyFrom?.(journey) ?? FAULT_AT, play.untilMs) };
}
