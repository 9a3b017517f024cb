import { UserError } from "../../../base/error.ts";
import type { Ms } from "../../../base/units.ts";
import type { Step } from "../../../control/controller.ts";
import { recovery } from "../../../control/recovery.ts";
import type {
  PlanState,
  RecoveryAct,
  RecoverySeen,
  RecoverySpec,
  RecoveryState,
} from "../../../control/recovery/language.ts";
import type { RecoveryStrategy } from "../../../topology/topology.ts";
import type { AwsCode } from "../../codes.ts";
import type { Lag } from "./lag.ts";
import type { Recorded } from "./record.ts";

/** On AWS nobody watches but the person at the command line. */
const WATCHER = "operator";

/** What the person wants, and what the verb sees. */
export interface Situation {
  readonly regions: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly recovery: RecoveryStrategy;
  readonly planned: boolean;
  /** Whether the region that is left can be had; who fails over unplanned says that it cannot. */
  readonly seesFrom: boolean;
  readonly lags: readonly Lag[];
  readonly recorded: Recorded | null;
  /** The file of the record, for the person. */
  readonly file: string;
}

/** A plan with its next stage, as the controller of recovery has it. */
export type Begun = Step<RecoveryState & { readonly plan: PlanState }, RecoveryAct>;

/**
 * What the recovery of a system on AWS rests on. Who types an unplanned failover approves of one; who types a planned
 * one does not. A stage that fails ends the verb, and is tried again by the next.
 */
export function recoverySpec({ regions, from, recovery: readiness, planned }: Situation): RecoverySpec {
  const noTimes = { onLag: null, retryMs: 0, calmMs: 0 };
  const mode = planned ? "approval" : "automatic";
  return { regions, first: from, readiness, watchers: [WATCHER], mode, ...noTimes };
}

/**
 * What the controller of recovery makes of it: a plan that begins, or goes on where it was. Changes nothing. Throws
 * AWS-061 where it refuses, or would do something else than the person wants.
 */
export function begin(situation: Situation, now: Ms): Begun {
  const { from, to, planned, recorded } = situation;
  const spec = recoverySpec(situation);
  const what = planned ? "switchover" : "failover";
  const goesOn = recorded !== null && isMeant(recorded.state.plan, situation);
  const step = recovery.step(
    spec,
    recorded ? recovery.resume(spec, recorded.state, now) : recovery.start(spec, now),
    now,
    [...sightsOf(situation, now), ...(goesOn ? [] : [{ kind: "command", what, to } as const])],
  );
  const { plan } = step.state;
  const refused = step.act.find((act) => act.kind === "decision" && act.what === "refused");
  if (refused?.kind === "decision") throw refusal(situation, refused.detail);
  if (plan === null || step.state.asked) {
    throw refusal(situation, `${from} is not seen: only a failover can be had`);
  }
  return { ...step, state: { ...step.state, plan } };
}

function sightsOf({ from, to, seesFrom, lags }: Situation, now: Ms): RecoverySeen[] {
  const known = lags.flatMap(({ lagMs }) => lagMs ?? []);
  const isKnown = known.length > 0 && known.length === lags.length;
  return [
    ...(isKnown ? [{ kind: "lag", region: to, ms: Math.max(...known), at: now } as const] : []),
    { kind: "sight", watcher: WATCHER, region: to, ok: true },
    { kind: "sight", watcher: WATCHER, region: from, ok: seesFrom },
  ];
}

/** Whether the person means the plan that is under way; a switchover can be finished or taken back by a failover. */
function isMeant(plan: PlanState, { to, planned }: Situation): boolean {
  const mayTurn = !planned && plan.kind === "switchover";
  if (plan.to === to && !plan.takenBack) return mayTurn || (plan.kind === "switchover") === planned;
  return plan.from === to && mayTurn && !plan.promoting;
}

function refusal({ to, planned, recorded, file }: Situation, why: string): UserError {
  const plan = recorded?.state.plan;
  const verb = plan && (plan.kind === "switchover" ? "failback" : `failover --to ${plan.to}`);
  return new UserError({
    code: "AWS-061" satisfies AwsCode,
    message: `${planned ? "a switchover" : "a failover"} to ${to} is refused: ${why}`,
    fix: plan
      ? `finish what is under way by holdfast ${verb}; if that cannot be, delete ${file} and look what stands at AWS`
      : `wait until both regions are well, or give the other one up: holdfast failover --to ${to}`,
  });
}
