import type { AttemptOutcome, JournalEvent, Outcome } from "../base/journal.ts";
import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import type { Ms } from "../base/units.ts";
import { type Attempt, attemptOnce, mayHaveHappened } from "./attempt.ts";
import { type Operation, PATIENCE } from "./customer.ts";
import type { HttpClient } from "./exchange.ts";

/** What an operation needs around it. */
export interface Surroundings {
  readonly client: HttpClient;
  readonly clock: Clock;
  /** For the jitter. */
  readonly random: Random;
  emit(event: JournalEvent): void;
}

/**
 * Walks one operation as a customer would: up to three attempts of one second, full jitter between them, the same key,
 * the next address after a refusal or a time-out. Emits each attempt and then the operation. It is `ok` where any
 * attempt was answered as wanted, else `unknown` where a write may have happened all the same, else `failed`. A read
 * changes nothing, so it is never unknown.
 */
export async function perform(operation: Operation, around: Surroundings): Promise<Outcome> {
  const { clock, client } = around;
  const made: Attempt[] = [];
  let turn = operation.customer.id;
  for (let number = 1; number <= PATIENCE.attempts; number++) {
    const attempt = await attemptOnce(operation, { client, clock, turn });
    made.push(attempt);
    around.emit(attemptEvent(operation, number, attempt, clock.now()));
    if (isSettled(attempt) || number === PATIENCE.attempts) break;
    if (attempt.status === null && attempt.outcome !== "reset") turn++;
    await clock.sleep(around.random.next() * PATIENCE.backoffMs[number - 1]!); // one pause fewer than attempts
  }
  const outcome = outcomeOf(operation, made, clock.now());
  const { id, of, action, key, dueAt } = operation;
  const at = clock.now();
  around.emit({
    kind: "operation",
    at,
    id,
    journey: of.journey.id,
    action,
    key,
    outcome,
    dueAt,
    attempts: made.length,
  });
  return outcome;
}

function attemptEvent(operation: Operation, number: number, attempt: Attempt, at: Ms): JournalEvent {
  const { id, of, action, key } = operation;
  const { outcome, status, tookMs, address } = attempt;
  const common = { kind: "attempt", at, id: `${id}.${number}`, operation: id, journey: of.journey.id } as const;
  return { ...common, action, key, number, outcome, status, tookMs, address };
}

const ANSWERED: ReadonlySet<AttemptOutcome> = new Set(["acknowledged", "absent"]);

/**
 * Nothing is gained by another attempt: it was answered, or refused for good (4xx, but not 429, "too many requests").
 */
function isSettled({ outcome, status }: Attempt): boolean {
  if (ANSWERED.has(outcome)) return true;
  return outcome === "rejected" && status !== null && status < 500 && status !== 429;
}

function outcomeOf({ action, absentUntil }: Operation, attempts: readonly Attempt[], now: Ms): Outcome {
  const fair = (attempt: Attempt): boolean =>
    attempt.outcome === "acknowledged" || (attempt.outcome === "absent" && absentUntil !== null && now <= absentUntil);
  if (attempts.some(fair)) return "ok";
  return action === "write" && attempts.some(mayHaveHappened) ? "unknown" : "failed";
}
