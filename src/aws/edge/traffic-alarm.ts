import { CfnAlarm } from "aws-cdk-lib/aws-cloudwatch";
import { logicalId } from "../name.ts";
import type { Site } from "../ship.ts";
import { trafficSwitches } from "./traffic-switch.ts";

/** CloudWatch's shortest period that a Route 53 health check can follow. */
const PERIOD_S = 60;

/**
 * The alarms of the switches that stand in a region, in its data stack, which is also there where nothing else is. They
 * have no actions: they are no trouble to be told of, but what a health check looks at.
 */
export function shipTrafficAlarm({ shipment, region, stacks }: Site): void {
  for (const each of trafficSwitches(shipment.topology)) {
    if (each.region !== region.name) continue;
    new CfnAlarm(stacks.data, logicalId("traffic-away-from", each.away), {
      alarmName: each.alarmName,
      alarmDescription: `In alarm while customers are kept away from ${each.away}; Route 53 follows it`,
      namespace: each.namespace,
      metricName: each.metricName,
      dimensions: [...each.dimensions],
      statistic: "Maximum",
      period: PERIOD_S,
      evaluationPeriods: 1,
      threshold: each.values.away,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      treatMissingData: "ignore",
    });
  }
}
