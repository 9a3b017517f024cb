import { CfnScalableTarget, CfnScalingPolicy } from "aws-cdk-lib/aws-applicationautoscaling";
import { assert } from "../../base/error.ts";
import { SCALING } from "../../facts/compute.ts";
import type { ServiceComponent } from "../../topology/topology.ts";
import { logicalId } from "../name.ts";
import type { Site } from "../ship.ts";
import { capacityOf } from "./capacity.ts";

/** What a service is scaled by: its own metrics, its balancers', its queue's. */
export interface Scaled {
  readonly clusterName: string;
  readonly serviceName: string;
  /** Dimensions of CloudWatch: `app/…` and `targetgroup/…`. */
  readonly balancers: readonly { readonly fullName: string; readonly targetGroup: { readonly fullName: string } }[];
}

type Metrics = CfnScalingPolicy.TargetTrackingMetricDataQueryProperty[];

/** The calm tasks that Application Auto Scaling reads the formula of are at least one: nothing is divided by none. */
const TASKS = "IF(FILL(tasks, 0) > 0, tasks, 1)";

/**
 * Target tracking of a service's tasks; nothing else sets their number. They are tracked by what the definition says:
 *
 * - requests under way at once in each task, by Little's law: requests a second × seconds that each takes ÷ tasks;
 * - requests a minute, ÷ tasks: a service that becomes slow does not grow by it;
 * - messages that wait, ÷ tasks;
 * - processor time, where TCP tells nothing of requests.
 *
 * Without traffic the formulas are 0 and not unknown, so an idle service shrinks to its least number: in a pilot light
 * the one task that ECS starts in a new service is gone after a quarter of an hour. That is why requests are not
 * followed by what AWS predefines for them (`ALBRequestCountPerTarget`): a balancer without requests reports nothing,
 * and of a service with two balancers it counts the requests of one.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 * https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html
 */
export function shipScaling(site: Site, component: ServiceComponent, scaled: Scaled): CfnScalableTarget {
  const { stacks } = site;
  const { id, settings } = component;
  const { min, max } = capacityOf(site, component);
  const target = new CfnScalableTarget(stacks.compute, logicalId(id, "scaling"), {
    serviceNamespace: "ecs",
    scalableDimension: "ecs:service:DesiredCount",
    resourceId: `service/${scaled.clusterName}/${scaled.serviceName}`,
    minCapacity: min,
    maxCapacity: max,
  });
  new CfnScalingPolicy(stacks.compute, logicalId(id, "tracking"), {
    policyName: id,
    policyType: "TargetTrackingScaling",
    scalingTargetId: target.ref,
    targetTrackingScalingPolicyConfiguration: {
      ...trackedMetric(site, component, scaled),
      scaleOutCooldown: settings.scale.outCooldownMs / 1_000,
      scaleInCooldown: settings.scale.inCooldownMs / 1_000,
      disableScaleIn: false,
    },
  });
  return target;
}

function trackedMetric(
  site: Site,
  { settings }: ServiceComponent,
  scaled: Scaled,
): Pick<
  CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty,
  "targetValue" | "customizedMetricSpecification" | "predefinedMetricSpecification"
> {
  const { on } = settings.scale;
  if (on === null) {
    return {
      targetValue: SCALING.cpuTarget.value,
      predefinedMetricSpecification: { predefinedMetricType: "ECSServiceAverageCPUUtilization" },
    };
  }
  const metrics = {
    concurrentRequests: () => underWayInTask(scaled),
    requestsPerMinute: () => requestsOfTask(scaled),
    queueDepth: () => backlogOfTask(site, settings, scaled),
  }[on.metric]();
  return { targetValue: on.target, customizedMetricSpecification: { metrics } };
}

function backlogOfTask(site: Site, { consumes }: ServiceComponent["settings"], scaled: Scaled): Metrics {
  assert(consumes !== null, "what is scaled by a queue's depth consumes it");
  const queue = { QueueName: site.handles.get("queue", consumes).name };
  return [
    metric("waiting", ["AWS/SQS", "ApproximateNumberOfMessagesVisible"], queue, "Sum"),
    runningTasks(scaled),
    { id: "backlog", label: "messages that wait, a task", expression: `FILL(waiting, 0) / ${TASKS}`, returnData: true },
  ];
}

function underWayInTask(scaled: Scaled): Metrics {
  const times = scaled.balancers.map((balancer, index) =>
    metric(`seconds${index}`, ["AWS/ApplicationELB", "TargetResponseTime"], dimensionsOf(balancer), "Average"),
  );
  // Metrics of balancers are of a minute.
  const sum = scaled.balancers.map((_, index) => `FILL(requests${index}, 0) * FILL(seconds${index}, 0) / 60`);
  const expression = `(${sum.join(" + ")}) / ${TASKS}`;
  return [
    ...requestsOf(scaled),
    ...times,
    runningTasks(scaled),
    { id: "concurrency", label: "requests under way, a task", expression, returnData: true },
  ];
}

function requestsOfTask(scaled: Scaled): Metrics {
  const sum = scaled.balancers.map((_, index) => `FILL(requests${index}, 0)`);
  const expression = `(${sum.join(" + ")}) / ${TASKS}`;
  return [
    ...requestsOf(scaled),
    runningTasks(scaled),
    { id: "rate", label: "requests a minute, a task", expression, returnData: true },
  ];
}

function requestsOf({ balancers }: Scaled): Metrics {
  return balancers.map((balancer, index) =>
    metric(`requests${index}`, ["AWS/ApplicationELB", "RequestCount"], dimensionsOf(balancer), "Sum"),
  );
}

function dimensionsOf({ fullName, targetGroup }: Scaled["balancers"][number]): Readonly<Record<string, string>> {
  return { LoadBalancer: fullName, TargetGroup: targetGroup.fullName };
}

function runningTasks({ clusterName, serviceName }: Scaled): Metrics[number] {
  const dimensions = { ClusterName: clusterName, ServiceName: serviceName };
  return metric("tasks", ["ECS/ContainerInsights", "RunningTaskCount"], dimensions, "Average");
}

function metric(
  id: string,
  [namespace, metricName]: readonly [string, string],
  dimensions: Readonly<Record<string, string>>,
  stat: "Sum" | "Average",
): Metrics[number] {
  const named = Object.entries(dimensions).map(([name, value]) => ({ name, value }));
  return { id, metricStat: { metric: { namespace, metricName, dimensions: named }, stat }, returnData: false };
}
