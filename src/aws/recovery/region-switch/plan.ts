import { createHash } from "node:crypto";
import { Aws, CfnOutput, type Stack } from "aws-cdk-lib";
import { CfnPlan } from "aws-cdk-lib/aws-arcregionswitch";
import { CfnRolePolicy } from "aws-cdk-lib/aws-iam";
import { REGION_SWITCH } from "../../../facts/watch.ts";
import type { Topology } from "../../../topology/topology.ts";
import { arnOf, logicalId, physicalName } from "../../name.ts";
import { policyDocument, shipRole } from "../../role.ts";
import type { Shipment, Site } from "../../ship.ts";
import { toldAlarms } from "../../watch/alarm.ts";
import { letPlanScale } from "./kubernetes-access.ts";
import { planStatements } from "./permission.ts";
import { type Plan, type Step, databaseStep, scaleStep, scaledServices, trafficStep } from "./step.ts";
import { movesOf, shipTrafficMoves } from "./traffic.ts";

/** A step that is not done by then will not be; people look at it. */
const SHORTEST_TIMEOUT_MINUTES = 10;

/** The output with the plan's ARN, which `failover` and the runbooks ask for. */
export const PLAN_ARN = "RegionSwitchPlanArn";

const MINUTE_MS = 60_000;

/**
 * The plan of ARC Region switch that moves a system from one region to the other: it scales the services, moves the
 * writers and then the customers. People start it; nothing does so by itself, because a failover by mistake costs as
 * much as one that is late. It is executed in the region that takes over, without the other one.
 *
 * Two regions that keep nothing running in the second one have nothing to switch to: null. A plan's kind cannot be
 * changed, so that of the two kinds has its own name; a change of strategy makes one and removes the other.
 */
export function shipRegionSwitch(stack: Stack, sites: readonly Site[]): CfnPlan | null {
  const [first, second] = sites;
  if (!first || !second || !first.presence.deployed || !second.presence.deployed) return null;
  const { shipment } = first;
  const { topology } = shipment;
  const plan: Plan = { stack, shipment, sites: [first, second], timeoutMinutes: timeoutOf(topology) };
  for (const site of sites) shipTrafficMoves(site);
  const services = scaledServices(plan);
  const approach = approachOf(topology);
  const role = shipRole(stack, logicalId("region-switch", "role"), {
    assumedBy: "arc-region-switch.amazonaws.com",
    tellsAccount: false, // Region switch does not document that it tells for whose plan it takes the role on
    statements: [],
  });
  letPlanScale(plan, role.attrArn);
  const name = planName(shipment);
  const alarms = alarmsOf(plan);
  const policy = new CfnRolePolicy(stack, logicalId("region-switch", "policy"), {
    roleName: role.ref,
    policyName: "execution",
    policyDocument: policyDocument(
      planStatements(plan, {
        services,
        alarmArns: Object.values(alarms).map(({ resourceIdentifier }) => resourceIdentifier),
        roleArn: role.attrArn,
        planArn: `arn:${Aws.PARTITION}:arc-region-switch::${Aws.ACCOUNT_ID}:plan/${name}:*`,
      }),
    ),
  });
  const { rtoMs } = topology.objectives.region;
  const [least, most] = REGION_SWITCH.rtoMinutes.value;
  const made = new CfnPlan(stack, logicalId("region-switch", approach), {
    name,
    description: `Moves ${shipment.system} between ${first.region.name} and ${second.region.name}`,
    executionRole: role.attrArn,
    recoveryApproach: approach,
    regions: [first.region.name, second.region.name],
    ...(approach === "activePassive" ? { primaryRegion: first.region.name } : {}),
    ...(rtoMs === null
      ? {}
      : { recoveryTimeObjectiveMinutes: Math.min(most, Math.max(least, Math.ceil(rtoMs / MINUTE_MS))) }),
    associatedAlarms: alarms,
    workflows: workflowsOf(plan, services),
    tags: { Name: physicalName(shipment, "region-switch") },
  });
  made.addResourceDependency(policy);
  new CfnOutput(stack, PLAN_ARN, { value: made.attrArn });
  return made;
}

/**
 * What a plan is called: at most 32 characters, so a long system's name is cut, and told from others by the beginning
 * of its hash.
 */
export function planName(shipment: Shipment): string {
  const suffix = shipment.topology.recovery === "active-active" ? "both" : "one";
  const whole = physicalName(shipment, suffix);
  const most = REGION_SWITCH.nameLength.value;
  if (whole.length <= most) return whole;
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, 6);
  return `${whole.slice(0, most - hash.length - suffix.length - 2).replace(/-+$/, "")}-${hash}-${suffix}`;
}

function approachOf({ recovery }: Topology): "activeActive" | "activePassive" {
  return recovery === "active-active" ? "activeActive" : "activePassive";
}

/** The whole objective for each step: the sum is what a rehearsal measures, and Region switch holds against it. */
function timeoutOf({ objectives }: Topology): number {
  const { rtoMs } = objectives.region;
  const most = REGION_SWITCH.blockTimeout.value / MINUTE_MS;
  return rtoMs === null ? most : Math.min(most, Math.max(SHORTEST_TIMEOUT_MINUTES, Math.ceil(rtoMs / MINUTE_MS)));
}

/**
 * One region serves: a workflow for each to become the one. Both serve: to leave a region moves what it did to the
 * other; to return to it is to scale it and let customers in.
 */
function workflowsOf(plan: Plan, services: Parameters<typeof scaleStep>[1]): CfnPlan.WorkflowProperty[] {
  const [first, second] = plan.sites;
  const scaled = scaleStep(plan, services);
  const workflow = (
    action: "activate" | "deactivate",
    region: string,
    steps: readonly (Step | null)[],
  ): CfnPlan.WorkflowProperty => ({
    workflowTargetAction: action,
    workflowTargetRegion: region,
    workflowDescription: `${action} ${region}`,
    steps: steps.filter((step) => step !== null),
  });
  if (movesOf(plan.shipment).includes("deactivate")) {
    return [first, second].flatMap(({ region }) => [
      workflow("deactivate", region.name, [scaled, databaseStep(plan, "either"), trafficStep(plan, "deactivate")]),
      workflow("activate", region.name, [scaled, trafficStep(plan, "activate")]),
    ]);
  }
  return [second, first].map(({ region }) =>
    workflow("activate", region.name, [scaled, databaseStep(plan, region.role), trafficStep(plan, "activate")]),
  );
}

/** What tells that customers are served again: the errors of what listens, in either region. */
function alarmsOf({ shipment, sites }: Plan): Record<string, { alarmType: string; resourceIdentifier: string }> {
  const entries = sites.flatMap(({ region }) =>
    [...toldAlarms(shipment)].map(([id, name]) => {
      const resourceIdentifier = arnOf("cloudwatch", region.name, `alarm:${name}`);
      return [`${id}-in-${region.name}`, { alarmType: "applicationHealth", resourceIdentifier }] as const;
    }),
  );
  return Object.fromEntries(entries);
}
