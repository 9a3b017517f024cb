/** Which resources alarms watch, by what they watch of them; metric math and anomaly detection too. */
import type { Answer } from "../../../base/answer.ts";
import { elementsOf } from "../../evaluate/judge.ts";
import { type Value, isMap, isSymbolic, keyOf, optionsOf, partOf } from "../../evaluate/value.ts";
import { derived } from "../../model/derived.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import type { Template } from "../../template.ts";
import type { Verdict } from "../rule.ts";
import { fail, unknown } from "../table.ts";

/** CloudFormation's types of alarms. */
export const ALARM = "AWS::CloudWatch::Alarm";

/** One metric that an alarm looks at. */
interface Metric {
  readonly name: Value | undefined;
  readonly dimensions: readonly Value[];
}

/** The resources of which a metric is watched. */
interface Watched {
  /** Keys in the model, or of the values that alarms name them by. */
  readonly keys: Set<string>;
  /** Those of them that are watched zone by zone. */
  readonly zonal: Set<string>;
  /** Whether an alarm watches it of something that only a deployment knows. */
  isOpen: boolean;
}

/** The metrics of an alarm: its own one, and those that its expressions are made of. */
export function metricsOf(alarm: Resource): readonly Metric[] {
  const queries = elementsOf(alarm.at("Metrics")).elements.map((query) => partOf(query, "MetricStat.Metric"));
  return [alarm.properties, ...queries].flatMap((metric) => {
    const name = partOf(metric, "MetricName");
    return name === undefined ? [] : [{ name, dimensions: elementsOf(partOf(metric, "Dimensions")).elements }];
  });
}

const watchedByMetric = derived((model) => {
  const watched = new Map<string, Watched>();
  for (const alarm of model.of(ALARM)) {
    for (const { name, dimensions } of metricsOf(alarm)) {
      for (const option of optionsOf(name)) add(String(option).toLowerCase(), dimensions, watched, model);
    }
  }
  return watched;
});

function add(name: string, dimensions: readonly Value[], into: Map<string, Watched>, model: Model): void {
  const watched = into.get(name) ?? { keys: new Set(), zonal: new Set(), isOpen: false };
  into.set(name, watched);
  const names = dimensions.map((dimension) => partOf(dimension, "Name"));
  const isZonal = names.some((each) => each === "AvailabilityZone" || isSymbolic(each)); // for all that is known
  for (const dimension of dimensions) {
    const value = isMap(dimension) ? dimension["Value"] : dimension;
    const target = model.target(value);
    const key = target?.key ?? keyOf(value);
    watched.keys.add(key);
    if (isZonal) watched.zonal.add(key);
    if (target === undefined && isSymbolic(value)) watched.isOpen = true;
  }
}

/** What alarms may watch of a resource. */
export interface Sight {
  readonly metrics: readonly string[];
  /** What metrics name the resource by beside its own reference, such as `QueueName`. */
  readonly name?: string;
}

/** Whether an alarm watches one of the metrics of a resource; with `zonal`, zone by zone. */
export function isWatched(resource: Resource, { metrics, name }: Sight, model: Model, zonal = false): Answer {
  const called = name === undefined ? undefined : resource.at(name);
  const keys = [resource.key, ...(called === undefined ? [] : [keyOf(called)])];
  const found = metrics.flatMap((metric) => watchedByMetric(model).get(metric.toLowerCase()) ?? []);
  if (found.some((each) => keys.some((key) => (zonal ? each.zonal : each.keys).has(key)))) return "yes";
  return found.some(({ isOpen }) => isOpen) ? "unknown" : "no";
}

/** Templates that have alarms which tell somebody, and do not only scale something. */
const watchfulTemplates = derived(
  (model) =>
    new Set<Template>(
      model
        .of(ALARM)
        .filter((alarm) => !onlyScales(alarm, model))
        .map(({ template }) => template),
    ),
);

function onlyScales(alarm: Resource, model: Model): boolean {
  const actions = elementsOf(alarm.at("AlarmActions")).elements;
  return (
    actions.length > 0 && actions.every((action) => (model.target(action)?.type ?? "").endsWith("::ScalingPolicy"))
  );
}

/**
 * The verdict on a resource that should be watched. Alarms are often a stack of their own: that there is none is known
 * only where the resource's own template has alarms, and none of them is for it.
 */
export function unwatched(resource: Resource, sight: Sight, model: Model): Verdict {
  const answer = isWatched(resource, sight, model);
  if (answer === "yes") return undefined;
  const message = `no alarm watches ${sight.metrics.slice(0, 2).join(" or ")}`;
  if (answer === "unknown") return unknown(`${message}, unless one does whose dimensions are known at deployment`);
  return watchfulTemplates(model).has(resource.template)
    ? fail(message)
    : unknown(`${message} here; another stack may`);
}
