import type { Clock } from "../../../base/clock.ts";
import { UserError } from "../../../base/error.ts";
import type { Host } from "../../../base/host.ts";
import type { Ms } from "../../../base/units.ts";
import type { RecoveryStrategy, Topology } from "../../../topology/topology.ts";
import type { AwsCode } from "../../codes.ts";
import type { Assembly } from "../../synth.ts";
import { type Target, writeActiveRegion } from "../active-region.ts";
import type { Aws } from "../aws.ts";
import { deploy } from "../deploy.ts";
import { explaining } from "../refusal.ts";
import { readState, troubleOf } from "../stack-state.ts";
import { type Databases, databasesToPromote, promoteDatabases, replicasIn } from "./database.ts";
import { type Lag, lagsOf, refuseLag } from "./lag.ts";
import { type Execution, type SwitchPlan, findPlan, runPlan } from "./region-switch.ts";
import { scaleUp } from "./scale.ts";
import { takeOverSecrets } from "./secrets.ts";
import type { Failover } from "./stage.ts";
import { moveTraffic } from "./traffic.ts";

/** The stages of a failover, in their order. A stage with nothing to do ends at once. */
export type StageName = "check" | "scale" | "database" | "switch" | "traffic" | "secrets" | "fill" | "note";

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
  readonly stages: readonly StageName[];
}

/** What a failover did. */
export interface FailoverResult {
  readonly check: FailoverCheck;
  /** `declined`: nothing was changed. `interrupted`: Ctrl-C ended a wait; what AWS does already goes on. */
  readonly end: "failed-over" | "declined" | "interrupted";
  readonly stages: readonly { readonly name: StageName; readonly ms: Ms }[];
}

/**
 * Lets the other region take over: looks whether it can and how much would be lost, raises its capacity, makes its
 * databases the writers and shifts the traffic, by the Region switch plan where there is one, takes over the
 * secrets, and
 * writes down that it serves. Every stage can be made again; a run that broke off is started again by the same command.
 *
 * Unless it is planned, only APIs of the region that takes over are called, none of the lost one, and of us-east-1 none
 * either: Route 53 follows the health checks that Region switch or the balancers set, without its control plane.
 */
export async function failOver(options: FailoverOptions): Promise<FailoverResult> {
  const { clock, host, to } = options;
  const from = otherThan(options.target, to);
  const started = clock.now();
  const assembly = await options.synth(to);
  const failover: Failover = { ...options, from, assembly };
  const { databases, plan, lags } = await explaining(`looking whether ${to} can take over`, () =>
    look(options, failover),
  );
  const check: FailoverCheck = {
    from,
    to,
    planned: options.planned,
    lags,
    plan: plan?.name ?? null,
    stages: stagesFor(options.topology.recovery, plan),
  };
  options.show?.(check);
  refuseLag(lags, options.topology.objectives.region.rpoMs, options.allowDataLoss || options.planned);
  if (!(await options.confirm(check))) return { check, end: "declined", stages: [] };
  const stages: { name: StageName; ms: Ms }[] = [{ name: "check", ms: Math.round(clock.now() - started) }];
  for (const name of check.stages.slice(1)) {
    const begun = clock.now();
    host.say({ level: "info", about: name, text: WORDS[name] });
    try {
      await explaining(name, () => runStage(name, options, { failover, databases, plan }));
    } catch (error) {
      if (options.signal.aborted && isAbort(error)) return { check, end: "interrupted", stages };
      throw error;
    }
    stages.push({ name, ms: Math.round(clock.now() - begun) });
  }
  return { check, end: "failed-over", stages };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

const WORDS: Readonly<Record<StageName, string>> = {
  check: "looking whether the other region can take over",
  scale: "raising its least number of tasks, and waiting until they run",
  database: "making its databases the writers",
  switch: "running the Region switch plan: services, databases, traffic",
  traffic: "moving the customers",
  secrets: "taking over the secrets that are rotated",
  fill: "deploying what a pilot light leaves out",
  note: "writing down which region serves",
};

/**
 * A pilot light lacks caches and more, so its stacks are deployed; the database comes first, since nothing can be
 * set up
 * on one that only reads, and so the steps are made one by one. The others have everything: they are made large,
 * and then
 * the Region switch plan does what it does. What it leaves out of an execution that is not graceful is made after it.
 */
function stagesFor(recovery: RecoveryStrategy, plan: SwitchPlan | null): readonly StageName[] {
  if (recovery === "pilot-light") return ["check", "database", "secrets", "fill", "scale", "traffic", "note"];
  return ["check", "scale", ...(plan ? (["switch"] as const) : []), "database", "traffic", "secrets", "note"];
}

interface Found {
  readonly databases: Databases;
  readonly plan: SwitchPlan | null;
  readonly lags: readonly Lag[];
}

async function look({ aws, clock, to, topology }: FailoverOptions, failover: Failover): Promise<Found> {
  if (topology.recovery === "backup-restore") throw nothingRuns(to);
  await refuseNotWhole(failover);
  const databases = await databasesToPromote(failover);
  const lags = await lagsOf(aws, clock, { region: to, replicas: replicasIn(databases) });
  const name = planNameIn(failover.assembly);
  const plan = name === null ? null : await findPlan({ aws, clock, region: to }, name);
  return { databases, plan, lags };
}

/** What the templates call the Region switch plan; null where the strategy has none. */
function planNameIn({ templates }: Assembly): string | null {
  const resources = Object.values(templates).flatMap(({ Resources }) => Object.values(Resources ?? {}));
  const name = resources.find(({ Type }) => Type === "AWS::ARCRegionSwitch::Plan")?.Properties?.["Name"];
  return typeof name === "string" ? name : null;
}

async function runStage(
  name: StageName,
  options: FailoverOptions,
  found: { readonly failover: Failover } & Omit<Found, "lags">,
): Promise<void> {
  const { failover, databases, plan } = found;
  const { aws, clock, host, to, target, planned } = options;
  switch (name) {
    case "scale":
      await scaleUp(failover);
      return;
    case "switch":
      if (plan) await runPlan({ aws, clock, region: to }, plan, { ...executionOf(options, failover), host });
      return;
    case "traffic":
      await moveTraffic(failover, options.topology);
      return;
    case "database":
      // What the plan has promoted needs nothing more.
      await promoteDatabases(failover, plan ? await databasesToPromote(failover) : databases);
      return;
    case "secrets":
      await takeOverSecrets(failover);
      return;
    case "fill":
      await deploy({
        aws,
        target,
        host,
        clock,
        signal: options.signal,
        active: to,
        regions: [to],
        synth: async () => failover.assembly,
        confirm: async () => true,
        allowReplacement: false,
      });
      return;
    case "note": {
      const regions = planned ? target.regions : [to];
      await writeActiveRegion(aws, target, { active: to, regions, host });
      return;
    }
    case "check":
      return;
  }
}

/** With both regions serving, to leave one is a plan's other workflow; a planned return lets customers in again. */
function executionOf({ topology, planned, to }: FailoverOptions, { from }: Failover): Execution {
  const leaves = topology.recovery === "active-active" && !planned;
  return { graceful: planned, action: leaves ? "deactivate" : "activate", targetRegion: leaves ? from : to };
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
    fix: `deploy it there with holdfast deploy --active ${to}, then restore by the runbook of the recovery stack`,
  });
}
