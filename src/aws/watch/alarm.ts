import { type CfnTag, Fn } from "aws-cdk-lib";
import { CfnAlarm, CfnCompositeAlarm } from "aws-cdk-lib/aws-cloudwatch";
import { CLOUDWATCH } from "../../facts/watch.ts";
import { answersRequests } from "../../topology/kind/service.ts";
import { componentsOf } from "../../topology/topology.ts";
import { logicalId, physicalName } from "../name.ts";
import type { Shipment, Site } from "../ship.ts";

/** A metric that AWS's services publish; dimensions may be tokens. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Sum`, `Average`, `Minimum`, `Maximum`, or a percentile such as `p99`. */
  readonly statistic: string;
}

/** A figure made of several metrics, each by a name that begins with a small letter. */
export interface Formula {
  readonly expression: string;
  readonly of: Readonly<Record<string, Metric>>;
}

/**
 * What it means that a metric has no data. `fine`: nothing happened (no requests, no errors). `bad`: what should be
 * there is gone. `unknown`: nobody can tell, and the alarm stays as it was.
 */
export type Silence = "fine" | "bad" | "unknown";

/** One thing that is watched, of one component. */
export interface AlarmRow {
  /** The words of its logical id after the component's: `errors`. */
  readonly name: string;
  /** For who gets the alert: what it means, and where to look first. */
  readonly says: string;
  readonly of: Metric | Formula;
  readonly is: readonly [comparison: ">" | ">=" | "<", threshold: number];
  /** So many minutes of so many. */
  readonly during: readonly [minutes: number, of: number];
  readonly silence: Silence;
  /** It alerts by itself; the others do so together, as the state of their component. */
  readonly alone?: true;
  /** Customers feel it: it stops experiments, and ends a practice run of a zonal shift. */
  readonly customers?: true;
  /** The zone that it is about, of rows that there are once a zone; they become a zone's state together. */
  readonly zone?: string;
}

/** A row as it was shipped. */
export interface ShippedRow {
  readonly component: string;
  readonly row: AlarmRow;
  readonly alarm: CfnAlarm;
}

/** Something whose state others ask for: an alarm or a composite one. */
export interface State {
  readonly name: string;
  readonly arn: string;
}

/** The row of what customers are answered wrongly, of whatever listens. */
const ERRORS = "errors";

const COMPARISONS = {
  ">": "GreaterThanThreshold",
  ">=": "GreaterThanOrEqualToThreshold",
  "<": "LessThanThreshold",
} as const;
const MISSING = { fine: "notBreaching", bad: "breaching", unknown: "missing" } as const;
const PERIOD_SECONDS = CLOUDWATCH.shortestPeriod.value / 1_000;

/**
 * Metrics of one namespace and one thing. @example metricsOf("AWS/SQS", { QueueName })("NumberOfMessagesSent", "Sum")
 */
export function metricsOf(
  namespace: string,
  dimensions: Readonly<Record<string, string>>,
): (name: string, statistic: string) => Metric {
  return (name, statistic) => ({ namespace, name, dimensions, statistic });
}

/** The highest of a metric over several things, such as the nodes of a cache, as one figure. */
export function highestOf(metrics: readonly Metric[]): Metric | Formula {
  return combined("MAX", metrics);
}

/** The lowest of a metric over several things. */
export function lowestOf(metrics: readonly Metric[]): Metric | Formula {
  return combined("MIN", metrics);
}

function combined(how: "MAX" | "MIN", metrics: readonly Metric[]): Metric | Formula {
  const [only] = metrics;
  if (only && metrics.length === 1) return only;
  const of = Object.fromEntries(metrics.map((metric, index) => [`m${index + 1}`, metric]));
  return { expression: `${how}([${Object.keys(of).join(", ")}])`, of };
}

/** Whether a figure is made of several metrics. */
export function isFormula(of: Metric | Formula): of is Formula {
  return "expression" in of;
}

