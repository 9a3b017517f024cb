import { UserError } from "../base/error.ts";
import { FAULTS } from "../fault/catalogue.ts";
import { subjectsOf } from "../fault/target.ts";
import type { Topology } from "../topology/topology.ts";
import { OF_BACKUPS, type PrimitiveKind } from "../world/primitive.ts";
import type { World } from "../world/world.ts";
import type { DrillCode } from "./codes.ts";
import { runControl } from "./control.ts";
import { type DrillDocument, type DrillsDocument, worstOf } from "../base/drill-document.ts";
import { type PlannedDrill, budgetsOf } from "./plan.ts";
import type { Session } from "./rig.ts";
import { runDrill } from "./run.ts";

/** What to drill, and how hard. `budgets` are those of the world's pace unless given. */
export type DrillOptions = Omit<Session, "budgets"> & {
  readonly planned: readonly PlannedDrill[];
  readonly budgets?: Session["budgets"];
};

/**
 * Runs a control run and then each planned drill, one after the other, on a system that is whole in between. `onDrill`
 * hears of each as it ends. An interrupt ends the drill that runs (it is `unknown`) and leaves the rest out. Throws
 * DRL-003 where there is no journey to walk, DRL-006 where the control run fails, and RUN codes where the world is
 * gone.
 */
export async function runDrills(
  options: DrillOptions,
  onDrill: (drill: DrillDocument) => void,
): Promise<DrillsDocument> {
  const { planned, world, signal } = options;
  const session = sessionOf(options);
  // What is made ready for them must not disturb what everything is measured against.
  const limits = await world.limits(planned.flatMap((each) => kindsOf(each, world.topology)));
  const control = await runControl(session);
  const drills: DrillDocument[] = [];
  const skipped: { name: string; why: string }[] = [];
  for (const each of planned) {
    if (signal.aborted) break;
    const why = limitOn(each, world.topology, limits);
    if (why !== null) {
      session.host.say({ level: "warning", about: each.fault.name, text: `cannot be made here: ${why}` });
      skipped.push({ name: each.fault.name, why });
      continue;
    }
    const drill = await runDrill(each, session, control);
    drills.push(drill);
    onDrill(drill);
  }
  return drillsDocument(session, { control, drills, skipped });
}

/** What all drills of one invocation share. Throws DRL-003 where there is no journey to walk. */
export function sessionOf(options: Omit<DrillOptions, "planned">): Session {
  const { world } = options;
  assertJourneys(world.topology);
  return { ...options, budgets: options.budgets ?? budgetsOf(world.topology, world.paceFactor) };
}

/** The document of one invocation. */
export function drillsDocument(
  { world, seed, rate }: Session,
  done: Pick<DrillsDocument, "control" | "drills" | "skipped">,
): DrillsDocument {
  return {
    holdfast: 1,
    system: world.topology.system,
    verdict: worstOf(done.drills.map(({ verdict }) => verdict)),
    seed,
    pace: world.paceFactor === 1 ? "aws" : "fast",
    paceFactor: world.paceFactor,
    rate,
    ...done,
    strategies: null,
  };
}

/** Why a drill cannot be made in this world; null where it can. */
export function limitOn(
  { fault, target }: PlannedDrill,
  topology: Topology,
  limits: Awaited<ReturnType<World["limits"]>>,
): string | null {
  const kinds = kindsOf({ fault, target }, topology);
  return kinds.map((kind) => limits[kind]).find((why) => why !== undefined) ?? null;
}

/** The kinds of primitive that a drill is made of. Any subject tells, for they are the same. */
export function kindsOf({ fault, target }: PlannedDrill, topology: Topology): readonly PrimitiveKind[] {
  const subject = subjectsOf(topology, target)[0] ?? target;
  const made = [...fault.primitives(topology, subject), ...(fault.then?.primitives(topology, subject) ?? [])];
  return made.map(({ kind }) => kind);
}

/** Whether one of these drills is about backups, so that the system has to keep some. */
export function needsBackups(planned: readonly PlannedDrill[], topology: Topology): boolean {
  return planned.some((each) => kindsOf(each, topology).some((kind) => OF_BACKUPS.includes(kind)));
}

/** Throws DRL-003 where the system has no journey, so that there are no customers. */
export function assertJourneys(topology: Topology): void {
  if (topology.journeys.length > 0) return;
  throw new UserError({
    code: "DRL-003" satisfies DrillCode,
    message: "the system has no journey to walk, so a drill would measure nothing",
    fix: `add one to the definition, such as \`journeys: { browse: { read: "GET /" } }\``,
    at: "journeys",
  });
}

/** What `drill --list` shows of one drill, and its JSON. */
export interface ListedDrill {
  readonly name: string;
  readonly summary: string;
  /** What it can be aimed at in this system; empty where it does not apply. */
  readonly targets: readonly string[];
  readonly fisAction: string | null;
}

/** Every drill of the catalogue, with what it can be aimed at in a system. */
export function listDrills(topology: Topology): readonly ListedDrill[] {
  return FAULTS.map(({ name, summary, fisAction, targets }) => ({
    name,
    summary,
    targets: targets(topology),
    fisAction,
  }));
}
