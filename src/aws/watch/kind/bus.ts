import type { BusHandle } from "../../handle.ts";
import type { Site } from "../../ship.ts";
import { type AlarmRow, type Metric, metricsOf } from "../alarm.ts";

/** Metrics that a formula of an alarm takes, so rules that one alarm watches. */
const RULES_OF_ALARM = 10;

/**
 * What is watched of a bus: events that a rule could not give to its target.
 *
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
 */
export function watchBus(_site: Site, { name, ruleNames }: BusHandle): readonly AlarmRow[] {
  const groups = Array.from({ length: Math.ceil(ruleNames.length / RULES_OF_ALARM) }, (_, index) =>
    ruleNames.slice(index * RULES_OF_ALARM, (index + 1) * RULES_OF_ALARM),
  );
  return groups.flatMap((rules, index): AlarmRow[] => {
    const suffix = index === 0 ? "" : `-${index + 1}`;
    return [
      {
        name: `undelivered${suffix}`,
        says: "a rule cannot give events to its target",
        of: sumOver(name, rules, "FailedInvocations"),
        is: [">", 0],
        during: [3, 5],
        silence: "fine",
      },
      {
        name: `lost${suffix}`,
        says: "an event could not even be put into a dead-letter queue: it is gone, but for the archive",
        of: sumOver(name, rules, "InvocationsFailedToBeSentToDlq"),
        is: [">", 0],
        during: [1, 1],
        silence: "fine",
        alone: true,
      },
    ];
  });
}

function sumOver(bus: string, rules: readonly string[], name: string): AlarmRow["of"] {
  const metrics = rules.map((rule): [string, Metric] => [
    `m${rules.indexOf(rule) + 1}`,
    metricsOf("AWS/Events", { EventBusName: bus, RuleName: rule })(name, "Sum"),
  ]);
  const of = Object.fromEntries(metrics);
  return { expression: metrics.map(([id]) => `FILL(${id}, 0)`).join(" + "), of };
}
