import { assert } from "../../../base/error.ts";
import { type ServiceComponent, findComponent } from "../../../topology/topology.ts";
import { instancesFor } from "../../compute/auto-scaling-group.ts";
import { capacityOf } from "../../compute/capacity.ts";
import type { BalancerHandle, ServiceHandle } from "../../handle.ts";
import type { Site } from "../../ship.ts";
import { availabilityZone, shippedZones, zoneLetter } from "../../zone.ts";
import { type AlarmRow, type Metric, metricsOf } from "../alarm.ts";
import { ecsServiceName } from "../ecs-service.ts";

/** Of a hundred answers, so many errors are more than a bad deploy's first minute or a scanner. */
const ERROR_PERCENT = 5;

/** Under so many requests a minute a share says nothing: one error of ten would be a tenth. */
const FEWEST_REQUESTS = 20;

/** As long as a customer waits before trying again. */
const SLOW_SECONDS = 1;

/** More than half. */
const MOST_PERCENT = 50;

/** Target tracking keeps below; what stays above it for minutes is not being scaled away. */
const BUSY_PERCENT = 85;

/**
 * What is watched of a service: the answers of each of its balancers as a whole and zone by zone, so that a zone that
 * fails while the others are well is seen (a grey failure), and its tasks.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html
 */
export function watchService(site: Site, handle: ServiceHandle): readonly AlarmRow[] {
  const component = findComponent(site.shipment.topology, "service", handle.id);
  assert(component, `${handle.id} is a service of the topology`);
  const rowsOf = component.settings.protocol === "tcp" ? tcpRows : httpRows;
  const front = handle.balancers.flatMap((balancer, index) =>
    rowsOf(site, balancer).map((row) => ({ ...row, name: `${prefixOf(index)}${row.name}` })),
  );
  return [...front, ...taskRows(site, handle, component)];
}

/** What the names of the rows of a service's balancer begin with: of the second one, that it is that of programs. */
export function prefixOf(balancer: number): "" | "internal-" {
  return balancer === 0 ? "" : "internal-";
}

function httpRows(site: Site, { fullName, targetGroup }: BalancerHandle): AlarmRow[] {
  const whole = { LoadBalancer: fullName };
  return [
    {
      name: "errors",
      says: `${ERROR_PERCENT} of 100 answers are errors (5xx) of the tasks or of the balancer`,
      of: errorShare(whole),
      is: [">=", ERROR_PERCENT],
      during: [3, 5],
      silence: "fine",
      customers: true,
    },
    {
      name: "latency",
      says: `one of 100 answers takes more than ${SLOW_SECONDS} s`,
      of: metricsOf("AWS/ApplicationELB", whole)("TargetResponseTime", "p99"),
      is: [">", SLOW_SECONDS],
      during: [5, 10],
      silence: "fine",
      customers: true,
    },
    ...inEachZone(site, (zone, letter) => {
      const here = { ...whole, AvailabilityZone: zone };
      return [
        {
          name: `errors-in-${letter}`,
          says: `${ERROR_PERCENT} of 100 answers from zone ${letter} are errors (5xx)`,
          of: errorShare(here),
          is: [">=", ERROR_PERCENT],
          during: [3, 5],
          silence: "fine",
        },
        {
          name: `latency-in-${letter}`,
          says: `one of 100 answers from zone ${letter} takes more than ${SLOW_SECONDS} s`,
          of: metricsOf("AWS/ApplicationELB", here)("TargetResponseTime", "p99"),
          is: [">", SLOW_SECONDS],
          during: [5, 10],
          silence: "fine",
        },
        unhealthy("AWS/ApplicationELB", { ...here, TargetGroup: targetGroup.fullName }, letter),
      ];
    }),
  ];
}

function tcpRows(site: Site, { fullName, targetGroup }: BalancerHandle): AlarmRow[] {
  const whole = { LoadBalancer: fullName };
  return [
    {
      name: "no-targets",
      says: "no target of the balancer is healthy",
      of: metricsOf("AWS/NetworkELB", { ...whole, TargetGroup: targetGroup.fullName })("HealthyHostCount", "Maximum"),
      is: ["<", 1],
      during: [2, 2],
      silence: site.presence.serviceShare > 0 ? "bad" : "fine",
      customers: true,
    },
    {
      name: "no-ports",
      says: "the balancer has no port left for a connection to a target",
      of: metricsOf("AWS/NetworkELB", whole)("PortAllocationErrorCount", "Sum"),
      is: [">", 0],
      during: [1, 1],
      silence: "fine",
    },
    ...inEachZone(site, (zone, letter) => [
      unhealthy("AWS/NetworkELB", { ...whole, AvailabilityZone: zone, TargetGroup: targetGroup.fullName }, letter),
    ]),
  ];
}

