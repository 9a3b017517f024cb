import type { Action, JournalEvent } from "../base/journal.ts";
import type { Clock } from "../base/clock.ts";
import { type Random, seededRandom } from "../base/random.ts";
import type { Ms } from "../base/units.ts";
import type { Crowd } from "../fault/fault.ts";
import { attemptOnce } from "./attempt.ts";
import { createCookieJar } from "./cookie-jar.ts";
import { type RunningCrowd, startCrowd } from "./crowd.ts";
import type { Customer, Operation } from "./customer.ts";
import type { HttpClient } from "./exchange.ts";
import type { WalkableJourney } from "./journey.ts";
import { type Ledger, type Written, createLedger } from "./ledger.ts";
import type { LoadPlan, Look } from "./load-message.ts";
import { type Surroundings, perform } from "./operation.ts";

/** One read of an earlier write for every two writes. */
export const READ_SHARE = 1 / 3;
/** Read-backs at once: some thousand a second where the system is well, and no storm where it is not. */
const LOOKS_IN_FLIGHT = 16;

/** What traffic needs around it. */
export interface TrafficOptions {
  readonly plan: LoadPlan;
  readonly journeys: readonly WalkableJourney[];
  readonly client: HttpClient;
  readonly clock: Clock;
  /** Whether each customer comes from an address of their own. */
  readonly ownAddresses: boolean;
  emit(event: JournalEvent): void;
}

/**
 * The customers of a system: they arrive at a fixed rate whether or not the earlier ones were served (an open loop).
 */
export interface Traffic {
  start(): void;
  /** Ends the arrivals; resolves once no operation is in flight. */
  stop(): Promise<void>;
  /**
   * What else is asked of the system from now on, in place of what was; null: nothing more. Resolves once what was
   * asked before has ended. Rejects a flood where it could not be told from customers.
   */
  crowd(crowd: Crowd | null): Promise<void>;
  /** Customers ask no more for what was acknowledged in this time. */
  forget(time: { readonly from: Ms; readonly to: Ms }): void;
  /** Reads each key once, as the customer who wrote it. */
  look(keys: readonly string[]): Promise<readonly Look[]>;
  effects(): Promise<Readonly<Record<string, number | null>>>;
}

/** Source addresses of those who read back, apart from the customers'. */
const FIRST_AUDITOR = 0x8000;
const AUDITORS = 500;

/** Makes the customers of `plan`; their order, gaps, keys and jitter follow from its seed. */
export function createTraffic(options: TrafficOptions): Traffic {
  const { plan, journeys, client, clock, emit } = options;
  const random = seededRandom(plan.seed);
  const draws = { gaps: random.fork("gaps"), journeys: random.fork("journeys"), keys: random.fork("keys") };
  const surroundings: Surroundings = { client, clock, emit, random: random.fork("jitter") };
  const ledger = createLedger(plan.prefix);
  const customers: Customer[] = [];
  const inFlight = new Set<Promise<void>>();
  const stopping = new AbortController();
  const crowds = createCrowds(options);
  let looks = 0;
  /** With a customer's cookies, from another address: a firewall that counts by address must not see a flood. */
  const auditorFor = ({ jar }: Pick<Customer, "jar">): Customer => ({ id: FIRST_AUDITOR + (looks++ % AUDITORS), jar });

  /** A spike is more people, and not the same ones in a hurry. */
  const someone = (): Customer => {
    const id = draws.keys.int(plan.customers * crowds.factor());
    return (customers[id] ??= { id, jar: createCookieJar() });
  };

  const arrive = (dueAt: Ms): void => {
    const of = drawWeighted(journeys, draws.journeys);
    const written =
      of.walk.read && draws.keys.next() < READ_SHARE ? ledger.acknowledged(of.journey.id, draws.keys) : undefined;
    const action: Action = of.walk.write && !written ? "write" : "read";
    const entry = written ?? ledger.open(of.journey.id, someone(), draws.keys);
    const operation: Operation = {
      ...entry,
      id: `${ledger.nextOperation()}`,
      of,
      action,
      dueAt,
      absentUntil: absentUntil(of, written, plan),
    };
    const done = walk(operation, ledger, surroundings).finally(() => inFlight.delete(done));
    inFlight.add(done);
  };

  return {
    start: () =>
      void arrivals({ plan, clock, gaps: draws.gaps, signal: stopping.signal, factor: crowds.factor }, arrive),
    async stop() {
      stopping.abort();
      await Promise.all([...inFlight, crowds.set(null)]);
    },
    crowd: crowds.set,
    forget: ({ from, to }) => ledger.forget(from, to),
    look: (keys) =>
      inTurn(keys, LOOKS_IN_FLIGHT, (key) => {
        const written = ledger.written(key);
        return lookAt(written && { ...written, customer: auditorFor(written.customer) }, key, options);
      }),
    effects: () => readBooks(options, auditorFor({ jar: createCookieJar() })),
  };
}

