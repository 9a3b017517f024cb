import { assert } from "../../../base/error.ts";
import { findComponent } from "../../../topology/topology.ts";
import type { FunctionHandle } from "../../handle.ts";
import type { Site } from "../../ship.ts";
import { type AlarmRow, metricsOf } from "../alarm.ts";

const ERROR_PERCENT = 5;

/** Under so many runs a minute a share says nothing. */
const FEWEST_RUNS = 10;

/** Of its time-out; what takes longer is cut off when anything is slower than usual. */
const LONG_SHARE = 0.8;

/** An event that waits so long for a run is late, whatever it is. */
const LATE_MS = 300_000;

/**
 * What is watched of a function: runs that fail, are refused or come near the time-out, and events that were given up.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export function watchFunction(site: Site, handle: FunctionHandle): readonly AlarmRow[] {
  const component = findComponent(site.shipment.topology, "function", handle.id);
  assert(component, `${handle.id} is a function of the topology`);
  const metric = metricsOf("AWS/Lambda", { FunctionName: handle.name });
  const long = component.settings.timeoutMs * LONG_SHARE;
  return [
    {
      name: "errors",
      says: `${ERROR_PERCENT} of 100 runs fail`,
      of: {
        expression: `IF(FILL(runs, 0) >= ${FEWEST_RUNS}, 100 * FILL(errors, 0) / runs, 0)`,
        of: { errors: metric("Errors", "Sum"), runs: metric("Invocations", "Sum") },
      },
      is: [">=", ERROR_PERCENT],
      during: [3, 5],
      silence: "fine",
      customers: true,
    },
    {
      name: "throttles",
      says: "runs are refused: the function's concurrency or the account's is used up",
      of: metric("Throttles", "Sum"),
      is: [">", 0],
      during: [3, 5],
      silence: "fine",
    },
    {
      name: "duration",
      says: `one of 100 runs takes more than ${LONG_SHARE * 100} % of the time-out`,
      of: metric("Duration", "p99"),
      is: [">", long],
      during: [5, 10],
      silence: "fine",
    },
    {
      name: "late-events",
      says: `an event waits for more than ${LATE_MS / 60_000} minutes for a run`,
      of: metric("AsyncEventAge", "Maximum"),
      is: [">", LATE_MS],
      during: [3, 5],
      silence: "fine",
    },
    {
      name: "lost-events",
      says: "events were dropped, or could not be put into the dead-letter queue: they are gone",
      of: {
        expression: "FILL(dropped, 0) + FILL(deadLetters, 0) + FILL(destinations, 0)",
        of: {
          dropped: metric("AsyncEventsDropped", "Sum"),
          deadLetters: metric("DeadLetterErrors", "Sum"),
          destinations: metric("DestinationDeliveryFailures", "Sum"),
        },
      },
      is: [">", 0],
      during: [1, 1],
      silence: "fine",
      alone: true,
    },
  ];
}
