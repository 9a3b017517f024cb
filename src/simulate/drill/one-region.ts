import type { DrillPrediction } from "../../base/prediction.ts";
import { type Random, seededRandom } from "../../base/random.ts";
import { latencyLimit } from "../../base/steady.ts";
import type { Ms } from "../../base/units.ts";
import { MACHINE } from "../../facts/machine.ts";
import { AS_EVER, type Fault } from "../../fault/fault.ts";
import { primaryInstances } from "../../fault/target.ts";
import { type Instance, type Journey, type Topology, componentsOf, weightOf } from "../../topology/topology.ts";
import type { Primitive, PrimitiveKind } from "../../world/primitive.ts";
import { type Aimed, type Course, runCourse, stagesOf } from "./course.ts";
import { playCustomers } from "./customers.ts";
import type { DrillToPredict } from "./drill-to-predict.ts";
import { keptWritesIn } from "./kept-writes.ts";
import { MachineLoad } from "./machine-load.ts";
import { Programs } from "./program-calls.ts";
import { RequestPath } from "./request-path.ts";
import { Scene, settleScene } from "./scene.ts";
import { type ScenePlan, scenePlan } from "./scene-plan.ts";
import { type PlayedDrill, summarize } from "./summary.ts";

/** How often a drill is played, each time with other chance; under a great load as makes so many operations. */
const PLAYS = { most: 100, least: 20, operations: 200_000 } as const;
/** Customers come for so long after the fault is undone. */
const AFTER_MS: Ms = 5_500;

/** What can be done to a modelled region, and what touches nobody whom customers wait for. */
const KNOWN: ReadonlySet<PrimitiveKind> = new Set<PrimitiveKind>([
  "kill",
  "kill-at-call",
  "pause",
  "power-off",
  "link",
  "service-fault",
  "poison",
  "strand",
  "deploy",
  "health-check",
  "shift-away",
  "site-down",
  "fill-disk",
  "skew-clock",
  "hold-endpoint",
  "back-up",
  "delete-rows",
  "size-to-load",
]);

/** A drill, made ready to be played. */
interface Prepared extends Aimed {
  readonly scene: ScenePlan;
}

/**
 * Predicts a drill within a region: plays it in virtual time, at the drill's pace, with the controllers that run on
 * this machine. Null where the system has no edge, or the fault does what the model does not know.
 */
export function predictOneRegionDrill(drill: DrillToPredict): DrillPrediction | null {
  const prepared = prepare(drill);
  if (prepared === null) return null;
  const random = seededRandom(`${drill.seed}/${drill.fault.name}`);
  const plays = Array.from({ length: playsOf(drill) }, (_, at) => playOnce(prepared, random.fork(`${at}`)));
  return summarize(
    plays.map(({ played }) => played),
    Math.max(...plays.map(({ untilMs }) => untilMs)),
  );
}

function playsOf({ fault: { crowd }, customers: { rate }, observeAtMostMs }: DrillToPredict): number {
  const operations = ((rate * observeAtMostMs) / 1_000) * (crowd?.kind === "spike" ? crowd.factor : 1);
  return Math.max(PLAYS.least, Math.min(PLAYS.most, Math.round(PLAYS.operations / operations)));
}

function prepare(drill: DrillToPredict): Prepared | null {
  const { topology, fault, target, primaries = {} } = drill;
  const plan = scenePlan(drill);
  if (plan === null || componentsOf(topology, "edge").length === 0) return null;
  const subject = subjectOf(topology, target, primaries);
  const running = primaryInstances(topology);
  const kinds = blowsOf(fault, { topology, subject, running }).map(({ kind }) => kind);
  if (!kinds.every((kind) => KNOWN.has(kind))) return null;
  const expectation = fault.expects?.(topology, subject) ?? AS_EVER;
  return { drill, scene: settleScene(plan), expectation, subject, running };
}

function blowsOf(
  fault: Fault,
  at: { readonly topology: Topology; readonly subject: string; readonly running: readonly Instance[] },
): readonly Primitive[] {
  const { topology, subject, running } = at;
  return [...fault.primitives(topology, subject, running), ...(fault.then?.primitives(topology, subject) ?? [])];
}

const ROLE = /^(?<zone>zone of the )?primary of (?<component>.+)$/;

