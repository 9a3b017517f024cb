import type { Stack } from "aws-cdk-lib";
import type { CfnPlan } from "aws-cdk-lib/aws-arcregionswitch";
import { componentsOf } from "../../../topology/topology.ts";
import { namespaceOf } from "../../compute/kubernetes.ts";
import { trafficSwitches } from "../../edge/traffic-switch.ts";
import type { ServiceHandle } from "../../handle.ts";
import { arnOf, logicalId, physicalName } from "../../name.ts";
import type { Shipment, Site } from "../../ship.ts";
import { wire } from "../../wire.ts";
import { type Move, moveArn } from "./traffic.ts";

/** A step of a workflow, as a template has it. */
export type Step = CfnPlan.StepProperty;

/** Where a plan stands: its stack, in the region that takes over, and both sites in the definition's order. */
export interface Plan {
  readonly stack: Stack;
  readonly shipment: Shipment;
  readonly sites: readonly [Site, Site];
  /** What a step may take, in minutes. */
  readonly timeoutMinutes: number;
}

/** In an execution that is not graceful, half of the tasks are better than to wait for all. */
const ENOUGH_PERCENT = 50;

/** As many as the other region has. */
const ALL_PERCENT = 100;

const RETRY_MINUTES = 1;

/**
 * A service in both regions, by the ARNs that a block asks for. One on instances is scaled by its tasks, as on Fargate:
 * ECS then makes its Auto Scaling group as large as they need.
 */
export interface ScaledService {
  readonly id: string;
  readonly platform: ServiceHandle["platform"];
  readonly clusterArns: readonly string[];
  readonly arns: readonly string[];
}

/** The services of a system in both regions; what another region alone knows comes by a parameter. */
export function scaledServices({ stack, shipment, sites }: Plan): readonly ScaledService[] {
  return sites[0].handles.all("service").map(({ id, platform }) => {
    const of = (name: string, value: (handle: ServiceHandle) => string): string[] =>
      sites.map((site) => {
        const own = value(site.handles.get("service", id));
        if (site.stacks.compute.region === stack.region) return own;
        const from = { stack: site.stacks.compute, value: own };
        return wire(shipment, logicalId(id, "region-switch", name), from, stack);
      });
    const clusters = of("cluster", ({ clusterName }) => clusterName);
    const service = platform === "eks" ? "eks" : "ecs";
    return {
      id,
      platform,
      clusterArns: sites.map(({ region }, at) => arnOf(service, region.name, `cluster/${clusters[at]!}`)),
      arns: platform === "eks" ? [] : of("arn", ({ arn }) => arn),
    };
  });
}

/** As many tasks as the region that is left has; all services at once. Null where there is none. */
export function scaleStep(plan: Plan, services: readonly ScaledService[]): Step | null {
  const steps = services.map((service): Step => scale(plan, service));
  return atOnce("scale", "as many tasks as the other region has, before any customer comes", steps);
}

function scale({ sites, timeoutMinutes }: Plan, { id, platform, arns, clusterArns }: ScaledService): Step {
  const common = {
    targetPercent: ALL_PERCENT,
    timeoutMinutes,
    ungraceful: { minimumSuccessPercentage: ENOUGH_PERCENT },
  };
  const name = `scale-${id}`;
  if (platform === "eks") {
    const byRegion = Object.fromEntries(
      sites.map((site) => [site.region.name, { name: id, namespace: namespaceOf(site), hpaName: id }]),
    );
    const config = {
      eksResourceScalingConfig: {
        ...common,
        eksClusters: clusterArns.map((clusterArn) => ({ clusterArn })),
        kubernetesResourceType: { apiVersion: "apps/v1", kind: "Deployment" },
        scalingResources: [{ [id]: byRegion }],
      },
    };
    return { name, executionBlockType: "EKSResourceScaling", executionBlockConfiguration: config };
  }
  const services = arns.map((serviceArn, at) => ({ serviceArn, clusterArn: clusterArns[at]! }));
  const config = { ecsCapacityIncreaseConfig: { ...common, services } };
  return { name, executionBlockType: "ECSServiceScaling", executionBlockConfiguration: config };
}

/**
 * The databases: Aurora's writer moves to the region that is activated, without loss; in an execution that is not
 * graceful it is promoted there, and what had not been copied is lost. A plain engine's replica is promoted, which
 * cannot be undone, so only on the way to where it is.
 */
export function databaseStep(plan: Plan, towards: "primary" | "secondary" | "either"): Step | null {
  const { shipment } = plan;
  const steps = componentsOf(shipment.topology, "database").flatMap(({ id, settings }): Step[] => {
    if (settings.engine.startsWith("aurora")) return [switchAurora(plan, id)];
    return towards === "secondary" ? [promoteReplica(plan, id)] : [];
  });
  return atOnce("databases", "the writer moves to the region that is activated", steps);
}

function switchAurora({ shipment, sites, timeoutMinutes }: Plan, id: string): Step {
  const globalClusterIdentifier = globalClusterOf(sites, id);
  return {
    name: `switch-${id}`,
    executionBlockType: "AuroraGlobalDatabase",
    executionBlockConfiguration: {
      globalAuroraConfig: {
        globalClusterIdentifier,
        databaseClusterArns: sites.map(({ region }) => databaseArn(shipment, region.name, id, "cluster")),
        behavior: "switchoverOnly",
        ungraceful: { ungraceful: "failover" },
        timeoutMinutes,
      },
    },
  };
}

function promoteReplica({ shipment, sites, timeoutMinutes }: Plan, id: string): Step {
  const dbInstanceArnMap = Object.fromEntries(
    sites.map(({ region }) => [region.name, databaseArn(shipment, region.name, id, "db")]),
  );
  return {
    name: `promote-${id}`,
    executionBlockType: "RdsPromoteReadReplica",
    executionBlockConfiguration: { rdsPromoteReadReplicaConfig: { dbInstanceArnMap, timeoutMinutes } },
  };
}

/** Its name, as either region's handle tells it: it is the same text in both. */
export function globalClusterOf(sites: readonly Site[], id: string): string {
  const name = sites[0]?.handles.get("database", id).globalClusterIdentifier;
  return name ?? id;
}

/** A cluster or an instance has the same name in both regions, which `data/` gives it. */
export function databaseArn(shipment: Shipment, region: string, id: string, what: "cluster" | "db"): string {
  return arnOf("rds", region, `${what}:${physicalName(shipment, id)}`);
}

/** Customers are moved last, when there is something that can serve them. Null where the edge has no two regions. */
export function trafficStep({ shipment, sites, timeoutMinutes }: Plan, move: Move): Step | null {
  if (trafficSwitches(shipment.topology).length === 0) return null;
  return {
    name: "move-customers",
    description: "customers are sent to the region that is well",
    executionBlockType: "CustomActionLambda",
    executionBlockConfiguration: {
      customActionLambdaConfig: {
        lambdas: sites.map(({ region }) => ({ arn: moveArn(shipment, region.name, move) })),
        regionToRun: "activatingRegion",
        retryIntervalMinutes: RETRY_MINUTES,
        timeoutMinutes,
      },
    },
  };
}

/** Several steps as one that waits for all; a single one as it is. */
function atOnce(name: string, description: string, steps: readonly Step[]): Step | null {
  const [only] = steps;
  if (only === undefined) return null;
  if (steps.length === 1) return { ...only, description };
  const config = { parallelConfig: { steps: [...steps] } };
  return { name, description, executionBlockType: "Parallel", executionBlockConfiguration: config };
}
