import type { Clock } from "../../../base/clock.ts";
import { UserError } from "../../../base/error.ts";
import type { Host } from "../../../base/host.ts";
import type { Ms } from "../../../base/units.ts";
import { recovery } from "../../../control/recovery.ts";
import type { RecoveryAct, RecoveryState, StageName as RecoveryStage } from "../../../control/recovery/language.ts";
import type { Topology } from "../../../topology/topology.ts";
import type { AwsCode } from "../../codes.ts";
import type { Assembly } from "../../synth.ts";
import { type Target, readNote } from "../active-region.ts";
import type { Aws } from "../aws.ts";
import { explaining, isSilence } from "../refusal.ts";
import { readState, troubleOf } from "../stack-state.ts";
import { databasesToPromote, replicasIn } from "./database.ts";
import { type Begun, type Situation, begin, recoverySpec } from "./decision.ts";
import { type Lag, lagsOf, refuseLag } from "./lag.ts";
import { type PerformStage, performerOf } from "./perform.ts";
import { type Recorded, readRecord, writeRecord } from "./record.ts";
import { type SwitchPlan, findPlan } from "./region-switch.ts";
import type { Failover } from "./stage.ts";
import { refuseStale } from "./stale.ts";

/** The look before, and then the stages of recovery's controller. A stage with nothing to do ends at once. */
export type StageName = "check" | RecoveryStage;

/** What a failover needs. */
export interface FailoverOptions {
  readonly aws: Aws;
  readonly target: Target;
  readonly host: Host;
  readonly clock: Clock;
  /** Ends a wait; what AWS does already goes on. */
  readonly signal: AbortSignal;
  readonly topology: Topology;
  /** The region that takes over. */
  readonly to: string;
  /** A switchover without loss, while both regions are well: what `failback` is. */
  readonly planned: boolean;
  readonly allowDataLoss: boolean;
  /** Where it is written down how far it is, so that a run which broke off is gone on with. */
  readonly record: string;
  readonly synth: (active: string) => Promise<Assembly>;
  /** Shows what was found; a loss that is too large is refused after that. */
  readonly show?: (check: FailoverCheck) => void;
  /** Whether to go on. */
  readonly confirm: (check: FailoverCheck) => Promise<boolean>;
}

/** What a failover found before it changed anything. */
export interface FailoverCheck {
  readonly from: string;
  readonly to: string;
  readonly planned: boolean;
  readonly lags: readonly Lag[];
  /** The Region switch plan that is run; null where there is none, and its steps are made one by one. */
  readonly plan: string | null;
  /** What is ahead: of a run that broke off what it had not done. */
  readonly stages: readonly StageName[];
  /** What nobody can say of the region that is given up; null where none is. */
  readonly inDoubt: string | null;
}

/** What a failover did. */
export interface FailoverResult {
  readonly check: FailoverCheck;
  /** `declined`: nothing was changed. `interrupted`: Ctrl-C ended a wait; what AWS does already goes on. */
  readonly end: "failed-over" | "declined" | "interrupted";
  readonly stages: readonly { readonly name: StageName; readonly ms: Ms }[];
}

/**
 * Lets the other region take over: looks whether it can and how much would be lost, then does what the controller of
 * recovery has next, stage by stage, until that is at its end. How far it is is written down before anything is done:
 * the same command goes on with a run that broke off. What is typed is the approval.
 *
 * Unless it is planned, only APIs of the region that takes over are called, none of the lost one, and of us-east-1 none
 * either: Route 53 follows the health checks that Region switch or the balancers set, without its control plane.
 */