/** Whom a role means: the primaries that are known, else the first members. */
function subjectOf(topology: Topology, target: string, primaries: Readonly<Record<string, string>>): string {
  const { zone, component } = ROLE.exec(target)?.groups ?? {};
  if (component === undefined) return target;
  const members = primaryInstances(topology).filter((instance) => instance.component === component);
  const primary = members.find(({ id }) => id === primaries[component]) ?? members[0];
  return (zone === undefined ? primary?.id : primary?.zone) ?? target;
}

function playOnce(prepared: Prepared, random: Random): { readonly played: PlayedDrill; readonly untilMs: Ms } {
  const { topology, pace } = prepared.drill;
  const scene = new Scene(prepared.scene, random.fork("scene"));
  const writes = writesPerSecond(prepared.drill);
  const setup = { topology, pace, history: scene.history, writesPerSecond: writes, random: random.fork("requests") };
  const programs = new Programs({ ...setup, random: random.fork("checks") });
  scene.reachesAll = (service, zone) => programs.reachesAll(service, zone, scene.now);
  const course = runCourse(scene, prepared, random.fork("drill"));
  const { lastAt, healedAt, mendedAt } = course;
  const play = (untilMs: Ms): PlayedDrill["journeys"] =>
    customersOf(prepared, { ...setup, random: random.fork("requests") }, { course, untilMs, random });
  // Where nothing changes any more, and all are steady, they are so until the fault is undone.
  const early = lastAt + AFTER_MS;
  const first = prepared.expectation.unavailable.length === 0 && early < healedAt ? play(early) : null;
  const isSteady = first !== null && [...first.values()].every(({ recoveryTimeMs }) => recoveryTimeMs !== null);
  const untilMs = isSteady ? early : mendedAt + AFTER_MS;
  if (!isSteady) scene.runUntil(untilMs);
  const journeys = isSteady ? first : play(untilMs);
  const lost = keptWritesIn(prepared.drill, course.givenUpMs, random.fork("lost"));
  return { played: { journeys, stages: stagesOf(scene, prepared, healedAt), lost }, untilMs };
}

function customersOf(
  { drill, expectation }: Prepared,
  setup: ConstructorParameters<typeof RequestPath>[0],
  { course, untilMs, random }: { readonly course: Course; readonly untilMs: Ms; readonly random: Random },
): PlayedDrill["journeys"] {
  const { healedAt, mendedAt } = course;
  const { crowd } = drill.fault;
  const path = new RequestPath(setup);
  const machine = crowd?.kind === "spike" ? new MachineLoad(random.fork("machine")) : null;
  const [, usualP99Ms] = MACHINE.request.value;
  const mustWait = ({ needs }: Journey): boolean => needs.some((need) => expectation.unavailable.includes(need));
  const journeys = playCustomers({
    journeys: drill.topology.journeys,
    customers: drill.customers,
    untilMs,
    slowAfterMs: latencyLimit(usualP99Ms),
    random: random.fork("customers"),
    crowd: (at) => (crowd?.kind === "spike" && at >= 0 && at < healedAt ? crowd.factor : 1),
    steadyFrom: (journey) => (mustWait(journey) ? mendedAt : 0),
    attempt: (attempt) => {
      const waitsMs = machine?.arrive(attempt.at) ?? 0;
      const answer = path.attempt(attempt);
      return { ...answer, tookMs: waitsMs + answer.tookMs };
    },
  });
  if (!expectation.rewinds) return journeys;
  // What was destroyed is gone until it is restored, whoever asks for it meanwhile.
  const goneFor = drill.topology.journeys.filter(mustWait).map(({ id }) => id);
  return new Map(
    [...journeys].map(([id, played]) => {
      const { recoveryTimeMs } = played;
      const isGone = goneFor.includes(id) && recoveryTimeMs !== null;
      return [id, isGone ? { ...played, recoveryTimeMs: Math.max(mendedAt, recoveryTimeMs) } : played] as const;
    }),
  );
}

/** How many of the customers' operations are sent to queues in a second. */
function writesPerSecond({ topology: { journeys }, customers: { rate, readShare } }: DrillToPredict): number {
  const writing = journeys.filter(({ write, module, durability }) => {
    return (write !== null || module !== null) && durability === "acknowledged";
  });
  return (rate * (1 - readShare) * weightOf(writing)) / weightOf(journeys);
}
