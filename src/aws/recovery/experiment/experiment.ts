import { CfnExperimentTemplate } from "aws-cdk-lib/aws-fis";
import { CfnLogGroup } from "aws-cdk-lib/aws-logs";
import { FIS } from "../../../facts/watch.ts";
import { arnOf, logicalId, physicalName } from "../../name.ts";
import { type Statement, shipRole } from "../../role.ts";
import { type Site, isDev, keep } from "../../ship.ts";
import type { ShippedRow } from "../../watch/alarm.ts";
import { prefixOf } from "../../watch/kind/service.ts";
import type { Action, Experiment, Target } from "./action.ts";
import { experimentsOf } from "./catalogue.ts";
import { permissionsFor } from "./permission.ts";

const KEEP_DAYS = 365;
const KEEP_DAYS_DEV = 7;

/**
 * The drills as experiments of AWS Fault Injection Service, in the watch stack of the region whose resources they
 * break. None starts by itself. Each stops when customers are hurt for longer than the system is meant to hurt them,
 * and what it did is undone. A drill that has nothing to break here (no task in the zone) is over at once.
 */
export function shipExperiments(site: Site, shipped: readonly ShippedRow[]): void {
  const { shipment, stacks, keyArn, region } = site;
  const experiments = experimentsOf(site);
  const stops = stopsOf(shipped);
  if (experiments.length === 0 || stops.length === 0) return; // one that nothing stops is not shipped
  const group = new CfnLogGroup(stacks.watch, logicalId("experiments", "log-group"), {
    kmsKeyId: keyArn,
    retentionInDays: isDev(shipment) ? KEEP_DAYS_DEV : KEEP_DAYS,
  });
  keep(group, shipment);
  const actionIds = experiments.flatMap(({ actions }) => Object.values(actions).map(({ actionId }) => actionId));
  const role = shipRole(stacks.watch, logicalId("experiments", "role"), {
    assumedBy: "fis.amazonaws.com",
    statements: [...permissionsFor(site, actionIds), ...logDelivery(arnOf("logs", region.name, "log-group:*"))],
  });
  for (const experiment of experiments) {
    const { fault, aim, says } = experiment;
    const name = [fault, ...(aim === null ? [] : [aim])];
    new CfnExperimentTemplate(stacks.watch, logicalId(...name, "experiment"), {
      description: says,
      roleArn: role.attrArn,
      stopConditions: stops.map((value) => ({ source: "aws:cloudwatch:alarm", value })),
      actions: mapValues(experiment.actions, actionProps),
      targets: mapValues(experiment.targets, targetProps),
      experimentOptions: { accountTargeting: "single-account", emptyTargetResolutionMode: modeOf(experiment) },
      logConfiguration: {
        logSchemaVersion: FIS.logSchema.value,
        cloudWatchLogsConfiguration: { LogGroupArn: group.attrArn }, // the CDK has no type for it, so AWS's spelling
      },
      tags: { Name: physicalName(shipment, ...name) },
    });
  }
}

/**
 * What customers feel, and after it what programs do; in a system that nobody calls, whatever else shows that it does
 * not do its work.
 */
function stopsOf(shipped: readonly ShippedRow[]): readonly string[] {
  const isSecond = ({ row }: ShippedRow): boolean => row.name.startsWith(prefixOf(1));
  const customers = shipped.filter(({ row }) => row.customers);
  const felt = [...customers.filter((each) => !isSecond(each)), ...customers.filter(isSecond)];
  const shown = shipped.filter(({ row }) => row.zone === undefined && row.alone === undefined);
  const most = FIS.stopConditions.value;
  return (felt.length > 0 ? felt : shown).slice(0, most).map(({ alarm }) => alarm.attrArn);
}

/** A scenario of many parts leaves out those without a target; a drill of one part says so when it has none. */
function modeOf({ actions }: Experiment): "skip" | "fail" {
  return Object.keys(actions).length > 1 ? "skip" : "fail";
}

function actionProps({
  actionId,
  parameters,
  on,
  after,
}: Action): CfnExperimentTemplate.ExperimentTemplateActionProperty {
  return {
    actionId,
    ...(parameters === undefined ? {} : { parameters }),
    ...(on === undefined ? {} : { targets: { [on[0]]: on[1] } }),
    ...(after === undefined ? {} : { startAfter: [after] }),
  };
}

function targetProps(target: Target): CfnExperimentTemplate.ExperimentTemplateTargetProperty {
  const { resourceType, tags, arns, parameters, filters, select = "ALL" } = target;
  return {
    resourceType,
    selectionMode: select,
    ...(tags === undefined ? {} : { resourceTags: tags }),
    ...(arns === undefined ? {} : { resourceArns: [...arns] }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(filters === undefined
      ? {}
      : { filters: Object.entries(filters).map(([path, values]) => ({ path, values: [...values] })) }),
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html */
function logDelivery(groups: string): Statement[] {
  return [
    { sid: "DeliverLogs", actions: ["logs:CreateLogDelivery"], resources: ["*"] },
    {
      sid: "AllowDelivery",
      actions: ["logs:DescribeLogGroups", "logs:DescribeResourcePolicies", "logs:PutResourcePolicy"],
      resources: [groups],
    },
  ];
}

function mapValues<A, B>(map: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
