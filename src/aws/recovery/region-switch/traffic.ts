import type { Stack } from "aws-cdk-lib";
import { CfnFunction } from "aws-cdk-lib/aws-lambda";
import { CfnLogGroup } from "aws-cdk-lib/aws-logs";
import { LAMBDA } from "../../../facts/serverless.ts";
import { type TrafficSwitch, accessToSwitches, trafficSwitches } from "../../edge/traffic-switch.ts";
import { arnOf, logicalId, physicalName } from "../../name.ts";
import { type Statement, shipRole } from "../../role.ts";
import { type Shipment, type Site, isDev } from "../../ship.ts";

/** `activate`: customers come to this region. `deactivate`: they leave the other one, which this one outlives. */
export type Move = "activate" | "deactivate";

const KEEP_DAYS = 365;
const KEEP_DAYS_DEV = 7;
const TIMEOUT_SECONDS = 30;
const MEMORY_MIB = 128;

/** Puts numbers into CloudWatch. It fails when one of them cannot be put, and Region switch then tries again. */
function code(puts: readonly Put[]): string {
  return `const { CloudWatchClient, PutMetricDataCommand } = require("@aws-sdk/client-cloudwatch");

const PUTS = ${JSON.stringify(puts)};

exports.handler = async () => {
  for (const { region, Namespace, MetricData } of PUTS) {
    await new CloudWatchClient({ region, maxAttempts: 5 }).send(new PutMetricDataCommand({ Namespace, MetricData }));
  }
};
`;
}

/** What is put into CloudWatch, and in which region. */
interface Put {
  readonly region: string;
  readonly Namespace: string;
  readonly MetricData: readonly object[];
}

/** The moves of traffic that a strategy knows: with one region that serves, to leave one is to go to the other. */
export function movesOf({ topology }: Shipment): readonly Move[] {
  return topology.recovery === "active-active" ? ["activate", "deactivate"] : ["activate"];
}

/** The ARN of the function that moves traffic, in a region of either side. */
export function moveArn(shipment: Shipment, region: string, move: Move): string {
  return arnOf("lambda", region, `function:${moveName(shipment, move)}`);
}

/**
 * The functions of a region by which a Region switch plan moves customers (see `edge/traffic-switch.ts`), in its watch
 * stack. They run in the region that is well and need no other one, unless customers return to a region from which they
 * were sent away: that word is in the region that they leave, and to leave it in peace it has to be well.
 *
 * Region switch leaves this step out of an execution that is not graceful; then the runbook `failover` does it.
 */
export function shipTrafficMoves(site: Site): void {
  const { shipment, region } = site;
  if (trafficSwitches(shipment.topology).length === 0) return;
  for (const move of movesOf(shipment)) {
    const puts = putsOf(shipment, region.name, move);
    if (puts.length > 0) shipMove(site, move, puts);
  }
}

/** What moves customers to `region` (or keeps them in it, when the other one is deactivated). */
export function putsOf(shipment: Shipment, region: string, move: Move): readonly Put[] {
  const switches = trafficSwitches(shipment.topology);
  const awayFrom = (name: string): TrafficSwitch | undefined => switches.find(({ away }) => away === name);
  const other = shipment.topology.regions.find(({ name }) => name !== region);
  const isPrimary = shipment.topology.regions[0]?.name === region;
  const [here, there] = [awayFrom(region), other === undefined ? undefined : awayFrom(other.name)];
  if (move === "deactivate") return there ? [put(there, "away")] : [];
  if (shipment.topology.recovery === "active-active") return here ? [put(here, "back")] : [];
  // The first region has precedence, so that its switch alone decides; the second one's is never thrown, lest both be.
  return isPrimary ? (here ? [put(here, "back")] : []) : there ? [put(there, "away")] : [];
}

function put({ region, namespace, metricName, dimensions, values }: TrafficSwitch, value: "away" | "back"): Put {
  const Dimensions = dimensions.map(({ name, value: of }) => ({ Name: name, Value: of }));
  return {
    region,
    Namespace: namespace,
    MetricData: [{ MetricName: metricName, Dimensions, Value: values[value] }],
  };
}

function shipMove(site: Site, move: Move, puts: readonly Put[]): void {
  const { shipment, stacks, keyArn } = site;
  const stack: Stack = stacks.watch;
  const name = moveName(shipment, move);
  const group = new CfnLogGroup(stack, logicalId(move, "traffic", "log-group"), {
    logGroupName: `/aws/lambda/${name}`,
    kmsKeyId: keyArn,
    retentionInDays: isDev(shipment) ? KEEP_DAYS_DEV : KEEP_DAYS,
  });
  const role = shipRole(stack, logicalId(move, "traffic", "role"), {
    assumedBy: "lambda.amazonaws.com",
    tellsAccount: false, // Lambda does not say for whom it takes on the role of a function
    statements: [writeLogs(group.attrArn), accessToSwitches()],
  });
  const moved = new CfnFunction(stack, logicalId(move, "traffic"), {
    functionName: name,
    description: `Region switch: what ${move}s this region for customers`,
    runtime: LAMBDA.runtimes.value[0],
    handler: "index.handler",
    code: { zipFile: code(puts) },
    timeout: TIMEOUT_SECONDS,
    memorySize: MEMORY_MIB,
    role: role.attrArn,
    tags: [{ key: "Name", value: name }],
  });
  moved.addResourceDependency(group);
}

function writeLogs(groupArn: string): Statement {
  return { sid: "WriteLogs", actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [groupArn] };
}

function moveName(shipment: Shipment, move: Move): string {
  return physicalName(shipment, move, "traffic");
}
