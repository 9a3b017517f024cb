import type { TableHandle } from "../../handle.ts";
import { hasPeer } from "../../peer.ts";
import type { Site } from "../../ship.ts";
import { type AlarmRow, metricsOf } from "../alarm.ts";

/** What programs do with items; AWS counts its own errors by operation. */
const OPERATIONS = ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "BatchGetItem", "BatchWriteItem"];

/** Where no objective is set for a region; copies are usually there within a second. */
const REGION_LAG_MS = 5_000;

/**
 * What is watched of a table: requests that are refused for want of capacity, AWS's own errors, and how far the other
 * region's replica is behind.
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

function idOf(operation: string): string {
  return operation.slice(0, 1).toLowerCase() + operation.slice(1);
}
