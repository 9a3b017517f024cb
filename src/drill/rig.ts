import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/error.ts";
import type { Host } from "../base/host.ts";
import type { DrillEvent, JournalEvent } from "../base/journal.ts";
import type { DrillPrediction } from "../base/prediction.ts";
import type { Ms } from "../base/units.ts";
import { componentsOf } from "../topology/topology.ts";
import type { World } from "../world/world.ts";
import { journalFile, openJournal } from "./journal.ts";
import { type Live, createLive } from "./live.ts";
import type { LoadPlan } from "./load-message.ts";
import { wayInto } from "./way-in.ts";
import { type Load, openLoad } from "./load.ts";
import type { Budgets, PlannedDrill } from "./plan.ts";

/** What all drills of one invocation share. */
export interface Session {
  readonly world: World;
  readonly host: Host;
  readonly clock: Clock;
  readonly seed: number;
  /** Arrivals a second. */
  readonly rate: number;
  /** Where journals go. */
  readonly directory: string;
  /** What the provider documents for promoting a replica, by component. */
  readonly documentedMs: Readonly<Record<string, Ms>>;
  readonly budgets: Budgets;
  /** What is expected of a drill; left out where nobody says so beforehand. */
  readonly predict?: (drill: PlannedDrill, before: BeforeDrill) => DrillPrediction | null;
  /** Aborts when the user wants out: what was broken is healed, the load ends, the journal gets its end. */
  readonly signal: AbortSignal;
}

/** What is known when a drill is about to begin. */
export interface BeforeDrill {
  /** Arrivals a second. */
  readonly rate: number;
  /** By database or cache: the member that takes writes. */
  readonly primaries: Readonly<Record<string, string>>;
}

/** What makes one drill another: its line in the journal. */
export type DrillLabel = Pick<
  DrillEvent,
  "name" | "target" | "blastClass" | "objective" | "expectation" | "predicted" | "repeat"
> & {
  /** 99th percentiles of the control run, by journey; empty in the control run itself. */
  readonly controlP99Ms: Readonly<Record<string, Ms>>;
};

/** What the steps of a drill work with. */
export interface Rig {
  readonly load: Load;
  readonly live: Live;
  record(event: JournalEvent): void;
  /**
   * Looks at `check` again and again; false where it has not come true within `withinMs`. Rejects where the user wants
   * out.
   */
  until(check: () => boolean, withinMs: Ms): Promise<boolean>;
}

const LOOK_AGAIN_MS = 50;

/**
 * Runs `steps` with a journal, a load and an eye on the world, and puts all of them away whatever happens. Where a step
 * fails, the journal's end says why; only what concerns the user's own modules is thrown. Resolves with the journal's
 * file.
 */
export async function withRig(
  label: DrillLabel,
  session: Session,
  steps: (rig: Rig) => Promise<void>,
): Promise<string> {
  const { world, clock } = session;
  const file = journalFile(session.directory, label.name, clock.now());
  const record = (event: JournalEvent): void => {
    journal.append(event);
    live.see(event);
  };
  // The load says nothing before it is started.
  const load = await openLoad(await loadPlan(label.name, session), record);
  const drill = drillEvent(label, session, load);
  const live = createLive(drill);
  const journal = await openJournal(file).catch(async (error: unknown) => {
    await load.close();
    throw error;
  });
  record(drill);
  const unwatch = world.watch((event) => record({ kind: "world", at: event.at, event }));
  let detail: string | undefined;
  try {
    await steps({ load, live, record, until: (check, withinMs) => until(check, withinMs, session) });
  } catch (error) {
    detail = session.signal.aborted ? "it was interrupted" : messageOf(error);
  } finally {
    unwatch();
    await load.close();
    record({ kind: "phase", at: clock.now(), phase: "end", ...(detail === undefined ? {} : { detail }) });
    await journal.close();
  }
  return file;
}

/** Waits for what cannot be stopped, unless the user wants out. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const out = Promise.withResolvers<never>();
  const onAbort = (): void => out.reject(new Error("it was interrupted"));
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  return Promise.race([work, out.promise]).finally(() => signal.removeEventListener("abort", onAbort));
}

async function until(check: () => boolean, withinMs: Ms, { clock, signal }: Session): Promise<boolean> {
  const deadline = clock.now() + withinMs;
  for (;;) {
    if (check()) return true;
    if (clock.now() >= deadline) return false;
    await clock.sleep(LOOK_AGAIN_MS, signal);
  }
}

function drillEvent(label: DrillLabel, { world, clock, seed, rate, documentedMs }: Session, load: Load): DrillEvent {
  const { topology, paceFactor } = world;
  const { controlP99Ms, ...rest } = label;
  return {
    kind: "drill",
    at: clock.now(),
    ...rest,
    system: topology.system,
    seed,
    rate,
    pace: paceFactor === 1 ? "aws" : "fast",
    paceFactor,
    documentedMs,
    queues: componentsOf(topology, "queue").map(({ id }) => id),
    journeys: topology.journeys.map(({ id, durability, needs }) => ({
      id,
      durability,
      needs,
      writes: load.abilities.some((ability) => ability.id === id && ability.writes),
      controlP99Ms: controlP99Ms[id] ?? null,
    })),
  };
}

/** The customers of a drill. Rejects with DRL-003 where the system has no way in for them. */
export async function loadPlan(
  name: string,
  { world, clock, seed, rate, budgets }: Pick<Session, "world" | "clock" | "seed" | "rate" | "budgets">,
): Promise<LoadPlan> {
  const { topology } = world;
  const { entry, homes } = wayInto(topology, await world.status());
  const initials = name
    .split("-")
    .map((word) => word[0])
    .join("");
  return {
    prefix: `${initials}${Math.floor(clock.now()).toString(36)}`,
    seed,
    rate,
    gaps: "exponential",
    // So many that none of them asks faster than a person might: a firewall counts by address.
    customers: Math.max(20, Math.ceil(rate / 2.5)),
    journeys: topology.journeys,
    entry,
    homes,
    visibleWithinMs: budgets.visibleMs,
    atMostMs: budgets.steadyAtMostMs + budgets.observeAtMostMs + budgets.settleMs + 60_000,
  };
}
