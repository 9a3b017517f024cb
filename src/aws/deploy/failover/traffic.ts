import type { Topology } from "../../../topology/topology.ts";
import { putsOf } from "../../recovery/region-switch/traffic.ts";
import { isSilence } from "../refusal.ts";
import { callJson } from "./json-call.ts";
import type { Failover } from "./stage.ts";

/**
 * Moves the customers to the region that takes over, by the switches that Route 53's health checks follow
 * (`edge/traffic-switch.ts`): a number is put into CloudWatch, and no control plane is needed. To leave a region, that
 * number is in the other one; to return to one, it is in the region that is left, which an unplanned return may find
 * gone: then Route 53 decides by the health of what listens, and that is told.
 */
export async function moveTraffic(failover: Failover, topology: Topology): Promise<void> {
  const { aws, clock, host, target, to, planned } = failover;
  const { system, stage } = target;
  const shipment = { topology, system, stage, active: to, wires: [] };
  const move = topology.recovery === "active-active" && !planned ? "deactivate" : "activate";
  const puts = putsOf(shipment, to, move);
  for (const { region, Namespace, MetricData } of puts) {
    try {
      await callJson(aws, clock, {
        service: "monitoring",
        host: `monitoring.${region}.amazonaws.com`,
        region,
        target: "GraniteServiceVersion20100801.PutMetricData",
        body: { Namespace, MetricData },
      });
      host.say({ level: "info", about: "traffic", text: "Route 53 moves the customers within a minute or two" });
    } catch (error) {
      if (region === to || !isSilence(error)) throw error;
      const text = `${region} does not answer, so Route 53 goes by the health of what listens alone`;
      host.say({ level: "warning", about: "traffic", text });
    }
  }
  if (puts.length > 0) return;
  host.say({ level: "info", about: "traffic", text: "nothing to move: no records of a hosted zone lead to a region" });
}
