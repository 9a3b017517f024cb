import { CfnDashboard } from "aws-cdk-lib/aws-cloudwatch";
import { logicalId, physicalName } from "../name.ts";
import type { Site } from "../ship.ts";
import { type AlarmRow, type Metric, type State, isFormula } from "./alarm.ts";
import type { Watched } from "./row.ts";
import type { States } from "./state.ts";

/** CloudWatch's grid is this wide; three graphs a line. */
const WIDTH = 24;
const GRAPH = { width: 8, height: 6 } as const;
const HEADING_HEIGHT = 1;
const STATES_HEIGHT = 3;

/** Colours by zone, so that a line means the same zone in every graph. */
const ZONE_COLOURS: Readonly<Record<string, string>> = {
  a: "#1f77b4",
  b: "#ff7f0e",
  c: "#2ca02c",
  d: "#9467bd",
  e: "#8c564b",
  f: "#e377c2",
};

interface Widget {
  readonly type: "metric" | "text" | "alarm";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A graph: rows that show the same thing of several zones are lines of one. */
interface Graph {
  readonly title: string;
  readonly rows: readonly AlarmRow[];
}

/**
 * One dashboard a region: on top what customers and zones feel, below it a line of graphs for each component, with the
 * thresholds of its alarms, zone by zone where there is something behind a balancer.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export function shipDashboard(site: Site, watched: readonly Watched[], states: States): void {
  const { shipment, stacks, region } = site;
  const top: State[] = [
    ...(states.system ? [states.system] : []),
    ...states.journeys.values(),
    ...states.zones.values(),
    ...states.components.values(),
  ];
  const widgets: Widget[] = [];
  let y = 0;
  if (top.length > 0) {
    const properties = { title: `${shipment.system} in ${region.name}`, alarms: top.map(({ arn }) => arn) };
    widgets.push({ type: "alarm", x: 0, y, width: WIDTH, height: STATES_HEIGHT, properties });
    y += STATES_HEIGHT;
  }
  for (const { component, rows } of watched) {
    const graphs = graphsOf(rows);
    const properties = { markdown: `## ${component}` };
    widgets.push({ type: "text", x: 0, y, width: WIDTH, height: HEADING_HEIGHT, properties });
    y += HEADING_HEIGHT;
    const across = WIDTH / GRAPH.width;
    for (const [index, graph] of graphs.entries()) {
      const at = { x: (index % across) * GRAPH.width, y: y + Math.floor(index / across) * GRAPH.height };
      widgets.push({ type: "metric", ...at, ...GRAPH, properties: graphProperties(graph, region.name) });
    }
    y += Math.ceil(graphs.length / across) * GRAPH.height;
  }
  new CfnDashboard(stacks.watch, logicalId("dashboard"), {
    dashboardName: physicalName(shipment, region.name),
    dashboardBody: stacks.watch.toJsonString({ start: "-PT3H", periodOverride: "inherit", widgets }),
  });
}

function graphsOf(rows: readonly AlarmRow[]): readonly Graph[] {
  const byTitle = Map.groupBy(rows, ({ name, zone }) =>
    zone === undefined ? name : name.replace(`-in-${zone}`, " by zone"),
  );
  return [...byTitle].map(([title, of]) => ({ title, rows: of }));
}

function graphProperties({ title, rows }: Graph, region: string): Readonly<Record<string, unknown>> {
  const thresholds = [...new Set(rows.map(({ is: [, threshold] }) => threshold))];
  return {
    title,
    region,
    view: "timeSeries",
    period: 60,
    metrics: rows.flatMap((row, index) => linesOf(row, `r${index}_`)),
    annotations: { horizontal: thresholds.map((value) => ({ label: "alarm", value })) },
    yAxis: { left: { min: 0, showUnits: false } },
  };
}

/** A line of a graph; the metrics of a formula are there and not drawn. Ids are told apart by a prefix. */
function linesOf({ of, name, zone }: AlarmRow, prefix: string): readonly unknown[] {
  const colour = zone === undefined ? {} : { color: ZONE_COLOURS[zone] };
  const label = zone === undefined ? name : `zone ${zone}`;
  if (!isFormula(of)) return [[...dimensionsOf(of), { stat: of.statistic, label, ...colour }]];
  const ids = Object.keys(of.of);
  const expression = of.expression.replaceAll(/[A-Za-z]\w*/g, (word) =>
    ids.includes(word) ? `${prefix}${word}` : word,
  );
  return [
    [{ expression, label, id: `${prefix}value`, ...colour }],
    ...Object.entries(of.of).map(([id, metric]) => [
      ...dimensionsOf(metric),
      { id: `${prefix}${id}`, stat: metric.statistic, visible: false },
    ]),
  ];
}

function dimensionsOf({ namespace, name, dimensions }: Metric): string[] {
  return [namespace, name, ...Object.entries(dimensions).flat()];
}
