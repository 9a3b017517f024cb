import { CfnFlowLog } from "aws-cdk-lib/aws-ec2";
import { CfnLogGroup } from "aws-cdk-lib/aws-logs";
import { logicalId, physicalName } from "../name.ts";
import { shipRole } from "../role.ts";
import { type BareSite, isDev, keep } from "../ship.ts";

/** A year, as auditors ask for; a week in the cheap profile. */
const KEEP_DAYS = 365;
const KEEP_DAYS_DEV = 7;

/** The shortest that AWS has, in seconds: what was sent is seen a minute later. */
const AGGREGATION_SECONDS = 60;

/** What AWS writes unless it is told, and then whether it was encrypted, on which way, and why it was refused. */
const FIELDS = [
  ..."version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end".split(" "),
  ..."action log-status encryption-status flow-direction traffic-path reject-reason".split(" "),
];

/** Who talked to whom in a network, accepted and refused, in an encrypted log group. */
export function shipFlowLogs({ shipment, stacks }: BareSite, vpcId: string, keyArn: string): void {
  const stack = stacks.network;
  const group = new CfnLogGroup(stack, logicalId("flow-log-group"), {
    kmsKeyId: keyArn,
    retentionInDays: isDev(shipment) ? KEEP_DAYS_DEV : KEEP_DAYS,
  });
  keep(group, shipment);
  const write = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"];
  const role = shipRole(stack, logicalId("flow-log-role"), {
    assumedBy: "vpc-flow-logs.amazonaws.com",
    statements: [{ sid: "WriteFlowLogs", actions: write, resources: [group.attrArn] }],
  });
  new CfnFlowLog(stack, logicalId("flow-log"), {
    resourceType: "VPC",
    resourceId: vpcId,
    trafficType: "ALL",
    logDestinationType: "cloud-watch-logs",
    logDestination: group.attrArn,
    deliverLogsPermissionArn: role.attrArn,
    logFormat: FIELDS.map((field) => `\${${field}}`).join(" "),
    maxAggregationInterval: AGGREGATION_SECONDS,
    tags: [{ key: "Name", value: physicalName(shipment, "flow-log") }],
  });
}
