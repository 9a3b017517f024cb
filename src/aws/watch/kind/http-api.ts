import type { HttpApiHandle } from "../../handle.ts";
import type { Site } from "../../ship.ts";
import { type AlarmRow, metricsOf } from "../alarm.ts";

const ERROR_PERCENT = 5;
const FEWEST_REQUESTS = 20;
const SLOW_MS = 1_000;

/**
 * What is watched of an HTTP API: its answers as its callers get them.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
 */
export function watchHttpApi(_site: Site, { apiId }: HttpApiHandle): readonly AlarmRow[] {
  const metric = metricsOf("AWS/ApiGateway", { ApiId: apiId });
  return [
    {
      name: "errors",
      says: `${ERROR_PERCENT} of 100 answers are errors (5xx)`,
      of: {
        expression: `IF(FILL(requests, 0) >= ${FEWEST_REQUESTS}, 100 * FILL(errors, 0) / requests, 0)`,
        of: { errors: metric("5xx", "Sum"), requests: metric("Count", "Sum") },
      },
      is: [">=", ERROR_PERCENT],
      during: [3, 5],
      silence: "fine",
      customers: true,
    },
    {
      name: "latency",
      says: `one of 100 answers takes more than ${SLOW_MS / 1_000} s`,
      of: metric("Latency", "p99"),
      is: [">", SLOW_MS],
      during: [5, 10],
      silence: "fine",
      customers: true,
    },
  ];
}
