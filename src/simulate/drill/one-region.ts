import type { DrillPrediction } from "../../base/prediction.ts";
import { type Random, seededRandom } from "../../base/random.ts";
import { latencyLimit } from "../../base/steady.ts";
import type { Ms } from "../../base/units.ts";
import { MACHINE } from "../../facts/machine.ts";
import { AS_EVER, type Expectation, type Fault } from "../../fault/fault.ts";
import { primaryInstances } from "../../fault/target.ts";
import { type Instance, type Topology, componentsOf } from "../../topology/topology.ts";
import type { Primitive, PrimitiveKind } from "../../world/primitive.ts";
import { playCustomers } from "./customers.ts";
import type { DrillToPredict } from "./drill-to-predict.ts";
import { Programs } from "./program-calls.ts";
import { RequestPath } from "./request-path.ts";
import { Scene, settleScene } from "./scene.ts";
import { type ScenePlan, scenePlan } from "./scene-plan.ts";
import { type PlayedDrill, summarize } from "./summary.ts";

/** How often a drill is played, each time with other chance. */
const PLAYS = 100;
/** How often a drill looks whether it may go on. */
const LOOKS_EVERY_MS: Ms = 50;
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
]);

/** A drill, made ready to be played. */
interface Prepared {
  readonly drill: DrillToPredict;
  readonly scene: ScenePlan;
  readonly expectation: Expectation;
  readonly subject: string;
  readonly running: readonly Instance[];
}

/**
 * Predicts a drill within a region: plays it in virtual time, at the drill's pace, with the controllers that run on
 * this machine. Null where the system has no edge, or the fault does what the model does not know.
 */
export function predictOneRegionDrill(drill: DrillToPredict): DrillPrediction | null {
  const prepared = prepare(drill);
  if (prepared === null) return null;
  const random = seededRandom(`${drill.seed}/${drill.fault.name}`);
  const plays = Array.from({ length: PLAYS }, (_, at) => playOnce(prepared, random.fork(`${at}`)));
  return summarize(
    plays.map(({ played }) => played),
    Math.max(...plays.map(({ untilMs }) => untilMs)),
  );
}

function prepare(drill: DrillToPredict): Prepared | null {
  const { topology, fault, target, pace, primaries = {} } = drill;
  const plan = scenePlan(topology, pace, primaries);
  if (plan === null || componentsOf(topology, "edge").length === 0 || fault.crowd?.kind === "spike") return null;
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
  const { healedAt, lastAt } = strikeAndHeal(scene, { ...prepared, random: random.fork("drill") });
  const play = (untilMs: Ms): ReturnType<typeof playCustomers> =>
    customersOf(prepared, { ...setup, random: random.fork("requests") }, { healedAt, untilMs, random });
  // Where nothing changes any more, and all are steady, they are so until the fault is undone.
  const early = lastAt + AFTER_MS;
  const first = prepared.expectation.unavailable.length === 0 && early < healedAt ? play(early) : null;
  const isSteady = first !== null && [...first.values()].every(({ recoveryTimeMs }) => recoveryTimeMs !== null);
  const untilMs = isSteady ? early : healedAt + AFTER_MS;
  if (!isSteady) scene.runUntil(untilMs);
  const journeys = isSteady ? first : play(untilMs);
  return { played: { journeys, stages: stagesOf(scene, prepared, healedAt), lost: 0 }, untilMs };
}

function customersOf(
  { drill, expectation }: Prepared,
  setup: ConstructorParameters<typeof RequestPath>[0],
  { healedAt, untilMs, random }: { readonly healedAt: Ms; readonly untilMs: Ms; readonly random: Random },
): ReturnType<typeof playCustomers> {
  const path = new RequestPath(setup);
  const [, usualP99Ms] = MACHINE.request.value;
  return playCustomers({
    journeys: drill.topology.journeys,
    customers: drill.customers,
    untilMs,
    slowAfterMs: latencyLimit(usualP99Ms),
    random: random.fork("customers"),
    steadyFrom: ({ needs }) => (needs.some((need) => expectation.unavailable.includes(need)) ? healedAt : 0),
    attempt: (attempt) => path.attempt(attempt),
  });
}

/** Strikes as a drill does, once or twice, watches for as long, and undoes it all. `lastAt`: the last change before. */
function strikeAndHeal(
  scene: Scene,
  { drill, expectation, subject, running, random }: Prepared & { readonly random: Random },
): { readonly healedAt: Ms; readonly lastAt: Ms } {
  const { fault, topology, observeMs, observeAtMostMs } = drill;
  const first = fault.primitives(topology, subject, running);
  scene.strike(first);
  const waitFor = (isOver: () => boolean, atMostMs: Ms): void => {
    const from = scene.now;
    while (scene.now - from < atMostMs && !isOver()) scene.runUntil(scene.now + LOOKS_EVERY_MS);
  };
  scene.runUntil(random.next() * LOOKS_EVERY_MS);
  let second: readonly Primitive[] = [];
  if (fault.then) {
    const { when } = fault.then;
    if (when === "detected") waitFor(() => scene.isFailingOver, observeAtMostMs);
    else waitFor(() => false, observeMs);
    second = fault.then.primitives(topology, subject);
    scene.strike(second);
  }
  const since = scene.now;
  // What must wait is watched for as long as that takes; what need not is left in force until the last.
  const isSeen = (): boolean => scene.now - since >= observeMs && !scene.isFailingOver;
  waitFor(() => expectation.unavailable.length > 0 && isSeen(), observeAtMostMs);
  const [healedAt, lastAt] = [scene.now, scene.history.at(-1)?.at ?? 0];
  scene.heal([...first, ...second]);
  return { healedAt, lastAt };
}

/** How many of the customers' operations are sent to queues in a second. */
function writesPerSecond({ topology: { journeys }, customers: { rate, readShare } }: DrillToPredict): number {
  const total = journeys.reduce((sum, { weight }) => sum + weight, 0);
  const writing = journeys.filter(({ write, module, durability }) => {
    return (write !== null || module !== null) && durability === "acknowledged";
  });
  return (rate * (1 - readShare) * writing.reduce((sum, { weight }) => sum + weight, 0)) / total;
}

/**
 * What each component went through, as a drill's stages have it: what could not go on before the fault was undone
 * counts from there.
 */
function stagesOf(scene: Scene, { expectation }: Prepared, healedAt: Ms): PlayedDrill["stages"] {
  return [...Map.groupBy(scene.decisions, ({ component }) => component)].flatMap(([component, own]) => {
    const first = (what: string, from: Ms): Ms | undefined =>
      own.find((each) => each.what === what && each.at >= from)?.at;
    const detected = first("detected", 0) ?? first("zone-lost", 0);
    if (detected === undefined) return [];
    const stages = [{ name: "detect", component, ms: detected }];
    const promoted = first("promoted", detected);
    if (promoted === undefined) return stages;
    const waited = expectation.unavailable.includes(component) && promoted >= healedAt;
    stages.push({ name: "promote", component, ms: promoted - (waited ? Math.max(detected, healedAt) : detected) });
    const shifted = first("shifted", promoted);
    if (shifted !== undefined) stages.push({ name: "shift", component, ms: shifted - promoted });
    return stages;
  });
}
