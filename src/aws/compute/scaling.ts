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
 * Target tracking of a service's tasks; nothing else sets their number. What AWS predefines counts requests, not how
 * long they take, so a service that becomes slow would not grow. Its tasks are tracked by what the definition says:
 *
 * - requests under way at once in each task, by Little's law: requests a second × seconds that each takes ÷ tasks;
 * - messages that wait, ÷ tasks;
 * - processor time, where TCP tells nothing of requests.
 *
 * Without traffic the formulas are 0 and not unknown, so an idle service shrinks to its least number: in a pilot light
 * the one task that ECS starts in a new service is gone after a quarter of an hour.
 *
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
  const metrics = on.metric === "queueDepth" ? backlogOfTask(site, settings, scaled) : underWayInTask(scaled);
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
  const parts = scaled.balancers.map(({ fullName, targetGroup }, index) => {
    const dimensions = { LoadBalancer: fullName, TargetGroup: targetGroup.fullName };
    const [requests, time] = [`requests${index}`, `seconds${index}`];
    return {
      metrics: [
        metric(requests, ["AWS/ApplicationELB", "RequestCount"], dimensions, "Sum"),
        metric(time, ["AWS/ApplicationELB", "TargetResponseTime"], dimensions, "Average"),
      ],
      underWay: `FILL(${requests}, 0) * FILL(${time}, 0) / 60`, // metrics of balancers are of a minute
    };
  });
  const sum = parts.map(({ underWay }) => underWay).join(" + ");
  return [
    ...parts.flatMap(({ metrics }) => metrics),
    runningTasks(scaled),
    { id: "concurrency", label: "requests under way, a task", expression: `(${sum}) / ${TASKS}`, returnData: true },
  ];
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
