import type { TableHandle } from "../../handle.ts";
import { hasPeer } from "../../peer.ts";
import type { Site } from "../../ship.ts";
import { type AlarmRow, metricsOf } from "../alarm.ts";

/** What programs do with items; AWS counts its own errors by operation. */
const OPERATIONS = ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "BatchGetItem", "BatchWriteItem"];

/** A node that must take the load of another one has to have that much left. */
const BUSY_PERCENT = 80;
const FULL_PERCENT = 90;

/** Where no objective is set for a region; copies are usually there within a second. */
const REGION_LAG_MS = 5_000;

/**
 * What is watched of a table: requests that are refused for want of capacity, AWS's own errors, how far the other
 * region's replica is behind, and the accelerator before it.
 *
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 */
export function watchTable(site: Site, handle: TableHandle): readonly AlarmRow[] {
  const { shipment, other } = site;
  const table = metricsOf("AWS/DynamoDB", { TableName: handle.name });
  const rpoMs = Math.max(1_000, shipment.topology.objectives.region.rpoMs ?? REGION_LAG_MS);
  const rows: AlarmRow[] = [
    {
      name: "throttles",
      says: "requests are refused for want of capacity: a hot key, or too low a most",
      of: {
        expression: "FILL(reads, 0) + FILL(writes, 0)",
        of: { reads: table("ReadThrottleEvents", "Sum"), writes: table("WriteThrottleEvents", "Sum") },
      },
      is: [">", 0],
      during: [3, 5],
      silence: "fine",
    },
    {
      name: "aws-errors",
      says: "DynamoDB itself fails requests",
      of: {
        expression: OPERATIONS.map((operation) => `FILL(${idOf(operation)}, 0)`).join(" + "),
        of: Object.fromEntries(
          OPERATIONS.map((operation) => [
            idOf(operation),
            metricsOf("AWS/DynamoDB", { TableName: handle.name, Operation: operation })("SystemErrors", "Sum"),
          ]),
        ),
      },
      is: [">", 0],
      during: [3, 5],
      silence: "fine",
    },
  ];
  if (handle.acceleratorName !== null) rows.push(...acceleratorRows(handle.acceleratorName));
  if (other === null || !hasPeer(site)) return rows;
  return [
    ...rows,
    {
      name: "other-region-lag",
      says: `the replica in the other region is more than ${rpoMs / 1_000} s behind`,
      of: metricsOf("AWS/DynamoDB", { TableName: handle.name, ReceivingRegion: other.name })(
        "ReplicationLatency",
        "Average",
      ),
      is: [">", rpoMs],
      during: [3, 5],
      silence: "fine",
    },
  ];
}

/**
 * Of DAX. It tells only what is not zero, so silence is no trouble; programs that cannot reach it go to the table.
 *
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/dax-metrics-dimensions-dax.html
 */
function acceleratorRows(name: string): AlarmRow[] {
  const cluster = metricsOf("AWS/DAX", { ClusterId: name });
  return [
    {
      name: "accelerator-errors",
      says: "the accelerator itself fails requests",
      of: cluster("FaultRequestCount", "Sum"),
      is: [">", 0],
      during: [3, 5],
      silence: "fine",
    },
    {
      name: "accelerator-cpu",
      says: `the accelerator uses more than ${BUSY_PERCENT} % of its processors`,
      of: cluster("CPUUtilization", "Average"),
      is: [">", BUSY_PERCENT],
      during: [10, 15],
      silence: "fine",
    },
    {
      name: "accelerator-memory",
      says: `a node of the accelerator has used more than ${FULL_PERCENT} % of its memory; full, it slows writes down`,
      of: cluster("CacheMemoryUtilization", "Maximum"),
      is: [">", FULL_PERCENT],
      during: [10, 15],
      silence: "fine",
    },
  ];
}

function idOf(operation: string): string {
  return operation.slice(0, 1).toLowerCase() + operation.slice(1);
}
