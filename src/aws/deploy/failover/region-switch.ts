import type { Clock } from "../../../base/clock.ts";
import { UserError } from "../../../base/error.ts";
import type { Host } from "../../../base/host.ts";
import type { AwsCode } from "../../codes.ts";
import type { Aws } from "../aws.ts";
import { callJson } from "./json-call.ts";

/** A Region switch plan, as the region that takes over knows it. */
export interface SwitchPlan {
  readonly arn: string;
  readonly name: string;
}

/** What of a plan is executed, and how. */
export interface Execution {
  /** Without loss, for which both regions must be well. */
  readonly graceful: boolean;
  readonly action: "activate" | "deactivate";
  readonly targetRegion: string;
}

interface ExecutionState {
  readonly executionState?: string;
  readonly stepStates?: readonly { readonly name?: string; readonly status?: string }[];
}

const POLL_MS = 5_000;
const GOOD: ReadonlySet<string> = new Set(["completed", "completedMonitoringApplicationHealth"]);
const GOES_ON: ReadonlySet<string> = new Set(["inProgress", "pending"]);

/** Whose plan, and the region whose data plane is asked: the one that takes over, and no other. */
export interface SwitchTarget {
  readonly aws: Aws;
  readonly clock: Clock;
  readonly region: string;
}

/**
 * Calls Region switch's data plane, which is in every region of a plan by itself.
 * https://docs.aws.amazon.com/r53recovery/latest/dg/actions.region-switch.html
 */
async function call({ aws, clock, region }: SwitchTarget, operation: string, body: object) {
  return callJson(aws, clock, {
    service: "arc-region-switch",
    host: `arc-region-switch.${region}.api.aws`,
    region,
    target: `ArcRegionSwitch.${operation}`,
    body,
  });
}

/** The plan of this name, as the region knows it; null where there is none. */
export async function findPlan(target: SwitchTarget, wanted: string): Promise<SwitchPlan | null> {
  let nextToken: unknown;
  do {
    const page = await call(target, "ListPlansInRegion", nextToken === undefined ? {} : { nextToken });
    const plans = (page["plans"] ?? []) as readonly { arn: string; name: string; regions: readonly string[] }[];
    const found = plans.find(({ name, regions }) => name === wanted && regions.includes(target.region));
    if (found) return { arn: found.arn, name: found.name };
    nextToken = page["nextToken"];
  } while (typeof nextToken === "string");
  return null;
}

/**
 * Runs a plan to its end and tells each step as it changes. An execution that is under way already, because a run was
 * interrupted, is followed instead of started. Rejects with AWS-036 where a step fails or a person is asked for.
 */
export async function runPlan(
  target: SwitchTarget,
  plan: SwitchPlan,
  { host, signal, ...execution }: Execution & { readonly host: Host; readonly signal: AbortSignal },
): Promise<void> {
  const executionId = (await underWay(target, plan, execution)) ?? (await start(target, plan, execution));
  const told = new Map<string, string>();
  for (;;) {
    const { executionState = "unknown", stepStates = [] } = (await call(target, "GetPlanExecution", {
      planArn: plan.arn,
      executionId,
    })) as ExecutionState;
    for (const { name = "", status = "" } of stepStates) {
      if (told.get(name) === status) continue;
      told.set(name, status);
      if (status !== "notStarted") host.say({ level: "info", about: plan.name, text: `${name}: ${status}` });
    }
    if (GOOD.has(executionState)) return;
    if (!GOES_ON.has(executionState)) throw stopped(plan, executionState, stepStates);
    await target.clock.sleep(POLL_MS, signal);
  }
}

async function underWay(
  target: SwitchTarget,
  { arn }: SwitchPlan,
  { action, targetRegion }: Execution,
): Promise<string | undefined> {
  const { items = [] } = (await call(target, "ListPlanExecutions", { planArn: arn, state: "inProgress" })) as {
    readonly items?: readonly {
      readonly executionId: string;
      readonly executionAction: string;
      readonly executionRegion: string;
    }[];
  };
  return items.find((each) => each.executionRegion === targetRegion && each.executionAction === action)?.executionId;
}

async function start(
  target: SwitchTarget,
  { arn }: SwitchPlan,
  { action, targetRegion, graceful }: Execution,
): Promise<string> {
  const { executionId } = await call(target, "StartPlanExecution", {
    planArn: arn,
    targetRegion,
    action,
    mode: graceful ? "graceful" : "ungraceful",
    latestVersion: "true",
    comment: "holdfast failover",
  });
  return String(executionId);
}

function stopped(plan: SwitchPlan, state: string, steps: NonNullable<ExecutionState["stepStates"]>): UserError {
  const failed = steps.filter(({ status }) => status === "failed" || status === "pendingApproval");
  const which = failed.map(({ name, status }) => `${name}: ${status}`).join(", ");
  return new UserError({
    code: "AWS-036" satisfies AwsCode,
    message: `Region switch plan ${plan.name} stands at ${state}${which === "" ? "" : ` (${which})`}`,
    fix: "mend, skip or approve the step in the console of Application Recovery Controller; then run failover again",
  });
}