/** A row's alarm; `actions` are what it does by itself. */
export function shipAlarm(site: Site, component: string, row: AlarmRow, actions: readonly string[]): ShippedRow {
  const { shipment, stacks } = site;
  const [comparison, threshold] = row.is;
  const [minutes, of] = row.during;
  const alarmName = row.name === ERRORS ? toldAlarms(shipment).get(component) : undefined;
  const alarm = new CfnAlarm(stacks.watch, logicalId(component, row.name, "alarm"), {
    ...(alarmName === undefined ? {} : { alarmName }),
    alarmDescription: row.says,
    comparisonOperator: COMPARISONS[comparison],
    threshold,
    datapointsToAlarm: minutes,
    evaluationPeriods: of,
    treatMissingData: MISSING[row.silence],
    ...(isFormula(row.of) ? formulaProps(row.of) : metricProps(row.of)),
    ...(actions.length === 0 ? {} : { alarmActions: [...actions], okActions: [...actions] }),
    tags: tagsOf(physicalName(shipment, component, row.name), component),
  });
  return { component, row, alarm };
}

/**
 * The alarms that the plan of Region switch looks at from another region, which must be able to tell their names: the
 * errors that customers get of what listens. By component.
 */
export function toldAlarms(shipment: Shipment): ReadonlyMap<string, string> {
  const listening = [
    ...componentsOf(shipment.topology, "service").filter(({ settings }) => answersRequests(settings)),
    ...componentsOf(shipment.topology, "http-api"),
  ];
  return new Map(listening.map(({ id }) => [id, physicalName(shipment, id, ERRORS)]));
}

/** The state of several things at once, as its rule has it; `name` are the words of its logical id. */
export function shipComposite(
  site: Site,
  name: readonly string[],
  of: {
    readonly says: string;
    readonly rule: string;
    readonly actions: readonly string[];
    readonly component?: string;
  },
): State {
  const { shipment, stacks } = site;
  const composite = new CfnCompositeAlarm(stacks.watch, logicalId(...name), {
    alarmDescription: of.says,
    alarmRule: of.rule,
    ...(of.actions.length === 0 ? {} : { alarmActions: [...of.actions], okActions: [...of.actions] }),
    tags: tagsOf(physicalName(shipment, ...name), of.component),
  });
  return { name: composite.ref, arn: composite.attrArn };
}

/** A rule that holds when any of these is in alarm. @example anyOf([{ name: "a" }]) // 'ALARM("a")' */
export function anyOf(states: readonly Pick<State, "name">[]): string {
  return Fn.join(
    " OR ",
    states.map(({ name }) => Fn.join("", ['ALARM("', name, '")'])),
  );
}

function metricProps({ namespace, name, dimensions, statistic }: Metric) {
  const percentile = statistic.startsWith("p");
  return {
    namespace,
    metricName: name,
    dimensions: dimensionsOf(dimensions),
    period: PERIOD_SECONDS,
    // A percentile of a handful of requests says nothing of the next thousand.
    ...(percentile ? { extendedStatistic: statistic, evaluateLowSampleCountPercentile: "ignore" } : { statistic }),
  };
}

function formulaProps({ expression, of }: Formula) {
  const metrics = Object.entries(of).map(([id, { namespace, name, dimensions, statistic }]) => ({
    id,
    metricStat: {
      metric: { namespace, metricName: name, dimensions: dimensionsOf(dimensions) },
      period: PERIOD_SECONDS,
      stat: statistic,
    },
    returnData: false,
  }));
  return { metrics: [{ id: "value", expression, label: "value", returnData: true }, ...metrics] };
}

function dimensionsOf(dimensions: Readonly<Record<string, string>>): CfnAlarm.DimensionProperty[] {
  return Object.entries(dimensions).map(([name, value]) => ({ name, value }));
}

function tagsOf(name: string, component: string | undefined): CfnTag[] {
  return [
    { key: "Name", value: name },
    ...(component === undefined ? [] : [{ key: "holdfast:component", value: component }]),
  ];
}