export async function failOver(options: FailoverOptions): Promise<FailoverResult> {
  const { clock, to, planned, topology } = options;
  const from = otherThan(options.target, to);
  const started = clock.now();
  const assembly = await options.synth(to);
  const found = await explaining(`looking whether ${to} can take over`, () =>
    look(options, { ...options, from, assembly }),
  );
  const begun = begin(found.situation, clock.now());
  const { kind, stages, step } = begun.state.plan;
  const { lags, seesFrom } = found.situation;
  const inDoubt = kind === "failover" ? doubtOf(from) : null;
  const check: FailoverCheck = {
    from,
    to,
    planned,
    lags,
    plan: found.plan?.name ?? null,
    stages: ["check", ...stages.slice(step)],
    inDoubt,
  };
  options.show?.(check);
  refuseLag(lags, topology.objectives.region.rpoMs, options.allowDataLoss || planned);
  if (!(await options.confirm(check))) return { check, end: "declined", stages: [] };
  const checked = { name: "check", ms: Math.round(clock.now() - started) } as const;
  // A planned one whose source was lost when it had handed everything over ends without it.
  const failover: Failover = { ...options, from, assembly, planned: planned && seesFrom };
  const perform = performerOf({ failover, topology, plan: found.plan, inDoubt });
  return { check, ...(await drive(options, found.situation, { begun, perform, done: [checked] })) };
}

interface Drive {
  readonly begun: Begun;
  readonly perform: PerformStage;
  readonly done: FailoverResult["stages"];
}

/** Does each stage that the controller asks for, and tells it so, until it asks for none. */
async function drive(
  { clock, host, signal, record }: FailoverOptions,
  situation: Situation,
  { begun, perform, done }: Drive,
): Promise<Omit<FailoverResult, "check">> {
  const spec = recoverySpec(situation);
  const stages = [...done];
  const told = (state: RecoveryState, id: number, ok: boolean) =>
    recovery.step(spec, state, clock.now(), [{ kind: "done", id, ok }]);
  const { kind } = begun.state.plan;
  for (let { state, act }: { state: RecoveryState; act: readonly RecoveryAct[] } = begun; ;) {
    writeRecord(record, clock.now(), state);
    tell(host, act);
    const stage = act.find((each) => each.kind === "stage");
    if (stage === undefined) return { end: "failed-over", stages };
    const { id, name } = stage;
    if (signal.aborted) return { end: "interrupted", stages };
    const since = clock.now();
    host.say({ level: "info", about: name, text: WORDS[name] });
    try {
      await explaining(name, () => perform(stage, kind));
    } catch (error) {
      if (signal.aborted && isAbort(error)) return { end: "interrupted", stages };
      writeRecord(record, clock.now(), told(state, id, false).state);
      throw error;
    }
    stages.push({ name, ms: Math.round(clock.now() - since) });
    ({ state, act } = told(state, id, true));
  }
}

