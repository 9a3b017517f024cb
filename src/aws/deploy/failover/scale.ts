import type { Ms } from "../../../base/units.ts";
import { type Deployed, type Failover, deployedOf, until } from "./stage.ts";

const SCALABLE_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget";
const GROUP = "AWS::AutoScaling::AutoScalingGroup";
/** Long enough for instances to boot and for images to be pulled, several times over. */
const RUNNING_WITHIN_MS: Ms = 20 * 60_000;

/** A service or a group with the least number that it is to run. */
export interface Wanted {
  readonly id: string;
  readonly least: number;
}

/** What is to run in the region that takes over. */
export interface Capacity {
  readonly services: readonly Wanted[];
  readonly groups: readonly Wanted[];
}

/**
 * Raises the least number of tasks and instances in the region that takes over to what the region that serves has.
 * Nothing is ever scaled down here.
 */
export async function raiseCapacity(failover: Failover): Promise<Capacity> {
  const deployed = await deployedOf(failover, [SCALABLE_TARGET, GROUP]);
  const services: Wanted[] = [];
  const groups: Wanted[] = [];
  for (const each of deployed) {
    if (each.type === GROUP) groups.push(await raiseGroup(failover, each));
    else services.push(...(await raiseTarget(failover, each)));
  }
  return { services, groups };
}

/** Waits until everything that was asked for runs. */
export async function awaitCapacity(failover: Failover, capacity: Capacity): Promise<void> {
  await until(failover, "scale", RUNNING_WITHIN_MS, () => missing(failover, capacity));
}

/** The physical id of a scalable target is `resource|dimension|namespace`. */
async function raiseTarget({ aws, to, host }: Failover, { physicalId, properties }: Deployed): Promise<Wanted[]> {
  const [ResourceId = "", dimension, namespace] = physicalId.split("|");
  // Tables follow their load by themselves.
  if (dimension !== "ecs:service:DesiredCount" || namespace !== "ecs") return [];
  const scaling = await aws.scaling(to);
  const key = { ServiceNamespace: "ecs", ScalableDimension: "ecs:service:DesiredCount" } as const;
  const { ScalableTargets } = await scaling.describeScalableTargets({ ...key, ResourceIds: [ResourceId] });
  const now = ScalableTargets?.[0];
  const least = Math.max(Number(properties["MinCapacity"] ?? 0), now?.MinCapacity ?? 0);
  const most = Math.max(Number(properties["MaxCapacity"] ?? 0), now?.MaxCapacity ?? 0, least);
  if (now?.MinCapacity !== least || now.MaxCapacity !== most) {
    await scaling.registerScalableTarget({ ...key, ResourceId, MinCapacity: least, MaxCapacity: most });
    host.say({
      level: "info",
      about: "scale",
      text: `${ResourceId}: ${now?.MinCapacity ?? 0} → ${least} tasks at least`,
    });
  }
  return [{ id: ResourceId, least }];
}

async function raiseGroup({ aws, to, host }: Failover, { physicalId, properties }: Deployed): Promise<Wanted> {
  const groups = await aws.groups(to);
  const { AutoScalingGroups } = await groups.describeAutoScalingGroups({ AutoScalingGroupNames: [physicalId] });
  const now = AutoScalingGroups?.[0];
  const least = Math.max(Number(properties["MinSize"] ?? 0), now?.MinSize ?? 0);
  const most = Math.max(Number(properties["MaxSize"] ?? 0), now?.MaxSize ?? 0, least);
  if (now?.MinSize !== least || now.MaxSize !== most) {
    await groups.updateAutoScalingGroup({ AutoScalingGroupName: physicalId, MinSize: least, MaxSize: most });
    host.say({
      level: "info",
      about: "scale",
      text: `${physicalId}: ${now?.MinSize ?? 0} → ${least} instances at least`,
    });
  }
  return { id: physicalId, least };
}

async function missing({ aws, to }: Failover, { services, groups }: Capacity): Promise<string | null> {
  const waits: string[] = [];
  for (const { id, least } of services) {
    const [, cluster = "", service = ""] = id.split("/");
    const found = await (await aws.services(to)).describeServices({ cluster, services: [service] });
    const running = found.services?.[0]?.runningCount ?? 0;
    if (running < least) waits.push(`${service} runs ${running} of ${least} tasks`);
  }
  for (const { id, least } of groups) {
    const found = await (await aws.groups(to)).describeAutoScalingGroups({ AutoScalingGroupNames: [id] });
    const instances = found.AutoScalingGroups?.[0]?.Instances ?? [];
    const running = instances.filter(({ LifecycleState }) => LifecycleState === "InService").length;
    if (running < least) waits.push(`${id} runs ${running} of ${least} instances`);
  }
  return waits.length === 0 ? null : waits.join(", ");
}