/** A single target that is not well is its own trouble, and is replaced; when most are not, it is the zone's. */
function unhealthy(namespace: string, dimensions: Readonly<Record<string, string>>, letter: string): AlarmRow {
  const metric = metricsOf(namespace, dimensions);
  const all = "(FILL(healthy, 0) + FILL(unhealthy, 0))";
  return {
    name: `unhealthy-in-${letter}`,
    says: `most targets in zone ${letter} fail their health checks and are not replaced`,
    of: {
      expression: `IF(${all} > 0, 100 * FILL(unhealthy, 0) / ${all}, 0)`,
      of: {
        healthy: metric("HealthyHostCount", "Minimum"),
        unhealthy: metric("UnHealthyHostCount", "Maximum"),
      },
    },
    is: [">", MOST_PERCENT],
    during: [5, 5],
    silence: "fine",
  };
}

/** Errors among all answers, in percent; none while there are too few to tell. */
function errorShare(dimensions: Readonly<Record<string, string>>): AlarmRow["of"] {
  const metric = metricsOf("AWS/ApplicationELB", dimensions);
  const all = "(FILL(requests, 0) + FILL(balancer, 0))"; // what the balancer itself refuses is no request to it
  return {
    expression: `IF(${all} >= ${FEWEST_REQUESTS}, 100 * (FILL(targets, 0) + FILL(balancer, 0)) / ${all}, 0)`,
    of: {
      targets: metric("HTTPCode_Target_5XX_Count", "Sum"),
      balancer: metric("HTTPCode_ELB_5XX_Count", "Sum"),
      requests: metric("RequestCount", "Sum"),
    },
  };
}

function inEachZone(site: Site, rows: (zone: string, letter: string) => readonly AlarmRow[]): AlarmRow[] {
  const { shipment, region } = site;
  return shippedZones(shipment, region).flatMap(({ name }) =>
    rows(availabilityZone(region.name, name), zoneLetter(name)).map((row) => ({ ...row, zone: zoneLetter(name) })),
  );
}

function taskRows(site: Site, handle: ServiceHandle, component: ServiceComponent): AlarmRow[] {
  if (handle.platform === "eks") return nodeRows(handle);
  const least = capacityOf(site, component).min;
  const ecs = { ClusterName: handle.clusterName, ServiceName: ecsServiceName(handle) };
  const busy = (what: string, of: Metric): AlarmRow => ({
    name: what,
    says: `tasks use more than ${BUSY_PERCENT} % of their ${what} and scaling out does not help`,
    of,
    is: [">", BUSY_PERCENT],
    during: [10, 15],
    silence: "fine",
  });
  const tooFew: AlarmRow = {
    name: "too-few",
    says: `fewer than ${least} tasks run, the least that survives the loss of a zone`,
    of: metricsOf("ECS/ContainerInsights", ecs)("RunningTaskCount", "Minimum"),
    is: ["<", least],
    during: [5, 5],
    silence: "bad",
  };
  return [
    ...(least > 0 ? [tooFew] : []),
    busy("cpu", metricsOf("AWS/ECS", ecs)("CPUUtilization", "Average")),
    busy("memory", metricsOf("AWS/ECS", ecs)("MemoryUtilization", "Average")),
    ...(handle.platform === "ec2" ? instanceRows(site, handle, component) : []),
  ];
}

/** On instances, the handle's name is the group's. */
function instanceRows(site: Site, { name }: ServiceHandle, component: ServiceComponent): AlarmRow[] {
  const least = instancesFor(site, component).min;
  const tooFew: AlarmRow = {
    name: "too-few-instances",
    says: `fewer than ${least} instances run, so tasks that a lost zone had would find no room`,
    of: metricsOf("AWS/AutoScaling", { AutoScalingGroupName: name })("GroupInServiceInstances", "Minimum"),
    is: ["<", least],
    during: [5, 5],
    silence: "bad",
  };
  return [
    ...(least > 0 ? [tooFew] : []),
    {
      name: "status-checks",
      says: "an instance fails EC2's status checks and is not replaced",
      of: metricsOf("AWS/EC2", { AutoScalingGroupName: name })("StatusCheckFailed", "Maximum"),
      is: [">", 0],
      during: [5, 5],
      silence: "fine",
    },
  ];
}

/** Of Kubernetes, what its cluster tells; what its pods answer is seen at the balancer. */
function nodeRows({ clusterName }: ServiceHandle): AlarmRow[] {
  return [
    {
      name: "nodes",
      says: "a node of the cluster failed and is not replaced",
      of: metricsOf("ContainerInsights", { ClusterName: clusterName })("cluster_failed_node_count", "Maximum"),
      is: [">", 0],
      during: [5, 5],
      silence: "fine",
    },
  ];
}