/** What was concluded; that a region is lost is what the person said who typed it. */
function tell(host: Host, act: readonly RecoveryAct[]): void {
  for (const each of act) {
    if (each.kind !== "decision" || each.what === "lost") continue;
    host.say({ level: "info", about: each.subject, text: `${each.what}: ${each.detail}` });
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

const WORDS: Readonly<Record<RecoveryStage, string>> = {
  fence: "giving the other region up",
  restore: "restoring its data from backups",
  start: "deploying what a pilot light leaves out",
  scale: "raising its least number of tasks, and waiting until they run",
  quiesce: "keeping what it had alone, if it was given up; AWS's switchover stops the writes",
  "catch-up": "switching the writers over, once everything is copied",
  promote: "making its databases the writers",
  shift: "moving the customers",
  follow: "making the other region's secrets copies of its own",
  verify: "looking whether it serves, and writing that down",
  resume: "leading everything back",
  save: "saving what the other region has alone",
  reseed: "copying its data anew",
};

/** AWS ships nothing that would stop a region by itself which cannot be reached. */
function doubtOf(from: string): string {
  return (
    `a region that is cut off may go on acknowledging until it is fenced: what ${from} acknowledges alone is lost, ` +
    "and AWS has no lease that ends by itself"
  );
}

interface Found {
  readonly situation: Situation;
  readonly plan: SwitchPlan | null;
}

async function look(options: FailoverOptions, failover: Failover): Promise<Found> {
  const { aws, clock, host, to, target, topology, planned, record } = options;
  const { from } = failover;
  const { recovery: strategy } = topology;
  if (strategy === "backup-restore") throw nothingRuns(to);
  await refuseNotWhole(failover);
  const databases = await databasesToPromote(failover);
  const lags = await lagsOf(aws, clock, { region: to, replicas: replicasIn(databases) });
  // A pilot light lacks what the plan would scale, so its steps are made one by one.
  const name = strategy === "pilot-light" ? null : planNameIn(failover.assembly);
  const plan = name === null ? null : await findPlan({ aws, clock, region: to }, name);
  const seesFrom = planned && (await answers(aws, target, from));
  let recorded = readRecord(record, target.regions);
  const isLeft = databases.globals.length + databases.replicas.length > 0;
  if (recorded && (await isPast(options, recorded, isLeft))) {
    host.say({ level: "info", text: "the failover that broke off here is past; this one begins with its first stage" });
    recorded = null;
  }
  if (seesFrom && recorded === null) await refuseStale(failover);
  const { regions } = target;
  return {
    plan,
    situation: { regions, from, to, recovery: strategy, planned, seesFrom, lags, recorded, file: record },
  };
}

/** Whether a region can be had at all; to be refused something is an answer as well. */
async function answers(aws: Aws, target: Target, region: string): Promise<boolean> {
  try {
    await readNote(aws, target, region);
    return true;
  } catch (error) {
    return !isSilence(error);
  }
}

/**
 * Whether what was recorded here is no longer so: since then somebody deployed or failed over, from another machine
 * maybe, or a writer that it had moved is elsewhere again (`isLeft`).
 */
async function isPast(
  { aws, target, to }: FailoverOptions,
  { at, state: { plan } }: Recorded,
  isLeft: boolean,
): Promise<boolean> {
  const note = await readNote(aws, target, to);
  if (note !== null && note.at > at) return true;
  const moves = plan.kind === "switchover" ? "catch-up" : "promote";
  return isLeft && plan.to === to && plan.stages.slice(0, plan.step).includes(moves);
}

/** What the templates call the Region switch plan; null where the strategy has none. */
function planNameIn({ templates }: Assembly): string | null {
  const resources = Object.values(templates).flatMap(({ Resources }) => Object.values(Resources ?? {}));
  const name = resources.find(({ Type }) => Type === "AWS::ARCRegionSwitch::Plan")?.Properties?.["Name"];
  return typeof name === "string" ? name : null;
}

function otherThan({ regions }: Target, to: string): string {
  const from = regions.find((region) => region !== to);
  if (from !== undefined) return from;
  throw new UserError({
    code: "AWS-033" satisfies AwsCode,
    message: "the system has one region, so there is none that could take over",
    fix: "name a secondary region in the definition, and deploy",
  });
}

/** The stacks of the region that takes over must be there and in order. */
async function refuseNotWhole({ aws, to, assembly, host }: Failover): Promise<void> {
  const bad: string[] = [];
  for (const { name, region } of assembly.manifest.stacks) {
    if (region !== to || Object.keys(assembly.templates[name]?.Resources ?? {}).length === 0) continue;
    const state = await readState(aws, { name, region });
    const trouble = troubleOf(state);
    if (state.status === null || state.status === "REVIEW_IN_PROGRESS") bad.push(`${name} was never deployed`);
    else if (trouble?.blocks) host.say({ level: "warning", about: name, text: `${state.status}: ${trouble.text}` });
  }
  if (bad.length === 0) return;
  throw new UserError({
    code: "AWS-035" satisfies AwsCode,
    message: `${to} cannot take over: ${bad.join(", ")}`,
    fix: "deploy the system once while all is well: holdfast deploy",
  });
}

function nothingRuns(to: string): UserError {
  return new UserError({
    code: "AWS-040" satisfies AwsCode,
    message: `backup-restore keeps copies of backups in ${to}, and nothing that could take over`,
    fix: `holdfast deploy --active ${to} --only ${to} --restore DATABASE=ARN, of the copy of a snapshot in ${to}`,
  });
}
