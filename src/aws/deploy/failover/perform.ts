import { InvariantError } from "../../../base/error.ts";
import type { PlanKind, StageAct } from "../../../control/recovery/language.ts";
import type { Ms } from "../../../base/units.ts";
import type { Topology } from "../../../topology/topology.ts";
import { writeActiveRegion } from "../active-region.ts";
import { deploy } from "../deploy.ts";
import { keepLeftBehind } from "../left-behind.ts";
import { databasesToPromote, promoteDatabases } from "./database.ts";
import { type Execution, type SwitchPlan, runPlan } from "./region-switch.ts";
import { type Capacity, awaitCapacity, raiseCapacity } from "./scale.ts";
import { takeOverSecrets } from "./secrets.ts";
import { type Failover, until } from "./stage.ts";
import { moveTraffic } from "./traffic.ts";

/** Databases that were just promoted are seen as writers at once; what is asked may lag behind for a moment. */
const VERIFIED_WITHIN_MS: Ms = 5 * 60_000;

/** What stages are done with. */
export interface Performing {
  readonly failover: Failover;
  readonly topology: Topology;
  /** Region switch's, where there is one and it is run. */
  readonly plan: SwitchPlan | null;
  /** What nobody can say of the region that is given up. */
  readonly inDoubt: string | null;
}

/** Does a stage, and has it done when it resolves. */
export type PerformStage = (stage: StageAct, kind: PlanKind) => Promise<void>;

/** How each stage of a plan is done by AWS's APIs. Each can be repeated: what is done already is left as it is. */
export function performerOf(on: Performing): PerformStage {
  const { failover, topology } = on;
  const isPilot = topology.recovery === "pilot-light";
  let raised: Promise<Capacity> | null = null;
  const raise = (): Promise<Capacity> => (raised ??= raiseCapacity(failover));
  const grow = async (): Promise<void> => awaitCapacity(failover, await raise());
  return async ({ name }, kind) => {
    const isSwitchover = kind === "switchover";
    switch (name) {
      case "fence":
        if (on.inDoubt !== null) failover.host.say({ level: "warning", about: name, text: on.inDoubt });
        return;
      case "start":
        if (!isSwitchover) return fill(failover, grow);
        return failover.host.say({ level: "info", about: name, text: "not before its databases take writes" });
      case "scale":
        return grow();
      case "quiesce": // the first that AWS's switchover does, which is one with what follows
        return keepLeftBehind(failover, failover.to);
      case "catch-up":
        return moveWriters(on, raise, grow);
      case "promote":
        if (!isSwitchover) return moveWriters(on, raise, grow);
        await promoteDatabases(failover, await databasesToPromote(failover));
        return isPilot ? fill(failover, grow) : undefined;
      case "shift":
        await moveTraffic(failover, topology);
        if (!failover.planned && !isPilot) await takeOverSecrets(failover);
        return;
      case "follow":
        if (!isPilot) await takeOverSecrets(failover);
        return;
      case "verify":
        return verify(failover);
      case "resume":
        await promoteDatabases(failover, await databasesToPromote(failover));
        await moveTraffic(failover, topology);
        return verify(failover);
      case "restore":
      case "save":
      case "reseed":
        throw new InvariantError(`${name} is no stage of a failover on AWS`);
    }
  };
}

/**
 * Makes the region's databases the writers: by the Region switch plan where there is one, and then whatever it left.
 * The plan scales before and may move customers after it, and cannot be held between its steps, so all of it is this
 * stage. Capacity takes longest to come, so it is asked for first and waited for in its own stage; of two regions that
 * both serve, which have no such stage, here.
 */
async function moveWriters(on: Performing, raise: () => Promise<Capacity>, grow: () => Promise<void>): Promise<void> {
  const { failover, topology, plan } = on;
  const { aws, clock, host, signal, to } = failover;
  if (topology.recovery === "warm-standby") await raise();
  if (topology.recovery === "active-active") await grow();
  if (plan) await runPlan({ aws, clock, region: to }, plan, { ...executionOf(on), host, signal });
  await promoteDatabases(failover, await databasesToPromote(failover));
}

/** With both regions serving, to leave one is a plan's other workflow; a planned return lets customers in again. */
function executionOf({ topology, failover: { planned, from, to } }: Performing): Execution {
  const leaves = topology.recovery === "active-active" && !planned;
  return { graceful: planned, action: leaves ? "deactivate" : "activate", targetRegion: leaves ? from : to };
}

/** Deploys what a pilot light leaves out. Its databases take writes by now: nothing can be set up on one that reads. */
async function fill(failover: Failover, grow: () => Promise<void>): Promise<void> {
  const { to, assembly } = failover;
  await takeOverSecrets(failover);
  await deploy({
    ...failover,
    active: to,
    regions: [to],
    synth: async () => assembly,
    confirm: async () => true,
    allowReplacement: false,
  });
  await grow();
}

/** Looks, as far as the region's APIs tell, whether it serves, and writes down that it does. */
async function verify(failover: Failover): Promise<void> {
  const { aws, target, host, to, planned } = failover;
  await until(failover, "verify", VERIFIED_WITHIN_MS, async () => {
    const { globals, replicas } = await databasesToPromote(failover);
    const left = [...globals.map(({ id }) => id), ...replicas];
    return left.length === 0 ? null : `${left.join(", ")} has its writer elsewhere`;
  });
  await writeActiveRegion(aws, target, { active: to, regions: planned ? target.regions : [to], host });
}
