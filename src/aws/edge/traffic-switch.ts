import type { Topology } from "../../topology/topology.ts";
import type { Statement } from "../role.ts";
import { originZone, routedServices } from "./origin.ts";

/** One number in CloudWatch that moves the traffic of a region to the other one. */
export interface TrafficSwitch {
  /** The region that customers leave. */
  readonly away: string;
  /** Where the number is put: the other region, which works while the first one may not. */
  readonly region: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: readonly { readonly name: string; readonly value: string }[];
  /** The value that moves customers away, and the one that lets them back. */
  readonly values: { readonly away: 1; readonly back: 0 };
  /** The alarm on it, in `region`, which Route 53's health check follows. */
  readonly alarmName: string;
}

const NAMESPACE = "Holdfast";

/**
 * The switches of a system of two regions whose edge has routes and a hosted zone; none elsewhere.
 *
 * Throwing one is a single call of CloudWatch's data plane in the region that is well (`PutMetricData`), made by
 * `failover`, a runbook or a Region switch plan: no record is changed, and neither Route 53's control plane, nor
 * us-east-1, nor the lost region has to answer. It stays as it was put: without data the alarm keeps its state, and the
 * health check its last known status. A minute or two pass until Route 53 knows.
 *
 * Region switch has health checks of its own; a template cannot tell which of them belongs to which region, and the
 * wrong one on a record would send customers into the outage.
 */
export function trafficSwitches(topology: Topology): readonly TrafficSwitch[] {
  const system = `${topology.system}-${topology.shipping.stage}`;
  const [first, second] = topology.regions;
  if (first === undefined || second === undefined) return [];
  if (originZone(topology) === null || routedServices(topology).length === 0) return [];
  return [[first.name, second.name] as const, [second.name, first.name] as const].map(([away, region]) => ({
    away,
    region,
    namespace: NAMESPACE,
    metricName: "TrafficAway",
    dimensions: [
      { name: "System", value: system },
      { name: "Region", value: away },
    ],
    values: { away: 1, back: 0 },
    alarmName: `${system}-traffic-away-from-${away}`,
  }));
}

/** What somebody may do who throws a switch. CloudWatch knows no resources for it; the namespace is the limit. */
export function accessToSwitches(): Statement {
  return {
    sid: "MoveTraffic",
    actions: ["cloudwatch:PutMetricData"],
    resources: ["*"],
    conditions: { StringEquals: { "cloudwatch:namespace": NAMESPACE } },
  };
}