/** The crowd of the moment: at most one. `factor`: how many times as often customers arrive with it. */
function createCrowds({ client, clock, emit, ownAddresses }: TrafficOptions): {
  factor(): number;
  set(crowd: Crowd | null): Promise<void>;
} {
  let factor = 1;
  let strangers: RunningCrowd | null = null;
  return {
    factor: () => factor,
    async set(crowd) {
      if (crowd?.kind === "flood" && !ownAddresses)
        throw new Error("this machine gives a program one address only, so a flood cannot be told from customers");
      const before = strangers;
      factor = crowd?.kind === "spike" ? crowd.factor : 1;
      strangers = crowd && crowd.kind !== "spike" ? startCrowd(crowd, { client, clock, emit }) : null;
      await before?.stop();
    },
  };
}

async function walk(operation: Operation, ledger: Ledger, around: Surroundings): Promise<void> {
  const outcome = await perform(operation, around);
  if (operation.action === "write" && outcome === "ok")
    ledger.acknowledge(operation.of.journey.id, operation.key, around.clock.now());
}

/** When customers arrive. */
interface Arrivals {
  readonly plan: LoadPlan;
  readonly clock: Clock;
  readonly gaps: Random;
  readonly signal: AbortSignal;
  /** How many times as often as planned, at this moment. */
  factor(): number;
}

/** Calls `arrive` at the instants of a Poisson process (or evenly), each with the instant at which it was due. */
async function arrivals({ plan, clock, gaps, signal, factor }: Arrivals, arrive: (dueAt: Ms) => void): Promise<void> {
  const endsAt = clock.now() + plan.atMostMs;
  for (let dueAt = clock.now(); dueAt < endsAt;) {
    const mean = 1_000 / (plan.rate * factor());
    dueAt += plan.gaps === "uniform" ? mean : gaps.exponential(mean);
    const wait = dueAt - clock.now();
    if (wait > 0) await clock.sleep(wait, signal).catch(() => undefined);
    if (signal.aborted) return;
    arrive(dueAt);
  }
}

function drawWeighted(journeys: readonly WalkableJourney[], random: Random): WalkableJourney {
  const total = journeys.reduce((sum, { journey }) => sum + journey.weight, 0);
  let at = random.next() * total;
  return journeys.find(({ journey }) => (at -= journey.weight) < 0) ?? journeys[0]!; // there is at least one
}

/**
 * What is only kept as well as possible may be gone: then its absence is a loss, counted there, and not a failed read.
 */
function absentUntil({ journey, walk }: WalkableJourney, written: Written | undefined, plan: LoadPlan): Ms | null {
  if (!walk.write || written?.acknowledgedAt === undefined) return null;
  return journey.durability === "best-effort"
    ? Number.POSITIVE_INFINITY
    : written.acknowledgedAt + plan.visibleWithinMs;
}

async function lookAt(written: Written | undefined, key: string, options: TrafficOptions): Promise<Look> {
  const of = options.journeys.find(({ journey }) => journey.id === written?.journey);
  if (!written || !of?.walk.read) return { key, outcome: "unknown", applied: null };
  const { client, clock } = options;
  const operation: Operation = { ...written, id: "look", of, action: "read", dueAt: clock.now(), absentUntil: null };
  const { outcome, shown } = await attemptOnce(operation, { client, clock, turn: written.customer.id });
  if (outcome === "absent") return { key, outcome, applied: null };
  if (outcome !== "acknowledged") return { key, outcome: "unknown", applied: null };
  return { key, outcome: "present", applied: typeof shown?.applied === "number" ? shown.applied : null };
}

async function readBooks(
  { journeys, client, clock }: TrafficOptions,
  customer: Customer,
): Promise<Record<string, number | null>> {
  const books: Record<string, number | null> = {};
  for (const { journey, walk } of journeys) {
    if (!walk.effects) continue;
    const reading = {
      journey,
      walk: { read: async (ctx) => ({ applied: await walk.effects!(ctx) }) },
    } satisfies WalkableJourney; // as just seen
    const operation = {
      id: "effects",
      of: reading,
      action: "read",
      key: "",
      value: "",
      customer,
      dueAt: 0,
      absentUntil: null,
    } as const;
    const { outcome, shown } = await attemptOnce(operation, { client, clock, turn: customer.id });
    books[journey.id] = outcome === "acknowledged" && typeof shown?.applied === "number" ? shown.applied : null;
  }
  return books;
}

/** Maps `items` with at most `width` at once, in their order. */
async function inTurn<T, R>(items: readonly T[], width: number, map: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await map(items[at]!); // at is below the length
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}
