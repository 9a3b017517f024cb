import { Aws } from "aws-cdk-lib";
import { componentsOf } from "../../../topology/topology.ts";
import { trafficSwitches } from "../../edge/traffic-switch.ts";
import { arnOf } from "../../name.ts";
import type { Statement } from "../../role.ts";
import { type Plan, type ScaledService, databaseArn, globalClusterOf } from "./step.ts";
import { moveArn, movesOf } from "./traffic.ts";

/** What a plan's permissions are made for. */
interface Asked {
  readonly services: readonly ScaledService[];
  readonly alarmArns: readonly string[];
  readonly roleArn: string;
  readonly planArn: string;
}

/**
 * What Region switch may do when it evaluates or executes the plan: for each kind of block what AWS's own samples give
 * it, for this system's resources alone where the action knows resources.
 *
 * https://docs.aws.amazon.com/r53recovery/latest/dg/security_iam_region_switch_execution_blocks.html
 */
export function planStatements(plan: Plan, asked: Asked): readonly Statement[] {
  const { services, alarmArns, roleArn, planArn } = asked;
  return [
    // Every half hour it tries whether the role could do what the plan asks for.
    { sid: "Evaluate", actions: ["iam:SimulatePrincipalPolicy"], resources: [roleArn] },
    {
      sid: "Plan",
      actions: [
        "arc-region-switch:GetPlan",
        "arc-region-switch:GetPlanExecution",
        "arc-region-switch:ListPlanExecutions",
      ],
      resources: [planArn],
    },
    ...(alarmArns.length === 0
      ? []
      : [
          {
            sid: "Alarms",
            actions: ["cloudwatch:DescribeAlarmHistory", "cloudwatch:DescribeAlarms"],
            resources: alarmArns,
          },
        ]),
    ...tasks(plan, services),
    ...clusters(services),
    ...databases(plan),
    ...traffic(plan),
    ...(services.length === 0 ? [] : [{ sid: "Load", actions: ["cloudwatch:GetMetricStatistics"], resources: ["*"] }]),
  ];
}

function tasks({ sites }: Plan, services: readonly ScaledService[]): Statement[] {
  const found = services.filter(({ platform }) => platform !== "eks");
  if (found.length === 0) return [];
  const targets = sites.map(({ region }) => arnOf("application-autoscaling", region.name, "scalable-target/*"));
  return [
    {
      sid: "Services",
      actions: ["ecs:DescribeServices", "ecs:UpdateService"],
      resources: found.flatMap(({ arns }) => arns),
    },
    {
      sid: "Clusters",
      actions: ["ecs:DescribeClusters"],
      resources: [...new Set(found.flatMap(({ clusterArns }) => clusterArns))],
    },
    {
      sid: "Lists",
      actions: ["application-autoscaling:DescribeScalableTargets", "ecs:ListServices"],
      resources: ["*"],
    },
    { sid: "Targets", actions: ["application-autoscaling:RegisterScalableTarget"], resources: targets },
  ];
}

function clusters(services: readonly ScaledService[]): Statement[] {
  const found = [...new Set(services.filter(({ platform }) => platform === "eks").flatMap((each) => each.clusterArns))];
  if (found.length === 0) return [];
  return [
    { sid: "KubernetesClusters", actions: ["eks:DescribeCluster"], resources: found },
    {
      sid: "KubernetesEntries",
      actions: ["eks:ListAssociatedAccessPolicies"],
      resources: found.map((arn) => arn.replace(":cluster/", ":access-entry/").concat("/*")),
    },
  ];
}

function databases({ shipment, sites }: Plan): Statement[] {
  const all = componentsOf(shipment.topology, "database");
  const arns = (plain: boolean): string[] =>
    all
      .filter(({ settings }) => settings.engine.startsWith("aurora") !== plain)
      .flatMap(({ id }) => sites.map(({ region }) => databaseArn(shipment, region.name, id, plain ? "db" : "cluster")));
  const global = all
    .filter(({ settings }) => settings.engine.startsWith("aurora"))
    .map(({ id }) => `arn:${Aws.PARTITION}:rds::${Aws.ACCOUNT_ID}:global-cluster:${globalClusterOf(sites, id)}`);
  const [aurora, plain] = [arns(false), arns(true)];
  return [
    ...(aurora.length === 0
      ? []
      : [
          {
            sid: "LookAtDatabases",
            actions: ["rds:DescribeDBClusters", "rds:DescribeGlobalClusters"],
            resources: [...global, ...aurora],
          },
          {
            sid: "SwitchDatabases",
            actions: ["rds:FailoverGlobalCluster", "rds:SwitchoverGlobalCluster"],
            resources: [...global, ...aurora],
          },
        ]),
    ...(plain.length === 0
      ? []
      : [
          {
            sid: "PromoteReplicas",
            actions: ["rds:DescribeDBInstances", "rds:ModifyDBInstance", "rds:PromoteReadReplica"],
            resources: plain,
          },
        ]),
  ];
}

function traffic({ shipment, sites }: Plan): Statement[] {
  if (trafficSwitches(shipment.topology).length === 0) return [];
  const resources = sites.flatMap(({ region }) =>
    movesOf(shipment).map((move) => moveArn(shipment, region.name, move)),
  );
  return [{ sid: "MoveCustomers", actions: ["lambda:GetFunction", "lambda:InvokeFunction"], resources }];
}
